import type { ApiAnswer, Settings } from '@seawall/contract';
import { CircleCheck, TriangleAlert } from 'lucide-react';
import { useApi } from '../server/queries.ts';
import { formatBytes, formatCount, relativeTime } from '../show/format.ts';
import { useNow } from '../show/now.ts';
import { Card } from '../show/page.tsx';
import { Empty, Failed, Loading } from '../show/states.tsx';
import { VerdictTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useLanguage, useText } from '../text/text.ts';

const REFRESH_MS = 5000;
/** Nodes speak every two seconds. */
const STALE_MS = 6000;

export function Nodes({ settings }: { readonly settings: Settings }) {
  const say = useText();
  const nodes = useApi('nodes', {}, { everyMs: REFRESH_MS });
  const { policy } = settings;
  return (
    <div className="stack">
      {settings.configProblems.map((problem) => (
        <div key={problem} className="notice tone-blocked">
          <TriangleAlert size={16} aria-hidden />
          <div className="grow">
            <strong>{say('settings.configProblem')}</strong>
            <pre className="config-problem">
              {problem
                .split('\n')
                .map((line) => visibleLine(line))
                .join('\n')}
            </pre>
          </div>
        </div>
      ))}
      <Card title={say('policy.title')}>
        <dl className="facts">
          <dt>{say('policy.version')}</dt>
          <dd>
            {policy.version} <span className="mono dim">{policy.digest.slice(0, 16)}</span>
          </dd>
          <dt>{say('policy.acknowledged')}</dt>
          <dd>{policy.acknowledged.length === 0 ? say('policy.nobody') : policy.acknowledged.join(', ')}</dd>
          <dt>{say('policy.problem')}</dt>
          <dd>
            {policy.problem === null ? (
              <span className="tag tone-ok">
                <CircleCheck size={13} aria-hidden />
                {say('policy.noProblem')}
              </span>
            ) : (
              visibleLine(policy.problem, 1000)
            )}
          </dd>
          <dt>{say('settings.dataFolder')}</dt>
          <dd className="mono">{settings.dataFolder}</dd>
          <dt>{say('settings.retention')}</dt>
          <dd>{say('duration.days', { count: settings.retentionDays })}</dd>
        </dl>
      </Card>
      <Card title={say('nodes.title')}>
        {nodes.error ? <Failed error={nodes.error} retry={() => void nodes.refetch()} /> : null}
        {nodes.data ? (
          nodes.data.length === 0 ? (
            <Empty title={say('nodes.none')}>{say('nodes.noneHelp')}</Empty>
          ) : (
            <NodeList nodes={nodes.data} />
          )
        ) : nodes.error ? null : (
          <Loading />
        )}
      </Card>
    </div>
  );
}

function NodeList({ nodes }: { readonly nodes: ApiAnswer<'nodes'> }) {
  const say = useText();
  const language = useLanguage();
  const now = useNow();
  return (
    <ul className="plain-list stack">
      {nodes.map(({ node, lastHeardMs, health }) => (
        <li key={node} className="node-card">
          <div className="row wrap">
            <strong>{node}</strong>
            <span className="dim">{health.role}</span>
            <VerdictTag verdict={now - lastHeardMs > STALE_MS ? 'stale' : 'ok'} />
            <span className="dim small">{say('nodes.heard', { when: relativeTime(lastHeardMs, now, language) })}</span>
          </div>
          <div className="row wrap small node-facts">
            <span>{say('nodes.version', { version: health.version })}</span>
            <span>{say('nodes.policy', { version: health.policyVersion })}</span>
            <span>{say('nodes.workers', { workers: health.workers })}</span>
            <span>{say('nodes.memory', { bytes: formatBytes(health.residentBytes, language) })}</span>
            <span>{say('nodes.loop', { delay: formatCount(health.loopDelayMs, language) })}</span>
            <span>{say('nodes.spool', { bytes: formatBytes(health.spoolBytes, language) })}</span>
          </div>
          <div className="row wrap small dim node-facts">
            {Object.entries(health.counters).map(([name, value]) => (
              <span key={name}>
                {name} {formatCount(value, language)}
              </span>
            ))}
            {Object.entries(health.instances).map(([name, state]) => (
              <span key={name}>
                {name} <VerdictTag verdict={state} filled={false} />
              </span>
            ))}
          </div>
        </li>
      ))}
    </ul>
  );
}
