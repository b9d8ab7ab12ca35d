/** A service's own "no": reaches the client with this status and text. */
export class Refusal extends Error {
  readonly status: number;

  constructor(status: number, text: string) {
    super(text);
    this.name = 'Refusal';
    this.status = status;
  }
}

/** A text field of a message, bounded; anything else is refused. */
export function text(fields: Readonly<Record<string, unknown>>, name: string, maxLength = 4000): string {
  const value = fields[name];
  if (typeof value !== 'string') throw new Refusal(400, `${name} is missing`);
  if (value.length > maxLength) throw new Refusal(400, `${name} is too long`);
  return value;
}

/** A whole number in a text or number field; `fallback` when it is absent. */
export function whole(fields: Readonly<Record<string, unknown>>, name: string, fallback?: number): number {
  const value = fields[name] ?? fallback;
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number)) throw new Refusal(400, `${name} must be a number`);
  return number;
}
