import { Agent, request } from 'node:http';

export interface Target {
  readonly port: number;
  readonly host: string;
}

const BROWSER = {
  'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0',
  accept: 'application/json, text/plain, */*',
  'accept-language': 'en-GB,en;q=0.7,zh-CN;q=0.5',
  'accept-encoding': 'gzip, deflate',
};
const WORDS =
  'we meet at the library on Thursday after the lesson and bring the notes about rivers and 课程 then'.split(' ');

interface Message {
  readonly method: string;
  readonly path: string;
  readonly type?: string;
  readonly body: string;
}

/** One of three kinds in turn: a small GET, a JSON POST of 300 characters, a form POST. No two are the same. */
function message(turn: number): Message {
  const text = (words: number) =>
    Array.from({ length: words }, (_, at) => WORDS[(turn * 7 + at * 3) % WORDS.length]).join(' ');
  switch (turn % 3) {
    case 0:
      return {
        method: 'GET',
        path: `/items/${turn}?page=${turn % 20}&sort=name&q=${encodeURIComponent(text(2))}`,
        body: '',
      };
    case 1: {
      const filled = `${text(80)}`.slice(0, 240);
      return {
        method: 'POST',
        path: '/messages',
        type: 'application/json',
        body: JSON.stringify({ to: `user-${turn}`, kind: 'note', text: filled }),
      };
    }
    default: {
      const form = new URLSearchParams({ title: text(4), body: text(16), course: String(turn), publish: 'on' });
      return { method: 'POST', path: '/forum', type: 'application/x-www-form-urlencoded', body: form.toString() };
    }
  }
}

/** Milliseconds from the request's first byte to the answer's last. Throws on anything but 200. */
function send(agent: Agent, { port, host }: Target, { method, path, type, body }: Message): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { ...BROWSER, host };
    if (type !== undefined)
      Object.assign(headers, { 'content-type': type, 'content-length': String(Buffer.byteLength(body)) });
    const began = performance.now();
    const asked = request({ agent, host: '127.0.0.1', port, method, path, headers, timeout: 10_000 }, (answer) => {
      answer.resume();
      answer.once('error', reject).once('end', () => {
        if (answer.statusCode === 200) resolve(performance.now() - began);
        else reject(new Error(`${method} ${path} of ${host} was answered ${answer.statusCode}`));
      });
    });
    asked.once('timeout', () => asked.destroy(new Error(`${method} ${path} of ${host} was not answered in 10 s`)));
    asked.once('error', reject).end(body);
  });
}

/** A fixed rate whatever the answers take: a slow answer does not thin out the requests that follow it. */
export class Load {
  readonly latenciesMs: number[] = [];
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 16 });
  readonly #target: Target;
  #turn = 0;

  constructor(target: Target) {
    this.#target = target;
  }

  async run(count: number, ratePerSecond: number): Promise<void> {
    const began = performance.now();
    const open: Promise<void>[] = [];
    for (let sent = 0; sent < count;) {
      const due = Math.min(count, Math.floor(((performance.now() - began) / 1000) * ratePerSecond) + 1);
      for (; sent < due; sent++) {
        const sending = send(this.#agent, this.#target, message(this.#turn++));
        open.push(sending.then((ms) => void this.latenciesMs.push(ms)));
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await Promise.all(open);
  }

  close(): void {
    this.#agent.destroy();
  }
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
