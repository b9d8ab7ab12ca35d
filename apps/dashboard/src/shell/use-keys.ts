import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import type { Search } from '../scope.ts';
import { scopeIn } from '../show/go.tsx';
import { PAGES } from './pages.ts';

/** A second key counts as long. */
const SEQUENCE_MS = 1200;

/** `g` and a letter, `/`, `Ctrl K`, `?`; never while somebody types. */
export function useKeys({ openPalette, openHelp }: { openPalette(): void; openHelp(): void }): void {
  const navigate = useNavigate();
  const calls = useRef({ openPalette, openHelp, navigate });
  calls.current = { openPalette, openHelp, navigate };
  useEffect(() => {
    let leaderMs = 0;
    const pressed = (event: KeyboardEvent) => {
      const { openPalette: search, openHelp: help, navigate: go } = calls.current;
      if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') {
        event.preventDefault();
        search();
        return;
      }
      if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
      if (event.key === '/') {
        event.preventDefault();
        search();
      } else if (event.key === '?') help();
      else if (event.key === 'g') leaderMs = Date.now();
      else if (Date.now() - leaderMs < SEQUENCE_MS) {
        leaderMs = 0;
        const page = PAGES.find(({ key }) => key === event.key);
        if (page) void go({ to: page.to as '/', search: (before: Search) => scopeIn(before) }); // a page of our list
      }
    };
    document.addEventListener('keydown', pressed);
    return () => document.removeEventListener('keydown', pressed);
  }, []);
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('input, textarea, select, [contenteditable], [role="dialog"]') !== null
  );
}
