import { stepsOf, type PipelineNode } from '../compile/pipeline.ts';
import type { Clause } from '../regex/index.ts';
import { touchedBytes } from '../transformations/index.ts';
import type { Group, Member, Profile } from './profile.ts';
import type { ScannerBuilder } from './scanner.ts';
import type { Asked } from './source.ts';

/** All that the profiles made later will want to know of a value. */
export function nameQuestions(builder: ScannerBuilder, asked: readonly Asked[]): void {
  for (const one of asked) {
    for (const node of nodesOf(one)) builder.name(touchedClause(node));
    for (const clause of clausesOf(one)) builder.name(clause);
  }
}

export function profileMaker(builder: ScannerBuilder, phase: number): (asked: readonly Asked[]) => Profile {
  let seed = phase << 16;
  return (asked) => ({ groups: groupsOf(asked, builder), seed: seed++ });
}

function groupsOf(asked: readonly Asked[], builder: ScannerBuilder): Group[] {
  const groups = new Map<PipelineNode | undefined, Member[]>();
  for (const one of asked) {
    const { mark, operator } = one;
    const { negated } = one.link;
    const questions = clausesOf(one).flatMap((clause) => builder.question(clause) ?? []);
    const minLength = negated ? 0 : (operator.requires?.minLength ?? 0);
    const member: Member = { mark, operator, negated, questions, minLength };
    for (const node of nodesOf(one)) {
      const members = groups.get(node);
      if (members === undefined) groups.set(node, [member]);
      else members.push(member);
    }
  }
  return [...groups].map(([node, members]) => ({
    node,
    touched: alwaysChanges(node) ? undefined : builder.question(touchedClause(node)),
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

/** The bytes that some step of the pipeline changes. */
function touchedClause(node: PipelineNode | undefined): Extract<Clause, { kind: 'bytes' }> {
  const bytes = new Uint8Array(256);
  for (const step of stepsOf(node)) {
    const touched = touchedBytes(step.name.toLowerCase());
    for (let byte = 0; byte < 256; byte++) if (touched?.[byte] === 1) bytes[byte] = 1;
  }
  return { kind: 'bytes', bytes };
}

/** Some step makes something else of every value, even of one without bytes. */
function alwaysChanges(node: PipelineNode | undefined): boolean {
  return stepsOf(node).some((step) => touchedBytes(step.name.toLowerCase()) === undefined);
}
