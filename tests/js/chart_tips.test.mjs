import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

const value = (title, x, more = {}) => ({x, y: 10, title, values: [['Learners', '4']], ...more});
const COLUMNS = [value('Mon', 50), value('Tue', 200), value('Wed', 350)];
const BARS = COLUMNS.map((point, place) => ({...point, box: [place * 20, place * 20 + 20]}));

function open({points = COLUMNS, mirrored = false, size = [400, 200], find, shownWidth} = {}) {
  const opened = openPage(['dom', 'formats', 'chart_parts', 'chart_tips']);
  const {ld} = opened;
  opened.add('div', {dir: mirrored ? 'rtl' : 'ltr'}, ld.element('div', {class: 'learner-data'}));
  const [plot, said] = [ld.element('div', {}), ld.element('span', {})];
  const svg = ld.svg('svg', {viewBox: `0 0 ${size[0]} ${size[1]}`});
  Object.assign(svg, {clientWidth: shownWidth, getBoundingClientRect: () => ({left: 100, right: 500, top: 1000})});
  plot.append(svg);
  const tips = ld.addTips({plot, said, svg, points, find});
  const tip = () => svg.querySelector('.ld-svg-tip');
  return {
    ...opened, ...tips, plot, svg, said, tip,
    press(key) {
      let isTaken = false;
      plot.onkeydown({key, preventDefault() { isTaken = true; }});
      return isTaken;
    },
    pointAt: (x, y = 0, target = null) => plot.onpointermove({clientX: 100 + x, clientY: 1000 + y, target}),
    title: () => tip() && tip().querySelector('text').textContent,
    place: () => tip().querySelector('g').getAttribute('transform'),
  };
}

test('arrow keys begin at the end they come from, and stop at the other', () => {
  const {press, title} = open();
  const seen = ['ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowRight', 'ArrowUp', 'ArrowLeft', 'ArrowLeft'].map((key) => {
    assert.equal(press(key), true);
    return title();
  });
  assert.deepEqual(seen, ['Mon', 'Tue', 'Wed', 'Wed', 'Tue', 'Mon', 'Mon']);
  press('Escape');
  press('ArrowUp');

  assert.equal(title(), 'Wed');
});

test('Home and End lead to the ends, Escape away, and other keys are left to the browser', () => {
  const {press, title, said} = open();
  press('End');
  assert.deepEqual([title(), said.textContent], ['Wed', 'Wed, Learners: 4']);
  press('Home');
  assert.deepEqual([title(), said.textContent], ['Mon', 'Mon, Learners: 4']);
  assert.deepEqual(['Tab', 'Enter', ' ', 'PageDown'].map(press), [false, false, false, false]);
  assert.equal(title(), 'Mon');
  assert.equal(press('Escape'), true);

  assert.equal(title(), null);
});

test('on a page from right to left the left arrow leads on', () => {
  const {press, title} = open({mirrored: true});
  press('ArrowLeft');
  press('ArrowLeft');
  assert.match(title(), /Tue/);
  press('ArrowRight');
  assert.match(title(), /Mon/);
  press('ArrowDown');

  assert.match(title(), /Tue/);
});

test('a chart without points has nothing to say', () => {
  const {press, pointAt, tip, said} = open({points: []});
  ['ArrowDown', 'ArrowUp', 'Home', 'End', 'Escape'].forEach(press);
  pointAt(10, 10);

  assert.deepEqual([tip(), said.textContent], [null, '']);
});

test('the nearest value is told to a pointer, one at a time, and not said aloud', () => {
  const {pointAt, title, svg, said, plot} = open();
  const seen = [[0], [124], [126], [399, 500]].map(([x, y]) => {
    pointAt(x, y);
    return title();
  });

  assert.deepEqual(seen, ['Mon', 'Mon', 'Tue', 'Wed']);
  assert.equal(svg.querySelectorAll('.ld-svg-tip').length, 1);
  assert.equal(said.textContent, '');
  plot.onpointerleave();
  assert.equal(title(), null);
});

test('a pointer that stays at a value leaves its note as it is', () => {
  const {pointAt, tip} = open();
  pointAt(190);
  const first = tip();
  pointAt(210);

  assert.equal(tip(), first);
});

test('on a page from right to left a pointer counts from the right', () => {
  const {pointAt, title} = open({mirrored: true});
  pointAt(390);

  assert.match(title(), /Mon/);
});

test('bars are found by their height: from their upper edge, without the lower one', () => {
  const {pointAt, title} = open({points: BARS});
  const seen = [0, 19, 20, 59, 60, -1].map((y) => {
    pointAt(5, y);
    return title();
  });

  assert.deepEqual(seen, ['Mon', 'Mon', 'Tue', 'Wed', null, null]);
});

test('after a pointer beside the bars arrow keys begin at an end', () => {
  const {pointAt, press, title} = open({points: BARS});
  pointAt(5, 100);
  press('ArrowUp');

  assert.equal(title(), 'Wed');
});

test('what is under the pointer can say which point it is', () => {
  const {pointAt, title} = open({find: (target) => ({land: 1, sea: -1})[target]});
  pointAt(0, 0, 'land');
  assert.equal(title(), 'Tue');
  pointAt(0, 0, 'sea');
  assert.equal(title(), null);
  pointAt(0, 0, 'land');
  pointAt(0, 0, 'elsewhere');

  assert.equal(title(), null);
});

test('the note goes when the chart is left', () => {
  const {show, plot, title} = open();
  show(1);
  assert.equal(title(), 'Tue');
  plot.onblur();

  assert.equal(title(), null);
});

test('a note has its title, a line for each value, and a line in the drawing where the chart wants one', () => {
  const values = [['Active', '40'], ['Discussions', '–']];
  const {show, tip} = open({points: [value('<Week>', 50, {values, rule: [14, 150]}), value('Bare', 60)]});
  show(0);
  const texts = tip().querySelectorAll('text').map((text) => [text.textContent, text.getAttribute('y')]);
  assert.deepEqual(texts, [
    ['<Week>', '21'], ['Active', '39'], ['Discussions', '57'], ['40', '39'], ['–', '57'],
  ]);
  const [line] = tip().querySelectorAll('line');
  assert.deepEqual(['x1', 'x2', 'y1', 'y2'].map((name) => line.getAttribute(name)), ['50', '50', '14', '150']);
  const box = tip().querySelector('.ld-svg-tip-box'); // as wide as "Discussions" and its value
  assert.deepEqual(['width', 'height'].map((name) => box.getAttribute(name)), ['122', '70']);
  show(1);

  assert.equal(tip().querySelector('line'), null);
});

test('a long title makes the note wider', () => {
  const {show, tip} = open({points: [value('A very long name of a week', 50)]});
  show(0);

  assert.equal(tip().querySelector('rect').getAttribute('width'), String(26 * 7 + 20));
});

test('widths are measured where there is a layout', () => {
  const {ld, show, tip} = open();
  const create = ld.svg;
  ld.svg = (tag, ...others) => Object.assign(create(tag, ...others), tag === 'text' && {getComputedTextLength: () => 30});
  show(0);

  assert.equal(tip().querySelector('rect').getAttribute('width'), '98');
});

[
  ['stands beside its value', [[200, 10]], 'translate(214 10) scale(1)'],
  ['stands on the other side where there is no room', [[350, 10]], 'translate(235 10) scale(1)'],
  ['stays in the drawing below', [[200, 190]], 'translate(214 146) scale(1)'],
  ['stays in the drawing above', [[200, -30]], 'translate(214 2) scale(1)'],
  ['stays at the edge of a narrow drawing', [[50, 10], {size: [90, 200]}], 'translate(0 10) scale(1)'],
  ['is as large as elsewhere in a drawing that is shown smaller', [[100, 10], {shownWidth: 200}], 'translate(128 10) scale(2)'],
  ['is mirrored with the drawing', [[350, 10], {mirrored: true}], 'translate(64 10) scale(1)'],
  ['is not mirrored with a map', [[100, 10], {mirrored: true, isMap: true}], 'translate(114 10) scale(1)'],
].forEach(([does, [[x, y], {isMap, ...given} = {}], expected]) => {
  test(`a note ${does}`, () => {
    const points = [value('Mon', x, {y, isMap})];
    const {show, place} = open({points, ...given});
    show(0);

    assert.equal(place(), expected);
  });
});

test('names begin and numbers end where lines of text do', () => {
  const edges = (mirrored) => {
    const {show, tip} = open({mirrored});
    show(1);
    return tip().querySelectorAll('text').map((text) => [text.getAttribute('x'), text.getAttribute('text-anchor')]);
  };

  assert.deepEqual(edges(false), [['10', null], ['10', null], ['91', 'end']]);
  assert.deepEqual(edges(true)[1], ['105', null]);
  assert.deepEqual(edges(true)[2], ['10', 'end']);
});
