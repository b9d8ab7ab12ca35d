// What a rule file says, as data. Nothing here is resolved: names are as written, so that a printer could write them again.

export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** `ARGS:q`, `&TX:x`, `!REQUEST_COOKIES:/^_ga/`, `XML://@*`. */
export interface TargetNode {
  readonly at: Position;
  readonly name: string;
  readonly count: boolean;
  readonly exclude: boolean;
  readonly selector: SelectorNode;
  readonly text: string;
}

export type SelectorNode =
  | { readonly kind: 'all' }
  | { readonly kind: 'key'; readonly key: string }
  | { readonly kind: 'pattern'; readonly pattern: string };

export interface OperatorNode {
  readonly at: Position;
  readonly name: string;
  readonly negated: boolean;
  readonly argument: string;
  /** As written, `@rx` put in front when the name was left out. */
  readonly text: string;
}

export interface ActionNode {
  readonly at: Position;
  readonly name: string;
  readonly value: string | undefined;
}

export interface RuleNode {
  readonly kind: 'rule';
  readonly at: Position;
  readonly targets: readonly TargetNode[];
  /** Absent for `SecAction`. */
  readonly operator: OperatorNode | undefined;
  readonly actions: readonly ActionNode[];
}

export interface MarkerNode {
  readonly kind: 'marker';
  readonly at: Position;
  readonly label: string;
}

/** Any other directive, with its words. */
export interface DirectiveNode {
  readonly kind: 'directive';
  readonly at: Position;
  readonly name: string;
  readonly words: readonly WordNode[];
}

export interface WordNode {
  readonly at: Position;
  readonly text: string;
}

export type StatementNode = RuleNode | MarkerNode | DirectiveNode;
