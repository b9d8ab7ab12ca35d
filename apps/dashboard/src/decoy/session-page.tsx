import { ActionIcon, Button, Slider } from '@mantine/core';
import { sourceKey, type ApiAnswer } from '@seawall/contract';
import { useParams } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, Pause, Play } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useApi } from '../server/queries.ts';
import { useSearchParams, useSetSearch } from '../scope.ts';
import { formatCount, formatMicros } from '../show/format.ts';
import { Go } from '../show/go.tsx';
import { Card, Page } from '../show/page.tsx';
import { RawText } from '../show/raw-text.tsx';
import { SourceName } from '../show/source.tsx';
import { Empty, Failed, Loading } from '../show/states.tsx';
import { Time } from '../show/time.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useLanguage, useText } from '../text/text.ts';
import { learnedWord } from './learned.ts';
import './decoy.css';

type Transcript = ApiAnswer<'decoySession'>;
/** Pauses of the attacker are shortened to this when playing. */
const MAX_PAUSE_MS = 2000;
const MIN_PAUSE_MS = 400;

export function SessionPage() {
  const say = useText();
  const { id = '' } = useParams({ strict: false });
  const found = useApi('decoySession', { params: { id } });
  return (
    <Page title={say('decoy.transcript')} question={say('decoy.question')} testId="decoy-page">
      {found.error ? <Failed error={found.error} retry={() => void found.refetch()} /> : null}
      {found.data ? <Shown transcript={found.data} /> : found.error ? null : <Loading lines={10} />}
    </Page>
  );
}

function Shown({ transcript: { session, steps } }: { readonly transcript: Transcript }) {
  const say = useText();
  const search = useSearchParams();
  const setSearch = useSetSearch();
  const wanted = Math.trunc(Number(search.step ?? 1)) || 1;
  const at = Math.min(Math.max(1, wanted), Math.max(1, steps.length));
  const go = (step: number) => setSearch({ step: String(Math.min(Math.max(1, step), steps.length)) });
  const player = usePlayer(steps, at, go);
  const shown = steps[at - 1];
  return (
    <>
      <div className="row wrap">
        <SourceName source={session.source} />
        <span className="tag filled tone-diverted">{say('decoy.as', { service: session.service })}</span>
        <Time micros={session.firstMicros} />
        <span className="grow" />
        <Go to="/incidents" with={{ source: sourceKey(session.source) }} className="go">
          {say('decoy.incidents')}
        </Go>
      </div>
      {shown === undefined ? (
        <Empty title={say('decoy.noSteps')} />
      ) : (
        <div className="columns two">
          <Card
            title={say('decoy.step', { step: at, steps: steps.length })}
            aside={<Controls at={at} count={steps.length} go={go} {...player} />}
          >
            <StepShown shown={shown} first={steps[0]?.timeMicros ?? 0} />
          </Card>
          <div className="stack">
            <Learned session={session} />
            <StepList steps={steps} at={at} go={go} />
          </div>
        </div>
      )}
    </>
  );
}

function usePlayer(steps: Transcript['steps'], at: number, go: (step: number) => void) {
  const [playing, setPlaying] = useState(false);
  const calls = useRef({ go });
  calls.current = { go };
  useEffect(() => {
    if (!playing) return undefined;
    const [now, next] = [steps[at - 1], steps[at]];
    if (!now || !next) {
      setPlaying(false);
      return undefined;
    }
    const pause = Math.min(MAX_PAUSE_MS, Math.max(MIN_PAUSE_MS, (next.timeMicros - now.timeMicros) / 1000));
    const timer = setTimeout(() => calls.current.go(at + 1), pause);
    return () => clearTimeout(timer);
  }, [playing, steps, at]);
  return { playing, toggle: () => setPlaying((now) => !now) };
}

function Controls({
  at,
  count,
  go,
  playing,
  toggle,
}: {
  readonly at: number;
  readonly count: number;
  readonly go: (step: number) => void;
  readonly playing: boolean;
  readonly toggle: () => void;
}) {
  const say = useText();
  return (
    <div className="row player">
      <ActionIcon variant="default" aria-label={say('decoy.before')} disabled={at <= 1} onClick={() => go(at - 1)}>
        <ChevronLeft size={16} />
      </ActionIcon>
      <Button
        size="compact-sm"
        variant="default"
        leftSection={playing ? <Pause size={14} aria-hidden /> : <Play size={14} aria-hidden />}
        disabled={at >= count && !playing}
        onClick={toggle}
      >
        {say(playing ? 'decoy.pause' : 'decoy.play')}
      </Button>
      <ActionIcon variant="default" aria-label={say('decoy.after')} disabled={at >= count} onClick={() => go(at + 1)}>
        <ChevronRight size={16} />
      </ActionIcon>
      {count > 1 ? (
        <Slider
          className="player-slider"
          size="sm"
          min={1}
          max={count}
          value={at}
          onChange={go}
          label={null}
          thumbLabel={say('decoy.slider')}
        />
      ) : null}
    </div>
  );
}

function StepShown({ shown, first }: { readonly shown: Transcript['steps'][number]; readonly first: number }) {
  const say = useText();
  const language = useLanguage();
  const { step, timeMicros } = shown;
  return (
    <div className="stack">
      <div className="row wrap">
        <span className="mono grow cut">{visibleLine(`${step.method} ${step.path}`, 300)}</span>
        <span className="dim small">+{formatMicros(timeMicros - first, language)}</span>
      </div>
      {step.learned.map((one) => (
        <div key={`${one.kind} ${one.text}`} className="notice tone-diverted">
          <div className="grow">
            <strong>{learnedWord(one.kind, say)}</strong> <RawText inline text={one.text} />
          </div>
        </div>
      ))}
      <h3 className="small dim">{say('decoy.asked')}</h3>
      <RawText
        text={step.body === '' ? step.head : `${step.head.trimEnd()}\r\n\r\n${step.body}`}
        label={say('decoy.asked')}
      />
      <h3 className="small dim">{say('decoy.answered', { status: step.status })}</h3>
      <RawText text={step.answer} label={say('decoy.answered', { status: step.status })} />
    </div>
  );
}

function Learned({ session }: { readonly session: Transcript['session'] }) {
  const say = useText();
  const language = useLanguage();
  return (
    <Card title={say('decoy.learned')}>
      {session.learned.length === 0 ? <p className="dim">{say('decoy.nothingLearned')}</p> : null}
      <ul className="plain-list stack">
        {session.learned.map((one) => (
          <li key={`${one.kind} ${one.text}`} className="learned">
            <span className="tag tone-diverted">{learnedWord(one.kind, say)}</span>
            <span className="grow">
              <RawText inline text={one.text} />
            </span>
            <span className="dim">×{formatCount(one.count, language)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function StepList({
  steps,
  at,
  go,
}: {
  readonly steps: Transcript['steps'];
  readonly at: number;
  readonly go: (step: number) => void;
}) {
  const say = useText();
  return (
    <Card title={say('decoy.steps')}>
      <ol className="plain-list step-list" tabIndex={0} aria-label={say('decoy.steps')}>
        {steps.map(({ step }, index) => (
          <li key={step.exchange}>
            <button
              type="button"
              className="step-button"
              aria-current={index + 1 === at ? 'step' : undefined}
              onClick={() => go(index + 1)}
            >
              <span className="dim">{index + 1}</span>
              <span className="mono cut grow">{visibleLine(`${step.method} ${step.path}`, 120)}</span>
              <span className="dim">{step.status}</span>
            </button>
          </li>
        ))}
      </ol>
    </Card>
  );
}
