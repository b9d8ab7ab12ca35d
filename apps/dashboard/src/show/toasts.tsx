import { Button, CloseButton } from '@mantine/core';
import { Check, CircleHelp } from 'lucide-react';
import { createContext, use, useCallback, useMemo, useState, type ReactNode } from 'react';
import { useText } from '../text/text.ts';
import './toasts.css';

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly failed: boolean;
  readonly undo?: (() => void) | undefined;
}

type Tell = (text: string, options?: { readonly failed?: boolean; readonly undo?: () => void }) => void;
const TellContext = createContext<Tell>(() => undefined);
const SHOWN_MS = 8000;
let nextId = 1;

/** Says what happened, with the way back where there is one. */
export function useTell(): Tell {
  return use(TellContext);
}

export function Toasts({ children }: { readonly children: ReactNode }) {
  const say = useText();
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const close = useCallback((id: number) => setToasts((now) => now.filter((toast) => toast.id !== id)), []);
  const tell = useCallback<Tell>(
    (text, options = {}) => {
      const id = nextId++;
      setToasts((now) => [...now.slice(-3), { id, text, failed: options.failed ?? false, undo: options.undo }]);
      setTimeout(() => close(id), SHOWN_MS);
    },
    [close],
  );
  const list = useMemo(
    () =>
      toasts.map((toast) => (
        <div key={toast.id} className={`toast tone-${toast.failed ? 'blocked' : 'ok'}`}>
          {toast.failed ? <CircleHelp size={16} aria-hidden /> : <Check size={16} aria-hidden />}
          <span className="grow">{toast.text}</span>
          {toast.undo ? (
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => {
                toast.undo?.();
                close(toast.id);
              }}
            >
              {say('action.undo')}
            </Button>
          ) : null}
          <CloseButton size="sm" aria-label={say('general.close')} onClick={() => close(toast.id)} />
        </div>
      )),
    [toasts, close, say],
  );
  return (
    <TellContext value={tell}>
      {children}
      <div className="toasts" role="status" aria-live="polite">
        {list}
      </div>
    </TellContext>
  );
}
