export type * from './page.ts';
export type * from './records-api.ts';
export type * from './traffic-api.ts';
