import type { Run } from '../../ground/src/run-file.ts';
import { escapeHtml } from '../../ground/src/service.ts';
import type { Message } from './store-api.ts';

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}
h1{font-size:1.4rem}form{display:flex;gap:.5rem;flex-wrap:wrap;margin:.5rem 0}input,button{font:inherit;padding:.35rem .6rem}
.message{border-top:1px solid #8884;padding:.4rem 0}.message b{margin-right:.5rem}nav a{margin-right:1rem}small{opacity:.7}`;

export const style = (): string => STYLE;

function layout(run: Run, title: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>${escapeHtml(title)}</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="${run.names.path('/style.css')}">
</head><body>${body}</body></html>`;
}

export function frontPage(run: Run): string {
  const body = `<h1>Town chat</h1><p>An example of Seawall, with deliberate holes. Use it on this computer only.</p>
<form id="enter"><input id="user" placeholder="name" autocomplete="username" required>
<input id="password" type="password" placeholder="password" autocomplete="current-password" required>
<button>Log in</button><button type="button" id="signup">Sign up</button></form>
<form id="say"><input id="text" placeholder="message to everybody" size="40"><button>Send</button></form>
<form id="find"><input id="q" placeholder="search"><button>Search</button></form>
<p id="state"><small>not connected</small></p><nav><a href="${run.names.path('/wall')}?${run.names.word('group')}=1">Town square</a></nav>
<main id="list"></main><script src="${run.names.path('/app.js')}"></script>`;
  return layout(run, 'Town chat', body);
}

/** A documented hole: bodies of messages are shown as they came, so markup in them runs. */
export function wallPage(run: Run, user: string, messages: readonly Message[]): string {
  const list = messages.map((message) => {
    const when = new Date(message.at).toISOString().slice(11, 16);
    return `<div class="message"><b>${escapeHtml(message.author)}</b>${message.text} <small>${when}</small></div>`;
  });
  const code = run.recoveryCode('chat', user);
  const body = `<h1>Town square</h1><p>Signed in as <b>${escapeHtml(user)}</b>
<small>recovery code <code>${code}</code></small></p><nav><a href="/">Back</a></nav>${list.join('\n')}`;
  return layout(run, 'Town square', body);
}

/** The page's program. Names come from the run, as everywhere. */
export function script(run: Run): string {
  return `'use strict';
const N = ${JSON.stringify(run.file.names)};
const path = (p) => p.replace(/[^/]+/g, (s) => N[s]);
const wire = (o) => Object.fromEntries(Object.entries(o).map(([k, v]) => [N[k], v]));
const $ = (id) => document.getElementById(id);
const state = (text) => { $('state').textContent = text; };
let last = 0, socket;
async function call(method, p, fields) {
  const answer = await fetch(path(p), { method, headers: { 'content-type': 'application/json' }, body: fields && JSON.stringify(wire(fields)) });
  const body = await answer.json();
  if (!answer.ok) { state(body[N.error] || 'failed'); throw new Error('refused'); }
  return body;
}
function show(author, text) {
  const row = document.createElement('div');
  row.className = 'message';
  row.innerHTML = '<b></b><span></span>';
  row.firstChild.textContent = author;
  row.lastChild.innerHTML = text; // the documented hole
  $('list').prepend(row);
}
function connect() {
  socket = new WebSocket('ws://' + location.host + path('/ws') + '?' + N.since + '=' + last);
  socket.onopen = () => state('connected');
  socket.onclose = () => { state('connecting again'); setTimeout(connect, 1000); };
  socket.onmessage = (event) => {
    const m = JSON.parse(event.data);
    if (m[N.type] !== 'message') return;
    last = Math.max(last, m[N.id]);
    show(m[N.author], m[N.text]);
  };
}
async function enter() {
  await call('POST', '/api/login', { user: $('user').value, password: $('password').value });
  await call('POST', '/api/groups/join', { group: 1 });
  connect();
}
$('enter').onsubmit = (e) => { e.preventDefault(); enter().catch(() => {}); };
$('signup').onclick = () => call('POST', '/api/signup', { user: $('user').value, password: $('password').value, name: $('user').value }).then(enter).catch(() => {});
$('say').onsubmit = (e) => {
  e.preventDefault();
  if (socket) socket.send(JSON.stringify(wire({ type: 'message', ref: Date.now(), group: 1, text: $('text').value })));
  $('text').value = '';
};
$('find').onsubmit = async (e) => {
  e.preventDefault();
  const answer = await fetch(path('/api/search') + '?' + N.q + '=' + encodeURIComponent($('q').value));
  const body = await answer.json();
  for (const m of body[N.results] || []) show(m[N.author], m[N.text]);
};
`;
}
