import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

const {ld, document} = openPage(['dom', 'formats']);
const formats = ld.createFormats('en');
const plain = (text) => text.replace(/\s/g, ' ');

test('numbers and per cent are written as the reader writes them', () => {
  assert.equal(formats.number(12345), '12,345');
  assert.equal(ld.createFormats('de').number(12345), '12.345');
  assert.equal(formats.percent(42), '42%');
});

test('a share that would read as nothing gets a digit more', () => {
  assert.equal(formats.share(0.5), '50%');
  assert.equal(formats.share(0.004), '0.4%');
  assert.equal(formats.share(0), '0%');
});

test('sizes have the unit that keeps them short', () => {
  assert.deepEqual(
    [0, 1, 999, 1000, 1540, 25_400, 3_250_000, 2e9].map((bytes) => plain(formats.size(bytes))),
    ['0 bytes', '1 byte', '999 bytes', '1 kB', '1.5 kB', '25 kB', '3.3 MB', '2 GB'],
  );
});

test('a length of time is never told as nothing', () => {
  assert.deepEqual(
    [0, 0.4, 59, 60, 90, 3600, 9000].map((seconds) => plain(formats.duration(seconds))),
    ['1 second', '1 second', '59 seconds', '1 minute', '2 minutes', '1 hour', '3 hours'],
  );
});

test('a moment shows in the reader\'s zone and keeps the exact one in UTC', () => {
  const moment = formats.time('2026-03-01T23:30:00+02:00');

  assert.equal(moment.getAttribute('datetime'), '2026-03-01T23:30:00+02:00');
  assert.equal(moment.getAttribute('title'), '2026-03-01T21:30:00.000Z');
  assert.equal(moment.textContent, formats.timeText(new Date('2026-03-01T21:30:00Z')));
});

test('a language that browsers do not know is read as the browser\'s own', () => {
  assert.equal(plain(ld.createFormats('not_a_language').number(5)), '5');
});

test('text is compared without regard to case, and numbers in it by their value', () => {
  assert.deepEqual(['b10', 'B9', 'a'].sort(formats.collator.compare), ['a', 'B9', 'b10']);
});

test('places are filled, and one without a value stays', () => {
  assert.equal(ld.fill('{n} of {all}, {n}', {n: 5}), '5 of {all}, 5');
  assert.equal(ld.fill('{n} rows', {n: 0}), '0 rows');
});

test('a value that looks like a place is not filled again', () => {
  assert.equal(ld.fill('{name}', {name: '{other} $&', other: 'x'}), '{other} $&');
});

test('values are isolated on a page from right to left', () => {
  const inner = document.createElement('div');
  inner.className = 'learner-data';
  const outer = document.createElement('div');
  outer.setAttribute('dir', 'rtl');
  outer.append(inner);
  document.body.append(outer);

  assert.equal(ld.fill('{name}!', {name: 'zoe'}), '\u2068zoe\u2069!');
  outer.remove();
  assert.equal(ld.fill('{name}!', {name: 'zoe'}), 'zoe!');
});
