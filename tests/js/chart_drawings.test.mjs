import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

const {ld, document} = openPage(['dom', 'formats', 'chart_parts', 'chart_drawings', 'chart_tips', 'chart_files', 'world_map']);
const formats = ld.createFormats('en');
const textsOf = (svg) => svg.querySelectorAll('text').map((text) => text.textContent);
const row = (label, count, share = null, muted = false) => ({key: label, label, count, share, muted});

test('a scale ends at a round number, in two to four steps', () => {
  for (const [highest, top, step] of [[0, 1, 1], [3, 3, 1], [9, 10, 5], [52, 60, 20], [486, 600, 200], [1284, 1500, 500]]) {
    assert.deepEqual(ld.scale(highest), {top, step}, String(highest));
  }
});

test('long names are divided between words', () => {
  assert.deepEqual(ld.wrap('Junior secondary school', 110, 14), ['Junior', 'secondary', 'school']);
  assert.deepEqual(ld.wrap('Female', 300, 14), ['Female']);
});

test('names at the ends of lines do not stand one on the other', () => {
  assert.deepEqual(ld.spread([100, 40, 104], 17), [100, 40, 117]);
});

test('large numbers of a scale have their room before its lines', () => {
  assert.equal(ld.roomForScale(52, formats), 38);
  assert.equal(ld.roomForScale(1284, formats), 50);
  assert.equal(ld.roomForScale(48000, formats), 58);
  const {svg} = ld.drawWeeks({weeks: [week('2026-11-16', 1284, 3)], series: SERIES, width: 600, formats});
  assert.equal(svg.querySelectorAll('text').find((text) => text.textContent === '1,500').getAttribute('x'), '42');
});

test('of many dates some are told, the last one among them', () => {
  assert.deepEqual(ld.datesShown(4, 1000), [0, 1, 2, 3]);
  assert.deepEqual(ld.datesShown(9, 200), [2, 5, 8]);
});

const SERIES = [{key: 'active', name: 'Active', short: 'A'}, {key: 'discussed', name: 'Discussions', short: 'D'}];
const week = (day, active, discussed, complete = true) => ({week: day, label: 'Week of ' + day, complete, active, discussed});

test('weeks are lines with their names and last numbers at the end', () => {
  const weeks = [
    week('2026-11-02', 40, 3), week('2026-11-09', 60, null), week('2026-11-16', 50, 5), week('2026-11-23', 9, 1, false),
  ];
  const {svg, points} = ld.drawWeeks({weeks, series: SERIES, width: 600, formats});

  assert.ok(textsOf(svg).includes('50Active'));
  assert.ok(textsOf(svg).includes('5Discussions'));
  assert.ok(textsOf(svg).includes('Nov 16'));
  assert.ok(!textsOf(svg).includes('Nov 23'), 'a week that is not over is no point of the line');
  assert.deepEqual(points.map((point) => point.values.map(([, value]) => value)), [['40', '3'], ['60', '–'], ['50', '5']]);
  assert.equal(svg.querySelectorAll('path').filter((path) => path.className.includes('ld-svg-active')).length, 1);
});

test('a number that is not known makes a gap', () => {
  const weeks = [week('2026-11-02', 40, null), week('2026-11-09', null, null), week('2026-11-16', 50, null)];
  const {svg} = ld.drawWeeks({weeks, series: SERIES, width: 600, formats});

  assert.equal(svg.querySelectorAll('path').length, 0);
  assert.equal(svg.querySelectorAll('circle').length, 3);
  assert.ok(!svg.textContent.includes('Discussions'));
});

test('without a complete week there is no drawing', () => {
  assert.equal(ld.drawWeeks({weeks: [week('2026-11-23', 9, 1, false)], series: SERIES, width: 600, formats}), null);
  assert.equal(ld.drawWeeks({weeks: [week('2026-11-16', null, null)], series: SERIES, width: 600, formats}), null);
});

const NAMES = {enrolled: 'Enrolled', joined: 'Joined', left: 'Left'};
const period = (joined, left, enrolled) => (
  {first: '2026-11-02', last: '2026-11-08', label: 'that week', joined, left, enrolled}
);

test('who joined stands above the line and who left below it', () => {
  const {svg, points} = ld.drawMembers({members: [period(10, 0, 10), period(4, 8, 6)], names: NAMES, width: 600, formats});
  const bars = svg.querySelectorAll('rect').map((bar) => [bar.getAttribute('y'), bar.getAttribute('height')].map(Number));

  assert.deepEqual(bars.map(([, height]) => Math.round(height)), [33, 0, 13, 26]);
  assert.ok(bars[2][0] + bars[2][1] <= bars[3][0]);
  assert.deepEqual(points[1].values, [['Enrolled', '6'], ['Joined', '4'], ['Left', '8']]);
  assert.ok(textsOf(svg).includes('−8Left'));
});

test('where it is not told who left, the drawing has nothing of it', () => {
  const {svg, points} = ld.drawMembers({members: [period(10, null, 10)], names: NAMES, width: 600, formats});

  assert.ok(!/NaN|Left/.test(svg.textContent + svg.querySelectorAll('rect').map((bar) => bar.getAttribute('y')).join()));
  assert.deepEqual(points[0].values, [['Enrolled', '10'], ['Joined', '10']]);
  assert.equal(ld.drawMembers({members: [], names: NAMES, width: 600, formats}), null);
});

test('bars of one kind have one scale', () => {
  const rows = [row('Female', 400, 0.8), row('Male', 100, 0.2), row('Not reported', 0, 0, true)];
  const {svg, points} = ld.drawBars({rows, width: 400, formats, learners: 'Learners'});
  const bars = svg.querySelectorAll('rect').filter((bar) => bar.className.includes('ld-svg-bar'));

  assert.deepEqual(bars.map((bar) => Number(bar.getAttribute('width'))), [400, 100, 3]);
  assert.ok(textsOf(svg).includes('80%'));
  assert.deepEqual(points[1].values, [['Learners', '100 (20%)']]);
  assert.equal(ld.drawBars({rows: [], width: 400, formats, learners: ''}), null);
});

test('the column in the middle of all is marked, and who did not answer has none', () => {
  const rows = [row('18–24', 10), row('25–34', 30), row('Not reported', 99, null, true)];
  const {svg, points} = ld.drawColumns({rows, median: '25–34', medianText: 'Median: 30', width: 300, formats, learners: 'L'});

  assert.deepEqual(points.map((point) => point.title), ['18–24', '25–34']);
  assert.ok(textsOf(svg).includes('Median: 30'));
  assert.equal(svg.querySelectorAll('.ld-svg-mark').length, 1);
  assert.equal(ld.drawColumns({rows: [rows[2]], median: '', medianText: '', width: 300, formats, learners: ''}), null);
});

test('colors of the map go with the largest number', () => {
  assert.deepEqual(ld.mapSteps(312), [1, 10, 25, 75, 200]);
  assert.deepEqual(ld.mapSteps(0), [1, 10, 25, 75, 200]);
  assert.deepEqual(ld.mapSteps(25_000), [1, 1000, 2500, 7500, 20_000]);
  const legend = ld.mapLegend(ld.mapSteps(312), {formats, none: 'None', more: '{count} or more'});
  assert.deepEqual(legend.map(({text}) => text), ['None', '1–9', '10–24', '25–74', '75–199', '200 or more']);
});

test('a land that is pointed at is found, and one without learners is not', () => {
  const world = {box: [0, 0, 10, 10], shapes: {BR: 'M0 0z', US: 'M1 1z'}, circles: {SG: [1, 1]}, others: ''};
  const rows = [{...row('Singapore', 3), key: 'SG'}, {...row('Brazil', 80), key: 'BR'}];
  const drawn = ld.drawMap({world, rows, formats, learners: 'L'});
  const [none, brazil, america, singapore] = drawn.svg.querySelectorAll('.ld-svg-land');

  assert.deepEqual([none, brazil, america, singapore].map(drawn.find), [-1, 0, -1, 1]);
  assert.equal(brazil.className, 'ld-svg-land ld-svg-level-4 ld-svg-known');
  assert.equal(america.className, 'ld-svg-land ld-svg-level-0');
});

test('values are reached with the arrow keys, and said', () => {
  const {svg, points} = ld.drawBars({rows: [row('Female', 4), row('Male', 1)], width: 400, formats, learners: 'Learners'});
  const [plot, said] = [ld.element('div', {}), ld.element('span', {})];
  plot.append(svg);
  ld.addTips({plot, said, svg, points});
  const press = (key) => {
    const event = {key, preventDefault() { this.isTaken = true; }};
    plot.onkeydown(event);
    return event.isTaken;
  };

  press('ArrowDown');
  assert.equal(said.textContent, 'Female, Learners: 4');
  press('End');
  press('ArrowDown');
  assert.equal(said.textContent, 'Male, Learners: 1');
  assert.equal(svg.querySelectorAll('.ld-svg-tip').length, 1);
  press('Escape');
  assert.equal(svg.querySelectorAll('.ld-svg-tip').length, 0);
  press('ArrowLeft');
  assert.equal(said.textContent, 'Male, Learners: 1');
  plot.onblur();
  assert.equal(svg.querySelectorAll('.ld-svg-tip').length, 0);
  assert.equal(press('a'), undefined);
});

test('values are told to whoever points at them', () => {
  const {svg, points} = ld.drawBars({rows: [row('Female', 4), row('Male', 1)], width: 400, formats, learners: 'Learners'});
  svg.getBoundingClientRect = () => ({left: 10, right: 410, top: 100});
  const plot = ld.element('div', {});
  ld.addTips({plot, said: ld.element('span', {}), svg, points});
  plot.onpointermove({clientX: 30, clientY: 100 + points[1].y + 2});
  assert.match(svg.querySelector('.ld-svg-tip').textContent, /Male/);
  plot.onpointermove({clientX: 30, clientY: 1000});
  assert.equal(svg.querySelector('.ld-svg-tip'), null);
});

test('a drawing is mirrored on a page from right to left', () => {
  const outer = document.createElement('div');
  outer.setAttribute('dir', 'rtl');
  const inner = document.createElement('div');
  inner.className = 'learner-data';
  outer.append(inner);
  document.body.append(outer);
  const {svg} = ld.drawBars({rows: [row('Female', 4), row('Male', 1)], width: 400, formats, learners: ''});
  const bars = svg.querySelectorAll('rect').filter((bar) => bar.className.includes('ld-svg-bar'));
  outer.remove();

  assert.deepEqual(bars.map((bar) => Number(bar.getAttribute('x'))), [0, 300]);
  assert.equal(svg.getAttribute('direction'), 'rtl');
});
