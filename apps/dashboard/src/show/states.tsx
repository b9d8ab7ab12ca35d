import { Button, Skeleton } from '@mantine/core';
import { CircleHelp, Inbox, Lock, RotateCw, ServerOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { ApiProblem } from '../server/call.ts';
import { useText } from '../text/text.ts';

// The states between asking and having: each says what to do next.

export function Loading({ lines = 4 }: { readonly lines?: number }) {
  const say = useText();
  return (
    <div className="stack" role="status" aria-label={say('state.loading')}>
      {Array.from({ length: lines }, (_, index) => (
        <Skeleton key={index} height={18} width={`${95 - ((index * 17) % 40)}%`} />
      ))}
    </div>
  );
}

export function Empty({ title, children }: { readonly title: string; readonly children?: ReactNode }) {
  return (
    <div className="empty">
      <Inbox size={26} aria-hidden />
      <strong>{title}</strong>
      {children === undefined ? null : <p>{children}</p>}
    </div>
  );
}

export function Failed({ error, retry }: { readonly error: Error; readonly retry?: (() => void) | undefined }) {
  const say = useText();
  const problem = error instanceof ApiProblem ? error.problem : undefined;
  if (problem?.status === 403) {
    return (
      <div className="notice tone-limited" role="alert">
        <Lock size={16} aria-hidden />
        <div className="grow">
          <strong>{say('failed.forbidden')}</strong>
          <div>{problem.detail}</div>
        </div>
      </div>
    );
  }
  const silent = problem?.status === 0;
  const Icon = silent ? ServerOff : CircleHelp;
  return (
    <div className="notice tone-blocked" role="alert">
      <Icon size={16} aria-hidden />
      <div className="grow">
        <strong>{say(silent ? 'failed.silent' : 'failed.title')}</strong>
        <div>{problem?.detail ?? error.message}</div>
        {problem?.fields?.map((field) => (
          <div key={field.path} className="small">
            <code>{field.path}</code> {field.message}
          </div>
        ))}
        <div className="small dim">
          {problem ? <code>{problem.code}</code> : null}{' '}
          {problem?.request ? (
            <>
              {say('failed.request')} <code>{problem.request}</code>
            </>
          ) : null}
        </div>
      </div>
      {retry ? (
        <Button size="compact-sm" variant="default" leftSection={<RotateCw size={14} />} onClick={retry}>
          {say('failed.retry')}
        </Button>
      ) : null}
    </div>
  );
}
