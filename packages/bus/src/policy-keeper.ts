import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PolicyParts, type PolicyBundle, type PolicyState } from '@seawall/contract';
import type { NodeOptions } from './api.ts';
import { bundleDigest, makeBundle, PART_NAMES, partDigests, type PartDigests } from './digest.ts';
import { replaceFile } from './durable-file.ts';

// What policy a node holds. `held` is the newest that was received whole; the one on disk is the newest that the
// application took without a problem, and is what a start without a server begins with.

const FILE = 'policy.json';

/** Puts a policy where a start without a server looks for it. */
export function writePolicy(folder: string, bundle: PolicyBundle): Promise<void> {
  return replaceFile(join(folder, FILE), JSON.stringify(bundle));
}

export class PolicyKeeper {
  readonly #options: NodeOptions;
  readonly #file: string;
  #held: PolicyBundle | undefined;
  state: PolicyState | undefined;

  constructor(options: NodeOptions) {
    this.#options = options;
    this.#file = join(options.folder, FILE);
  }

  get digests(): PartDigests | undefined {
    return this.#held && partDigests(this.#held.parts);
  }

  async start(): Promise<void> {
    const bundle = this.#read();
    if (bundle) await this.#apply(bundle, false);
  }

  /** Takes a bundle whose unchanged parts were left out. False when a part is missing or does not fit its digest. */
  async receive(frame: Readonly<Record<string, unknown>>): Promise<boolean> {
    const { version, digest, parts } = frame;
    if (typeof version !== 'number' || typeof digest !== 'string' || !parts || typeof parts !== 'object') return false;
    const parsed = PolicyParts.safeParse({ ...this.#held?.parts, ...parts });
    if (!parsed.success) return false;
    // Parts that stay keep their object, and with it their remembered digest.
    const merged = { ...parsed.data, ...this.#unchanged(parts) };
    const bundle = makeBundle(version, merged);
    if (bundle.digest !== digest) return false;
    this.#held = bundle;
    await this.#apply(bundle, true);
    return true;
  }

  #unchanged(sent: object): Partial<PolicyParts> {
    const held = this.#held;
    if (!held) return {};
    const names = PART_NAMES.filter((name) => !Object.hasOwn(sent, name));
    return Object.fromEntries(names.map((name) => [name, held.parts[name]]));
  }

  async #apply(bundle: PolicyBundle, save: boolean): Promise<void> {
    try {
      this.state = await this.#options.onPolicy(bundle);
    } catch (error) {
      this.#options.log('error', 'the policy could not be taken', { version: bundle.version, error: String(error) });
      this.state = { version: bundle.version, digest: bundle.digest, problem: String(error).slice(0, 500) };
    }
    if (!save || this.state.problem !== undefined) return;
    try {
      await writePolicy(this.#options.folder, bundle);
    } catch (error) {
      this.#options.log('error', 'the policy could not be kept on disk', { file: this.#file, error: String(error) });
    }
  }

  #read(): PolicyBundle | undefined {
    try {
      const value = JSON.parse(readFileSync(this.#file, 'utf8')) as Partial<PolicyBundle>; // every member is checked below
      const parts = PolicyParts.parse(value.parts);
      const digest = bundleDigest(partDigests(parts));
      if (typeof value.version !== 'number' || digest !== value.digest) throw new Error('the digest does not fit');
      this.#held = { version: value.version, digest, parts };
      return this.#held;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      this.#options.log('error', 'the last good policy on disk is damaged and was left out', { error: String(error) });
      return undefined;
    }
  }
}
