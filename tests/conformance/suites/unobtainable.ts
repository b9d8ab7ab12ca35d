/** Why data cannot be had on this machine, and what is needed. */
export class Unobtainable extends Error {}
