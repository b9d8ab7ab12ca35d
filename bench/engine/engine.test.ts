import assert from 'node:assert/strict';
import { test } from 'node:test';
import { measureInTurns, spreadOf } from './measure.ts';
import { drawPlot, slopeBetween, textPlot } from './plot.ts';
import { Random } from './random.ts';
import { result, tableOf } from './result.ts';
import { CHARACTERS, TEXT_KINDS } from './texts.ts';
import { SHAPES, VariedMix } from './varied-mix.ts';

test('nothing of the varied mix comes twice, and a seed gives it again', () => {
  const rounds = (seed: number) => {
    const mix = new VariedMix(seed);
    return Array.from({ length: 50 }, () => SHAPES.map((shape) => mix.make(shape))).flat();
  };
  const requests = rounds(1);
  const field = (name: string) => requests.map(({ head }) => head.fields.find(([one]) => one === name)?.[1]);
  for (const values of [field('Cookie'), field('Referer'), requests.map(({ head, body }) => head.target + body)]) {
    assert.equal(new Set(values).size, 300);
  }
  assert.deepEqual(rounds(1), requests);
  assert.notDeepEqual(rounds(2), requests);
});

test('each kind of text is as long as it says, and fresh', () => {
  const random = new Random(1);
  for (const { name, make } of TEXT_KINDS) {
    const [one, other] = [make(random), make(random)];
    assert.deepEqual([one.length, other.length, one === other], [CHARACTERS, CHARACTERS, false], name);
  }
  assert.equal(TEXT_KINDS.length, 5);
});

test('the median stands between the least and the most', () => {
  assert.deepEqual(spreadOf([5, 1, 9]), { median: 5, low: 1, high: 9 });
  assert.deepEqual(spreadOf([4, 1, 2, 9]), { median: 3, low: 1, high: 9 });
  assert.throws(() => spreadOf([]), /nothing was measured/);
});

test('subjects take turns, and what warms is not counted', () => {
  const seen: string[] = [];
  const subject = (name: string) => ({
    name,
    perRound: 2,
    make: (count: number) => () => void seen.push(`${name}${count}`),
  });
  const spreads = measureInTurns([subject('a'), subject('b')], 2);
  assert.deepEqual(
    seen.join(' '),
    Array.from({ length: 5 }, () => 'a2 b2').join(' '),
    'three rounds to warm, two that count',
  );
  assert.deepEqual([...spreads.keys()], ['a', 'b']);
});

test('a result is held against its bar', () => {
  const spread = { median: 50, low: 40, high: 60 };
  assert.deepEqual(result('mean', 'us', spread, 40), {
    name: 'engine',
    case: 'mean',
    unit: 'us',
    measured: 50,
    low: 40,
    high: 60,
    bar: 40,
    ratio: 1.25,
  });
  const table = tableOf([result('a', 'us', spread, 40), result('b', 'us', spread, 50), result('c', 'us', spread)]);
  assert.deepEqual(
    table.split('\n').map((line) => /reached|MISSED/.exec(line)?.[0]),
    [undefined, 'MISSED', 'reached', undefined],
  );
});

test('growth is drawn: a panel a series, a dot a point, and its slope in the text', () => {
  const points = [1, 10, 100].map((x) => ({ x, y: 5 * x, low: x, high: 9 * x }));
  const series = [
    { name: 'a < b', points },
    { name: 'other', points: points.slice(0, 2) },
  ];
  const drawing = drawPlot('growth', series);
  assert.equal(drawing.match(/<polyline/g)?.length, 2);
  assert.equal(drawing.match(/<circle/g)?.length, 5);
  assert.match(drawing, />a &lt; b</);
  assert.doesNotMatch(drawing, /NaN|undefined|Infinity/);
  assert.equal(slopeBetween({ x: 1, y: 5 }, { x: 10, y: 50 }), 1);
  assert.equal(textPlot(series).match(/slope 1\.00/g)?.length, 3);
});
