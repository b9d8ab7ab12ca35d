import type { ServicePolicy } from '@seawall/contract';
import { nowMicros } from '../../clock.ts';
import type { After, HttpExchange } from '../exchange.ts';
import { ownFinding } from '../finding.ts';
import { commitFinding } from '../gateway.ts';
import { accountOf } from '../login.ts';
import { ACCOUNT_BUDGET } from '../orders.ts';
import { findingInput } from './finding-input.ts';
import { obey } from './obey-orders.ts';

/** Before the service sees a log-in: orders about its account. */
export async function checkAccount(
  exchange: HttpExchange,
  service: ServicePolicy,
  bytes: Buffer,
): Promise<After | undefined> {
  const { trace } = exchange;
  exchange.account = accountOf(service, trace.query, bytes);
  if (exchange.account === undefined || exchange.diverted !== undefined) return undefined;
  const login = { service: service.name, account: exchange.account, address: trace.address };
  const order = exchange.view.orders.forAccount(login, nowMicros());
  return order === undefined ? undefined : obey(exchange, order, ACCOUNT_BUDGET);
}

/** What the service said about a log-in. */
export async function noteLogin(exchange: HttpExchange, service: ServicePolicy): Promise<void> {
  const { account, trace } = exchange;
  if (account === undefined || exchange.diverted !== undefined) return;
  const failed = service.login?.failedStatus.includes(trace.status) === true;
  if (!failed && (trace.status < 200 || trace.status >= 400)) return;
  trace.login = { account, ok: !failed };
  if (!failed) return;
  const finding = ownFinding(
    findingInput(exchange, 'login', 'noted', 'The service refused it.', { response: false, withoutBody: true }),
    {
      id: 'login/failed',
      name: 'failed log-in',
      family: 'login',
      severity: 'info',
      title: 'A log-in failed',
      account,
    },
  );
  await commitFinding(exchange.gateway, trace, finding);
}
