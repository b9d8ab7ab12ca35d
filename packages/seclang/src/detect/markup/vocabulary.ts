// Which names in markup run something. Facts of the HTML, SVG and CSS specifications and of what browsers have shipped.

const set = (words: string): ReadonlySet<string> => new Set(words.split(/\s+/));

/** These run, load or reshape a page by being there at all. */
export const RUNNING_ELEMENTS = set(
  'script iframe frame frameset applet noscript plaintext bgsound layer ilayer isindex xss portal fencedframe',
);

/** Dangerous together with one of these attributes. */
export const ELEMENTS_WITH: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['object', set('data type classid codebase code')],
  ['embed', set('src code')],
  ['base', set('href target')],
  ['meta', set('http-equiv content charset')],
  ['link', set('href rel')],
  ['import', set('implementation namespace')],
  ['form', set('action')],
  ['param', set('value')],
  ['animate', set('attributename values to from')],
  ['set', set('attributename to')],
  ['animatetransform', set('attributename')],
  ['animatemotion', set('attributename')],
  ['handler', set('type ev:event')],
  ['listener', set('event handler')],
  ['feimage', set('href xlink:href')],
  ['xml', set('src id')],
  ['span', set('datasrc')],
  ['div', set('datasrc')],
  ['label', set('datasrc')],
]);

/** Attributes whose value is an address that is fetched or followed. */
export const ADDRESS_ATTRIBUTES = set(
  'href src action formaction data xlink:href background poster dynsrc lowsrc cite from to values code codebase manifest ping longdesc profile usemap classid archive srcset icon folder by url datasrc implementation content',
);

/** Words that begin with "on" and name no event. */
export const NOT_AN_EVENT = set(
  'one ones once only onto online onboard ongoing onward onwards onset onsite onus onion ontology onlooker oneself oneway ont ons onprem onhand only_once once_per',
);

/** Starts of event names, where the context alone proves little. */
export const EVENT_START =
  /^on(?:abort|activate|after|animation|auxclick|before|begin|blur|bounce|canplay|cancel|cell|change|click|close|content|context|controlselect|copy|cue|cut|data|dblclick|deactivate|drag|drop|duration|emptied|end|ended|error|filter|finish|focus|form|fullscreen|got|hashchange|help|hover|input|invalid|key|language|layout|load|lose|lost|media|message|mouse|move|offline|open|outofsync|page|paste|pause|play|pointer|popstate|progress|property|ratechange|ready|redo|repeat|reset|resize|resume|reverse|row|scroll|search|seek|select|show|slotchange|stalled|start|stop|storage|submit|suspend|sync|time|toggle|touch|track|transition|undo|unload|url|volume|waiting|webkit|wheel|zoom)/;
