/**
 * Total, pure, linear in time, output bounded by three times the input (20 bytes for hashes). Latin1 byte string in and out;
 * a value that stays as it is comes back as the same string.
 */
export type Transformation = (value: string) => string;
