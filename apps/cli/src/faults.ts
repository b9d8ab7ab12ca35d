import { faultsOf } from '@seawall/faults';

export const CLI_FAULTS = {
  'cli.no-server': {
    text: 'No Seawall server answers at {address} ({reason}). Is it running? Start it with: seawall up',
    source: 'us',
    status: 503,
    retryable: true,
  },
  'cli.refused': { text: 'The server refused: {detail}', source: 'client', status: 400, retryable: false },
  'cli.server-failed': {
    text: 'The server failed: {detail}. Its log says more: {data}/log/server.log',
    source: 'us',
    status: 500,
    retryable: false,
  },
  'cli.no-token': {
    text: 'Nothing has run with the data folder {data} yet ({reason}). Start Seawall with: seawall up. Or name its folder with --data.',
    source: 'us',
    status: 503,
    retryable: true,
  },
  'cli.unreadable': { text: '{path} cannot be read: {reason}', source: 'us', status: 404, retryable: true },
  'cli.no-message': {
    text: '{path} holds no HTTP message: {reason}. It begins with a line such as: GET /path HTTP/1.1',
    source: 'operator',
    status: 400,
    retryable: false,
  },
  'cli.case-file': {
    text: '{path} is no file of rule cases: {reason}',
    source: 'operator',
    status: 400,
    retryable: false,
  },
  'cli.data-in-use': {
    text: 'Another Seawall (process {pid}) uses the data folder {folder}. Stop it, or choose another folder with --data.',
    source: 'operator',
    status: 409,
    retryable: false,
  },
  'cli.port-taken': {
    text: 'Port {port} of 127.0.0.1 is taken by another program. Choose another one with --port.',
    source: 'operator',
    status: 409,
    retryable: false,
  },
  'cli.listener-taken': {
    text: 'The gateway cannot listen on {address}:{port} ({reason}). Stop the program that uses it, or change `listen` in gateway.yaml.',
    source: 'operator',
    status: 409,
    retryable: false,
  },
  'cli.value': { text: '{what}', source: 'operator', status: 400, retryable: false },
  'cli.docker': {
    text: 'docker {command} failed: {reason}. Is Docker installed and its engine running, and may this user reach it?',
    source: 'us',
    status: 503,
    retryable: true,
  },
  'cli.container-late': {
    text: 'The container {name} was not ready within {seconds} s. docker logs {name} may say why.',
    source: 'us',
    status: 503,
    retryable: true,
  },
  'cli.no-base-image': {
    text: 'The base image {image} could neither be pulled nor made with mmdebstrap. Bring one: docker pull or docker import.',
    source: 'operator',
    status: 503,
    retryable: true,
  },
  'cli.rules-source': {
    text: '{path} is not a CRS folder or archive: {reason}',
    source: 'operator',
    status: 400,
    retryable: false,
  },
  'cli.rules-digest': {
    text: 'What was downloaded from {from} is not what was pinned ({kind} {got} instead of {want}); it was thrown away.',
    source: 'upstream',
    status: 502,
    retryable: false,
  },
  'cli.rules-unreachable': {
    text: 'CRS cannot be had from {from}: {reason}. Give a folder or archive with --from.',
    source: 'upstream',
    status: 502,
    retryable: true,
  },
  'cli.rules-bad': {
    text: 'CRS {version} from {origin} does not load, and was not installed: {problem} (problems in all: {count})',
    source: 'operator',
    status: 400,
    retryable: false,
  },
  'cli.rules-nowhere': {
    text: 'CRS could not be had: {reasons}. Give a folder or archive with --from.',
    source: 'upstream',
    status: 502,
    retryable: true,
  },
} as const;

export const fault = faultsOf(CLI_FAULTS);
