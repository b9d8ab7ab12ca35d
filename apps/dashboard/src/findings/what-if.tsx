import { Button } from '@mantine/core';
import type { Counterfactual, Explanation, Finding } from '@seawall/contract';
import { Check, ShieldOff, X } from 'lucide-react';
import { Card } from '../show/page.tsx';
import { RawText } from '../show/raw-text.tsx';
import { visibleLine } from '../show/visible-text.ts';
import { useText } from '../text/text.ts';

interface Props {
  readonly finding: Finding;
  readonly explanation: Explanation;
  /** False: something that was not kept may stop it all the same. */
  readonly whole: boolean;
  /** Opens the dialog that makes an exception of this match; absent = one may not. */
  readonly except: ((choice: string) => void) | undefined;
}

/** The smallest exclusions with which it would have passed, each found by running all rules again. */
export function WhatIf({ finding, explanation, whole, except }: Props) {
  const say = useText();
  const { counterfactuals, enforced, untried } = explanation;
  const passing = counterfactuals.filter(({ passes }) => passes);
  const failing = counterfactuals.filter(({ passes }) => !passes);
  return (
    <Card title={say('explain.whatIf')}>
      <div className="stack" data-testid="what-if">
        {whole ? null : <p className="small what-if-doubt">{say('explain.notWhole')}</p>}
        {enforced.kind === 'continue' ? <p className="dim">{say('explain.passesAnyway')}</p> : null}
        {enforced.kind !== 'continue' && passing.length === 0 ? (
          <p className="dim">{say('explain.noneHelps')}</p>
        ) : null}
        <ul className="plain-list stack">
          {passing.map((one) => (
            <li key={one.everywhere.join('\n')}>
              <Passing one={one} finding={finding} except={except} />
            </li>
          ))}
        </ul>
        {failing.length === 0 ? null : (
          <details>
            <summary className="small">{say('explain.notEnough', { count: failing.length })}</summary>
            <ul className="plain-list small what-if-failing">
              {failing.map((one) => (
                <li key={one.everywhere.join('\n')} className="row">
                  <X size={13} aria-hidden />
                  <span className="grow">
                    <Words one={one} />
                  </span>
                  <span className="nowrap dim">{say('explain.scoreThen', { score: scoreOf(one, finding) })}</span>
                </li>
              ))}
            </ul>
          </details>
        )}
        {untried > 0 ? <p className="dim small">{say('explain.untried', { count: untried })}</p> : null}
      </div>
    </Card>
  );
}

function scoreOf({ inbound, outbound }: Counterfactual, { direction }: Finding): number {
  return direction === 'response' ? outbound : inbound;
}

function Words({ one }: { readonly one: Counterfactual }) {
  const say = useText();
  return one.exclusions.map(({ ruleId, target }, index) => (
    <span key={`${ruleId} ${target ?? ''}`}>
      {index === 0 ? '' : ' + '}
      {target === undefined
        ? say('explain.ruleOff', { rule: ruleId })
        : say('explain.targetOff', { rule: ruleId, target: visibleLine(target, 120) })}
    </span>
  ));
}

function Passing({ one, finding, except }: Omit<Props, 'explanation' | 'whole'> & { readonly one: Counterfactual }) {
  const say = useText();
  const choice = choiceOf(one, finding);
  return (
    <div className="what-if">
      <div className="row wrap">
        <Check size={15} aria-hidden className="what-if-sign" />
        <strong className="grow">
          <Words one={one} />
        </strong>
        <span className="nowrap small">{say('explain.wouldPass', { score: scoreOf(one, finding) })}</span>
      </div>
      <details>
        <summary className="small">{say('explain.lines')}</summary>
        {one.here.length === 0 ? null : (
          <>
            <div className="small dim">{say('explain.here')}</div>
            <Lines texts={one.here} label={say('explain.here')} />
          </>
        )}
        <div className="small dim">{say('explain.everywhere')}</div>
        <Lines texts={one.everywhere} label={say('explain.everywhere')} />
      </details>
      {except && choice !== undefined ? (
        <div>
          <Button
            size="compact-sm"
            variant="default"
            leftSection={<ShieldOff size={13} />}
            onClick={() => except(choice)}
          >
            {say('finding.except')}
          </Button>
        </div>
      ) : null}
    </div>
  );
}

function Lines({ texts, label }: { readonly texts: readonly string[]; readonly label: string }) {
  return texts.map((text) => <RawText key={text} text={text} label={`${label}: ${text}`} />);
}

/** The match of the finding that the console can make an exception of. */
function choiceOf({ exclusions }: Counterfactual, { matches }: Finding): string | undefined {
  const [only, ...more] = exclusions;
  if (only?.target === undefined || more.length > 0) return undefined;
  const choice = `${only.ruleId} ${only.target}`;
  return matches.some(({ ruleId, target }) => `${ruleId} ${target}` === choice) ? choice : undefined;
}
