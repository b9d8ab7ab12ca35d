import { readBoundary } from '../body/multipart-boundary.ts';
import type { Run } from './run.ts';

// Tells an observer what became of a body: who read it, what came out, what was odd or wrong with it. `KEY text`, a line each.

export function tellRequestBody(run: Run): void {
  const { observer, request } = run;
  if (observer === undefined) return;
  const tell = (text: string): void => observer.effect('body', text);
  const wanted = run.program.settings.requestBodyAccess;
  if (request.access !== undefined && request.access !== wanted) tell(`access ${request.access ? 'on' : 'off'} by ctl`);
  if (request.body === '') return;
  tell(`processor ${request.processor}`);
  if (request.bodyError !== '') tell(`error ${request.bodyError}`);
  if (request.processor === 'MULTIPART') tellMultipart(run, tell);
  for (const item of request.argsPost) tell(`argument ${JSON.stringify([item.key, item.value])}`);
}

function tellMultipart({ request }: Run, tell: (text: string) => void): void {
  const { multipart } = request;
  if (multipart === undefined) return;
  const { text, notes } = readBoundary(request.header('content-type') ?? '', { ...multipart.flags });
  if (text !== undefined) tell(`boundary ${text}`);
  for (const note of notes) tell(`note ${note}`);
  for (const { name, filename, content, offset } of multipart.files)
    tell(`file ${JSON.stringify([name, filename, offset, content.length])}`);
  for (const [flag, value] of Object.entries(multipart.flags)) if (value !== 0) tell(`multipart ${flag}`);
  if (multipart.names.length === 0 && text !== undefined) tell('note noParts');
}

export function tellResponseBody(run: Run): void {
  const { observer, response } = run;
  if (observer === undefined || response.head === undefined || response.body !== undefined) return;
  if (!(response.access ?? run.program.settings.responseBodyAccess)) return;
  observer.effect('body', `passed over ${response.contentType ?? ''}`);
}
