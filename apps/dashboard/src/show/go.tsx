import { Link } from '@tanstack/react-router';
import type { ComponentProps, MouseEvent, ReactNode } from 'react';
import { SCOPE_KEYS, type Search } from '../scope.ts';

export interface Place {
  readonly to: string;
  readonly with?: Search;
}

export function scopeIn(search: Search): Search {
  return Object.fromEntries(SCOPE_KEYS.map((key) => [key, search[key]]));
}

/** A link to a page of the console that keeps service, range and pause, unless `with` says otherwise. */
export function Go({
  to,
  with: given = {},
  children,
  className,
  onClick,
  ...rest
}: Place & {
  readonly children: ReactNode;
  readonly className?: string;
  readonly onClick?: (event: MouseEvent<HTMLAnchorElement>) => void;
} & Pick<ComponentProps<'a'>, 'aria-label' | 'title' | 'aria-current'> & { readonly 'data-testid'?: string }) {
  return (
    <Link
      to={to as '/'} // addresses also come from the server; an unknown one shows the page that says so
      search={(before: Search) => ({ ...scopeIn(before), ...given })}
      {...(className === undefined ? {} : { className })}
      {...(onClick === undefined ? {} : { onClick })}
      {...rest}
    >
      {children}
    </Link>
  );
}

/** Only addresses within the console; anything else goes to the overview. */
export function safePlace(link: string): Place {
  return { to: /^\/(?!\/)[\w./:-]*$/.test(link) ? link : '/' };
}
