import type { NextStep } from '@seawall/contract';
import { ArrowRight, CircleCheck } from 'lucide-react';
import { Go, safePlace } from '../show/go.tsx';
import { SeverityTag } from '../show/verdict.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { knownKey, useText } from '../text/text.ts';

export function DoNext({ steps }: { readonly steps: readonly NextStep[] }) {
  const say = useText();
  if (steps.length === 0) {
    return (
      <div className="notice tone-ok">
        <CircleCheck size={16} aria-hidden />
        <div className="grow">
          <strong>{say('next.nothing')}</strong>
          <div>{say('next.nothingHelp')}</div>
        </div>
      </div>
    );
  }
  return (
    <ol className="plain-list next-steps">
      {steps.slice(0, 5).map((step) => (
        <li key={step.key}>
          <Go {...safePlace(step.link)} className="next-step">
            <SeverityTag severity={step.severity} word={false} />
            <span className="grow">{wordsOf(step, say)}</span>
            <ArrowRight size={15} aria-hidden className="dim" />
          </Go>
        </li>
      ))}
    </ol>
  );
}

function wordsOf(step: NextStep, say: ReturnType<typeof useText>): string {
  const key = knownKey(step.message);
  const values = Object.fromEntries(
    Object.entries(step.values).map(([name, value]) => [
      name,
      typeof value === 'string' ? visibleLine(value, 160) : value,
    ]),
  );
  return key === undefined ? step.message : say(key, values);
}
