import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type ErrorComponentProps,
} from '@tanstack/react-router';
import { Overview } from './overview/overview.tsx';
import { readSearch } from './scope.ts';
import { Shell } from './shell/shell.tsx';
import { Go } from './show/go.tsx';
import { Page } from './show/page.tsx';
import { Failed, Loading } from './show/states.tsx';
import { useText } from './text/text.ts';

const root = createRootRoute({
  component: Shell,
  validateSearch: readSearch,
  notFoundComponent: NotFound,
  errorComponent: Broken,
});

const page = <const P extends string>(path: P, component: ReturnType<typeof lazyRouteComponent>) =>
  createRoute({ getParentRoute: () => root, path, component });

const tree = root.addChildren([
  createRoute({ getParentRoute: () => root, path: '/', component: Overview }),
  page(
    '/incidents',
    lazyRouteComponent(() => import('./incidents/incident-list.tsx'), 'IncidentList'),
  ),
  page(
    '/incidents/$id',
    lazyRouteComponent(() => import('./incidents/incident-page.tsx'), 'IncidentPage'),
  ),
  page(
    '/findings',
    lazyRouteComponent(() => import('./findings/finding-list.tsx'), 'FindingList'),
  ),
  page(
    '/findings/$id',
    lazyRouteComponent(() => import('./findings/finding-page.tsx'), 'FindingPage'),
  ),
  page(
    '/actions',
    lazyRouteComponent(() => import('./actions/action-list.tsx'), 'ActionList'),
  ),
  page(
    '/actions/$id',
    lazyRouteComponent(() => import('./actions/action-page.tsx'), 'ActionPage'),
  ),
  page(
    '/decoy',
    lazyRouteComponent(() => import('./decoy/session-list.tsx'), 'SessionList'),
  ),
  page(
    '/decoy/$id',
    lazyRouteComponent(() => import('./decoy/session-page.tsx'), 'SessionPage'),
  ),
  page(
    '/traffic',
    lazyRouteComponent(() => import('./traffic/traffic.tsx'), 'Traffic'),
  ),
  page(
    '/workloads',
    lazyRouteComponent(() => import('./workloads/workloads.tsx'), 'Workloads'),
  ),
  page(
    '/settings',
    lazyRouteComponent(() => import('./settings/settings.tsx'), 'SettingsPage'),
  ),
]);

export const router = createRouter({
  routeTree: tree,
  defaultPendingComponent: Pending,
  defaultErrorComponent: Broken,
  scrollRestoration: true,
  // Plain texts: the default would read `123` as a number and write it back in quotes.
  parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search) => {
    const given = Object.entries(search).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
    const text = new URLSearchParams(given).toString();
    return text === '' ? '' : `?${text}`;
  },
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function Pending() {
  return (
    <div className="page">
      <Loading />
    </div>
  );
}

function NotFound() {
  const say = useText();
  return (
    <Page title={say('notFound.title')} question={say('notFound.text')}>
      <p>
        <Go to="/" className="go">
          {say('notFound.back')}
        </Go>
      </p>
    </Page>
  );
}

function Broken({ error, reset }: ErrorComponentProps) {
  return (
    <div className="page">
      <Failed error={error instanceof Error ? error : new Error(String(error))} retry={reset} />
    </div>
  );
}
