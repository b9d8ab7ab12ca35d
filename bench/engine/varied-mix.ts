import { Random } from './random.ts';
import { type Draft, type Request, requestOf } from './requests.ts';
import { SHOP_WORDS } from './words.ts';

// The six requests of bench/waf/mix-varied.lua, for the engine alone: nothing repeats.

const JSON_TYPE = 'application/json';
const FORM_TYPE = 'application/x-www-form-urlencoded';

const AGENTS = [
  'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.4 Safari/605.1.15',
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:127.0) Gecko/20100101 Firefox/127.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
] as const;

export const SHAPES = [
  'start page',
  'static file',
  'search',
  'log-in, JSON',
  'message, JSON',
  'profile, form',
] as const;
export type Shape = (typeof SHAPES)[number];

export class VariedMix {
  readonly #random: Random;
  #count: number;

  constructor(seed: number) {
    this.#random = new Random(seed);
    this.#count = seed * 65_536;
  }

  make(shape: Shape): Request {
    const draft = this.#draft(shape);
    return requestOf({ ...draft, fields: this.headers() });
  }

  /** Headers of a browser, with cookies that never came before. */
  headers(): Readonly<Record<string, string>> {
    const random = this.#random;
    const digits = () => `${random.below(30_000)}`;
    const ga = `GA1.2.${digits()}${digits()}.17${digits()}`;
    return {
      Host: 'shop.example.com',
      'User-Agent': random.of(AGENTS),
      Accept: 'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8',
      'Accept-Language': 'en-US,en;q=0.9,de;q=0.7',
      'Accept-Encoding': 'gzip, deflate, br',
      Cookie: `sid=${this.#next()}${random.hex(24)}; theme=dark; lang=en; _ga=${ga}; cart=${random.hex(17)}${this.#next()}`,
      Referer: `https://shop.example.com/products/${this.#word()}/${this.#next()}`,
    };
  }

  #draft(shape: Shape): Omit<Draft, 'fields'> {
    const random = this.#random;
    const word = () => this.#word();
    const next = this.#next();
    switch (shape) {
      case 'start page':
        return { method: 'GET', target: `/?from=${word()}${next}` };
      case 'static file':
        return { method: 'GET', target: `/static/app.${next}.js?v=${1 + random.below(30_000)}` };
      case 'search':
        return { method: 'GET', target: `/search?q=${word()}+${word()}+${next}&page=${1 + random.below(40)}` };
      case 'log-in, JSON':
        return post('/api/login', JSON_TYPE, `{"user":"${word()}${next}","password":"${random.hex(6)}${next}"}`);
      case 'message, JSON':
        return post('/api/messages', JSON_TYPE, `{"text":"${this.#text()} ${next} ${this.#text()}"}`);
      case 'profile, form':
        return post('/account/profile', FORM_TYPE, this.#profile(next));
      default:
        return shape satisfies never;
    }
  }

  #profile(next: string): string {
    const word = () => `${this.#word()}${next}`;
    const phone = `%2B49+30+${this.#random.below(30_000)}${this.#random.below(30_000)}`;
    return `first_name=${word()}&last_name=${word()}&email=${word()}%40example.com&city=${word()}&phone=${phone}&newsletter=yes`;
  }

  #text(): string {
    const chosen = Array.from({ length: 22 }, () => (this.#random.below(9) === 0 ? `${this.#word()},` : this.#word()));
    return `${chosen.join(' ')}.`;
  }

  #word(): string {
    return this.#random.of(SHOP_WORDS);
  }

  #next(): string {
    this.#count = (this.#count + 1) >>> 0;
    return this.#count.toString(16).padStart(8, '0');
  }
}

function post(target: string, type: string, body: string): Omit<Draft, 'fields'> {
  return { method: 'POST', target, type, body };
}
