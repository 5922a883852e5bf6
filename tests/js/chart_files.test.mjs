import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

const PLAIN = {
  fill: 'black', stroke: 'none', 'stroke-width': '1px', 'stroke-dasharray': 'none', 'stroke-linejoin': 'miter', opacity: '1',
  'font-size': '12px', 'font-weight': '400', 'font-family': 'Inter', 'text-anchor': 'start', direction: 'ltr',
};
const TOLD = {title: 'Active <learners> & more', subtitle: 'Course · as of today'};
const PAPER = {color: 'ink', backgroundColor: 'paper', fontFamily: 'Serif'};
const NUMBERS = ['x', 'y', 'width', 'height', 'rx', 'cx', 'cy', 'r', 'x1', 'y1', 'x2', 'y2'];
const camel = (name) => name.replace(/-(\w)/g, (_all, letter) => letter.toUpperCase());

/** What a canvas was told, in this order; `board` is the element. */
function fakeCanvas() {
  const told = [];
  const board = {told, toBlob: (resolve, type) => resolve({type})};
  const state = {};
  const paint = (name) => (...given) => told.push([name, ...given, {...state}]);
  board.getContext = () => new Proxy({
    measureText: (text) => ({width: text.length * 10}),
  }, {
    get: (given, name) => given[name] ?? state[name] ?? paint(name),
    set: (_given, name, value) => {
      state[name] = value;
      return true;
    },
  });
  return board;
}

/** A page with a drawing in a card; styles are given to elements as `looks`. */
function open({viewBox = '0 0 320 100', mirrored = false} = {}) {
  let serialized;
  let board;
  const opened = openPage(['dom', 'formats', 'chart_parts', 'chart_files'], {
    window: {
      getComputedStyle: (element) => {
        if (element.className === 'ld-card') {
          return PAPER;
        }
        const look = {...PLAIN, ...element.looks};
        const style = Object.fromEntries(Object.entries(look).map(([name, value]) => [camel(name), value]));
        return {...style, getPropertyValue: (name) => look[name]};
      },
      XMLSerializer: class {
        serializeToString(node) {
          serialized = node;
          return '<svg/>';
        }
      },
      Path2D: class {
        steps = [];

        constructor(d) { this.d = d; }

        roundRect(...given) { this.steps.push(['roundRect', ...given]); }

        arc(...given) { this.steps.push(['arc', ...given]); }

        moveTo(...given) { this.steps.push(['moveTo', ...given]); }

        lineTo(...given) { this.steps.push(['lineTo', ...given]); }
      },
    },
  });
  const {ld, document} = opened;
  const create = document.createElement.bind(document);
  document.createElement = (tag) => {
    board = tag === 'canvas' ? fakeCanvas() : board;
    return tag === 'canvas' ? board : create(tag);
  };
  const svg = ld.svg('svg', {viewBox, class: 'ld-svg', 'aria-hidden': 'true', focusable: 'false', width: 320});
  opened.add('div', {dir: mirrored ? 'rtl' : 'ltr'}, ld.element(
    'div', {class: 'learner-data'}, ld.element('figure', {class: 'ld-card'}, svg),
  ));
  return {
    ...opened, svg,
    draw(tag, attributes, looks, ...children) {
      const shape = Object.assign(ld.svg(tag, attributes, ...children), {looks});
      NUMBERS.forEach((name) => {
        const value = Number(shape.getAttribute(name) || 0);
        shape[name] = tag === 'text' ? {baseVal: [{value}]} : {baseVal: {value}};
      });
      svg.append(shape);
      return shape;
    },
    source: () => {
      const text = ld.pictureSource(svg, TOLD);
      return {text, sheet: serialized, copy: serialized.children.at(-1)};
    },
    async png() {
      const blob = await ld.picturePng(svg, TOLD);
      const told = (name) => board.told.filter(([one]) => one === name);
      return {blob, board, told, order: board.told.map(([name]) => name)};
    },
  };
}

const values = (element, ...names) => names.map((name) => element.getAttribute(name));

test('a picture is a document of its own with the title and what it is of', () => {
  const {text, sheet} = open().source();
  assert.equal(text, '<?xml version="1.0" encoding="UTF-8"?>\n<svg/>');
  const [title, paper, first, second] = sheet.children;

  assert.deepEqual([title.tagName, title.textContent], ['title', TOLD.title]);
  assert.deepEqual(values(paper, 'width', 'height', 'fill'), ['680', '298', 'paper']);
  assert.deepEqual([first.textContent, ...values(first, 'x', 'y', 'fill', 'font-family', 'direction')], [
    TOLD.title, '20', '38', 'ink', 'Serif', 'ltr',
  ]);
  assert.deepEqual([second.textContent, ...values(second, 'x', 'y')], [TOLD.subtitle, '20', '58']);
  assert.deepEqual(values(sheet, 'width', 'height', 'viewBox'), ['680', '298', '0 0 680 298']);
});

test('a small drawing is made larger, a large one stays as it is', () => {
  const sizes = (viewBox) => values(open({viewBox}).source().copy, 'x', 'y', 'width', 'height', 'viewBox');

  assert.deepEqual(sizes('0 0 320 100'), ['20', '78', '640', '200', '0 0 320 100']);
  assert.deepEqual(sizes('7 -1 1186 534'), ['20', '78', '1186', '534', '7 -1 1186 534']);
});

test('colors and fonts of the page go into the picture, shape by shape', () => {
  const {draw, source} = open();
  draw('path', {d: 'M0 0', class: 'one'}, {fill: 'none', stroke: 'rgb(1, 2, 3)', 'stroke-dasharray': '7px, 4px'});
  draw('text', {class: 'two'}, {fill: 'gray', 'font-size': '11px'}, 'Nov 16');
  const {copy} = source();
  const [path, text] = copy.children;

  assert.deepEqual(values(path, 'd', 'fill', 'stroke', 'stroke-dasharray', 'stroke-width', 'opacity'), [
    'M0 0', 'none', 'rgb(1, 2, 3)', '7px, 4px', '1px', '1',
  ]);
  assert.deepEqual(values(text, 'fill', 'font-size', 'font-weight', 'font-family'), ['gray', '11px', '400', 'Inter']);
});

test('pieces of a text keep the colors that they have of their own', () => {
  const {draw, source, ld} = open();
  const number = Object.assign(ld.svg('tspan', {}, '486'), {looks: {'font-weight': '600'}});
  const name = Object.assign(ld.svg('tspan', {dx: 5}, 'Active'), {looks: {fill: 'blue'}});
  draw('text', {}, {fill: 'black'}, number, name);
  const pieces = source().copy.querySelectorAll('tspan');

  assert.deepEqual(pieces.map((piece) => values(piece, 'fill', 'font-weight')), [['black', '600'], ['blue', '400']]);
});

test('the page keeps its drawing as it is', () => {
  const {draw, source, svg} = open();
  const shape = draw('rect', {width: 5}, {fill: 'red'});
  source();

  assert.equal(shape.getAttribute('fill'), null);
  assert.deepEqual(values(svg, 'class', 'aria-hidden', 'x'), ['ld-svg', 'true', null]);
  assert.deepEqual(values(source().copy, 'class', 'aria-hidden', 'focusable'), [null, null, null]);
});

test('the note of a value that is pointed at is in no picture', async () => {
  const {draw, svg, source, png, ld} = open();
  draw('rect', {width: 5, height: 5}, {fill: 'red'});
  svg.insertBefore(ld.svg('g', {class: 'ld-svg-tip'}, ld.svg('rect', {}), ld.svg('text', {}, 'Note')), svg.nodes[0]);
  const {copy} = source();
  assert.equal(copy.querySelector('.ld-svg-tip'), null);
  assert.deepEqual(copy.querySelectorAll('rect').map((rect) => rect.getAttribute('fill')), ['red']);
  const {told} = await png();

  assert.equal(told('fill').length, 1);
});

test('on a page from right to left the title begins at the right', async () => {
  const {source, png} = open({mirrored: true});
  assert.deepEqual(values(source().sheet.children[2], 'x', 'direction'), ['660', 'rtl']);
  const [[, , x, , state]] = (await png()).told('fillText');

  assert.deepEqual([x, state.direction], [660, 'rtl']);
});

test('a PNG has twice the size, with the title above the drawing', async () => {
  const {blob, board, told, order} = await open({viewBox: '10 5 320 100'}).png();

  assert.deepEqual([blob.type, board.width, board.height], ['image/png', 1360, 596]);
  assert.equal(told('fillRect')[0].at(-1).fillStyle, 'paper');
  assert.deepEqual(told('fillRect')[0].slice(1, 5), [0, 0, 1360, 596]);
  assert.deepEqual(told('fillText').map(([, text, x, y, {font, fillStyle}]) => [text, x, y, font, fillStyle]), [
    [TOLD.title, 20, 38, '600 18px Serif', 'ink'], [TOLD.subtitle, 20, 58, '12px Serif', 'ink'],
  ]);
  assert.deepEqual(order, ['scale', 'fillRect', 'fillText', 'fillText', 'translate', 'scale', 'translate']);
  assert.deepEqual(told('scale').map(([, wide, high]) => [wide, high]), [[2, 2], [2, 2]]);
  assert.deepEqual(told('translate').map(([, x, y]) => [x, y]), [[20, 78], [-10, -5]]);
});

test('shapes are painted by their outlines', async () => {
  const {draw, png} = open();
  draw('rect', {x: 1, y: 2, width: 30, height: 8, rx: 10});
  draw('rect', {x: 1, y: 2, width: 30, height: 8});
  draw('circle', {cx: 5, cy: 6, r: 3});
  draw('path', {d: 'M0 0L5 5'}, {fill: 'none', stroke: 'blue'});
  draw('line', {x1: 1, y1: 2, x2: 3, y2: 4}, {fill: 'black', stroke: 'gray'});
  const {told} = await png();

  assert.deepEqual(told('fill').map(([, path]) => path.steps), [
    [['roundRect', 1, 2, 30, 8, 4]], [['roundRect', 1, 2, 30, 8, 0]], [['arc', 5, 6, 3, 0, 2 * Math.PI]],
  ]);
  assert.deepEqual(told('stroke').map(([, path, state]) => [path.d, path.steps, state.strokeStyle]), [
    ['M0 0L5 5', [], 'blue'], [undefined, [['moveTo', 1, 2], ['lineTo', 3, 4]], 'gray'],
  ]);
});

test('a shape has its own color, strength, dashes and opacity, and none of the one before', async () => {
  const {draw, png} = open();
  draw('path', {d: 'M1'}, {
    fill: 'red', stroke: 'blue', 'stroke-width': '2.75px', 'stroke-dasharray': '7px, 4px', opacity: '0.5',
  });
  draw('path', {d: 'M2'}, {fill: 'none', stroke: 'green', 'stroke-dasharray': '1.5 4.5'});
  draw('path', {d: 'M3'}, {fill: 'none', stroke: 'green'});
  const {told} = await png();

  assert.deepEqual(told('fill').map(([, {d}, state]) => [d, state.fillStyle, state.globalAlpha]), [['M1', 'red', 0.5]]);
  assert.deepEqual(told('setLineDash').map(([, dashes]) => dashes), [[7, 4], [1.5, 4.5], []]);
  assert.deepEqual(told('stroke').map(([, {d}, state]) => [d, state.strokeStyle, state.lineWidth, state.globalAlpha]), [
    ['M1', 'blue', 2.75, 0.5], ['M2', 'green', 1, 1], ['M3', 'green', 1, 1],
  ]);
});

test('texts are painted at their anchors', async () => {
  const {draw, png} = open();
  ['start', 'middle', 'end'].forEach((anchor) => draw('text', {x: 5, y: 9}, {
    'text-anchor': anchor, fill: 'gray', 'font-weight': '600', 'font-size': '14px',
  }, anchor));
  const painted = (await png()).told('fillText').slice(2);

  assert.deepEqual(painted.map(([, text, x, y, {textAlign, font, fillStyle}]) => [text, x, y, textAlign, font, fillStyle]), [
    ['start', 5, 9, 'start', '600 14px Inter', 'gray'], ['middle', 5, 9, 'center', '600 14px Inter', 'gray'],
    ['end', 5, 9, 'end', '600 14px Inter', 'gray'],
  ]);
});

['ltr', 'rtl'].forEach((direction) => {
  test(`pieces of a text are painted one after the other, ${direction}`, async () => {
    const {draw, png, ld} = open();
    const name = Object.assign(ld.svg('tspan', {dx: 5}, 'Active'), {looks: {fill: 'blue'}});
    draw('text', {x: 100, y: 9}, {'text-anchor': 'end', direction}, ld.svg('tspan', {}, '486'), name);
    const {told} = await png();
    const painted = told('fillText').slice(2);
    const forward = direction === 'rtl' ? -1 : 1;

    assert.deepEqual(painted.map(([, text, x, , state]) => [text, x, state.fillStyle, state.textAlign, state.direction]), [
      ['486', 100, 'black', 'start', direction], ['Active', 100 + forward * 35, 'blue', 'start', direction],
    ]);
    assert.deepEqual(told('fill'), [], 'a piece is no shape of its own');
  });
});

test('a text without words, as a name that was not given, does no harm', async () => {
  const {draw, png, source} = open();
  draw('text', {x: 1, y: 2}, {});

  assert.equal((await png()).told('fillText').at(-1)[1], '');
  assert.equal(source().copy.textContent, '');
});
