import type { Finding, Verdict } from '@seawall/contract';
import type { Outcome } from '@seawall/seclang';
import { evidenceOf } from '../evidence.ts';
import type { HttpExchange } from '../exchange.ts';
import { nearText } from '../finding.ts';

const NOTHING = Buffer.alloc(0);

interface More {
  readonly outcome?: Outcome | undefined;
  /** The evidence is the answer. */
  readonly response?: boolean;
  /** The body holds a password. */
  readonly withoutBody?: boolean;
}

/** What every finding about this exchange says. */
export function findingInput(
  exchange: HttpExchange,
  detector: Finding['detector'],
  verdict: Verdict,
  done: string,
  more: More = {},
) {
  const { outcome, response = exchange.answer !== undefined && verdict === 'blocked', withoutBody = false } = more;
  const { trace, route, secret } = exchange;
  const answer = response ? exchange.answer : undefined;
  const evidence = evidenceOf({
    head: answer?.head ?? exchange.head?.text ?? '',
    body: withoutBody ? NOTHING : (answer?.body ?? exchange.inspected),
    bodyBytes: answer?.bytes ?? exchange.body.bytes,
    keepBodyBytes: route?.evidence.bodyBytes ?? 0,
    maskCookies: route?.evidence.maskCookies ?? true,
    near: outcome && nearText(outcome),
    secret,
  });
  return { trace, detector, direction: 'request' as const, verdict, done, evidence, secret };
}
