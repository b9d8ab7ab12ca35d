export * from './http1-api.ts';
