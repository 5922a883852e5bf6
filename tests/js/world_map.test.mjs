import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

const {ld} = openPage(['dom', 'formats', 'chart_parts', 'chart_drawings', 'world_map']);
const formats = ld.createFormats('en');
const WORLD = {
  box: [7, -1, 1186, 534], shapes: {BR: 'M0 0z', US: 'M1 1z', DE: 'M2 2z'}, circles: {SG: [5, 6], MT: [8, 9]}, others: 'M9 9z',
};
const row = (key, count, share = null) => ({key, label: 'Land ' + key, count, share});
const draw = (...rows) => ld.drawMap({world: WORLD, rows, formats, learners: 'Learners'});
const landOf = ({svg}, key) => svg.querySelector(`[data-key="${key}"]`);
const levelOf = (drawn, key) => landOf(drawn, key).className.match(/ld-svg-level-(\d)/)[1];

test('colors begin at ten times as many in a course ten times as large, and always at one', () => {
  for (const [highest, steps] of [
    [-1, [1, 10, 25, 75, 200]], [1, [1, 10, 25, 75, 200]], [1999, [1, 10, 25, 75, 200]], [2000, [1, 100, 250, 750, 2000]],
    [19_999, [1, 100, 250, 750, 2000]], [200_000, [1, 10_000, 25_000, 75_000, 200_000]],
  ]) {
    assert.deepEqual(ld.mapSteps(highest), steps, String(highest));
  }
});

test('a land has the color of its number, from the first that reaches a step', () => {
  const levels = [[0, '0'], [1, '1'], [9, '1'], [10, '2'], [24, '2'], [25, '3'], [75, '4'], [199, '4'], [200, '5']];
  levels.forEach(([count, level]) => assert.equal(levelOf(draw(row('DE', count)), 'DE'), level, String(count)));
});

test('the colors of all go with the one that has most', () => {
  const drawn = draw(row('US', 25_000), row('BR', 300), row('DE', 1000));

  assert.deepEqual(['US', 'DE', 'BR'].map((key) => levelOf(drawn, key)), ['5', '2', '1']);
  assert.deepEqual(drawn.steps, [1, 1000, 2500, 7500, 20_000]);
});

test('the whole world is drawn; of small lands only those with learners are marked', () => {
  const drawn = draw(row('SG', 3), row('US', 5));
  const lands = drawn.svg.children.map((land) => [land.tagName, land.dataset.key ?? '', land.getAttribute('d') ?? '']);
  assert.deepEqual(lands, [
    ['path', '', 'M9 9z'], ['path', 'BR', 'M0 0z'], ['path', 'US', 'M1 1z'], ['path', 'DE', 'M2 2z'], ['circle', 'SG', ''],
  ]);
  const circle = landOf(drawn, 'SG');

  assert.deepEqual(['cx', 'cy', 'r'].map((name) => circle.getAttribute(name)), ['5', '6', '6']);
  assert.deepEqual(drawn.svg.querySelectorAll('.ld-svg-known').map((land) => land.dataset.key), ['US', 'SG']);
  assert.deepEqual([drawn.svg.getAttribute('viewBox'), drawn.width], ['7 -1 1186 534', 1186]);
  assert.equal(drawn.svg.getAttribute('aria-hidden'), 'true');
});

test('values are told from the largest on, with their share', () => {
  const {points} = draw(row('SG', 3, 0.001), row('BR', 80, 0.8), row('US', 1200));

  assert.deepEqual(points.map(({title, values, isMap}) => [title, values, isMap]), [
    ['Land US', [['Learners', '1,200']], true],
    ['Land BR', [['Learners', '80 (80%)']], true],
    ['Land SG', [['Learners', '3 (0.1%)']], true],
  ]);
});

test('a point stands in the middle of its land, once the drawing is laid out', () => {
  const drawn = draw(row('BR', 80), row('US', 5));
  assert.deepEqual(drawn.points.map(({x, y}) => [x, y]), [[7, -1], [7, -1]]);
  landOf(drawn, 'BR').getBBox = () => ({x: 300, y: 200, width: 50, height: 80});
  drawn.measure();

  assert.deepEqual(drawn.points.map(({x, y}) => [x, y]), [[325, 240], [5, 5]]);
});

test('what is pointed at is found by its shape', () => {
  const drawn = draw(row('DE', 5), row('BR', 80));

  assert.deepEqual(['BR', 'DE', 'US'].map((key) => drawn.find(landOf(drawn, key))), [0, 1, -1]);
  assert.equal(drawn.find(drawn.svg), -1);
});

test('lands that the map does not know are left to the table', () => {
  const {svg, points, measure} = draw(row('XK', 12), row('toString', 4));
  measure();

  assert.deepEqual(points, []);
  assert.equal(svg.querySelector('.ld-svg-known'), null);
});

test('without learners there is a map without colors', () => {
  const {svg, points, steps} = draw();

  assert.deepEqual([points, steps], [[], [1, 10, 25, 75, 200]]);
  assert.ok(svg.querySelectorAll('path').every((land) => land.className.includes('ld-svg-level-0')));
});

test('the legend has a line for each color and one for none, without gaps between numbers', () => {
  const legend = ld.mapLegend(ld.mapSteps(20_000), {formats, none: 'None', more: '{count} or more'});

  assert.deepEqual(legend, [
    {level: 0, text: 'None'}, {level: 1, text: '1–999'}, {level: 2, text: '1,000–2,499'}, {level: 3, text: '2,500–7,499'},
    {level: 4, text: '7,500–19,999'}, {level: 5, text: '20,000 or more'},
  ]);
});
