import type { ServiceState } from '@seawall/contract';
import { Tooltip } from '@mantine/core';
import { Server } from 'lucide-react';
import { formatCount, formatMicros, relativeTime } from '../show/format.ts';
import { Go } from '../show/go.tsx';
import { useNow } from '../show/now.ts';
import { useStaleSince } from '../show/stale.ts';
import { Empty } from '../show/states.tsx';
import { ProtectionTag, protectionLook, VerdictTag } from '../show/verdict.tsx';
import { useLanguage, useText } from '../text/text.ts';
import type { OverviewAnswer } from './overview.tsx';

const ORDER: readonly ServiceState['protection'][] = ['unprotected', 'off', 'unknown', 'monitored', 'protected'];

/** First of all: is each service protected. What is not, or cannot be known, comes first and stands out. */
export function Protection({ data }: { readonly data: OverviewAnswer }) {
  const say = useText();
  const language = useLanguage();
  const now = useNow();
  const since = useStaleSince();
  // Silence is never taken for a good sign.
  const known =
    since === undefined
      ? data.services
      : data.services.map((service) => ({
          ...service,
          protection: 'unknown' as const,
          reason: say('live.stale', { when: relativeTime(since, now, language) }),
        }));
  const services = known.toSorted((a, b) => ORDER.indexOf(a.protection) - ORDER.indexOf(b.protection));
  return (
    <section className="card" aria-label={say('protection.title')}>
      {services.length === 0 ? (
        <Empty title={say('protection.empty')}>{say('protection.emptyHelp')}</Empty>
      ) : (
        <ul className="plain-list services">
          {services.map((service) => (
            <ServiceTile key={service.service} service={service} />
          ))}
        </ul>
      )}
      <NodeLine data={data} />
    </section>
  );
}

function ServiceTile({ service }: { readonly service: ServiceState }) {
  const say = useText();
  const language = useLanguage();
  const { tone } = protectionLook(service.protection);
  const running = service.instances.filter(({ state }) => state === 'running').length;
  return (
    <li className={`service-tile tone-${tone} ${service.protection}`} data-testid={`service-${service.service}`}>
      <div className="row">
        <Go to="/workloads" with={{ service: service.service }} className="service-name cut">
          {service.service}
        </Go>
        <span className="grow" />
        <ProtectionTag protection={service.protection} />
      </div>
      <div className="small dim service-reason">{service.reason}</div>
      <div className="small row wrap service-facts">
        <Go to="/workloads" with={{ service: service.service }}>
          {service.instances.length === 0
            ? say('protection.noInstances')
            : say('protection.instances', { running, all: service.instances.length })}
        </Go>
        <span className="dim" aria-hidden>
          ·
        </span>
        <Go to="/traffic" with={{ service: service.service }}>
          {say('protection.rate', { rate: formatCount(service.requestsPerSecond, language) })}
        </Go>
      </div>
    </li>
  );
}

function NodeLine({ data }: { readonly data: OverviewAnswer }) {
  const say = useText();
  const language = useLanguage();
  const now = useNow();
  const delay = data.pipelineDelayMs;
  const stale = useStaleSince() !== undefined;
  return (
    <div className="node-line small">
      <Server size={14} aria-hidden className="dim" />
      {data.nodes.length === 0 ? <VerdictTag verdict="gone" /> : null}
      {data.nodes.length === 0 ? <span>{say('nodes.none')}</span> : null}
      {data.nodes.map((node) => (
        <Tooltip
          key={node.node}
          label={`${node.lastHeardMs === 0 ? say('nodes.never') : say('nodes.heard', { when: relativeTime(node.lastHeardMs, now, language) })} · ${say(node.policyCurrent ? 'nodes.policyCurrent' : 'nodes.policyOld')}`}
        >
          <span className="node">
            <Go to="/settings" with={{ tab: 'nodes' }}>
              {node.node}
            </Go>
            <VerdictTag verdict={stale ? 'stale' : node.state} filled={stale || node.state !== 'ok'} />
            {node.policyCurrent ? null : <span className="tag tone-limited filled">{say('nodes.policyOld')}</span>}
          </span>
        </Tooltip>
      ))}
      <span className="grow" />
      <span className="dim nowrap">
        {delay === null ? say('nodes.noDelay') : say('nodes.delay', { delay: formatMicros(delay * 1000, language) })}
      </span>
    </div>
  );
}
