import type { RuleObserver } from '@seawall/seclang';
import { OPERATOR_NAMES } from '../../../packages/seclang/src/operators/index.ts';
import { BODY_ERRORS, MULTIPART_WARNINGS, NOTES } from './engine-words.ts';

// What the engine tells its observer, in the words of ModSecurity's debug log, because the cases are patterns over that log. A line is
// written only for what the observer was told; what our engine never does is never written.

type Told<Name extends keyof RuleObserver> = Parameters<NonNullable<RuleObserver[Name]>>;
type Rule = Told<'rule'>[0];

const SHOWN = 80;

/** Bytes that no terminal shows are written `\xHH`. */
function shown(value: string, limit = SHOWN): string {
  const text = value.replace(/[^\x20-\x7e]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`);
  return text.length <= limit ? text : `${text.slice(0, limit)} (${text.length - limit} characters omitted)`;
}

/** `@contains x` is the operator Contains with the parameter x. */
export function operatorOf(text: string): { readonly name: string; readonly parameter: string } {
  const match = /^!?@(\w+) ?([^]*)$/.exec(text);
  const written = (match?.[1] ?? '').toLowerCase();
  const name = OPERATOR_NAMES.find((known) => known.toLowerCase() === written) ?? written;
  return { name: `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`, parameter: match?.[2] ?? '' };
}

export class DebugLog implements RuleObserver {
  readonly lines: string[] = [];
  /** By rule: the last operator of its chain that ran, its argument expanded. */
  readonly operators = new Map<number, { readonly name: string; readonly parameter: string }>();
  readonly #opened = new Map<string, string>();
  #operator = '';
  #multipart = false;
  #engine: 'on' | 'detect' | 'off' = 'on';

  get text(): string {
    return this.lines.map((line) => `${line}\n`).join('');
  }

  write(level: number, text: string): void {
    this.lines.push(`[${level}] ${text}`);
  }

  phase(phase: number, engine: 'on' | 'detect' | 'off'): void {
    this.#engine = engine;
    this.write(4, `Starting phase ${phase}. (SecRules ${phase})`);
    if (engine === 'off') this.write(4, 'Rule engine disabled, returning...');
  }

  rule(): void {
    this.#operator = '';
  }

  link(rule: Rule, link: Told<'link'>[1], argument: string | undefined): void {
    if (link.operator === undefined) {
      this.write(4, '(Rule: 0) Executing unconditional rule...');
      return;
    }
    const written = operatorOf(link.operatorText);
    const { name } = written;
    const parameter = argument ?? written.parameter;
    this.operators.set(rule.id, { name, parameter });
    this.#operator = name;
    const targets = link.targets.map(
      (target) =>
        target.text.toUpperCase().split(':', 1)[0] + target.text.slice(target.name.length + (target.count ? 1 : 0)),
    );
    const id = link === rule.links[0] ? rule.id : 0;
    this.write(4, `(Rule: ${id}) Executing operator "${name}" with param "${parameter}" against ${targets.join('|')}.`);
  }

  value(...[, , , , node, , after]: Told<'value'>): void {
    this.write(9, ` T (0) t:${node.name}: "${shown(after)}"`);
  }

  tested(...[, target, , name, value, found, negated]: Told<'tested'>): void {
    const told = target.count ? target.text.replace('&', '') : (this.#kept(target.name, name) ?? name);
    this.write(9, `Target value: "${shown(value)}" (Variable: ${told})`);
    if ((found !== null) !== negated) this.write(9, 'Matched vars updated.');
  }

  /** ModSecurity's name for a member of a persistent collection holds its key and its application. */
  #kept(collection: string, name: string): string | undefined {
    const opened = this.#opened.get(collection.toLowerCase());
    if (opened === undefined) return undefined;
    const [key, application] = opened.split(' of ');
    return name.replace(':', `:${key}::${application ?? ''}::`);
  }

  returned(...[, matched]: Told<'returned'>): void {
    this.write(4, `Rule returned ${matched ? 1 : 0}.`);
    if (!matched) this.write(9, 'Matched vars cleaned.');
  }

  matched(rule: Rule, complete: boolean): void {
    if (!complete) return;
    if (rule.logged) this.write(9, 'Running action: log');
    const { kind } = rule.disruption;
    if (kind === 'pass') return;
    if (this.#engine !== 'on') {
      this.write(4, `Not running any disruptive action (or block): ${kind}. SecRuleEngine is not On.`);
      return;
    }
    this.write(4, `Running (disruptive)     action: ${kind}.`);
    this.write(8, `Running action ${kind}`);
    if (kind === 'allow') this.write(4, "Dropping the evaluation of upcoming rules in favor of an `allow' action.");
  }

  effect(kind: Told<'effect'>[0], text: string): void {
    switch (kind) {
      case 'setvar':
        this.write(8, `Saving variable: ${shown(text)}`);
        break;
      case 'capture':
        this.write(
          7,
          this.#operator.startsWith('Rx')
            ? `Added regex subexpression ${text}`
            : `Added ${this.#operator} match ${text}`,
        );
        break;
      case 'setenv':
        this.write(8, `Setting environment variable: ${text}`);
        break;
      case 'message':
        this.write(9, `Saving msg: ${text}`);
        break;
      case 'tag':
        this.write(9, `Rule tag: ${text}`);
        break;
      case 'ctl':
        this.#ctl(text);
        break;
      case 'body':
        this.#body(text);
        break;
      case 'initcol': {
        const [collection, key] = text.split('=');
        this.#opened.set(collection ?? '', key ?? '');
        this.write(5, `Running action: initcol ${text}`);
        break;
      }
      case 'expirevar':
      case 'action':
        this.write(8, `Running action: ${kind} ${text}`);
        break;
      default:
        kind satisfies never;
    }
  }

  #ctl(text: string): void {
    const mode = /^ruleengine=(.*)$/i.exec(text)?.[1]?.toLowerCase();
    if (mode === undefined) {
      this.write(8, `Running action: ctl ${text}`);
      return;
    }
    this.#engine = mode === 'on' ? 'on' : mode === 'off' ? 'off' : 'detect';
    const name = { on: 'Enabled', off: 'Disabled', detect: 'DetectionOnly' }[this.#engine];
    this.write(8, `Setting SecRuleEngine to ${name} as requested by a ctl:ruleEngine action`);
  }

  #body(text: string): void {
    const space = text.indexOf(' ');
    const rest = text.slice(space + 1);
    switch (text.slice(0, space)) {
      case 'access':
        if (rest.startsWith('off'))
          this.write(
            4,
            'Request body processing is enabled, but disabled to this transaction due to ctl:requestBodyAccess action',
          );
        break;
      case 'processor':
        this.#multipart = rest === 'MULTIPART';
        break;
      case 'note':
        this.write(4, NOTES[rest] ?? rest);
        break;
      case 'boundary':
        this.write(4, `Multipart: Boundary: ${rest}`);
        break;
      case 'multipart':
        if (rest === 'fileLimitExceeded') this.write(4, 'Multipart: Upload file limit exceeded.');
        this.write(4, `Multipart: Warning: ${MULTIPART_WARNINGS[rest] ?? rest}.`);
        break;
      case 'argument': {
        const [name, value] = JSON.parse(rest) as [string, string]; // as tell-body writes it
        if (this.#multipart)
          this.write(
            9,
            `Multipart: Content-Disposition name: ${name}\n[9] Multipart: Added data to variable: ${value}`,
          );
        this.write(9, `Adding request argument (BODY): name "${name}", value "${shown(value)}"`);
        break;
      }
      case 'file': {
        const [name, filename, offset, length] = JSON.parse(rest) as [string, string, number, number]; // as tell-body writes it
        this.write(
          9,
          `Multipart: Added file part to the list: name "${name}" file name "${filename}" (offset ${offset}, length ${length})`,
        );
        break;
      }
      case 'error':
        for (const [pattern, words] of BODY_ERRORS) if (pattern.test(rest)) this.write(4, words);
        this.write(4, `Failed to parse request body: ${rest}`);
        break;
      case 'passed':
        this.write(5, `Response Content-Type is ${rest.slice('over '.length)}. It is not marked to be inspected.`);
        break;
      default:
        this.write(4, text);
    }
  }

  skipped(rule: Rule, why: Told<'skipped'>[1]): void {
    const name = rule.links[0]?.operator === undefined ? `${rule.file}:${rule.line}` : String(rule.id);
    switch (why) {
      case 'removedById':
        this.write(9, `Rule id: ${rule.id} was skipped due to a ruleRemoveById action...`);
        break;
      case 'removedByTag':
        this.write(9, `Skipped rule id '${rule.id}'. Skipped due to a ruleRemoveByTag action.`);
        break;
      case 'removedByMessage':
        this.write(9, `Skipped rule id '${rule.id}'. Skipped due to a ruleRemoveByMsg action.`);
        break;
      case 'skip':
        this.write(9, `Skipped rule id '${name}' due to a \`skip' action.`);
        break;
      case 'skipAfter':
        this.write(9, `Skipped rule id '${name}' due to a SecMarker`);
        break;
      case 'allow':
        this.write(9, `Skipped rule id '${name}' as request trough the utilization of an \`allow' action.`);
        break;
      case 'disrupted':
        this.write(8, 'Skipping this phase as this request was already intercepted.');
        break;
      case 'engineOff':
      case 'overBudget':
      case 'prefilter':
        break;
      default:
        why satisfies never;
    }
  }
}
