import { numberInText } from './number-in-text.ts';

/** Payment card numbers: ISO/IEC 7812-1 annex B (Luhn). */
export const verifyCC = numberInText('verifyCC', (digits) => {
  if (digits === '') return false;
  let sum = 0;
  for (let at = digits.length - 1, double = false; at >= 0; at--, double = !double) {
    const digit = (digits.charCodeAt(at) - 0x30) * (double ? 2 : 1);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
});
