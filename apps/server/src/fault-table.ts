import { faultsOf, type FaultTable } from '@seawall/faults';

export const SERVER_FAULTS = {
  'server.bad-argument': {
    text: 'The argument {argument} is not understood: {reason}. See `seawall help server`.',
    source: 'operator',
    status: 400,
    retryable: false,
  },
  'server.bad-request': {
    text: 'The request does not have the form that this address expects; `fields` says what is wrong.',
    source: 'client',
    status: 400,
    retryable: false,
  },
  'server.bad-answer': {
    text: 'The server made an answer that does not have the promised form. This is a fault of Seawall; the request id finds it in the log.',
    source: 'us',
    status: 500,
    retryable: false,
  },
  'server.internal': {
    text: 'Something failed inside Seawall. Try again; the request id finds it in the log.',
    source: 'us',
    status: 500,
    retryable: true,
  },
  'server.no-such-page': { text: 'There is nothing at this address.', source: 'client', status: 404, retryable: false },
  'server.no-such-row': {
    text: 'There is no {what} with this id, or it was dropped when its retention ended.',
    source: 'client',
    status: 404,
    retryable: false,
  },
  'server.not-signed-in': {
    text: 'Sign in first. The file sign-in-secret in the data folder holds a fresh one-time secret.',
    source: 'client',
    status: 401,
    retryable: false,
  },
  'server.sign-in-refused': {
    text: 'This does not open a session: it is wrong, was used already, or is older than a day.',
    source: 'client',
    status: 401,
    retryable: false,
  },
  'server.too-many-tries': {
    text: 'Too many failed attempts. Wait {seconds} s, then try again.',
    source: 'client',
    status: 429,
    retryable: true,
  },
  'server.too-busy': {
    text: 'Too much of this at a time. Try again in a few seconds.',
    source: 'us',
    status: 503,
    retryable: true,
  },
  'server.forbidden': {
    text: 'Your role {role} lacks the permission {permission}. Ask an administrator.',
    source: 'client',
    status: 403,
    retryable: false,
  },
  'server.cross-site': {
    text: 'The request came from another site and was not carried out. Open the console and do it there.',
    source: 'client',
    status: 403,
    retryable: false,
  },
  'server.csrf': {
    text: 'The header x-csrf-token is missing or stale. Load the page again.',
    source: 'client',
    status: 403,
    retryable: false,
  },
  'server.host-unknown': {
    text: 'This server does not answer to that host name. Use its loopback address, or add the name with --host-name.',
    source: 'client',
    status: 421,
    retryable: false,
  },
  'server.action-in-force': {
    text: 'An action is in force there already: {kind}. Undo it first.',
    source: 'client',
    status: 409,
    retryable: false,
  },
  'server.no-such-route': {
    text: 'There is no route {route}. Settings lists them; * means all.',
    source: 'client',
    status: 404,
    retryable: false,
  },
  'server.exception-not-seen': {
    text: 'This finding has no match of that rule on that target; an exception is made from a match.',
    source: 'client',
    status: 409,
    retryable: false,
  },
  'server.exception-not-safe': {
    text: 'The {part} holds characters that may not stand in a generated rule. Write the exclusion by hand in rules.yaml.',
    source: 'client',
    status: 422,
    retryable: false,
  },
  'server.explanation-failed': {
    text: 'The rules could not be played again; the log of the server says why. `seawall explain` does the same on the command line.',
    source: 'us',
    status: 503,
    retryable: true,
  },
  'server.storage-down': {
    text: 'The store does not answer. What gateways see is kept on their disks meanwhile; try again shortly.',
    source: 'us',
    status: 503,
    retryable: true,
  },
} as const satisfies FaultTable;

export type ServerFault = keyof typeof SERVER_FAULTS;
export const fault = faultsOf(SERVER_FAULTS);
