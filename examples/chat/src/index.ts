/** The chat's parts that others may use; its processes are store.ts, internal.ts and node.ts. */
export type { ChatStore, Delivery, Message, Person } from './store-api.ts';
