/* Countries and regions on a map, whose shapes are loaded when the map comes into view. */
(function (ld) {
  'use strict';

  const STEPS = [1, 10, 25, 75, 200];

  /** The least numbers of the five colors; in large courses the same times 10, 100 and so on. */
  ld.mapSteps = function (highest) {
    const times = 10 ** Math.max(0, Math.floor(Math.log10(Math.max(1, highest) / STEPS.at(-1))));
    return STEPS.map((step) => (step === 1 ? 1 : step * times));
  };

  const levelOf = (count, steps) => steps.filter((step) => count >= step).length;

  /** The map of countries, each {key, label, count, share}; `world` are the shapes. */
  ld.drawMap = function ({world, rows, formats, learners}) {
    const steps = ld.mapSteps(Math.max(0, ...rows.map((row) => row.count)));
    const [left, top, width] = world.box;
    const svg = ld.svg('svg', {
      class: 'ld-svg ld-svg-map', viewBox: world.box.join(' '), 'aria-hidden': 'true', focusable: 'false',
    });
    const byKey = new Map(rows.map((row) => [row.key, row]));
    const points = [];
    const places = new Map();
    svg.append(ld.svg('path', {d: world.others, class: 'ld-svg-land ld-svg-level-0'}));

    function add(key, shape) {
      const row = byKey.get(key);
      svg.append(shape);
      if (row) {
        places.set(shape, row);
      }
    }

    const look = (key) => {
      const level = byKey.has(key) ? levelOf(byKey.get(key).count, steps) : 0;
      return {class: `ld-svg-land ld-svg-level-${level}` + (level ? ' ld-svg-known' : ''), 'data-key': key};
    };
    Object.entries(world.shapes).forEach(([key, d]) => add(key, ld.svg('path', {d, ...look(key)})));
    Object.entries(world.circles).filter(([key]) => byKey.has(key)).forEach(([key, [cx, cy]]) => (
      add(key, ld.svg('circle', {cx, cy, r: 6, ...look(key)}))
    ));
    [...places].sort(([, one], [, other]) => other.count - one.count).forEach(([shape, row]) => points.push({
      shape, isMap: true, x: left, y: top, title: row.label, values: [[learners, ld.countAndShare(row, formats)]],
    }));
    return {
      svg, width, points, steps,
      /** Places that need what is laid out: asked for once the drawing stands in the page. */
      measure() {
        points.forEach((point) => {
          const frame = point.shape.getBBox();
          Object.assign(point, {x: frame.x + frame.width / 2, y: frame.y + frame.height / 2});
        });
      },
      find: (element) => points.findIndex((point) => point.shape === element),
    };
  };

  /** What the colors mean: {level, text} of each. */
  ld.mapLegend = function (steps, {formats, none, more}) {
    return [
      {level: 0, text: none},
      ...steps.map((step, place) => ({
        level: place + 1,
        text: place === steps.length - 1
          ? ld.fill(more, {count: formats.number(step)})
          : formats.number(step) + '–' + formats.number(steps[place + 1] - 1),
      })),
    ];
  };
}(window.learnerData));
