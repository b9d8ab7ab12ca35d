import type { Match, Outcome, RequestHead, ResponseHead } from '@seawall/seclang';
import type { RequestHead1, ResponseHead1 } from '@seawall/wire';

/** A head as the rule engine takes it. */
export function rulesHead(head: RequestHead1): RequestHead {
  return {
    method: head.method,
    target: head.target,
    protocol: head.version,
    fields: head.fields.map((field) => [field.name, field.value] as const),
  };
}

/** Whether the loudest match of a transaction is about the answer. */
export function leadIsResponse(outcome: Outcome): boolean {
  let lead: Match | undefined;
  for (const match of outcome.matches) {
    if (match.logged && (lead === undefined || match.score > lead.score)) lead = match;
  }
  return lead !== undefined && (lead.phase === 3 || lead.phase === 4);
}

export function rulesAnswerHead(head: ResponseHead1): ResponseHead {
  return {
    status: head.status,
    protocol: head.version,
    fields: head.fields.map((field) => [field.name, field.value] as const),
  };
}
