const hidden = new WeakMap<Redacted, string>();

/** A secret that no dump, log line or JSON shows. `reveal` is the only way to the text. */
export class Redacted {
  constructor(secret: string) {
    hidden.set(this, secret);
  }

  reveal(): string {
    return hidden.get(this) ?? '';
  }

  toString(): string {
    return '[redacted]';
  }

  toJSON(): string {
    return '[redacted]';
  }

  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return '[redacted]';
  }
}
