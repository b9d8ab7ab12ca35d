import type { Exception, Mode } from '@seawall/contract';
import { checkException, exceptionText, MAX_EXCEPTIONS } from '../act/exceptions.ts';
import { makeId, nowMicros } from '../clock.ts';
import type { Core } from '../core.ts';
import { fault } from '../fault-table.ts';
import type { Answer, Handlers } from '../http/handlers.ts';
import { modeEvent } from '../show/live-events.ts';

type Names = 'settings' | 'setMode' | 'makeException' | 'removeException' | 'audit' | 'verifyAudit';

const ALL_ROUTES = ['*', 'all'];
const ACKNOWLEDGE_MS = 3000;

export function settingHandlers(core: Core): Pick<Handlers, Names> {
  const { records, policy, source, live } = core;

  const setMode = async (name: string, mode: Mode): Promise<void> => {
    const { routes } = source.parts().routes;
    const all = ALL_ROUTES.includes(name);
    const chosen = all ? routes : routes.filter((route) => route.name === name);
    if (chosen.length === 0 && !all) throw fault('server.no-such-route', { route: JSON.stringify(name) });
    for (const route of chosen) await records.setModeOverride(route.name, route.mode === mode ? null : mode);
    await policy.reload();
    await policy.publishAndWait(ACKNOWLEDGE_MS);
    live.publish(modeEvent(makeId<string>(), all ? '*' : name, mode, nowMicros()));
  };

  return {
    settings: () => settingsOf(core),
    async setMode({ body }) {
      await setMode(body.route, body.mode);
      return settingsOf(core);
    },
    async makeException({ body, actor }) {
      const row = await records.getFinding(body.finding);
      if (!row) throw fault('server.no-such-row', { what: 'finding' });
      const { finding } = row;
      const seen = finding.matches.some((match) => match.ruleId === body.rule && match.target === body.target);
      if (!seen) throw fault('server.exception-not-seen');
      checkException(body.rule, body.target, finding.request.path);
      const valid = await records.listExceptions(nowMicros());
      if (valid.length >= MAX_EXCEPTIONS) throw fault('server.exception-not-safe', { part: 'list of exceptions' });
      const now = nowMicros();
      const made = { rule: body.rule, target: body.target, path: finding.request.path };
      const exception: Exception = {
        id: makeId<string>(),
        ...made,
        route: finding.request.route,
        reason: body.reason,
        owner: actor.user,
        createdMicros: now,
        expiresMicros: body.durationSeconds === undefined ? null : now + body.durationSeconds * 1e6,
        text: exceptionText(made, valid.length),
      };
      await records.addException(exception);
      await policy.reload();
      await policy.publishAndWait(ACKNOWLEDGE_MS);
      return exception;
    },
    async removeException({ params }) {
      if (!(await records.removeException(params.id))) throw fault('server.no-such-row', { what: 'exception' });
      await policy.reload();
      await policy.publishAndWait(ACKNOWLEDGE_MS);
      return { ok: true };
    },
    audit: ({ query }) => records.pageAudit({ cursor: query.cursor, limit: query.limit }),
    verifyAudit: () => records.verifyAudit(),
  };
}

async function settingsOf({ records, policy, source, hub, dataFolder, playbooks }: Core): Promise<Answer<'settings'>> {
  const modes = policy.modes();
  const bundle = policy.current();
  const nodes = hub().nodes();
  const file = source.playbookFile();
  return {
    routes: source.parts().routes.routes.map(({ name, host, path, service, mode, ruleSet }) => ({
      name,
      host,
      path,
      service,
      mode: modes[name] ?? mode,
      fileMode: mode,
      ruleSet,
    })),
    ruleSets: [...source.ruleSetFacts()],
    playbooks: playbooks().map(({ name, enabled, summary }) => ({
      name,
      enabled,
      summary,
      text: playbookText(file.text, name),
      file: file.path,
    })),
    exceptions: await records.listExceptions(),
    policy: {
      version: bundle?.version ?? 0,
      digest: bundle?.digest ?? '',
      acknowledged: nodes
        .filter((node) => node.policy?.digest === bundle?.digest && node.policy?.problem === undefined)
        .map((node) => node.node),
      problem: nodes.find((node) => node.policy?.problem !== undefined)?.policy?.problem ?? null,
    },
    dataFolder,
    retentionDays: source.retentionDays(),
    configProblems: source.problems(),
  };
}

/** The lines of the file that speak of one playbook. */
function playbookText(text: string, name: string): string {
  const lines = text.split('\n');
  const first = lines.findIndex((line) => /^\s*- name:/.test(line) && line.split(':')[1]?.trim() === name);
  if (first < 0) return '';
  const length = lines.slice(first + 1).findIndex((line) => /^\s*- name:/.test(line));
  return lines
    .slice(first, length < 0 ? undefined : first + 1 + length)
    .join('\n')
    .trimEnd();
}
