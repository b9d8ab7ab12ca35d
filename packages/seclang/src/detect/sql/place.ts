/** Where a fragment is pasted. */
export interface Place {
  readonly value: string;
  /** Words for the explanation. */
  readonly context: string;
  /** The quote that was closed, '' for a bare value or, with `from` above 0, for what follows a comment. */
  readonly quote: '' | "'" | '"' | '`';
  /** Where the walk starts: after the closing quote, or 0. */
  readonly from: number;
}
