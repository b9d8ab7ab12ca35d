import type { Random } from './random.ts';

const GIVEN = [
  'Anna',
  'Liam',
  'Wei',
  'Mei',
  'Noah',
  'Yuki',
  'Omar',
  'Sofia',
  'Jun',
  'Ines',
  'Pavel',
  'Xiaoling',
  'Tom',
];
const FAMILY = [
  "O'Brien",
  "D'Angelo",
  'Chen',
  'Wang',
  'Müller',
  'Smith-Jones',
  'García',
  'Li',
  "O'Neill",
  'Zhang',
  'Novak',
];
const CHINESE = ['王小明', '李娜', '张伟', '刘洋', '陈静', '赵敏', '周杰', '吴芳'];

export const BROWSERS: readonly string[] = [
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
  'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15',
  'Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0',
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Mobile/15E148 Safari/604.1',
  'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36',
];

const LANGUAGES = ['en-GB,en;q=0.8', 'zh-CN,zh;q=0.9,en;q=0.6', 'de,en;q=0.7', 'en-US,en;q=0.5'];

export interface Identity {
  readonly user: string;
  readonly password: string;
  readonly name: string;
  readonly address: string;
  readonly agent: string;
  readonly language: string;
}

/** Addresses are not handed out twice within a run. */
export class Registry {
  readonly #random: Random;
  readonly #used = new Set<string>();
  #count = 0;

  constructor(random: Random) {
    this.#random = random;
  }

  address(): string {
    for (;;) {
      const address = `127.${2 + this.#random.below(250)}.${this.#random.below(256)}.${2 + this.#random.below(250)}`;
      if (this.#used.has(address)) continue;
      this.#used.add(address);
      return address;
    }
  }

  identity(): Identity {
    const random = this.#random;
    const given = random.pick(GIVEN);
    const name = random.chance(0.35) ? random.pick(CHINESE) : `${given} ${random.pick(FAMILY)}`;
    this.#count++;
    return {
      user: `${given.toLowerCase()}.${random.letters(4)}${this.#count}`,
      password: `${random.letters(5)}-${random.below(9000) + 1000}`,
      name,
      address: this.address(),
      agent: random.pick(BROWSERS),
      language: random.pick(LANGUAGES),
    };
  }
}
