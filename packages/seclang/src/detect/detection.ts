/** What a grammar detector says about one value. */
export interface Detection {
  /** Half-open byte range in the value. */
  readonly span: readonly [number, number];
  /** Context and production in words, e.g. `inside single quotes: OR followed by a comparison that is always true`. */
  readonly detail: string;
}
