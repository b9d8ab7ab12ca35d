import { operatorFault } from './faults.ts';
import { parseAddress, parseNetwork, contains, type Network } from './ip-network.ts';
import type { Operator, OperatorFactory } from './operator.ts';

/** @ipMatch: addresses and networks (IPv4, IPv6) separated by commas. */
export const ipMatch: OperatorFactory = ({ argument }) => {
  if (argument.constant !== undefined) return networkOperator(parseList('ipMatch', argument.constant.split(',')));
  // With a macro the list is known only now; a part that is no network matches nothing.
  return {
    evaluate(value, run) {
      const text = argument.expand(run);
      run.work.spend(text.length + value.length);
      const networks = text.split(',').flatMap((part) => parseNetwork(part.trim()) ?? []);
      return networkOperator(networks).evaluate(value, run, false);
    },
  };
};

/** @ipMatchFromFile: one address or network a line, `#` begins a comment. */
export const ipMatchFromFile: OperatorFactory = ({ argument, file }) => {
  const name = argument.text.trim();
  const text = file(name);
  if (text === undefined) {
    throw operatorFault('seclang.operator-file-missing', { operator: 'ipMatchFromFile', file: name });
  }
  return networkOperator(parseList('ipMatchFromFile', text.split('\n').map(withoutComment)));
};

function withoutComment(line: string): string {
  const hash = line.indexOf('#');
  return hash < 0 ? line : line.slice(0, hash);
}

function parseList(operator: string, parts: readonly string[]): Network[] {
  return parts.flatMap((part) => {
    const text = part.trim();
    if (text === '') return [];
    const network = parseNetwork(text);
    if (network !== undefined) return [network];
    const reason = `"${text.slice(0, 64)}" is no address or network`;
    throw operatorFault('seclang.operator-argument', { operator, reason });
  });
}

function networkOperator(networks: readonly Network[]): Operator {
  return {
    evaluate(value, run) {
      run.work.spend(value.length + networks.length);
      const address = parseAddress(value);
      if (address === undefined) return null;
      const network = networks.find((candidate) => contains(candidate, address));
      return network === undefined ? null : { span: [0, value.length], detail: `network ${network.text}` };
    },
  };
}
