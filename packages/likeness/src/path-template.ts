import { PAGE_WORDS } from './static-words.ts';

// Paths lose what names one thing: `/api/groups/17/files/9f3c2a.png` becomes `/api/groups/{id}/files/{id}.png`.

const MAX_SEGMENTS = 12;
/** Longer segments are rather titles or tokens than names of places. */
const MAX_SEGMENT = 24;

/** The template of a path without query. */
export function templatePath(path: string): string {
  const plain = path.split(/[?#]/, 1)[0] ?? '';
  const segments = plain.split('/').slice(1, MAX_SEGMENTS + 1);
  return `/${segments.map(templateSegment).join('/')}`;
}

function templateSegment(segment: string): string {
  if (segment === '' || /^v[0-9]{1,2}$/.test(segment)) return segment;
  if (/^[A-Za-z][A-Za-z._~-]*$/.test(segment) && segment.length <= MAX_SEGMENT) return segment;
  const ending = /\.[a-z]{1,5}$/.exec(segment)?.[0] ?? '';
  return `{id}${ending}`;
}

/** The template of a link inside a page or of Location: query values are cut out, other hosts dropped. */
export function templateLink(link: string): string {
  if (!/^\/(?!\/)/.test(link)) return link.startsWith('#') || link === '' ? '#' : '/';
  const [path = '/', query] = (link.split('#', 1)[0] ?? '').replaceAll('&amp;', '&').split('?', 2);
  const names = (query ?? '')
    .split('&')
    .map((pair) => pair.split('=', 1)[0] ?? '')
    .filter((name) => isPlainName(name))
    .slice(0, 8);
  const pairs = names.map((name) => `${name}={{id}}`).join('&');
  return deepSegmentsCut(templatePath(path)).replaceAll('{id}', '{{id}}') + (pairs === '' ? '' : `?${pairs}`);
}

/** A link may hold a name behind its first segment (`/people/alice`); only words of pages stay there. */
function deepSegmentsCut(path: string): string {
  const kept = path.split('/').map((segment, index) => {
    const isPlace = index <= 1 || segment.startsWith('{id}') || PAGE_WORDS.has(segment.toLowerCase());
    return isPlace ? segment : '{id}';
  });
  return kept.join('/');
}

/** Does a path belong to a template? */
export function matchesTemplate(template: string, path: string): boolean {
  if (template === path) return true;
  const wanted = template.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) return false;
  return wanted.every((segment, index) => {
    if (!segment.startsWith('{id}')) return segment === given[index];
    return (given[index] ?? '') !== '' && (given[index] ?? '').endsWith(segment.slice(4));
  });
}

/** A name that a programmer gave: parameter, form field, JSON member. Never one that is data used as a key. */
export function isPlainName(name: string): boolean {
  return /^[A-Za-z_$][\w$.-]{0,39}$/.test(name) && !/[0-9]{4}/.test(name) && !/^[0-9a-f-]{12,}$/i.test(name);
}
