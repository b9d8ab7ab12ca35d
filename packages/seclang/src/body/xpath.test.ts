import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parseXml } from './xml.ts';
import { parseXPath } from './xpath.ts';

const SHOP = `<?xml version="1.0"?><!DOCTYPE shop [<!ELEMENT shop ANY>]>
<shop xmlns="urn:shop" open="yes"><book id="1" lang="en"><title>One</title><price>30</price></book><book id="2"><title>Two <b>bold</b> end</title></book
><s:box xmlns:s="urn:s"><book id="3"><title><![CDATA[<Three>]]></title></book></s:box><empty/></shop>`;

const PATHS: readonly (readonly [path: string, expected: readonly string[]])[] = [
  ['/shop/book/title', ['One', 'Two bold end']],
  ['/shop/book/title[text()]', ['One', 'Two bold end']],
  ['/shop/book/title/text()', ['One', 'Two ', ' end']],
  ['//title', ['One', 'Two bold end', '<Three>']],
  ['//book//text()', ['One', '30', 'Two ', 'bold', ' end', '<Three>']],
  ['/shop//book/@id', ['1', '2', '3']],
  ['//@id', ['1', '2', '3']],
  ['//@*', ['yes', '1', 'en', '2', '3']],
  ['/shop/@open', ['yes']],
  ['/shop/attribute::open', ['yes']],
  ['/shop/*', ['One30', 'Two bold end', '<Three>', '']],
  ['/*', ['One30Two bold end<Three>']],
  ['/shop/s:box/child::book', ['<Three>']],
  ['/shop/box/book', ['<Three>']],
  ["/shop/book[@id='2']/title", ['Two bold end']],
  ['//book[@lang]', ['One30']],
  ['//book[not(@lang)]', ['Two bold end', '<Three>']],
  ['//book[@id!="2"]', ['One30', '<Three>']],
  ["//book[title='One']/price", ['30']],
  ["//*[local-name()='price']", ['30']],
  ["//shop/*[local-name()='box']", ['<Three>']],
  ["//title[.='One']", ['One']],
  ["//title[contains(., 'bold')]", ['Two bold end']],
  ["//title[starts-with(text(), '<')]", ['<Three>']],
  ['/shop/book[2]/title', ['Two bold end']],
  ['/shop/book[last()]', ['Two bold end']],
  ['//book[1]', ['One30', '<Three>']],
  ['//book[position()=1][@lang]', ['One30']],
  ['/shop/nothing', []],
  ['/book', []],
  ['/Shop', []],
];

test('XPath selects the nodes of a document in their order', () => {
  const facts = parseXml(SHOP, { depth: 10, items: 100 });
  assert.equal(facts.error, '');
  for (const [text, expected] of PATHS) {
    const path = parseXPath(text);
    assert.ok(path, text);
    assert.deepEqual(
      facts.select(path).map((item) => item.value),
      expected,
      text,
    );
    assert.ok(facts.select(path).every((item) => item.key === text));
  }
  assert.equal(PATHS.length, 31);
});

const UNAVAILABLE = [
  '',
  'book',
  'book/title',
  '/',
  '//',
  '/a[',
  '/a[b[c]]',
  '/a[@b and @c]',
  '/a/..',
  '/a/parent::b',
  '/a | /b',
  'count(/a)',
  '/a[@b > 1]',
  '/text()/a',
  '/@a/b',
  '/a[not(1)]',
  `/a${'/a'.repeat(32)}`,
];

test('an XPath that is not available is told apart', () => {
  for (const text of UNAVAILABLE) assert.equal(parseXPath(text), undefined, text);
  assert.equal(UNAVAILABLE.length, 17);
});

test('any text is an XPath or none, and any path can be asked of any document', () => {
  const piece = fc.constantFrom(
    '/',
    '//',
    'a',
    'b',
    '*',
    '@',
    '[',
    ']',
    'text()',
    '1',
    "='x'",
    'not(',
    ')',
    '.',
    'last()',
    '@a',
    "'",
    '"',
  );
  const markup = fc.constantFrom('<a>', '</a>', '<b a="x">', '</b>', 'x', '<a/>', '<![CDATA[', ']]>', '&lt;', '<', '>');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 9 }), fc.array(markup, { maxLength: 25 }), (path, document) => {
      const facts = parseXml(`<a>${document.join('')}</a>`, { depth: 6, items: 20 });
      const parsed = parseXPath(path.join(''));
      if (parsed !== undefined) for (const item of facts.select(parsed)) assert.equal(item.key, path.join(''));
    }),
    { numRuns: 2000 },
  );
});

test('a document of too many nodes cannot be asked, and says so each time', () => {
  const facts = parseXml(`<a>${'<b/>'.repeat(100_000)}</a>`, { depth: 6, items: 20 });
  const path = parseXPath('//b');
  assert.ok(path);
  for (let time = 0; time < 2; time++) assert.throws(() => facts.select(path), /more than 100000 nodes/);
});
