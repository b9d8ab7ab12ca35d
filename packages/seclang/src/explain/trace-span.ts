import type { Transformation } from '../transformations/transformation.ts';

// Where a range of a transformed value came from. A place at which the value may be cut in two, so that both halves transformed apart
// make the whole, is a joint: what stands left of it in the result was made from what stands left of it in the value. The range is
// widened to the nearest joints. Transformations that look at the whole value (hashes, lengths) have no joint but the two ends.

export type Span = readonly [from: number, to: number];

export interface TracedSpan {
  readonly span: Span;
  /** False: the range was made from something in here, and no closer place is known. */
  readonly exact: boolean;
}

/** Longer values are first cut down to the part around the range. */
const MAX_WINDOW = 2048;
const MARGIN = 256;
/** Trials around the first guess on each side; more would let one value cost seconds. */
const MAX_STEPS = 96;

/** Bytes that may still be transformed for tracing. What comes after it is spent stays untraced. */
export interface TraceBudget {
  left: number;
}

export function traceSpan(
  before: string,
  after: string,
  span: Span,
  transform: Transformation,
  budget: TraceBudget,
): TracedSpan {
  const unknown: TracedSpan = { span: [0, before.length], exact: false };
  if (before === after) return { span, exact: true };
  if (before === '') return unknown;
  const joints = new Joints(before, after, transform, budget);
  if (before.length > MAX_WINDOW) return traceInWindow(joints, before, after, span, transform, budget) ?? unknown;
  const from = joints.left(span[0]);
  const to = joints.right(span[1]);
  if (budget.left <= 0 || from.at > to.at) return unknown;
  return { span: [from.at, to.at], exact: from.made === span[0] && to.made === span[1] };
}

/** Between two joints the value is one of its own. */
// oxlint-disable-next-line max-params -- those of traceSpan, and the joints
function traceInWindow(
  joints: Joints,
  before: string,
  after: string,
  span: Span,
  transform: Transformation,
  budget: TraceBudget,
): TracedSpan | undefined {
  const from = joints.left(Math.max(0, span[0] - MARGIN));
  const to = joints.right(Math.min(after.length, span[1] + MARGIN));
  if (to.at - from.at > MAX_WINDOW || to.at <= from.at) return undefined;
  const inner: Span = [span[0] - from.made, span[1] - from.made];
  const part = before.slice(from.at, to.at);
  const traced = traceSpan(part, after.slice(from.made, to.made), inner, transform, budget);
  return { span: [traced.span[0] + from.at, traced.span[1] + from.at], exact: traced.exact };
}

interface Joint {
  readonly at: number;
  /** Length of what the left half makes. */
  readonly made: number;
}

class Joints {
  readonly #before: string;
  readonly #after: string;
  readonly #transform: Transformation;
  readonly #budget: TraceBudget;
  readonly #known = new Map<number, Joint | null>();

  constructor(before: string, after: string, transform: Transformation, budget: TraceBudget) {
    this.#before = before;
    this.#after = after;
    this.#transform = transform;
    this.#budget = budget;
  }

  /** The rightmost joint that makes no more than `length`. */
  left(length: number): Joint {
    const guess = this.#guess(length);
    let best: Joint | undefined;
    for (let at = guess; at <= this.#before.length && at <= guess + MAX_STEPS; at++) {
      const joint = this.#at(at);
      if (joint === null) continue;
      if (joint.made > length) break;
      best = joint;
    }
    if (best !== undefined) return best;
    for (let at = guess - 1; at > 0 && at >= guess - MAX_STEPS; at--) {
      const joint = this.#at(at);
      if (joint !== null && joint.made <= length) return joint;
    }
    return { at: 0, made: 0 };
  }

  /** The leftmost joint that makes no less than `length`. */
  right(length: number): Joint {
    const guess = this.#guess(length);
    let best: Joint | undefined;
    for (let at = guess; at >= 0 && at >= guess - MAX_STEPS; at--) {
      const joint = this.#at(at);
      if (joint === null) continue;
      if (joint.made < length) break;
      best = joint;
    }
    if (best !== undefined) return best;
    const end = this.#before.length;
    for (let at = guess + 1; at < end && at <= guess + MAX_STEPS; at++) {
      const joint = this.#at(at);
      if (joint !== null && joint.made >= length) return joint;
    }
    return { at: end, made: this.#after.length };
  }

  /** What a cut makes grows with its place, nearly: unfinished escapes are a few bytes longer than what they become. */
  #guess(length: number): number {
    let low = 0;
    let high = this.#before.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#make(0, middle).length < length) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The ends are joints by themselves. */
  #at(at: number): Joint | null {
    if (at === 0) return { at, made: 0 };
    if (at === this.#before.length) return { at, made: this.#after.length };
    let joint = this.#known.get(at);
    if (joint === undefined) {
      const made = this.#make(0, at);
      const isJoint = this.#after.startsWith(made) && made + this.#make(at, this.#before.length) === this.#after;
      joint = isJoint ? { at, made: made.length } : null;
      this.#known.set(at, joint);
    }
    return joint;
  }

  #make(from: number, to: number): string {
    this.#budget.left -= to - from;
    return this.#budget.left <= 0 ? '' : this.#transform(this.#before.slice(from, to));
  }
}
