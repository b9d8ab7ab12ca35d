import { stepsOf, type PipelineNode } from '../compile/pipeline.ts';
import { bytesWhere } from '../operators/requires.ts';
import { RX_FLAGS } from '../operators/rx.ts';
import { compileSet, type Clause, type PatternSet } from '../regex/index.ts';
import { touchedBytes } from '../transformations/index.ts';
import type { Transformation } from '../transformations/transformation.ts';
import type { Member, Profile, Stage } from './profile.ts';
import type { ScannerBuilder } from './scanner.ts';
import type { Asked } from './source.ts';

/** All that the profiles made later will want to know of a value. */
export function nameQuestions(builder: ScannerBuilder, asked: readonly Asked[]): void {
  for (const one of asked) {
    for (const node of nodesOf(one)) for (const step of stepsOf(node)) builder.name(touchedClause(step));
    for (const clause of clausesOf(one)) builder.name(clause);
  }
}

export function profileMaker(builder: ScannerBuilder, phase: number): (asked: readonly Asked[]) => Profile {
  let seed = phase << 16;
  const kinds = new Map<Transformation, number>();
  const sets = new Map<string, PatternSet | undefined>();
  return (asked) => {
    const { together, set } = togetherOf(asked, sets);
    const nodes = allNodes(asked);
    const all = membersOf(asked, nodes, together, builder);
    const byLiteral: Member[][] = [];
    for (const member of all) {
      const literal = member.questions.find(({ mask }) => mask !== 0);
      if (literal !== undefined) (byLiteral[literal.word * 32 + 31 - Math.clz32(literal.mask)] ??= []).push(member);
    }
    const stages = stagesOf(nodes, all, kinds, builder);
    return { stages, plain: all.filter(isPlain), byLiteral, set, seed: seed++ };
  };
}

/** More patterns in one automaton have too many states. */
const MAX_SET = 6;

/** Patterns of which no literal is known, when there are several and one automaton can have them; profiles share what was made. */
function togetherOf(
  asked: readonly Asked[],
  sets: Map<string, PatternSet | undefined>,
): { readonly together: readonly string[]; readonly set: PatternSet | undefined } {
  const texts = new Set<string>();
  for (const one of asked) {
    const text = patternWithoutLiteral(one);
    if (text !== undefined && texts.size < MAX_SET) texts.add(text);
  }
  const all = [...texts];
  const key = all.join('\n');
  if (all.length > 1 && !sets.has(key)) sets.set(key, compileSet(all, RX_FLAGS));
  const set = sets.get(key);
  return { together: set === undefined ? [] : all, set };
}

function patternWithoutLiteral({ link, operator }: Asked): string | undefined {
  if (link.negated || link.argument !== undefined) return undefined;
  if (operator.requires?.clauses.every(({ kind }) => kind === 'bytes') !== true) return undefined;
  return /^@rx ([^]+)$/i.exec(link.operatorText)?.[1];
}

/** The steps of all pipelines, each behind the one before it. */
function allNodes(asked: readonly Asked[]): PipelineNode[] {
  const nodes = new Set<PipelineNode>();
  for (const one of asked) for (const node of nodesOf(one)) for (const step of stepsOf(node)) nodes.add(step);
  return [...nodes];
}

function membersOf(
  asked: readonly Asked[],
  nodes: readonly PipelineNode[],
  together: readonly string[],
  builder: ScannerBuilder,
): Member[] {
  return asked.flatMap((one) => {
    const { mark, operator } = one;
    const { negated } = one.link;
    const questions = clausesOf(one).flatMap((clause) => builder.question(clause) ?? []);
    const minLength = negated ? 0 : (operator.requires?.minLength ?? 0);
    const bit = together.indexOf(patternWithoutLiteral(one) ?? '');
    const inSet = bit < 0 ? 0 : 1 << bit;
    return nodesOf(one).map((node) => {
      const stage = node === undefined ? -1 : nodes.indexOf(node);
      const asChanged = one.link.multiMatch !== undefined && stage >= 0;
      return { mark, operator, negated, questions, minLength, stage, asChanged, inSet };
    });
  });
}

function stagesOf(
  nodes: readonly PipelineNode[],
  all: readonly Member[],
  kinds: Map<Transformation, number>,
  builder: ScannerBuilder,
): Stage[] {
  return nodes.map((node, place) => {
    const members = all.filter(({ stage }) => stage === place);
    const after = nodes.flatMap((other, index) => (stepsOf(other).includes(node) ? [index] : []));
    const name = node.name.toLowerCase();
    const kind = kinds.get(node.transform) ?? kinds.size;
    kinds.set(node.transform, kind);
    return {
      node,
      kind,
      before: node.parent === undefined ? -1 : nodes.indexOf(node.parent),
      touched: touchedBytes(name) === undefined ? undefined : builder.question(touchedClause(node)),
      onlyCase: name === 'lowercase' || name === 'uppercase',
      plain: members.filter(isPlain),
      members,
      marks: all.filter(({ stage }) => after.includes(stage)).map(({ mark }) => mark),
    };
  });
}

function isPlain({ questions }: Member): boolean {
  return questions.every(({ mask }) => mask === 0);
}

function clausesOf({ operator, link }: Asked): readonly Clause[] {
  return link.negated ? [] : (operator.requires?.clauses ?? []);
}

/** The texts that the operator sees: after the pipeline, or with multiMatch after each of its steps. */
function nodesOf({ link: { pipeline, multiMatch } }: Asked): readonly (PipelineNode | undefined)[] {
  return multiMatch === undefined ? [pipeline] : [undefined, ...multiMatch];
}

/**
 * The bytes that a step changes. Letters count in either case, because what was seen before the case changed stands for what is there after;
 * only `lowercase` itself asks for capitals alone.
 */
function touchedClause({ name }: PipelineNode): Extract<Clause, { kind: 'bytes' }> {
  const lower = name.toLowerCase();
  const touched = touchedBytes(lower);
  if (lower === 'lowercase') return { kind: 'bytes', bytes: touched ?? new Uint8Array(256) };
  return { kind: 'bytes', bytes: bytesWhere((byte) => touched?.[byte] === 1) };
}
