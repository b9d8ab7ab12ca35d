import type { Finding } from '@seawall/contract';
import { formatBytes } from '../show/format.ts';
import { Card } from '../show/page.tsx';
import { Pieces, RawBox } from '../show/raw-text.tsx';
import { useLanguage, useText } from '../text/text.ts';
import { findMarks, segmentsOf, type Mark } from './mark-bytes.ts';

/** The message as it came, with the bytes that rules matched. */
export function Evidence({ finding }: { readonly finding: Finding }) {
  const say = useText();
  const language = useLanguage();
  const { evidence, request } = finding;
  if (!evidence) {
    const line = `${request.method} ${request.path}${request.query === '' ? '' : `?${request.query}`}`;
    return (
      <Card title={say('finding.request')}>
        <Marked
          text={line}
          marks={findMarks({ head: line, body: '' }, finding.matches).head}
          finding={finding}
          label={say('finding.request')}
        />
        <p className="dim small">{say('finding.noEvidence')}</p>
      </Card>
    );
  }
  const marks = findMarks(evidence, finding.matches);
  return (
    <Card title={say(finding.direction === 'response' ? 'finding.response' : 'finding.request')}>
      <Marked text={evidence.head} marks={marks.head} finding={finding} label={say('finding.head')} />
      {evidence.body === '' ? null : (
        <>
          <h3 className="sub">
            {say('finding.body')} <span className="dim small">{formatBytes(evidence.bodyBytes, language)}</span>
          </h3>
          <Marked text={evidence.body} marks={marks.body} finding={finding} label={say('finding.body')} />
        </>
      )}
      {evidence.truncated ? <p className="dim small">{say('finding.truncated')}</p> : null}
      {marks.head.length + marks.body.length === 0 && finding.matches.length > 0 ? (
        <p className="dim small">{say('finding.noMarks')}</p>
      ) : null}
    </Card>
  );
}

function Marked({
  text,
  marks,
  finding,
  label,
}: {
  readonly text: string;
  readonly marks: readonly Mark[];
  readonly finding: Finding;
  readonly label: string;
}) {
  return (
    <RawBox label={label}>
      {segmentsOf(text, marks).map((segment, index) => {
        const match = segment.match === undefined ? undefined : finding.matches[segment.match];
        // segments have no identity but their place
        return match ? (
          <mark key={index} title={`${match.ruleId} · ${match.target}`}>
            <Pieces text={segment.text} />
          </mark>
        ) : (
          <Pieces key={index} text={segment.text} />
        );
      })}
    </RawBox>
  );
}
