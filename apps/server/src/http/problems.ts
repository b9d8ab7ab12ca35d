import { STATUS_CODES } from 'node:http';
import type { ProblemDetails } from '@seawall/contract';
import { Fault } from '@seawall/faults';
import type { FastifyError } from 'fastify';
import { hasZodFastifySchemaValidationErrors, isResponseSerializationError } from 'fastify-type-provider-zod';
import { fault } from '../fault-table.ts';

// RFC 9457. Only the public text of a fault leaves the process; what else is known goes to the log under the request id.

const MAX_FIELDS = 20;

export function problemOf(error: unknown, request: string): ProblemDetails {
  const known = faultOf(error);
  const fields = fieldsOf(error);
  return {
    type: `urn:seawall:fault:${known.code}`,
    title: STATUS_CODES[known.row.status] ?? 'Error',
    status: known.row.status,
    detail: known.row.text,
    code: known.code,
    request,
    ...(fields.length > 0 ? { fields } : {}),
  };
}

function faultOf(error: unknown): Fault {
  if (error instanceof Fault) return isStorage(error) ? new Fault(error.code, { ...error.row, status: 503 }) : error;
  if (isResponseSerializationError(error)) return fault('server.bad-answer', {}, error);
  if (hasZodFastifySchemaValidationErrors(error)) return fault('server.bad-request', {}, error);
  const status = (error as FastifyError | undefined)?.statusCode;
  if (status === undefined || status < 400 || status >= 500) return fault('server.internal', {}, error);
  // The transport refused it before any handler: too large, no JSON, wrong media type.
  const refused = fault('server.bad-request', {}, error);
  return new Fault(refused.code, { ...refused.row, status }, {}, error);
}

function fieldsOf(error: unknown): { path: string; message: string }[] {
  if (!hasZodFastifySchemaValidationErrors(error)) return [];
  return error.validation.slice(0, MAX_FIELDS).map((one) => ({
    path: one.instancePath.slice(0, 200),
    message: (one.message ?? '').slice(0, 500),
  }));
}

/** A store that cannot answer is for the caller the same whatever the reason: try later. */
function isStorage({ code, row }: Fault): boolean {
  return code.startsWith('store.') && row.status >= 500;
}
