export type * from './api.ts';
export { makeBundle } from './digest.ts';
export { BUS_FAULTS } from './faults.ts';
export { listenHub } from './hub.ts';
export { connectNode } from './node-link.ts';
export { writePolicy } from './policy-keeper.ts';
