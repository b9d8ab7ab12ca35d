const MARKS = /\/\*|\*\/|<!--|-->|--|#/g;

/** Removes the characters that begin or end a comment, and keeps what they enclose. */
export function removeCommentsChar(value: string): string {
  return value.replace(MARKS, '');
}
