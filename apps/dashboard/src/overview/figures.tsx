import type { Figure } from '@seawall/contract';
import { useScope } from '../scope.ts';
import { changeOf, formatChange, formatCount, formatMicros } from '../show/format.ts';
import { Go, type Place } from '../show/go.tsx';
import { Sparkline } from '../show/sparkline.tsx';
import type { TextKey } from '../text/en.ts';
import { useLanguage, useText } from '../text/text.ts';
import type { OverviewAnswer } from './overview.tsx';

type FigureName = keyof OverviewAnswer['figures'];

const FIGURES: readonly {
  readonly name: FigureName;
  readonly label: TextKey;
  readonly unit: TextKey | undefined;
  readonly tone: string;
  readonly place: Place;
}[] = [
  {
    name: 'requestsPerSecond',
    label: 'figure.requests',
    unit: 'figure.perSecond',
    tone: 'passed',
    place: { to: '/traffic' },
  },
  {
    name: 'blockedPerMinute',
    label: 'figure.blocked',
    unit: 'figure.perMinute',
    tone: 'blocked',
    place: { to: '/findings', with: { verdict: 'blocked' } },
  },
  {
    name: 'divertedSources',
    label: 'figure.diverted',
    unit: undefined,
    tone: 'diverted',
    place: { to: '/actions', with: { kind: 'divert', state: 'active' } },
  },
  {
    name: 'openIncidents',
    label: 'figure.incidents',
    unit: undefined,
    tone: 'acted',
    place: { to: '/incidents', with: { state: 'open' } },
  },
  { name: 'addedLatencyMicrosP99', label: 'figure.latency', unit: undefined, tone: 'noted', place: { to: '/traffic' } },
];

/** Their last bucket is still being filled while live, and would look like a fall. */
const RATES: readonly FigureName[] = ['requestsPerSecond', 'blockedPerMinute', 'addedLatencyMicrosP99'];

export function Figures({ figures }: { readonly figures: OverviewAnswer['figures'] }) {
  return (
    <div className="figures">
      {FIGURES.map((entry) => (
        <FigureCard key={entry.name} {...entry} figure={figures[entry.name]} />
      ))}
    </div>
  );
}

function FigureCard({
  name,
  label,
  unit,
  tone,
  place,
  figure,
}: (typeof FIGURES)[number] & { readonly figure: Figure }) {
  const say = useText();
  const language = useLanguage();
  const { to } = useScope();
  const shown =
    name === 'addedLatencyMicrosP99' ? formatMicros(figure.value, language) : formatCount(figure.value, language);
  return (
    <Go {...place} className="card figure" data-testid={`figure-${name}`}>
      <span className="dim small">{say(label)}</span>
      <span className="figure-value">
        {shown}
        {unit === undefined ? null : <span className="figure-unit">{say(unit)}</span>}
      </span>
      <Change figure={figure} since={RATES.includes(name) ? 'figure.change' : 'figure.changeSince'} />
      <Sparkline
        values={RATES.includes(name) && to === undefined ? figure.spark.slice(0, -1) : figure.spark}
        tone={tone}
      />
    </Go>
  );
}

function Change({
  figure,
  since,
}: {
  readonly figure: Figure;
  readonly since: 'figure.change' | 'figure.changeSince';
}) {
  const say = useText();
  const language = useLanguage();
  const percent = changeOf(figure.value, figure.before);
  const words =
    figure.value === figure.before
      ? say('figure.same')
      : percent === undefined
        ? say('figure.fromZero')
        : say(since, { change: formatChange(percent, language) });
  return <span className="small dim figure-change">{words}</span>;
}
