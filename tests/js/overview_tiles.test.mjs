import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage, texts} from './page.mjs';

const NUMBERS = {
  enrolled: 1284, ever_enrolled: 1533, joined_7: 42, joined_30: 120, left_7: 9, left_30: 30, active: 486, active_before: 448,
  verified: 214, never: 173,
};
const SENTENCES = texts({
  tile_more: '{change} more', tile_fewer: '{change} fewer', tile_ever: '{count} ever',
  tile_moved_30: '{joined} and {left} in 30 days', overview_sentence: '{struggling} & {away}.',
});

function open({sentences = SENTENCES, chartsAlone = false, mirrored = false} = {}) {
  const opened = openPage(['dom', 'formats', 'chart_parts', 'overview_tiles']);
  const {ld} = opened;
  opened.add('div', {dir: mirrored ? 'rtl' : 'ltr'}, ld.element('div', {class: 'learner-data'}));
  const tiles = ld.createTiles({
    page: {texts: sentences, charts_alone: chartsAlone},
    formats: ld.createFormats('en'),
    tabs: {
      link: (tab, params, attributes, ...children) => ld.element(
        'a', {href: `${tab}?${new URLSearchParams(params)}`, ...attributes}, ...children,
      ),
    },
  });
  const made = (numbers, filters = {}) => tiles.tiles({...NUMBERS, ...numbers}, filters);
  return {
    ...tiles, made,
    tile: (title, numbers, filters) => {
      const found = made(numbers, filters).querySelectorAll('.ld-tile')
        .find((one) => one.querySelector('dt').textContent === title);
      const parts = (name) => found.querySelectorAll(name).map((part) => part.textContent);
      return found && {
        element: found, values: parts('.ld-tile-values')[0], note: parts('.ld-tile-note')[0],
        links: found.querySelectorAll('a').map((link) => link.getAttribute('href')),
      };
    },
  };
}

const titles = (list) => list.querySelectorAll('dt').map((title) => title.textContent);

test('who was active leads, as the large one of all tiles', () => {
  const {made} = open();
  const list = made();

  assert.deepEqual(titles(list), ['tile_active', 'tile_enrolled', 'tile_moved', 'tile_verified', 'tile_never']);
  assert.deepEqual(list.querySelectorAll('.ld-tile-hero').map((tile) => tile.textContent), [
    'tile_active486 38%38 moretile_who_not',
  ]);
  assert.ok(list.children.every((tile) => tile.children[0].tagName === 'dt' && tile.children[1].tagName === 'dd'));
});

[
  ['more', {active: 500, active_before: 448}, '52 more', 'ld-up'],
  ['fewer', {active: 400, active_before: 1448}, '1,048 fewer', 'ld-down'],
  ['as many', {active: 448, active_before: 448}, 'tile_same', ''],
  ['none after some', {active: 0, active_before: 1}, '1 fewer', 'ld-down'],
].forEach(([name, numbers, told, look]) => {
  test(`${name} than a week before are told`, () => {
    const {element} = open().tile('tile_active', numbers);
    const [change] = element.querySelector('.ld-tile-note').children;

    assert.deepEqual([change.textContent, change.className], [told, look]);
  });
});

test('without the week before there is no change, and without those who never came no way to them', () => {
  const {tile} = open();
  assert.equal(tile('tile_active', {active_before: null}).note, 'tile_who_not');
  const {values, note, links} = tile('tile_active', {active_before: null, never: null});

  assert.deepEqual([values, note, links], ['486 38%', '', []]);
});

[
  ['active', 'tile_active'], ['joined_7', 'tile_moved'], ['verified', 'tile_verified'], ['never', 'tile_never'],
].forEach(([name, title]) => {
  test(`without the number ${name} there is no tile for it, and with zero there is`, () => {
    const {made} = open();

    assert.deepEqual([titles(made({[name]: null})).includes(title), titles(made({[name]: 0})).includes(title)], [false, true]);
  });
});

test('those who are enrolled always have a tile, also where the number is not known', () => {
  const {tile} = open();

  assert.equal(tile('tile_enrolled').note, '1,533 ever');
  const {values, note} = tile('tile_enrolled', {enrolled: null, ever_enrolled: null});
  assert.deepEqual([values, note], ['tile_unknown', undefined]);
});

test('a share is of those enrolled, at most of all, and of nobody there is none', () => {
  const {tile} = open();
  const share = (numbers) => tile('tile_verified', numbers).values;

  assert.equal(share({verified: 1, enrolled: 8}), '1 13%');
  assert.equal(share({verified: 12, enrolled: 10}), '12 100%');
  assert.equal(share({verified: 0, enrolled: 0}), '0');
  assert.equal(share({verified: 3, enrolled: null}), '3');
  assert.equal(share({verified: 0, enrolled: 5}), '0 0%');
});

test('who joined is told with who left, and the month below', () => {
  const {tile} = open();
  const {values, note, links} = tile('tile_moved');

  assert.equal(values, '+42 joined−9 left');
  assert.equal(note, '120 and 30 in 30 days');
  assert.deepEqual(links, ['learners?activity=joined_7']);
  assert.equal(tile('tile_moved', {left_7: null, left_30: null}).values, '+42 joinedtile_unknown left');
});

test('nobody has no sign, and is no reason to worry', () => {
  const {tile, made} = open();

  assert.equal(tile('tile_moved', {joined_7: 0, left_7: 0}).values, '0 joined0 left');
  assert.equal(made({left_7: 9}).querySelectorAll('.ld-out').length, 1);
  assert.equal(made({left_7: 0}).querySelectorAll('.ld-out').length, 0);
});

test('signs keep their place on a page from right to left', () => {
  assert.equal(open({mirrored: true}).tile('tile_moved').values, '\u2066+42\u2069 joined\u2066−9\u2069 left');
});

test('a tile leads to its learners within the group that is chosen', () => {
  const {tile} = open();
  const links = (title) => tile(title, {}, {cohort: 'a&b'}).links;

  assert.deepEqual(links('tile_active'), [
    'learners?cohort=a%26b&activity=active_last_week', 'learners?cohort=a%26b&activity=inactive_7',
  ]);
  assert.deepEqual(links('tile_moved'), ['learners?cohort=a%26b&activity=joined_7']);
  assert.deepEqual(links('tile_enrolled'), ['learners?cohort=a%26b']);
  assert.deepEqual(links('tile_verified'), ['learners?cohort=a%26b&enrollment_mode=verified']);
  assert.deepEqual(links('tile_never'), Array(2).fill('learners?cohort=a%26b&activity=never'));
});

test('where charts are all there is nothing leads to learners', () => {
  const {made, sentence} = open({chartsAlone: true});

  assert.deepEqual(made().querySelectorAll('a'), []);
  assert.equal(made().querySelectorAll('.ld-big').length, 6);
  assert.deepEqual(sentence({sentences: {struggling: '5', away: '6'}, numbers: NUMBERS}, {}).querySelectorAll('a'), []);
});

test('the sentence leads to those it speaks of, in whatever order a language has them', () => {
  const told = {sentences: {struggling: '57 <struggle>', away: '268 are away'}, numbers: NUMBERS};
  const links = (line) => line.querySelectorAll('a').map((link) => [link.getAttribute('href'), link.textContent]);
  const line = open().sentence(told, {cohort: 'B'});
  assert.equal(line.textContent, '57 <struggle> & 268 are away.');
  assert.deepEqual(links(line), [
    ['learners?cohort=B&activity=struggling', '57 <struggle>'], ['learners?cohort=B&activity=inactive_14', '268 are away'],
  ]);
  const other = open({sentences: texts({overview_sentence: 'Of {unknown}: {away}, {struggling}'})}).sentence(told, {});

  assert.equal(other.textContent, 'Of {unknown}: 268 are away, 57 <struggle>');
});

test('without sentences or without those who never came nothing is said', () => {
  const {sentence} = open();

  assert.equal(sentence({sentences: null, numbers: NUMBERS}, {}), null);
  assert.equal(sentence({sentences: {struggling: '1', away: '2'}, numbers: {...NUMBERS, never: null}}, {}), null);
});
