import { Tabs } from '@mantine/core';
import { useApi } from '../server/queries.ts';
import { useSearchParams, useSetSearch } from '../scope.ts';
import { Page } from '../show/page.tsx';
import { Failed, Loading } from '../show/states.tsx';
import { useText } from '../text/text.ts';
import { Account } from './account.tsx';
import { AuditLog } from './audit-log.tsx';
import { Exceptions } from './exceptions.tsx';
import { Modes } from './modes.tsx';
import { Nodes } from './nodes.tsx';
import { Playbooks } from './playbooks.tsx';
import './settings.css';

const TABS = ['modes', 'playbooks', 'exceptions', 'nodes', 'account', 'audit'] as const;
const REFRESH_MS = 5000;

export function SettingsPage() {
  const say = useText();
  const search = useSearchParams();
  const setSearch = useSetSearch();
  const tab = TABS.find((one) => one === search.tab) ?? 'modes';
  const settings = useApi('settings', {}, { everyMs: REFRESH_MS });
  return (
    <Page title={say('nav.settings')} question={say('settings.question')} testId="settings">
      <Tabs
        value={tab}
        onChange={(value) => setSearch({ tab: value ?? undefined, q: undefined, sort: undefined }, false)}
        keepMounted={false}
      >
        <Tabs.List className="tab-list">
          {TABS.map((one) => (
            <Tabs.Tab key={one} value={one}>
              {say(`settings.${one}`)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {TABS.map((one) => (
          <Tabs.Panel key={one} value={one} pt="md">
            {one === 'account' ? <Account /> : null}
            {one === 'audit' ? <AuditLog /> : null}
            {one === 'account' || one === 'audit' ? null : (
              <>
                {settings.error ? <Failed error={settings.error} retry={() => void settings.refetch()} /> : null}
                {settings.data ? (
                  <>
                    {one === 'modes' ? <Modes settings={settings.data} /> : null}
                    {one === 'playbooks' ? <Playbooks settings={settings.data} /> : null}
                    {one === 'exceptions' ? <Exceptions settings={settings.data} /> : null}
                    {one === 'nodes' ? <Nodes settings={settings.data} /> : null}
                  </>
                ) : settings.error ? null : (
                  <Loading lines={8} />
                )}
              </>
            )}
          </Tabs.Panel>
        ))}
      </Tabs>
    </Page>
  );
}
