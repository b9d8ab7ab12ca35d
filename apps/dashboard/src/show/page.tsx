import { useEffect, type ReactNode } from 'react';

/** A screen: its name, the question it answers, what can be done on it. */
export function Page({
  title,
  question,
  actions,
  children,
  testId,
}: {
  readonly title: ReactNode;
  readonly question?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  readonly testId?: string;
}) {
  const name = typeof title === 'string' ? title : undefined;
  useEffect(() => {
    if (name !== undefined) document.title = `${name} · Seawall`;
  }, [name]);
  return (
    <div className="page" {...(testId === undefined ? {} : { 'data-testid': testId })}>
      <div className="page-head">
        <div className="grow">
          <h1>{title}</h1>
          {question === undefined ? null : <p className="question">{question}</p>}
        </div>
        {actions === undefined ? null : <div className="row wrap">{actions}</div>}
      </div>
      {children}
    </div>
  );
}

export function Card({
  title,
  aside,
  children,
  label,
}: {
  readonly title?: ReactNode;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
  readonly label?: string;
}) {
  return (
    <section className="card" {...(label === undefined ? {} : { 'aria-label': label })}>
      {title === undefined && aside === undefined ? null : (
        <div className="card-head">
          <h2>{title}</h2>
          {aside}
        </div>
      )}
      {children}
    </section>
  );
}
