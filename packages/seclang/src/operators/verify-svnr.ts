import { isTrivial, numberInText, weightedSum } from './number-in-text.ts';

/** Austrian social insurance numbers: ten digits, the fourth checks the others. */
export const verifySVNR = numberInText('verifySVNR', (digits) => {
  if (digits.length !== 10 || isTrivial(digits)) return false;
  return weightedSum(digits, [3, 7, 9, 0, 5, 8, 4, 2, 1, 6]) % 11 === digits.charCodeAt(3) - 0x30;
});
