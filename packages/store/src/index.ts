export { auditHash, FIRST_HASH } from './audit-questions.ts';
export { STORE_FAULTS, type StoreFaultCode } from './faults.ts';
export { openStore, type Store, type StoreOptions } from './open-store.ts';
export * from './page.ts';
export type * from './records-api.ts';
export { targetKey } from './target-key.ts';
export type * from './traffic-api.ts';
