import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

function open({mirrored = false} = {}) {
  const opened = openPage(['dom', 'formats', 'chart_parts']);
  const inner = opened.ld.element('div', {class: 'learner-data'});
  opened.add('div', {dir: mirrored ? 'rtl' : 'ltr'}, inner);
  return {...opened, formats: opened.ld.createFormats('en')};
}

const attributes = (element) => Object.fromEntries(element.values);

test('a page from right to left is one whose part with the panels stands in it', () => {
  assert.equal(open().ld.isMirrored(), false);
  assert.equal(open({mirrored: true}).ld.isMirrored(), true);
  const {ld, add} = openPage(['dom', 'chart_parts']);
  add('p', {dir: 'rtl'}, 'a name in another page');
  add('div', {class: 'learner-data', dir: 'ltr'});

  assert.equal(ld.isMirrored(), false);
});

test('elements of a drawing are of its namespace, with text that stays text', () => {
  const {ld, document} = open();
  const namespaces = [];
  const create = document.createElementNS.bind(document);
  document.createElementNS = (namespace, tag) => {
    namespaces.push(namespace);
    return create(namespace, tag);
  };
  const made = ld.svg('g', {x: 0, y: null, rx: undefined, class: false, id: ''}, null, undefined, false, '<b>', ld.svg('rect'));

  assert.deepEqual(namespaces, Array(2).fill('http://www.w3.org/2000/svg'));
  assert.deepEqual(attributes(made), {x: '0', id: ''});
  assert.deepEqual(made.nodes.map((node) => node.tagName ?? node.textContent), ['<b>', 'rect']);
});

test('signs keep their order on a page from right to left, and its own words need nothing', () => {
  const {ld} = open({mirrored: true});

  assert.equal(ld.upright('+42'), '\u2066+42\u2069');
  assert.equal(ld.upright('\u05e9\u05dc\u05d5\u05dd 5'), '\u05e9\u05dc\u05d5\u05dd 5');
  assert.deepEqual([ld.upright(''), ld.upright(null)], ['', null]);
  assert.equal(open().ld.upright('+42'), '+42');
});

test('a scale of small, of round and of very large numbers', () => {
  const {ld} = open();
  for (const [highest, top, step] of [[1, 1, 1], [4, 4, 1], [5, 6, 2], [100, 100, 50], [101, 150, 50], [1_000_000, 1e6, 5e5]]) {
    assert.deepEqual(ld.scale(highest), {top, step}, String(highest));
  }
});

test('lines are filled up to their width, and a word is never torn', () => {
  const {ld} = open();

  assert.deepEqual(ld.wrap('one two', 70, 17), ['one two']); // seven signs
  assert.deepEqual(ld.wrap('one two', 66, 17), ['one', 'two']); // six
  assert.deepEqual(ld.wrap('a b c', 0, 14), ['a b', 'c']); // four, however narrow
  assert.deepEqual(ld.wrap('Verwaltungsfachangestellte und', 40, 14), ['Verwaltungsfachangestellte', 'und']);
  assert.deepEqual(ld.wrap('', 100, 14), ['']);
});

test('a sheet has the size and the direction of the page, and is hidden from screen readers', () => {
  assert.deepEqual(attributes(open().ld.createSheet(300, 200).root), {
    class: 'ld-svg', width: '300', height: '200', viewBox: '0 0 300 200', direction: 'ltr', 'aria-hidden': 'true',
    focusable: 'false',
  });
  assert.equal(open({mirrored: true}).ld.createSheet(300, 200).root.getAttribute('direction'), 'rtl');
});

/** Draws one of each kind and returns what was drawn. */
function drawAll(given) {
  const sheet = open(given).ld.createSheet(300, 200);
  const group = sheet.text(1, 2, 'in');
  return {
    at: sheet.at(10),
    text: attributes(sheet.text(10.04, 20.16, '5', 'ld-svg-soft', 'end')),
    inner: sheet.text(1, 2, 'out', '', '', group).parent === group,
    line: attributes(sheet.line(10, 20, 30, 40, 'grid')),
    box: attributes(sheet.box(10, 20, 30, 40, 'bar', 2)),
    flat: attributes(sheet.box(10, 20, -3, -1, 'bar')),
    dot: attributes(sheet.dot(10, 20, 'dot')),
    curve: attributes(sheet.curve([[10, 20], [30.06, 40]], 'line')),
    area: attributes(sheet.area([[10, 20], [30, 40]], 100, 'area')),
    tags: sheet.root.children.map(({tagName}) => tagName),
  };
}

test('what is drawn stands where it was asked for, to a tenth of a pixel', () => {
  assert.deepEqual(drawAll(), {
    at: 10,
    text: {x: '10', y: '20.2', class: 'ld-svg-text ld-svg-soft', 'text-anchor': 'end'},
    inner: true,
    line: {x1: '10', y1: '20', x2: '30', y2: '40', class: 'grid'},
    box: {x: '10', y: '20', width: '30', height: '40', rx: '2', class: 'bar'},
    flat: {x: '10', y: '20', width: '0', height: '0', class: 'bar'},
    dot: {cx: '10', cy: '20', r: '3.5', class: 'dot'},
    curve: {d: 'M10 20L30.1 40', class: 'line'},
    area: {d: 'M10 100L10 20L30 40L30 100Z', class: 'area'},
    tags: ['text', 'text', 'line', 'rect', 'rect', 'circle', 'path', 'path'],
  });
});

test('on a page from right to left it is counted from the other side', () => {
  const {at, text, line, box, dot, curve, area} = drawAll({mirrored: true});

  assert.deepEqual([at, text.x, text['text-anchor']], [290, '290', 'end']);
  assert.deepEqual([line.x1, line.x2], ['290', '270']);
  assert.deepEqual([box.x, box.width], ['260', '30']);
  assert.equal(dot.cx, '290');
  assert.deepEqual([curve.d, area.d], ['M290 20L269.9 40', 'M290 100L290 20L270 40L270 100Z']);
});

test('a text begins where it stands, unless it is anchored elsewhere', () => {
  const {ld} = open();
  assert.equal(ld.createSheet(10, 10).text(1, 1, 'a').getAttribute('text-anchor'), 'start');
});

test('lines of a scale have their numbers, and the lowest is the axis', () => {
  const {ld, formats} = open();
  const sheet = ld.createSheet(300, 200);
  const height = ld.drawScale(sheet, {highest: 1800, start: 40, end: 260, top: 10, floor: 110, formats});
  const lines = sheet.root.querySelectorAll('line').map((line) => [line.getAttribute('y1'), line.className]);
  const words = sheet.root.querySelectorAll('text');

  assert.deepEqual(lines, [
    ['110', 'ld-svg-axis'], ['85', 'ld-svg-grid'], ['60', 'ld-svg-grid'], ['35', 'ld-svg-grid'], ['10', 'ld-svg-grid'],
  ]);
  assert.deepEqual(words.map((text) => text.textContent), ['0', '500', '1,000', '1,500', '2,000']);
  assert.deepEqual([words[0].getAttribute('x'), words[0].getAttribute('y')], ['32', '114']);
  assert.deepEqual([height(0), height(1000), height(2000)], [110, 60, 10]);
});

test('where all numbers are nothing the scale still has a top', () => {
  const {ld, formats} = open();
  const sheet = ld.createSheet(300, 200);
  const height = ld.drawScale(sheet, {highest: 0, start: 40, end: 260, top: 10, floor: 110, formats});

  assert.deepEqual([height(0), height(1)], [110, 10]);
});

test('the longest name says how much room there is for names', () => {
  const {ld} = open();
  assert.equal(ld.roomFor(['abc', 'abcdefghij', '']), 98);
});

test('dates have their room, however few or narrow', () => {
  const {ld} = open();

  assert.deepEqual(ld.datesShown(0, 100), []);
  assert.deepEqual(ld.datesShown(1, 0), [0]);
  assert.deepEqual(ld.datesShown(5, 0), [4]);
  assert.deepEqual(ld.datesShown(4, 247), [1, 3]);
  assert.deepEqual(ld.datesShown(4, 248), [0, 1, 2, 3]);
});

test('names that push each other stay in their order', () => {
  const {ld} = open();
  const heights = [10, 12, 11, 60];

  assert.deepEqual(ld.spread(heights, 5), [10, 20, 15, 60]);
  assert.deepEqual(heights, [10, 12, 11, 60]);
  assert.deepEqual(ld.spread([7, 7], 5), [7, 12]);
  assert.deepEqual(ld.spread([], 5), []);
});
