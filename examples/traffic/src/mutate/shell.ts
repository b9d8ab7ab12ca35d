import type { Random } from '../random.ts';

/** Shell text that reads a file of the working folder, hung on to an argument: separators, gaps, quoting, globs, nesting. */
export function shellInjection(file: string, random: Random): string {
  const inner = reading(file, random);
  return random.pick(['64', '64 64', '']) + joined(inner, random);
}

function joined(inner: string, random: Random): string {
  const gap = random.pick(['', ' ']);
  const tail = random.pick(['', '', ' #', ';true', '&& echo done']);
  const way = random.below(6);
  if (way === 0) return `$(${inner})`;
  if (way === 1 && !/[`\\]/.test(inner)) return `\`${inner}\``;
  if (way === 2) return `;false||${gap}${inner}${tail}`;
  return random.pick([';', '|', '&&', '&', '\n', '\r\n']) + gap + inner + tail;
}

function reading(file: string, random: Random): string {
  const gap = random.pick([' ', ' ', '\t', '${IFS}', '$IFS$9']);
  const target = hidden(file, random);
  const way = random.below(6);
  if (way === 0) return `while read l;do echo $l;done<${file}`;
  if (way === 1) return `${split('cat', random)}<${plainly(file, random)}`;
  if (way === 2) return `{ a=c;b=at;$a$b${gap}${target};}`;
  if (way === 3) return `printf %s "$(cat ${file})"`;
  if (way === 4) return `${split('grep', random)}${gap}.${gap}${target}`;
  return split(random.pick(['cat', 'head', 'tail', 'sort']), random) + gap + target;
}

/** A command's name in pieces that the shell puts together. */
function split(name: string, random: Random): string {
  const at = 1 + random.below(name.length - 1);
  return name.slice(0, at) + random.pick(['', '', "''", '""', '\\', '$@', '${x}']) + name.slice(at);
}

/** Without a glob: a redirection does not expand one. */
const plainly = (file: string, random: Random): string =>
  random.pick([file, `./${file}`, `"${file}"`, `${file.slice(0, 2)}''${file.slice(2)}`]);

function hidden(file: string, random: Random): string {
  const at = 1 + random.below(3);
  const forms = [file, `./${file}`, `${file.slice(0, at)}?${file.slice(at + 1)}`, `${file.slice(0, 4)}*`];
  return random.pick([...forms, `${file.slice(0, at)}''${file.slice(at)}`, `"${file}"`]);
}
