import {
  Activity,
  Boxes,
  Gauge,
  ListTree,
  Radar,
  Settings as SettingsIcon,
  ShieldAlert,
  Theater,
  type LucideIcon,
} from 'lucide-react';
import type { TextKey } from '../text/en.ts';

export interface PageEntry {
  readonly to: string;
  readonly name: TextKey;
  readonly icon: LucideIcon;
  /** Pressed after `g`. */
  readonly key: string;
}

export const PAGES: readonly PageEntry[] = [
  { to: '/', name: 'nav.overview', icon: Gauge, key: 'o' },
  { to: '/incidents', name: 'nav.incidents', icon: ShieldAlert, key: 'i' },
  { to: '/findings', name: 'nav.findings', icon: Radar, key: 'f' },
  { to: '/actions', name: 'nav.actions', icon: ListTree, key: 'a' },
  { to: '/decoy', name: 'nav.decoy', icon: Theater, key: 'd' },
  { to: '/traffic', name: 'nav.traffic', icon: Activity, key: 't' },
  { to: '/workloads', name: 'nav.workloads', icon: Boxes, key: 'w' },
  { to: '/settings', name: 'nav.settings', icon: SettingsIcon, key: 's' },
];
