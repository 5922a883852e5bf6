/*
 * The drawings of the overview. Each function takes what is to be drawn and the width there is, and returns the drawing with
 * its points: where each value stands, and what is said of it when somebody points at it.
 */
(function (ld) {
  'use strict';

  const MOST_WEEKS = 53;
  const LOW = 30; // room for the dates

  const dates = (sheet, labels, x, y, width) => ld.datesShown(labels.length, width).forEach((place) => {
    const anchor = place === labels.length - 1 && labels.length > 1 ? 'end' : 'middle';
    sheet.text(x(place) + (anchor === 'end' ? 8 : 0), y, labels[place], 'ld-svg-soft ld-svg-tick', anchor);
  });

  /** Lines of weeks: `series` are {key, name, short}, in the order of the weeks' numbers. */
  ld.drawWeeks = function ({weeks, series, width, formats}) {
    const rows = weeks.filter((week) => week.complete).slice(-MOST_WEEKS);
    const known = series.filter(({key}) => rows.some((week) => week[key] !== null));
    if (!rows.length || !known.length) {
      return null;
    }
    const isNarrow = width < 460;
    const lastOf = (key) => [...rows].reverse().find((week) => week[key] !== null)[key];
    const room = ld.roomFor(known.map(({key, name, short}) => formats.number(lastOf(key)) + ' ' + (isNarrow ? short : name)));
    const highest = Math.max(...rows.flatMap((week) => known.map(({key}) => week[key] || 0)));
    const [start, end, top, floor] = [ld.roomForScale(highest, formats), width - room, 14, 250];
    const sheet = ld.createSheet(width, floor + LOW);
    const height = ld.drawScale(sheet, {highest, start, end, top, floor, formats});
    const x = (place) => (rows.length > 1 ? start + (end - start) * place / (rows.length - 1) : (start + end) / 2);
    const parts = known.map(({key}) => rows.reduce((found, week, place) => {
      if (week[key] === null) {
        return [...found, []];
      }
      return [...found.slice(0, -1), [...found.at(-1), [x(place), height(week[key])]]];
    }, [[]]).filter((part) => part.length));
    parts[0].filter((part) => part.length > 1).forEach((part) => sheet.area(part, floor, 'ld-svg-area'));
    known.forEach(({key}, place) => parts[place].forEach((part) => (part.length > 1
      ? sheet.curve(part, `ld-svg-line ld-svg-${key}`)
      : sheet.dot(...part[0], `ld-svg-dot ld-svg-${key}`))));
    const ends = known.map((_series, place) => parts[place].at(-1).at(-1));
    const lines = ld.spread(ends.map(([, y]) => y), 17);
    known.forEach(({key, name, short}, place) => {
      const [endX, endY] = ends[place];
      sheet.dot(endX, endY, `ld-svg-dot ld-svg-${key}`);
      const words = sheet.text(end + 11, lines[place] + 4, '', 'ld-svg-name');
      words.append(
        ld.svg('tspan', {class: 'ld-svg-number'}, formats.number(lastOf(key))),
        ld.svg('tspan', {class: `ld-svg-${key}`, dx: 5}, isNarrow ? short : name),
      );
    });
    dates(sheet, rows.map((week) => formats.day(week.week)), x, floor + 20, end - start);
    return {
      svg: sheet.root,
      points: rows.map((week, place) => ({
        x: x(place), y: top, rule: [top, floor], title: week.label,
        values: series.map(({key, name}) => [name, week[key] === null ? '–' : formats.number(week[key])]),
      })),
    };
  };

  /** Those enrolled as an area, and below it who joined and who left in each period. */
  ld.drawMembers = function ({members, names, width, formats}) {
    const rows = members.slice(-MOST_WEEKS);
    if (!rows.length) {
      return null;
    }
    const last = rows.at(-1);
    const room = ld.roomFor([
      `${formats.number(last.enrolled)} ${names.enrolled}`, `+${formats.number(last.joined)} ${names.joined}`,
    ]);
    const highest = Math.max(...rows.map((row) => row.enrolled));
    const [start, end, top, floor] = [ld.roomForScale(highest, formats), width - room, 14, 156];
    const hasLeft = rows.some((row) => row.left !== null);
    const [barTop, zero, barFloor] = [178, hasLeft ? 224 : 250, 250];
    const sheet = ld.createSheet(width, 280);
    const height = ld.drawScale(sheet, {
      highest, start, end, top, floor, formats,
    });
    const step = (end - start) / rows.length;
    const x = (place) => start + (place + 0.5) * step;
    const line = rows.map((row, place) => [x(place), height(row.enrolled)]);
    const drawn = line.length > 1 ? line : [[start, line[0][1]], [end, line[0][1]]];
    sheet.area(drawn, floor, 'ld-svg-area');
    sheet.curve(drawn, 'ld-svg-line ld-svg-active');
    sheet.dot(...line.at(-1), 'ld-svg-dot ld-svg-active');
    const named = (y, number, word, name) => sheet.text(end + 9, y, '', 'ld-svg-name').append(
      ld.svg('tspan', {class: 'ld-svg-number'}, ld.upright(number)), ld.svg('tspan', {class: name, dx: 5}, word),
    );
    named(line.at(-1)[1] + 4, formats.number(last.enrolled), names.enrolled, 'ld-svg-active');
    const most = Math.max(0.01, ...rows.map((row) => (
      Math.max(row.joined / (zero - barTop), row.left ? row.left / (barFloor - zero) : 0)
    )));
    rows.forEach((row, place) => {
      const wide = Math.max(1, Math.min(18, step * 0.66));
      const joined = row.joined ? Math.max(1, row.joined / most) : 0;
      const left = row.left ? Math.max(1, row.left / most) : 0;
      sheet.box(x(place) - wide / 2, zero - joined, wide, joined, 'ld-svg-bar', 1.5);
      sheet.box(x(place) - wide / 2, zero, wide, left, 'ld-svg-bar ld-svg-out', 1.5);
    });
    sheet.line(start, zero, end, zero, 'ld-svg-axis');
    const signed = (sign, value) => (value ? sign : '') + formats.number(value);
    named(zero - 6, signed('+', last.joined), names.joined, 'ld-svg-active');
    if (hasLeft) {
      named(zero + 14, signed('−', last.left || 0), names.left, last.left ? 'ld-svg-out' : 'ld-svg-soft');
    }
    dates(sheet, rows.map((row) => formats.day(row.first || row.last)), x, 272, end - start);
    return {
      svg: sheet.root,
      points: rows.map((row, place) => ({
        x: x(place), y: top, rule: [top, barFloor], title: row.label,
        values: [
          [names.enrolled, formats.number(row.enrolled)], [names.joined, formats.number(row.joined)],
          ...(row.left === null ? [] : [[names.left, formats.number(row.left)]]),
        ],
      })),
    };
  };

  /** Bars one below the other, with the name above each and the number at its end, all on one scale. */
  ld.drawBars = function ({rows, width, formats, learners}) {
    if (!rows.length) {
      return null;
    }
    const lines = rows.map((row) => ld.wrap(row.label, width - 92, 14));
    const tops = [];
    const height = lines.reduce((top, words) => {
      tops.push(top);
      return top + words.length * 17 + 22;
    }, 0);
    const sheet = ld.createSheet(width, Math.max(1, height));
    const most = Math.max(1, ...rows.map((row) => row.count));
    rows.forEach((row, place) => {
      const top = tops[place];
      lines[place].forEach((words, line) => sheet.text(0, top + 14 + line * 17, words, 'ld-svg-label'));
      sheet.text(width - 46, top + 14, formats.number(row.count), 'ld-svg-number ld-svg-label', 'end');
      if (row.share !== null) {
        sheet.text(width, top + 14, formats.share(row.share), 'ld-svg-soft ld-svg-label', 'end');
      }
      const barTop = top + lines[place].length * 17 + 3;
      sheet.box(0, barTop, width, 7, 'ld-svg-track', 3.5);
      const look = row.muted ? 'ld-svg-bar ld-svg-quiet' : 'ld-svg-bar';
      sheet.box(0, barTop, Math.max(3, width * row.count / most), 7, look, 3.5);
    });
    return {
      svg: sheet.root,
      points: rows.map((row, place) => ({
        x: width / 2, y: tops[place], box: [tops[place], (tops[place + 1] ?? height)], title: row.label,
        values: [[learners, ld.countAndShare(row, formats)]],
      })),
    };
  };

  ld.countAndShare = (row, formats) => (
    formats.number(row.count) + (row.share === null ? '' : ' (' + formats.exactShare(row.share) + ')')
  );

  /** Columns side by side of groups that have an order, the one in the middle marked; who did not answer is not among them. */
  ld.drawColumns = function ({rows, median, medianText, width, formats, learners}) {
    const groups = rows.filter((row) => !row.muted);
    if (!groups.length) {
      return null;
    }
    const [top, floor] = [44, 196];
    const sheet = ld.createSheet(width, floor + 48);
    const most = Math.max(1, ...groups.map((row) => row.count));
    const step = width / groups.length;
    const x = (place) => (place + 0.5) * step;
    const height = (row) => floor - (floor - top) * row.count / most;
    groups.forEach((row, place) => {
      sheet.box(x(place) - step * 0.44, height(row), step * 0.88, floor - height(row), 'ld-svg-bar', 2);
      sheet.text(x(place), height(row) - 6, formats.number(row.count), 'ld-svg-number', 'middle');
      ld.wrap(row.label, step, 11).slice(0, 3).forEach((words, line) => (
        sheet.text(x(place), floor + 16 + line * 13, words, 'ld-svg-soft ld-svg-tick', 'middle')
      ));
    });
    sheet.line(0, floor, width, floor, 'ld-svg-axis');
    const middle = groups.findIndex((row) => row.label === median);
    if (middle >= 0) {
      const y = height(groups[middle]) - 22;
      const anchor = x(middle) < 45 ? 'start' : width - x(middle) < 45 ? 'end' : 'middle';
      sheet.text(x(middle), y - 8, medianText, 'ld-svg-number', anchor);
      const place = sheet.at(x(middle));
      sheet.root.append(ld.svg('path', {d: `M${place - 4} ${y - 3}h8l-4 5z`, class: 'ld-svg-mark'}));
    }
    return {
      svg: sheet.root,
      points: groups.map((row, place) => ({
        x: x(place), y: 0, title: row.label, values: [[learners, ld.countAndShare(row, formats)]],
      })),
    };
  };
}(window.learnerData));
