import { isTrivial, numberInText } from './number-in-text.ts';

/** US social security numbers: area below 740 and not 666, no part zero. */
export const verifySSN = numberInText('verifySSN', (digits) => {
  if (digits.length !== 9 || isTrivial(digits)) return false;
  const area = Number(digits.slice(0, 3));
  const group = Number(digits.slice(3, 5));
  const serial = Number(digits.slice(5));
  return area > 0 && area < 740 && area !== 666 && group > 0 && serial > 0;
});
