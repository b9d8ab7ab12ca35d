import type { PolicyParts } from '@seawall/contract';
import type { Playbook } from '@seawall/respond';

/** What files say. The server adds orders, exceptions, chosen modes and likeness. */
export interface PolicySource {
  parts(): Pick<PolicyParts, 'routes' | 'rules' | 'decoy'>;
  playbooks(): readonly Playbook[];
  /** The file that the playbooks stand in, for people. */
  playbookFile(): { readonly path: string; readonly text: string };
  /** Facts of the rule sets by name, as the engine counted them. */
  ruleSetFacts(): readonly { readonly name: string; readonly rules: number; readonly version: string }[];
  retentionDays(): number;
  /** Problems of the last reload; empty when what stands in the files is in force. */
  problems(): readonly string[];
  onChange(changed: () => void): void;
  close(): void;
}
