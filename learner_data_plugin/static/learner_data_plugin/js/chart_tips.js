/*
 * What is said of the value that somebody points at, or reaches with the arrow keys: a chart is one stop of the Tab key.
 * The note is a part of the drawing, so that nothing in the page needs a style of its own.
 */
(function (ld) {
  'use strict';

  const PADDING = 10;
  const LINE = 18;

  function nearest(points, x, y) {
    const inBox = points.findIndex(({box}) => box && y >= box[0] && y < box[1]);
    if (inBox >= 0 || points.every(({box}) => box)) {
      return inBox;
    }
    return points.reduce((best, point, place) => (Math.abs(point.x - x) < Math.abs(points[best].x - x) ? place : best), 0);
  }

  /** The width of a text; where nothing is laid out, a guess. */
  const widthOf = (text) => (text.getComputedTextLength ? text.getComputedTextLength() : text.textContent.length * 7);

  function drawTip(svg, point) {
    const [, , width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
    const scale = svg.clientWidth ? width / svg.clientWidth : 1;
    const mirrored = ld.isMirrored() && !point.isMap;
    const middle = mirrored ? width - point.x : point.x;
    const tip = ld.svg('g', {class: 'ld-svg-tip'});
    svg.append(tip);
    if (point.rule) {
      tip.append(ld.svg('line', {x1: middle, x2: middle, y1: point.rule[0], y2: point.rule[1], class: 'ld-svg-rule'}));
    }
    const box = ld.svg('rect', {class: 'ld-svg-tip-box', rx: 6});
    const inner = ld.svg('g', {});
    tip.append(inner);
    inner.append(box);
    const titles = ld.svg('text', {class: 'ld-svg-text ld-svg-number', y: PADDING + 11}, ld.upright(point.title));
    const names = point.values.map(([name], place) => (
      ld.svg('text', {class: 'ld-svg-text', y: PADDING + 11 + LINE * (place + 1)}, name)
    ));
    const numbers = point.values.map(([, value], place) => ld.svg('text', {
      class: 'ld-svg-text ld-svg-number', y: PADDING + 11 + LINE * (place + 1), 'text-anchor': 'end',
    }, ld.upright(value)));
    inner.append(titles, ...names, ...numbers);
    const rows = names.map((name, place) => widthOf(name) + 18 + widthOf(numbers[place]));
    const wide = Math.max(widthOf(titles), ...rows) + 2 * PADDING;
    const high = 2 * PADDING + LINE * (names.length + 1) - 4;
    box.setAttribute('width', wide);
    box.setAttribute('height', high);
    const [begin, end] = ld.isMirrored() ? [wide - PADDING, PADDING] : [PADDING, wide - PADDING];
    [titles, ...names].forEach((text) => text.setAttribute('x', begin));
    numbers.forEach((text) => text.setAttribute('x', end));
    const [w, h] = [wide * scale, high * scale];
    const left = middle + 14 * scale + w > width ? middle - 14 * scale - w : middle + 14 * scale;
    const top = Math.min(Math.max(2, point.y), Math.max(2, height - h - 2));
    const x = Math.round(Math.max(0, Math.min(left, width - w)));
    inner.setAttribute('transform', `translate(${x} ${Math.round(top)}) scale(${scale})`);
    return tip;
  }

  /**
   * Lets a reader point at the points of a drawing; `plot` is the focusable place around it, `said` a live region. With `find`
   * a point is found by what is under the pointer.
   */
  ld.addTips = function ({plot, said, svg, points, find}) {
    let shown = null;
    let tip = null;

    /** Shows the note of this point; of a place where there is none, nothing. */
    function show(wanted, isSpoken) {
      const place = points[wanted] ? wanted : null;
      if (place === shown) {
        return;
      }
      if (tip) {
        tip.remove();
      }
      shown = place;
      tip = place === null ? null : drawTip(svg, points[place]);
      if (isSpoken && tip) {
        const {title, values} = points[place];
        said.textContent = [title, ...values.map(([name, value]) => name + ': ' + value)].join(', ');
      }
    }

    function move(event) {
      const steps = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};
      const forward = ld.isMirrored() && /Right|Left/.test(event.key) ? -1 : 1;
      const last = points.length - 1;
      const to = {Home: 0, End: last, Escape: null}[event.key];
      if (event.key in steps) {
        const from = shown === null ? (steps[event.key] * forward > 0 ? -1 : last + 1) : shown;
        show(Math.max(0, Math.min(last, from + steps[event.key] * forward)), true);
      } else if (to !== undefined) {
        show(to, true);
      } else {
        return;
      }
      event.preventDefault();
    }

    function point(event) {
      if (find) {
        show(find(event.target));
        return;
      }
      const frame = svg.getBoundingClientRect();
      const x = ld.isMirrored() ? frame.right - event.clientX : event.clientX - frame.left;
      show(nearest(points, x, event.clientY - frame.top));
    }

    plot.onkeydown = move;
    plot.onpointermove = point;
    plot.onpointerleave = () => show(null);
    plot.onblur = () => show(null);
    return {show};
  };
}(window.learnerData));
