import { stepsOf, type PipelineNode } from '../compile/pipeline.ts';
import { RX_FLAGS } from '../operators/rx.ts';
import { compileSet, type Clause, type PatternSet } from '../regex/index.ts';
import { touchedBytes } from '../transformations/index.ts';
import type { Group, Member, Profile } from './profile.ts';
import type { ScannerBuilder } from './scanner.ts';
import type { Asked } from './source.ts';

/** All that the profiles made later will want to know of a value. */
export function nameQuestions(builder: ScannerBuilder, asked: readonly Asked[]): void {
  for (const one of asked) {
    for (const node of nodesOf(one)) {
      builder.name(touchedClause(node));
      builder.name(touchedClause(node, 'lowercase'));
    }
    for (const clause of clausesOf(one)) builder.name(clause);
  }
}

export function profileMaker(builder: ScannerBuilder, phase: number): (asked: readonly Asked[]) => Profile {
  let seed = phase << 16;
  const sets = new Map<string, PatternSet | undefined>();
  return (asked) => {
    const together = togetherOf(asked);
    const groups = groupsOf(asked, together, builder);
    const all = groups.flatMap((group) => group.members);
    const byLiteral: Member[][] = [];
    for (const member of all) {
      const literal = member.questions.find(({ mask }) => mask !== 0);
      if (literal !== undefined) (byLiteral[literal.word * 32 + 31 - Math.clz32(literal.mask)] ??= []).push(member);
    }
    const key = together.join('\n');
    if (together.length > 0 && !sets.has(key)) sets.set(key, compileSet(together, RX_FLAGS));
    return { groups, plain: groups.flatMap((group) => group.plain), byLiteral, set: sets.get(key), seed: seed++ };
  };
}

/** More patterns in one automaton have too many states. */
const MAX_SET = 6;

/** Patterns of which no clause is known, when there are several and one automaton can have them. */
function togetherOf(asked: readonly Asked[]): string[] {
  const texts = new Set<string>();
  for (const one of asked) {
    const text = patternWithoutClause(one);
    if (text !== undefined && texts.size < MAX_SET) texts.add(text);
  }
  const all = [...texts];
  return all.length > 1 && compileSet(all, RX_FLAGS) !== undefined ? all : [];
}

function patternWithoutClause({ link, operator }: Asked): string | undefined {
  if (link.negated || link.argument !== undefined || operator.requires?.clauses.length !== 0) return undefined;
  return /^@rx ([^]+)$/i.exec(link.operatorText)?.[1];
}

function groupsOf(asked: readonly Asked[], together: readonly string[], builder: ScannerBuilder): Group[] {
  const nodes = new Map<PipelineNode | undefined, Member[]>();
  for (const one of asked) {
    for (const node of nodesOf(one)) if (!nodes.has(node)) nodes.set(node, []);
  }
  const places = [...nodes.keys()];
  for (const one of asked) {
    const { mark, operator } = one;
    const { negated } = one.link;
    const questions = clausesOf(one).flatMap((clause) => builder.question(clause) ?? []);
    const minLength = negated ? 0 : (operator.requires?.minLength ?? 0);
    const bit = together.indexOf(patternWithoutClause(one) ?? '');
    const inSet = bit < 0 ? 0 : 1 << bit;
    for (const node of nodesOf(one)) {
      nodes.get(node)?.push({ mark, operator, negated, questions, minLength, group: places.indexOf(node), inSet });
    }
  }
  return [...nodes].map(([node, members]) => ({
    node,
    touched: alwaysChanges(node) ? undefined : builder.question(touchedClause(node)),
    touchedBeyondCase: alwaysChanges(node) ? undefined : builder.question(touchedClause(node, 'lowercase')),
    plain: members.filter(({ questions }) => questions.every(({ mask }) => mask === 0)),
    members,
  }));
}

function clausesOf({ operator, link }: Asked): readonly Clause[] {
  return link.negated ? [] : (operator.requires?.clauses ?? []);
}

/** The texts that the operator sees: after the pipeline, or with multiMatch after each of its steps. */
function nodesOf({ link: { pipeline, multiMatch } }: Asked): readonly (PipelineNode | undefined)[] {
  return multiMatch === undefined ? [pipeline] : [undefined, ...multiMatch];
}

/** The bytes that some step of the pipeline changes, apart from those of one name. */
function touchedClause(node: PipelineNode | undefined, except?: string): Extract<Clause, { kind: 'bytes' }> {
  const bytes = new Uint8Array(256);
  for (const step of stepsOf(node)) {
    if (step.name.toLowerCase() === except) continue;
    const touched = touchedBytes(step.name.toLowerCase());
    for (let byte = 0; byte < 256; byte++) if (touched?.[byte] === 1) bytes[byte] = 1;
  }
  return { kind: 'bytes', bytes };
}

/** Some step makes something else of every value, even of one without bytes. */
function alwaysChanges(node: PipelineNode | undefined): boolean {
  return stepsOf(node).some((step) => touchedBytes(step.name.toLowerCase()) === undefined);
}
