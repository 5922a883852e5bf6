/*
 * A drawing as a picture to take along: SVG with its colors in it, and PNG. The PNG is painted here, shape by shape: a page
 * with a strict content security policy may not show an image that was made in the browser.
 */
(function (ld) {
  'use strict';

  const HEAD = 58;
  const MARGIN = 20;
  const LARGER = 2;
  const STYLES = [
    'fill', 'stroke', 'stroke-width', 'stroke-dasharray', 'stroke-linejoin', 'opacity',
    'font-size', 'font-weight', 'font-family',
  ];

  const SHAPES = 'path, rect, circle, line, text';
  const STYLED = SHAPES + ', tspan'; // pieces of a text have colors of their own

  const shapesOf = (svg, names) => [...svg.querySelectorAll(names)].filter((shape) => !shape.closest('.ld-svg-tip'));

  function frameOf(svg) {
    const [left, top, width, height] = svg.getAttribute('viewBox').split(' ').map(Number);
    const paper = window.getComputedStyle(svg.closest('.ld-card'));
    return {left, top, width, height, ink: paper.color, paper: paper.backgroundColor, font: paper.fontFamily};
  }

  /** The drawing with its title, as a document of its own. */
  ld.pictureSource = function (svg, {title, subtitle}) {
    const {left, top, width, height, ink, paper, font} = frameOf(svg);
    const scale = Math.max(1, 640 / width);
    const [wide, high] = [width * scale + 2 * MARGIN, height * scale + HEAD + 2 * MARGIN];
    const copy = svg.cloneNode(true);
    const copies = shapesOf(copy, STYLED);
    shapesOf(svg, STYLED).forEach((shape, place) => {
      const style = window.getComputedStyle(shape);
      STYLES.forEach((name) => copies[place].setAttribute(name, style.getPropertyValue(name)));
    });
    copy.querySelectorAll('.ld-svg-tip').forEach((tip) => tip.remove());
    Object.entries({
      x: MARGIN, y: MARGIN + HEAD, width: width * scale, height: height * scale, viewBox: [left, top, width, height].join(' '),
    }).forEach(([name, value]) => copy.setAttribute(name, value));
    ['class', 'aria-hidden', 'focusable'].forEach((name) => copy.removeAttribute(name));
    const mirrored = ld.isMirrored();
    const words = {x: mirrored ? wide - MARGIN : MARGIN, fill: ink, 'font-family': font, direction: mirrored ? 'rtl' : 'ltr'};
    const sheet = ld.svg(
      'svg', {width: wide, height: high, viewBox: `0 0 ${wide} ${high}`},
      ld.svg('title', {}, title),
      ld.svg('rect', {width: wide, height: high, fill: paper}),
      ld.svg('text', {...words, y: MARGIN + 18, 'font-size': 18, 'font-weight': 600}, title),
      ld.svg('text', {...words, y: MARGIN + 38, 'font-size': 12}, subtitle),
      copy,
    );
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + new window.XMLSerializer().serializeToString(sheet);
  };

  function outline(shape) {
    const number = (name) => shape[name].baseVal.value;
    const path = new window.Path2D(shape.tagName === 'path' ? shape.getAttribute('d') : undefined);
    if (shape.tagName === 'rect') {
      path.roundRect(number('x'), number('y'), number('width'), number('height'), Math.min(number('rx'), number('height') / 2));
    } else if (shape.tagName === 'circle') {
      path.arc(number('cx'), number('cy'), number('r'), 0, 2 * Math.PI);
    } else if (shape.tagName === 'line') {
      path.moveTo(number('x1'), number('y1'));
      path.lineTo(number('x2'), number('y2'));
    }
    return path;
  }

  function paintText(canvas, text, style) {
    canvas.font = `${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
    canvas.direction = style.direction;
    const spans = [...text.querySelectorAll('tspan')];
    const pieces = spans.length ? spans : [text];
    let x = text.x.baseVal[0].value;
    const y = text.y.baseVal[0].value;
    const forward = style.direction === 'rtl' ? -1 : 1;
    canvas.textAlign = spans.length ? 'start' : {start: 'start', middle: 'center', end: 'end'}[style.textAnchor];
    pieces.forEach((piece) => {
      const look = window.getComputedStyle(piece);
      canvas.font = `${look.fontWeight} ${look.fontSize} ${look.fontFamily}`;
      canvas.fillStyle = look.fill;
      x += forward * Number(piece.getAttribute('dx') || 0);
      canvas.fillText(piece.textContent, x, y);
      x += forward * canvas.measureText(piece.textContent).width;
    });
  }

  function paintShape(canvas, shape) {
    const style = window.getComputedStyle(shape);
    canvas.globalAlpha = Number(style.opacity);
    if (shape.tagName === 'text') {
      paintText(canvas, shape, style);
      return;
    }
    const path = outline(shape);
    if (style.fill !== 'none' && shape.tagName !== 'line') {
      canvas.fillStyle = style.fill;
      canvas.fill(path);
    }
    if (style.stroke !== 'none') {
      canvas.strokeStyle = style.stroke;
      canvas.lineWidth = parseFloat(style.strokeWidth);
      canvas.lineJoin = 'round';
      canvas.setLineDash(style.strokeDasharray === 'none' ? [] : style.strokeDasharray.split(/[ ,]+/).map(parseFloat));
      canvas.stroke(path);
    }
  }

  /** The same as a PNG, in twice the size. */
  ld.picturePng = function (svg, {title, subtitle}) {
    const {left, top, width, height, ink, paper, font} = frameOf(svg);
    const scale = Math.max(1, 640 / width);
    const board = document.createElement('canvas');
    board.width = LARGER * (width * scale + 2 * MARGIN);
    board.height = LARGER * (height * scale + HEAD + 2 * MARGIN);
    const canvas = board.getContext('2d');
    canvas.scale(LARGER, LARGER);
    canvas.fillStyle = paper;
    canvas.fillRect(0, 0, board.width, board.height);
    canvas.fillStyle = ink;
    canvas.textAlign = 'start';
    canvas.direction = ld.isMirrored() ? 'rtl' : 'ltr';
    const x = ld.isMirrored() ? board.width / LARGER - MARGIN : MARGIN;
    canvas.font = `600 18px ${font}`;
    canvas.fillText(title, x, MARGIN + 18);
    canvas.font = `12px ${font}`;
    canvas.fillText(subtitle, x, MARGIN + 38);
    canvas.translate(MARGIN, MARGIN + HEAD);
    canvas.scale(scale, scale);
    canvas.translate(-left, -top);
    shapesOf(svg, SHAPES).forEach((shape) => paintShape(canvas, shape));
    return new Promise((resolve) => { board.toBlob(resolve, 'image/png'); });
  };
}(window.learnerData));
