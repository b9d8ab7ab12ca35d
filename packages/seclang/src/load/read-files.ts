import type { RuleFiles } from '../api.ts';
import { readActions, type RuleActions } from '../compile/rule-actions.ts';
import type { DirectiveNode, MarkerNode, Position, RuleNode } from '../language/ast.ts';
import type { Complaints } from '../language/complaints.ts';
import { parseActions } from '../language/parse-actions.ts';
import { parseFile } from '../language/parse.ts';
import { SETTING_DIRECTIVES, SETTING_NAMES } from './directives.ts';
import type { DraftLink, RuleDraft } from './draft.ts';
import { matchFiles } from './include.ts';
import { defaultSettings, type EngineSettings } from './settings.ts';
import { readGeoTable } from '../operators/geo-database.ts';
import { readUnicodeMap } from './unicode-map.ts';
import { UPDATE_DIRECTIVES, UPDATE_NAMES } from './updates.ts';

export interface ReadRules {
  readonly settings: EngineSettings;
  readonly drafts: RuleDraft[];
  readonly markers: { readonly label: string; readonly order: number }[];
  /** Applied when all rules are known, so that their place in the files does not matter. */
  readonly updates: DirectiveNode[];
}

/** Deeper nesting of Include is taken for a loop. */
const MAX_INCLUDE_DEPTH = 20;

/** All directives, as they are written. */
export const KNOWN_NAMES: readonly string[] = [
  ...SETTING_NAMES,
  ...UPDATE_NAMES,
  'SecRule',
  'SecAction',
  'SecMarker',
  'SecDefaultAction',
  'SecGeoLookupDb',
  'SecUnicodeMapFile',
  'Include',
  'IncludeOptional',
];

/** Reads the entry files and what they include, in order. */
export function readFiles(input: RuleFiles, complaints: Complaints): ReadRules {
  const reader = new Reader(input.files, complaints);
  for (const entry of input.entry) {
    const at = { file: entry, line: 1, column: 1 };
    const found = matchFiles(input.files, '', entry);
    if (found.length === 0) complaints.error({ code: 'file-missing', at, text: `there is no file "${entry}"` });
    for (const file of found) reader.file(file, 0);
  }
  reader.finish();
  return reader.result;
}

const folderOf = (file: string): string => file.replace(/[^/]*$/, '');

class Reader {
  readonly result: ReadRules = { settings: defaultSettings(), drafts: [], markers: [], updates: [] };
  private readonly files: ReadonlyMap<string, string>;
  private readonly complaints: Complaints;
  private readonly ids = new Map<number, Position>();
  private defaults: ReadonlyMap<number, RuleActions> = new Map();
  private readonly defaultsAt = new Map<number, Position>();
  private open: RuleDraft | undefined;
  private order = 0;

  constructor(files: ReadonlyMap<string, string>, complaints: Complaints) {
    this.files = files;
    this.complaints = complaints;
  }

  file(path: string, depth: number): void {
    for (const statement of parseFile(path, this.files.get(path) ?? '', this.complaints)) {
      if (statement.kind === 'rule') this.rule(statement);
      else if (statement.kind === 'marker') this.marker(statement);
      else this.directive(statement, depth);
    }
  }

  finish(): void {
    const last = this.open?.links.at(-1);
    if (last !== undefined) this.chainBroken(last.node.at);
  }

  private chainBroken(at: Position): void {
    // As in ModSecurity, which loads it too: what half of a rule would match, nobody meant.
    this.complaints.warn({
      code: 'chain-broken',
      at,
      text: 'this rule says "chain", but no SecRule follows it: it never matches',
      hint: 'put the chained SecRule directly behind it, or remove "chain"',
    });
    if (this.open !== undefined) this.result.drafts.splice(this.result.drafts.indexOf(this.open), 1);
    this.open = undefined;
  }

  private rule(node: RuleNode): void {
    const actions = readActions(node.actions, this.complaints);
    const link: DraftLink = { node, actions, targets: node.targets };
    if (this.open !== undefined) {
      this.checkLink(link);
      this.open.links.push(link);
      if (!actions.chain) this.open = undefined;
      return;
    }
    const draft: RuleDraft = {
      links: [link],
      defaults: this.defaults,
      order: this.order++,
      removed: undefined,
      addedTargets: [],
      excludedTargets: [],
    };
    this.checkId(link);
    this.result.drafts.push(draft);
    if (actions.chain) this.open = draft;
  }

  private checkId({ node, actions }: DraftLink): void {
    if (actions.id === undefined) return;
    const before = this.ids.get(actions.id);
    if (before === undefined) this.ids.set(actions.id, node.at);
    else {
      this.complaints.error({
        code: 'duplicate-id',
        at: node.at,
        text: `the id ${actions.id} is used twice`,
        hint: `the other rule is at ${before.file}:${before.line}`,
      });
    }
  }

  private checkLink({ node, actions }: DraftLink): void {
    const named = node.actions.find((action) => /^id$/i.test(action.name));
    if (named !== undefined) {
      this.complaints.warn({
        code: 'id-in-chain',
        at: named.at,
        text: 'only the first rule of a chain has an id; this one is not used',
      });
    }
    const wrong = node.actions.find((action) => /^phase$/i.test(action.name)) ?? actions.disruptive;
    if (wrong === undefined) return;
    this.complaints.error({
      code: 'not-in-chain',
      at: wrong.at,
      text: `"${wrong.name}" may only stand in the first rule of a chain`,
    });
  }

  private marker(node: MarkerNode): void {
    const last = this.open?.links.at(-1);
    if (last !== undefined) this.chainBroken(last.node.at);
    this.result.markers.push({ label: node.label, order: this.order++ });
  }

  private directive(node: DirectiveNode, depth: number): void {
    const name = node.name.toLowerCase();
    const setter = SETTING_DIRECTIVES.get(name);
    if (setter !== undefined) setter(this.result.settings, node, this.complaints);
    else if (UPDATE_DIRECTIVES.has(name)) this.result.updates.push(node);
    else if (name === 'secdefaultaction') this.defaultAction(node);
    else if (name === 'secgeolookupdb') this.geoDatabase(node);
    else if (name === 'secunicodemapfile') this.unicodeMap(node);
    else if (name === 'include' || name === 'includeoptional') this.include(node, depth, name === 'include');
    else this.complaints.unknown('unknown-directive', node.at, 'directive', node.name, KNOWN_NAMES);
  }

  /** `SecUnicodeMapFile unicode.mapping 20127`. */
  private unicodeMap(node: DirectiveNode): void {
    const name = node.words
      .slice(0, -1)
      .map((word) => word.text)
      .join(' ');
    const codePage = node.words.at(-1)?.text ?? '';
    const at = node.words[0]?.at ?? node.at;
    if (name === '' || !/^\d+$/.test(codePage)) {
      this.complaints.error({
        code: 'bad-directive-value',
        at,
        text: `"${codePage.slice(0, 60)}" is no number of a code page`,
        hint: 'write SecUnicodeMapFile FILE CODE-PAGE, as in: SecUnicodeMapFile unicode.mapping 20127',
      });
      return;
    }
    const [path] = matchFiles(this.files, folderOf(node.at.file), name);
    const map = readUnicodeMap(this.files.get(path ?? '') ?? '', codePage);
    if (path !== undefined && map !== undefined) {
      this.result.settings.unicodeMap = map;
      return;
    }
    this.complaints.error({
      code: 'file-missing',
      at,
      text: path === undefined ? `there is no file "${name.slice(0, 120)}"` : `"${name}" has no code page ${codePage}`,
      hint: 'put the file beside the rules, or remove the line: what looks like ASCII is folded without it',
    });
  }

  private geoDatabase(node: DirectiveNode): void {
    const name = node.words[0]?.text ?? '';
    const at = node.words[0]?.at ?? node.at;
    const [path] = matchFiles(this.files, folderOf(node.at.file), name);
    try {
      if (path !== undefined) this.result.settings.geo = readGeoTable(this.files.get(path) ?? '');
      else this.complaints.error({ code: 'file-missing', at, text: `there is no file "${name.slice(0, 120)}"` });
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.complaints.error({
        code: 'bad-geo-database',
        at,
        text: `"${name.slice(0, 120)}" cannot be read: ${error.message}`,
        hint: 'files in the MaxMind DB format (*.mmdb) and city files of the older one (*.dat) can be used',
      });
    }
  }

  private include(node: DirectiveNode, depth: number, required: boolean): void {
    const pattern = node.words[0]?.text ?? '';
    const at = node.words[0]?.at ?? node.at;
    if (depth >= MAX_INCLUDE_DEPTH) {
      this.complaints.error({
        code: 'include-too-deep',
        at,
        text: 'files include each other in a loop, or too deeply',
      });
      return;
    }
    const found = matchFiles(this.files, folderOf(node.at.file), pattern);
    // A pattern may match nothing: CRS includes a plugins folder that is empty at first.
    if (found.length === 0 && required && !/[*?]/.test(pattern)) {
      this.complaints.error({ code: 'file-missing', at, text: `there is no file "${pattern.slice(0, 120)}"` });
    }
    for (const file of found) this.file(file, depth + 1);
  }

  private checkDefault(actions: RuleActions, at: Position): void {
    const none = actions.transformations.find((action) => action.value?.toLowerCase() === 'none');
    const unsuitable = actions.id !== undefined || actions.chain || actions.skipAfter !== undefined;
    if (actions.disruptive !== undefined && !unsuitable && none === undefined) return;
    this.complaints.error({
      code: 'bad-default-action',
      at: none?.at ?? at,
      text:
        none !== undefined
          ? 't:none would take away what stands before it; in a default nothing does'
          : unsuitable
            ? 'id, chain and skipAfter belong to rules, not to defaults'
            : 'a disruptive action is missing',
      hint: 'write for example SecDefaultAction "phase:2,log,auditlog,pass"; block itself means this default',
    });
  }

  private defaultAction(node: DirectiveNode): void {
    const word = node.words[0];
    if (word === undefined) {
      this.complaints.error({ code: 'wrong-form', at: node.at, text: 'SecDefaultAction needs a list of actions' });
      return;
    }
    const locate = (index: number): Position => ({ ...word.at, column: word.at.column + index });
    const actions = readActions(
      // In a default, "block" would mean itself.
      parseActions(word.text, locate, this.complaints).filter((action) => action.name.toLowerCase() !== 'block'),
      this.complaints,
    );
    this.checkDefault(actions, word.at);
    const phase = actions.phase ?? 2;
    const before = this.defaultsAt.get(phase);
    if (before !== undefined) {
      this.complaints.error({
        code: 'default-action-twice',
        at: word.at,
        text: `phase ${phase} has its SecDefaultAction already`,
        hint: `the other one is at ${before.file}:${before.line}; keep one of them`,
      });
    }
    this.defaultsAt.set(phase, word.at);
    this.defaults = new Map([...this.defaults, [actions.phase ?? 2, actions]]);
  }
}
