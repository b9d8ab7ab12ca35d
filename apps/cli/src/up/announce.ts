export interface Announcement {
  readonly dashboard: string;
  readonly secret: string;
  readonly mode: string;
  readonly rules: readonly string[];
  readonly listen: readonly { readonly address: string; readonly port: number }[];
  readonly routes: readonly {
    readonly name: string;
    readonly host: string;
    readonly path: string;
    readonly mode: string;
  }[];
  readonly data: string;
  readonly examples: boolean;
}

/** Where the dashboard is, how to sign in, what is happening: ten lines, or one line of JSON. */
export function announce(announcement: Announcement, json: boolean): void {
  const { dashboard, secret, data, mode } = announcement;
  const routes = announcement.routes.map((route) => ({ ...route, address: address(announcement, route) }));
  if (json) {
    process.stdout.write(`${JSON.stringify({ event: 'ready', dashboard, secret, mode, routes, data })}\n`);
    return;
  }
  const lines = [
    '',
    'Seawall is on.',
    `  Dashboard  ${dashboard}`,
    `  Sign in    ${secret}   (works once; a new one is in ${data}/sign-in-secret after each start)`,
    ...routes.slice(0, 4).map((route) => `  ${route.name.padEnd(9)}  ${route.address}   mode ${route.mode}`),
    announcement.examples
      ? '  Now        friends and attackers are using both examples; watch them on the Overview'
      : '  Now        waiting for traffic',
    '  Stop       Ctrl+C',
    '',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

function address({ listen }: Announcement, route: { host: string; path: string }): string {
  const [first] = listen;
  const host = route.host === '*' ? (first?.address ?? '127.0.0.1') : route.host;
  return `http://${host}:${first?.port ?? 80}${route.path}`;
}
