import { Fragment, type ReactNode } from 'react';
import { visiblePieces } from './visible-text.ts';

/** Bytes that somebody else wrote: text only, never markup, never a link. */
export function RawText({
  text,
  inline = false,
  label,
}: {
  readonly text: string;
  readonly inline?: boolean;
  readonly label?: string;
}) {
  if (inline) {
    return (
      <code className="raw inline">
        <Pieces text={text} />
      </code>
    );
  }
  return (
    <RawBox {...(label === undefined ? {} : { label })}>
      <Pieces text={text} />
    </RawBox>
  );
}

/** Scrolls, therefore reachable with the keyboard. */
export function RawBox({ children, label }: { readonly children: ReactNode; readonly label?: string }) {
  return (
    <pre className="raw" tabIndex={0} {...(label === undefined ? {} : { 'aria-label': label, role: 'region' })}>
      {children}
    </pre>
  );
}

export function Pieces({ text }: { readonly text: string }) {
  return visiblePieces(text).map((piece, index) =>
    piece.name === undefined ? (
      // pieces have no identity but their place
      <Fragment key={index}>{piece.text}</Fragment>
    ) : (
      // as above
      <i className="control" key={index} title={piece.name}>
        {piece.text}
      </i>
    ),
  );
}
