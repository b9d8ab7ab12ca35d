import type { Random } from './random.ts';

const EVERYDAY: readonly string[] = [
  'Good morning, did you finish the reading?',
  'See you at 6pm near the library.',
  '今天的课很有意思，谢谢老师！',
  '我们周五一起复习线性代数好吗？',
  'Happy birthday!! 🎂🎉',
  'Lunch was 12.50, I owe you 6.25.',
  'I will be ten minutes late; start without me.',
  'Danke schön, à bientôt, ¡hasta luego!',
  '会议改到下午三点，地点不变。',
  'The train leaves from platform 4 or 5, I am not sure which.',
];

/** Harmless, and yet like something harmful at a glance. */
export const ODD_TEXTS: readonly string[] = [
  'SELECT name FROM students WHERE grade > 90 is how you filter',
  'In SQL you group with GROUP BY and order with ORDER BY; do not forget the semicolon.',
  'INSERT INTO adds rows, UPDATE changes them, DELETE FROM removes them. 别忘了 WHERE！',
  'Never DROP TABLE on a Friday :-)',
  'The union of the two sets, select all that apply.',
  "Is it O'Brien or O'Neill? Ask Mrs. D'Angelo, she's sure it isn't O'Hara.",
  'I <3 you all',
  'a < b and b > c, so a - c is undecided',
  'if x < 3 && y > 4 then stop',
  'for (let i = 0; i < n; i++) { sum += values[i]; }',
  'const double = (x) => x * 2; // arrow functions are short',
  'std::vector<int> v; and List<String> names; are generics',
  'def area(r): return 3.14 * r ** 2',
  'The price is $5.00 -- or 4 for $18 (10% off!)',
  '# Plan\n\n* read chapter 3\n* **do** the _exercise_\n\n> quoted\n\n`npm install && npm test`',
  '{"name": "test", "values": [1, 2, 3], "ok": true}',
  '1 + 1 = 2, 2 * 3 = 6, 10 / 4 = 2.5; f(x) = x^2 - 1',
  '∑ from i=1 to n of i = n(n+1)/2; ∀x ∃y: x < y',
  'AND, OR and NOT are the three operators; 1 OR 0 = 1',
  'Mail me: anna@example.org; or see https://example.org/notes?id=3&lang=en#top',
  'Use <b> for bold and <i> for italics in old pages.',
  'C:\\Users\\Anna\\Documents is where Windows keeps it',
  '50% of 80 is 40; 100% sure; %d prints a number',
  'What?! No way... (really?) [yes] {maybe} ~ @home #1',
  '如果 a=1 且 b=2，那么 "a+b" 等于 3；价格：￥99.9',
  'ls -la shows hidden files, cd .. goes up one folder',
  '"To be, or not to be" -- that\'s the question; \'tis nobler…',
];

export function someText(random: Random, oddShare = 0.4): string {
  return random.pick(random.chance(oddShare) ? ODD_TEXTS : EVERYDAY);
}

export const SEARCHES: readonly string[] = [
  'library',
  'lunch',
  '复习',
  'good morning',
  'train',
  'group',
  'select',
  'union',
  'price',
];
export const COURSE_SEARCHES: readonly string[] = ['data', 'algebra', '国画', 'web', 'stat', 'history', 'a', 'line'];
