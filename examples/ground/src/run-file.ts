import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { Names, nameTable } from './names.ts';

/** Texts that are fresh in every run and stand only in the real services: who reads one got data. */
export interface Canaries {
  /** Rows of a table that no page shows. */
  readonly chatVault: string;
  readonly campusVault: string;
  /** In files beside the attachments and the lesson files. */
  readonly chatFile: string;
  readonly campusFile: string;
  /** One line of the private key that lies beside the attachments. */
  readonly chatKey: string;
  /** In a settings file in the folder where thumbnails are made. */
  readonly chatCommand: string;
  /** On the internal page that only the chat nodes reach. */
  readonly chatInternal: string;
  /** In one person's entry far down the directory. */
  readonly chatDirectory: string;
  readonly campusGrades: string;
  readonly campusTeacher: string;
  readonly campusExport: string;
}

export interface RunFile {
  readonly secret: string;
  readonly canaries: Canaries;
  /** A PEM private key made for this run; it protects nothing. */
  readonly serverKey: string;
  readonly teacher: { readonly user: string; readonly password: string };
  readonly names: Readonly<Record<string, string>>;
}

export function makeRun(rename?: number): RunFile {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serverKey = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const fresh = (): string => [...randomBytes(14)].map((byte) => (byte % 36).toString(36)).join('');
  return {
    secret: randomBytes(32).toString('hex'),
    canaries: {
      chatVault: fresh(),
      campusVault: fresh(),
      chatFile: fresh(),
      campusFile: fresh(),
      chatKey: (serverKey.split('\n')[2] ?? '').slice(0, 40),
      chatCommand: fresh(),
      chatInternal: fresh(),
      chatDirectory: fresh(),
      campusGrades: fresh(),
      campusTeacher: fresh(),
      campusExport: fresh(),
    },
    serverKey,
    teacher: { user: 'professor.lin', password: fresh() },
    names: nameTable(rename),
  };
}

export function writeRun(path: string, run: RunFile): void {
  writeFileSync(path, `${JSON.stringify(run, null, 2)}\n`, { mode: 0o600 });
}

export function readRun(path: string): RunFile {
  // The file is made by `makeRun` on this machine; only its presence is in question.
  return JSON.parse(readFileSync(path, 'utf8')) as RunFile;
}

/** What a process of the examples reads from its environment. */
export class Run {
  readonly file: RunFile;
  readonly names: Names;

  constructor(file: RunFile) {
    this.file = file;
    this.names = new Names(file.names);
  }

  static fromEnvironment(): Run {
    const path = process.env.EXAMPLE_RUN_FILE;
    if (path === undefined) {
      throw new Error('EXAMPLE_RUN_FILE is not set: make one with examples/traffic/src/prepare.ts --out FILE');
    }
    return new Run(readRun(path));
  }

  /** Shows that an answer is the service's own: nobody else knows the secret. */
  digest(text: string | Uint8Array, status?: number): string {
    const mac = createHmac('sha256', this.file.secret);
    if (status !== undefined) mac.update(`${status}\n`);
    return mac.update(text).digest('hex');
  }

  /** A secret that belongs to one account and that only its owner's pages show. */
  recoveryCode(service: 'chat' | 'campus', user: string): string {
    return BigInt(`0x${this.digest(`recovery\n${service}\n${user}`).slice(0, 20)}`).toString(36);
  }

  /** What the processes of one example show each other, so that no other local program speaks to them. */
  get peerToken(): string {
    return this.digest('peer');
  }
}
