import { styleText } from 'node:util';
import type {
  Counterfactual,
  Exclusion,
  ExplainedMatch,
  ExplainedPlace,
  Explanation,
  RuleFate,
  RuleState,
  Rung,
  ShownValue,
  Verdict,
} from '@seawall/seclang';
import { markedLine, shownText } from './cells.ts';

// The explanation for people. Everything that stands in the message or the rules goes through cells.ts.

export interface ReportOptions {
  readonly columns: number;
  readonly colour: boolean;
  /** Every rule, not only how many there are of each fate. */
  readonly all: boolean;
}

export interface ReportSubject {
  readonly title: string;
  readonly rules: string;
  readonly mode: string;
  readonly notes: readonly string[];
}

type Style = Parameters<typeof styleText>[0];

const LABEL = 20;

export function reportOf(subject: ReportSubject, explanation: Explanation, options: ReportOptions): string {
  const paint = (style: Style, text: string): string =>
    options.colour ? styleText(style, text, { validateStream: false }) : text;
  const page = new Page(options, paint);
  page.line(paint('bold', shownText(subject.title, options.columns)));
  page.fact('rules', shownText(subject.rules, options.columns));
  page.fact('mode', subject.mode);
  page.verdict(explanation);
  for (const note of subject.notes) page.fact('note', shownText(note, 1000));
  for (const { ruleId, text } of explanation.failures) page.fact('failed', `rule ${ruleId}: ${shownText(text, 200)}`);
  page.ladder(explanation);
  page.matches(explanation.matches);
  page.whatIf(explanation);
  page.fates(explanation);
  return page.text;
}

class Page {
  readonly #options: ReportOptions;
  readonly #paint: (style: Style, text: string) => string;
  readonly #lines: string[] = [];

  constructor(options: ReportOptions, paint: (style: Style, text: string) => string) {
    this.#options = options;
    this.#paint = paint;
  }

  get text(): string {
    return `${this.#lines.join('\n')}\n`;
  }

  line(text: string): void {
    this.#lines.push(text.trimEnd());
  }

  fact(name: string, text: string): void {
    this.line(`  ${name.padEnd(10)}${text}`);
  }

  heading(text: string): void {
    this.line('');
    this.line(this.#paint('bold', text));
  }

  verdict({ verdict, enforced, engine }: Explanation): void {
    const stopped = verdict.kind !== 'continue';
    this.fact('verdict', this.#paint(stopped ? 'red' : 'green', verdictText(verdict)));
    if (engine !== 'on') this.fact('', `in mode protect: ${verdictText(enforced)}`);
  }

  ladder({ ladder, scores }: Explanation): void {
    if (ladder.length === 0) return;
    this.heading('score');
    for (const rung of ladder) this.line(`  ${this.#rung(rung)}`);
    if (ladder.some(({ counts }) => !counts)) {
      this.line(`  points above paranoia level ${scores.blockingLevel} do not count towards blocking`);
    }
  }

  #rung({ ruleId, points, total, threshold, direction, paranoiaLevel, counts, message }: Rung): string {
    const sum = `${total} of ${threshold}`;
    const over = counts && threshold > 0 && total >= threshold;
    const level = paranoiaLevel === undefined ? '' : `PL${paranoiaLevel}`;
    const given = `${counts ? '+' : '('}${points}${counts ? '' : ')'}`;
    return `${String(ruleId).padEnd(9)}${given.padStart(5)}  ${over ? this.#paint('red', sum.padEnd(9)) : sum.padEnd(9)}  ${direction.padEnd(8)}  ${level.padEnd(3)}  ${shownText(message, this.#options.columns - 45)}`;
  }

  matches(matches: readonly ExplainedMatch[]): void {
    if (matches.length === 0) return;
    this.heading('matches');
    for (const match of matches) this.#match(match);
  }

  #match(match: ExplainedMatch): void {
    const signs = [
      match.score === 0 ? '' : `+${match.score}`,
      match.disruptive ? 'refuses' : '',
      match.logged ? '' : 'not logged',
    ];
    this.line(
      `  rule ${this.#paint('bold', String(match.ruleId))}  ${signs.filter((sign) => sign !== '').join('  ')}  ${shownText(match.message, this.#options.columns - 24)}`,
    );
    this.line(`    ${shownText(`${match.file}:${match.line}`, 120)}, phase ${match.phase}`);
    for (const place of match.places) this.#place(place);
    if (match.morePlaces > 0) this.line(`    and ${match.morePlaces} values more`);
  }

  #place(place: ExplainedPlace): void {
    const width = this.#options.columns - 8;
    this.line(
      `    ${this.#paint('cyan', shownText(place.target, 100))}  ${shownText(`${place.negated && !place.operator.startsWith('!') ? '!' : ''}${place.operator}`, width - place.target.length)}`,
    );
    this.#value('as it came', place.original);
    const idle = place.steps.filter(({ changed }) => !changed).map(({ transformation }) => transformation);
    for (const { transformation, after } of place.steps) if (after !== undefined) this.#value(transformation, after);
    if (idle.length > 0) this.line(`      ${'changed nothing'.padEnd(LABEL)}${idle.join(', ')}`);
    if (place.detail !== undefined) this.line(`      ${'why'.padEnd(LABEL)}${shownText(place.detail, width)}`);
  }

  #value(label: string, value: ShownValue): void {
    const { text, mark } = markedLine(value, this.#options.columns - LABEL - 6);
    const size = value.bytes > value.text.length ? `  (${value.bytes} bytes)` : '';
    this.line(`      ${label.padEnd(LABEL)}${text}${size}`);
    if (mark !== '') this.line(`      ${' '.repeat(LABEL)}${this.#paint('yellow', mark)}`);
  }

  whatIf({ counterfactuals, untried, enforced }: Explanation): void {
    if (enforced.kind === 'continue') return;
    this.heading('what would let it pass');
    const passing = counterfactuals.filter(({ passes }) => passes);
    for (const one of passing) this.#counterfactual(one);
    if (passing.length === 0) this.line('  no small exclusion does');
    for (const one of counterfactuals.filter(({ passes }) => !passes)) {
      this.line(
        `  not enough: ${exclusionsText(one.exclusions)} (score ${one.inbound}${one.outbound > 0 ? `, answer ${one.outbound}` : ''}; ${verdictText(one.verdict)})`,
      );
    }
    if (untried > 0) this.line(`  ${untried} larger exclusions were not tried`);
  }

  #counterfactual({ exclusions, inbound, everywhere, here }: Counterfactual): void {
    this.line(`  ${this.#paint('green', exclusionsText(exclusions))}: it would pass, with score ${inbound}`);
    for (const text of everywhere) this.line(`    everywhere, behind the rules:  ${text}`);
    for (const text of here) this.line(`    on this path, before the rules:  ${shownText(text, 1000)}`);
  }

  fates({ counts, rules, removed }: Explanation): void {
    this.heading('rules');
    for (const state of STATES)
      if (counts[state] > 0) this.line(`  ${String(counts[state]).padStart(6)}  ${STATE_TEXTS[state]}`);
    if (removed.length > 0)
      this.line(`  ${String(removed.length).padStart(6)}  were removed when the rules were loaded`);
    if (!this.#options.all) return this.line('  --all lists them');
    this.line('');
    for (const { ruleId, directive } of removed) this.line(`  ${String(ruleId).padEnd(9)}removed by ${directive}`);
    for (const fate of rules) {
      this.line(
        `  ${String(fate.ruleId).padEnd(9)}phase ${fate.phase}  ${fateText(fate)}  ${this.#paint('dim', shownText(fate.message, 80))}`,
      );
    }
  }
}

const STATES: readonly RuleState[] = ['matched', 'noMatch', 'prefilter', 'noValue', 'skipped', 'notReached', 'failed'];
const STATE_TEXTS: Readonly<Record<RuleState, string>> = {
  matched: 'matched',
  noMatch: 'looked at and did not match',
  prefilter: 'were spared: no value has what their pattern needs',
  noValue: 'found nothing in the message to look at',
  skipped: 'were skipped by other rules or exclusions',
  notReached: 'were not reached',
  failed: 'could not be evaluated',
};

export function verdictText({ kind, status, ruleId, phase, message, location }: Verdict): string {
  const by = `by rule ${ruleId} in phase ${phase}${message ? `: ${shownText(message, 120)}` : ''}`;
  switch (kind) {
    case 'continue':
      return 'passes';
    case 'deny':
      return `blocked with ${status} ${by}`;
    case 'drop':
      return `connection dropped ${by}`;
    case 'redirect':
      return `redirected to ${shownText(location ?? '', 200)} ${by}`;
    case 'overBudget':
      return 'judging it took more work than is allowed; the route says what happens then (by default blocked in mode protect)';
    default:
      return kind satisfies never;
  }
}

function exclusionsText(exclusions: readonly Exclusion[]): string {
  return exclusions
    .map(({ ruleId, target }) =>
      target === undefined ? `rule ${ruleId} off` : `rule ${ruleId} off for ${shownText(target, 100)}`,
    )
    .join(', ');
}

export function fateText({
  state,
  reason,
  byRule,
  values,
  brokenAt,
  needs,
  paranoiaLevel,
  withoutTargets,
}: RuleFate): string {
  const without =
    withoutTargets === undefined
      ? ''
      : `; not looked at: ${withoutTargets.map((name) => shownText(name, 60)).join(', ')}`;
  const link = brokenAt > 1 ? `, at link ${brokenAt} of its chain` : '';
  const tested = `${values} ${values === 1 ? 'value' : 'values'}`;
  switch (state) {
    case 'matched':
      return `matched${without}`;
    case 'noMatch':
      return `no match in ${tested}${link}${without}`;
    case 'prefilter':
      return `spared in ${tested}${link}: ${needText(needs)}${without}`;
    case 'noValue':
      return `nothing to look at${link}${without}`;
    case 'skipped':
    case 'notReached':
      return `${state === 'skipped' ? 'skipped' : 'not reached'}: ${reasonText(reason, byRule, paranoiaLevel)}`;
    case 'failed':
      return 'could not be evaluated';
    default:
      return state satisfies never;
  }
}

function needText(needs: RuleFate['needs']): string {
  if (needs === undefined) return 'what the pattern needs is not there';
  if (needs.oneOf.length === 0) return `the pattern needs ${needs.minLength} bytes`;
  const texts = needs.oneOf.map((text) => `"${shownText(text, 40)}"`).join(' ');
  return `the pattern needs ${needs.oneOf.length > 1 ? 'one of ' : ''}${texts}${needs.more > 0 ? ` or ${needs.more} others` : ''}`;
}

function reasonText(reason: RuleFate['reason'], byRule: number | undefined, level: number | undefined): string {
  const by = byRule === undefined ? '' : ` by rule ${byRule}`;
  switch (reason) {
    case 'paranoia':
      return `it belongs to paranoia level ${level ?? '?'} (${byRule ?? '?'})`;
    case 'skip':
    case 'skipAfter':
      return `jumped over${by}`;
    case 'removedById':
    case 'removedByTag':
    case 'removedByMessage':
      return `removed${by}`;
    case 'excluded':
      return 'by the exclusion given';
    case 'allow':
      return `allowed${by}`;
    case 'disrupted':
      return `refused before${by}`;
    case 'noAnswer':
      return 'there is no answer to look at';
    case 'engineOff':
      return 'the engine is off';
    case 'overBudget':
      return 'the work budget was spent';
    case 'prefilter':
      return 'no value has what its pattern needs';
    case undefined:
      return 'no reason is known';
    default:
      return reason satisfies never;
  }
}
