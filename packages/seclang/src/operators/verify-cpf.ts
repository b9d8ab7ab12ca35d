import { isTrivial, numberInText, weightedSum } from './number-in-text.ts';

/** Brazilian tax numbers: eleven digits, the last two check the others. */
export const verifyCPF = numberInText('verifyCPF', (digits) => {
  if (digits.length !== 11 || isTrivial(digits)) return false;
  const first = checkDigit(weightedSum(digits, [10, 9, 8, 7, 6, 5, 4, 3, 2]));
  const second = checkDigit(weightedSum(digits, [11, 10, 9, 8, 7, 6, 5, 4, 3, 2]));
  return digits.endsWith(`${first}${second}`);
});

function checkDigit(sum: number): number {
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}
