export * from './http1-api.ts';
export { hopByHop } from './hop-by-hop.ts';
export { createRequestReader, createResponseReader } from './http1-reader.ts';
export { VIOLATIONS, type ViolationCode } from './http1-violations.ts';
export {
  CHUNK_TAIL,
  chunkHead,
  lastChunk,
  writeRequestHead,
  writeResponseHead,
  type RequestToWrite,
  type ResponseToWrite,
} from './http1-writer.ts';
