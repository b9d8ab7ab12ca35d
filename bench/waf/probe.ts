import { request } from 'node:http';

const TIMEOUT_MS = 10_000;

/** Status of one request; undefined when nobody answers. */
export function statusOf(port: number, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const headers = { host: 'shop.example.com', 'user-agent': 'Mozilla/5.0', accept: 'text/html' };
    const asked = request({ host: '127.0.0.1', port, path, headers, agent: false, timeout: TIMEOUT_MS }, (answer) => {
      answer.resume();
      answer.once('end', () => resolve(answer.statusCode)).once('error', () => resolve(undefined));
    });
    asked
      .once('timeout', () => asked.destroy())
      .once('error', () => resolve(undefined))
      .end();
  });
}

/** True as soon as ordinary requests pass. */
export async function answers(port: number): Promise<true | undefined> {
  return (await statusOf(port, '/')) === 200 ? true : undefined;
}

/** `/?q=' or 1=1 -- ` */
export const INJECTION = '/?q=%27%20or%201=1%20--%20';
