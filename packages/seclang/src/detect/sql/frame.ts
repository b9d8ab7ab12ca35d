/** How plain an operand is: constants only, a known function, or a name. */
export const CONSTANT = 0;
export const CALL = 1;
export const NAME = 2;

/** One level of brackets. */
export interface Frame {
  /** The word or sign after which a comparison decides something: OR, AND, HAVING … */
  armed: string;
  plainness: number;
  compared: string;
  /** The sign of the comparison that was completed last. */
  sign: string;
  readonly isCall: boolean;
  /** The call is one that databases have and programs do not. */
  readonly isDatabases: boolean;
}
