/** Total, pure, linear in time, output bounded by a small multiple of the input. Latin1 byte string in and out. */
export type Transformation = (value: string) => string;
