export * from './http1-api.ts';
export { HeadWriter } from './head-writer.ts';
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
export { MAX_SNIFF_BYTES, sniff, type Sniffed } from './sniff.ts';
export type { Endpoint, ProxyHeader } from './proxy-header.ts';
export {
  DEFAULT_WEBSOCKET_LIMITS,
  isCloseCode,
  OPCODE,
  type Opcode,
  type WebSocketHandler,
  type WebSocketLimits,
  type WebSocketReader,
  type WebSocketRole,
} from './websocket-api.ts';
export { createWebSocketReader } from './websocket-reader.ts';
export { writeClose, writeFrame, writeMessage, type FrameToWrite } from './websocket-writer.ts';
export { acceptKey, makeKey, readWebSocketRequest, type WebSocketRequest } from './websocket-handshake.ts';
export { WIRE_FAULTS } from './faults.ts';
