export { startServer, type Server, type ServerOptions } from './start-server.ts';
export type { PolicySource } from './policy-source.ts';
