import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { EventId, uuidv7 } from './ids.ts';

const MAX_TIME_MS = 2 ** 48 - 1;
const time = fc.integer({ min: 0, max: MAX_TIME_MS });
const random = fc.uint8Array({ minLength: 10, maxLength: 10 });

/** The number that the hexadecimal digits of an id are. */
const numberOf = (id: string): bigint => BigInt(`0x${id.replaceAll('-', '')}`);

describe('uuidv7', () => {
  const CASES: readonly (readonly [timeMs: number, random: readonly number[], id: string])[] = [
    // RFC 9562, appendix A.6.
    [
      0x017f22e279b0,
      [0x0c, 0xc3, 0x18, 0xc4, 0xdc, 0x0c, 0x0c, 0x07, 0x39, 0x8f],
      '017f22e2-79b0-7cc3-98c4-dc0c0c07398f',
    ],
    [0, Array.from({ length: 10 }, () => 0), '00000000-0000-7000-8000-000000000000'],
    [MAX_TIME_MS, Array.from({ length: 10 }, () => 255), 'ffffffff-ffff-7fff-bfff-ffffffffffff'],
    // A fraction of a millisecond is cut off, on both sides of 32 bits.
    [0x1_ffff_ffff + 0.9, Array.from({ length: 10 }, () => 1), '0001ffff-ffff-7101-8101-010101010101'],
  ];

  it('puts time and random bytes where RFC 9562 says', () => {
    assert.equal(CASES.length, 4);
    for (const [timeMs, bytes, id] of CASES) assert.equal(uuidv7(timeMs, Uint8Array.from(bytes)), id);
  });

  it('has the format of an id, with the time and 74 random bits in it', () => {
    fc.assert(
      fc.property(time, random, (timeMs, bytes) => {
        const id: string = uuidv7(timeMs, bytes);
        assert.ok(EventId.safeParse(id).success, id);
        const number = numberOf(id);
        assert.equal(number >> 80n, BigInt(timeMs));
        const given = bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
        const kept = 0x0fff_3fff_ffff_ffff_ffffn;
        assert.equal(number & kept, given & kept);
      }),
    );
  });

  it('sorts as text by time', () => {
    fc.assert(
      fc.property(time, time, random, random, (a, b, bytesA, bytesB) => {
        const [first, second]: [string, string] = [uuidv7(a, bytesA), uuidv7(b, bytesB)];
        if (a < b) assert.ok(first < second);
        if (a > b) assert.ok(first > second);
      }),
    );
  });
});
