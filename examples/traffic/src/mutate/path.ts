import type { Random } from '../random.ts';

/**
 * A relative name that climbs `depth` folders and goes down to `file` (absolute, without its first slash). The service
 * takes backslashes and decodes twice, so some forms use that.
 */
export function climbing(file: string, depth: number, random: Random): string {
  const slash = random.pick(['/', '/', '/', '\\']);
  const up = Array.from({ length: depth + random.below(4) }, () =>
    random.pick([`..${slash}`, `..${slash}`, `..${slash}.${slash}`]),
  );
  const first = random.pick(['', '', `.${slash}`, `${random.letters(4)}${slash}..${slash}`]);
  const plain = first + up.join('') + file.replaceAll('/', random.pick([slash, `${slash}${slash}`]));
  return random.chance(0.3) ? encodedAgain(plain, random) : plain;
}

/** For a reader that decodes once more than the protocol does. */
function encodedAgain(path: string, random: Random): string {
  const wanted = random.pick([/[/\\]/g, /[.]/g, /[./\\]/g, /[^]/g]);
  return path.replace(wanted, (character) => `%${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
}
