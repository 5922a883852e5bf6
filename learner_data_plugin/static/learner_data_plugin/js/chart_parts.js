/*
 * What the drawings of charts have in common. Places are pixels of the room there is, counted from where lines of text begin:
 * on pages from right to left a drawing is mirrored. Colors and fonts are those of overview.css.
 */
(function (ld) {
  'use strict';

  const NAMESPACE = 'http://www.w3.org/2000/svg';

  ld.isMirrored = () => Boolean(document.querySelector('[dir="rtl"] .learner-data'));

  /** Makes an element of a drawing; null and false leave an attribute out. */
  ld.svg = function (tag, attributes, ...children) {
    const made = document.createElementNS(NAMESPACE, tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (value !== false && value !== null && value !== undefined) {
        made.setAttribute(name, String(value));
      }
    });
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return made;
  };

  /** Words for a drawing; on pages from right to left what has no letter of such a language keeps its own order of signs. */
  ld.upright = (words) => (
    ld.isMirrored() && words && !/[\u0590-\u08ff]/.test(words) ? '\u2066' + words + '\u2069' : words
  );

  /** A round number that is not below the highest, and the step that leads there in two to four steps. */
  ld.scale = function (highest) {
    const rough = Math.max(1, highest) / 4;
    const unit = rough >= 1 ? 10 ** Math.floor(Math.log10(rough)) : 1;
    const step = [1, 2, 5, 10].map((factor) => unit * factor).find((each) => each >= rough);
    return {top: step * Math.max(1, Math.ceil(highest / step)), step};
  };

  /** Divides a text into lines of about so many pixels. */
  ld.wrap = function (text, width, size) {
    const most = Math.max(4, Math.floor(width / (size * 0.56)));
    return text.split(' ').reduce((lines, word) => {
      const last = lines.at(-1);
      if (last !== undefined && (last + ' ' + word).length <= most) {
        return [...lines.slice(0, -1), last + ' ' + word];
      }
      return [...lines, word];
    }, []);
  };

  /** A sheet to draw on. Every number is in pixels; `text` takes an anchor: start, middle or end. */
  ld.createSheet = function (width, height) {
    const mirrored = ld.isMirrored();
    const at = (x) => (mirrored ? width - x : x);
    const round = (value) => Math.round(value * 10) / 10;
    const root = ld.svg('svg', {
      class: 'ld-svg', width, height, viewBox: `0 0 ${width} ${height}`, direction: mirrored ? 'rtl' : 'ltr',
      'aria-hidden': 'true', focusable: 'false',
    });
    const add = (node, parent) => {
      (parent || root).append(node);
      return node;
    };
    const path = (points) => points.map(([x, y], place) => (place ? 'L' : 'M') + round(at(x)) + ' ' + round(y)).join('');
    return {
      root,
      at,
      width,
      height,
      text: (x, y, words, name, anchor, parent) => add(ld.svg('text', {
        x: round(at(x)), y: round(y), class: 'ld-svg-text ' + (name || ''), 'text-anchor': anchor || 'start',
      }, ld.upright(words)), parent),
      line: (x1, y1, x2, y2, name) => add(ld.svg('line', {
        x1: round(at(x1)), y1: round(y1), x2: round(at(x2)), y2: round(y2), class: name,
      })),
      box: (x, y, wide, high, name, radius) => add(ld.svg('rect', {
        x: round(mirrored ? width - x - wide : x), y: round(y),
        width: round(Math.max(0, wide)), height: round(Math.max(0, high)), rx: radius || null, class: name,
      })),
      dot: (x, y, name) => add(ld.svg('circle', {cx: round(at(x)), cy: round(y), r: 3.5, class: name})),
      curve: (points, name) => add(ld.svg('path', {d: path(points), class: name})),
      area: (points, floor, name) => add(ld.svg('path', {
        d: path([[points[0][0], floor], ...points, [points.at(-1)[0], floor]]) + 'Z', class: name,
      })),
    };
  };

  /** Draws lines at round numbers between two sides, and returns the height of a number. */
  ld.drawScale = function (sheet, {highest, start, end, top, floor, formats}) {
    const {top: most, step} = ld.scale(highest);
    const height = (number) => floor - (floor - top) * number / most;
    for (let number = 0; number <= most; number += step) {
      sheet.line(start, height(number), end, height(number), number ? 'ld-svg-grid' : 'ld-svg-axis');
      sheet.text(start - 8, height(number) + 4, formats.number(number), 'ld-svg-soft', 'end');
    }
    return height;
  };

  /** How much room the numbers of a scale take before its lines. */
  ld.roomForScale = (highest, formats) => Math.max(38, 10 + 8 * formats.number(ld.scale(highest).top).length);

  /** About how much room the longest of some names takes behind a drawing. */
  ld.roomFor = (names) => 24 + 7.4 * Math.max(...names.map((name) => name.length));

  /** Places of so many dates that texts of about 62 pixels do not touch, counted from the last one. */
  ld.datesShown = function (count, width) {
    const every = Math.max(1, Math.ceil(count * 62 / Math.max(1, width)));
    return Array.from({length: count}, (_value, place) => place).filter((place) => (count - 1 - place) % every === 0);
  };

  /** Moves names that stand one above the other apart, so that each has its line of text. */
  ld.spread = function (heights, least) {
    const order = heights.map((_height, place) => place).sort((one, other) => heights[one] - heights[other]);
    const places = [...heights];
    order.forEach((place, number) => {
      if (number && places[place] - places[order[number - 1]] < least) {
        places[place] = places[order[number - 1]] + least;
      }
    });
    return places;
  };
}(window.learnerData));
