/* The table of learners: its headings, its rows, what stands beside them, and how a value looks. */
(function (ld) {
  'use strict';

  const {element} = ld;
  const LONG = 32; // characters; a longer value, or one of several lines, is shown shortened
  const WHO = ['name', 'username', 'email']; // columns that say who it is; they share one cell
  const LATE = 14; // days without activity after which the day stands out
  const SVG = 'http://www.w3.org/2000/svg';

  const text = (value) => (value === null || value === undefined ? '' : String(value));

  ld.isWho = (key) => WHO.includes(key);

  /** What a value of a column is called. */
  ld.inWords = (column, value) => (column.words && column.words[value]) || text(value);

  /** A long value is shortened by style alone, so that it is whole when read out or found in the page. */
  function longValue(content) {
    const open = (isOpen) => {
      whole.setAttribute('aria-expanded', String(isOpen));
      frame.scrollIntoView({block: 'nearest', inline: 'nearest'});
    };
    const whole = element('button', {
      type: 'button', class: 'ld-long', dir: 'auto', 'aria-expanded': 'false',
      click: () => open(whole.getAttribute('aria-expanded') === 'false'),
      keydown: (event) => event.key === 'Escape' && open(false),
    }, content);
    const frame = element('div', {class: 'ld-long-frame'}, whole);
    return frame;
  }

  function cell(column, value, formats) {
    const isGrade = column.key === 'grade' && typeof value === 'number';
    const content = isGrade ? formats.grade(value) : ld.inWords(column, value);
    const isLong = content.length > LONG || content.includes('\n');
    return element('td', {
      role: 'cell', 'data-key': column.key, 'data-label': column.label,
      class: (isLong && 'ld-long-cell') || (typeof value === 'number' && 'ld-number'),
    }, isLong ? longValue(content) : content && element('bdi', {}, content));
  }

  /** A bar for each week, as high as days in it were active. */
  ld.activityStrip = function (weeks, label) {
    const drawing = document.createElementNS(SVG, 'svg');
    const set = (node, attributes) => Object.entries(attributes).forEach(([name, value]) => node.setAttribute(name, value));
    set(drawing, {class: 'ld-strip', viewBox: `0 0 ${weeks.length * 8} 22`, role: 'img', 'aria-label': label});
    weeks.forEach((days, place) => {
      const bar = document.createElementNS(SVG, 'rect');
      const height = days ? 2 + days * 20 / 7 : 1;
      set(bar, {x: place * 8, y: 22 - height, width: 6, height, rx: 1, class: days ? 'ld-strip-on' : 'ld-strip-off'});
      drawing.append(bar);
    });
    return drawing;
  };

  /**
   * Returns the table. `onSort(key)` is called for a click on a heading; with `onTick(usernames, isTicked)` rows can be ticked.
   * With `isPaper` each column has a cell of its own, and nothing can be clicked.
   */
  ld.createLearnerTable = function ({caption, texts, formats, onSort, onTick, isPaper}) {
    const headings = element('tr', {role: 'row'});
    const body = element('tbody', {role: 'rowgroup'});
    const table = element(
      'table', {class: 'ld-table ld-learners', role: 'table'},
      element('caption', {class: 'ld-sr'}, caption), element('thead', {role: 'rowgroup'}, headings), body,
    );
    const rows = new Map(); // username -> parts of its row
    const everybody = onTick && element('input', {
      type: 'checkbox', 'aria-label': texts.tick_page,
      change: () => onTick([...rows.keys()], everybody.checked),
    });

    const who = (columns) => (isPaper ? [] : WHO.map((key) => columns.find((column) => column.key === key)).filter(Boolean));
    const others = (columns) => (isPaper ? columns : columns.filter((column) => !WHO.includes(column.key)));

    function sortButton(column, sort) {
      const order = {[column.key]: 'ascending', ['-' + column.key]: 'descending'}[sort] || '';
      return column.sortable === false || isPaper ? element('span', {class: 'ld-unsorted'}, column.label) : element(
        'button', {
          type: 'button', class: 'ld-sort', 'data-sort': column.key, 'data-order': order, click: () => onSort(column.key),
        }, column.label,
      );
    }

    function heading(key, columns, sort) {
      const active = columns.find((column) => sort.replace(/^-/, '') === column.key);
      const isSortable = columns.some((column) => column.sortable !== false) && !isPaper;
      return element('th', {
        role: 'columnheader', scope: 'col', 'data-column': key,
        'aria-sort': isSortable ? (active ? (sort.startsWith('-') ? 'descending' : 'ascending') : 'none') : null,
      }, ...columns.map((column) => sortButton(column, sort)));
    }

    function showHeadings(columns, sort) {
      const focused = document.activeElement && document.activeElement.dataset && document.activeElement.dataset.sort;
      const first = who(columns);
      headings.replaceChildren(
        ...(everybody ? [element('td', {role: 'cell', class: 'ld-tick'}, everybody)] : []),
        ...(first.length ? [heading('who', first, sort)] : []),
        ...others(columns).map((column) => heading(column.key, [column], sort)),
      );
      if (focused) {
        const again = headings.querySelector('[data-sort="' + CSS.escape(focused) + '"]');
        if (again) {
          again.focus();
        }
      }
    }

    function whoCell(columns, learner) {
      const [main, ...more] = columns.map((column) => text(learner[column.key])).filter(Boolean);
      const name = element('span', {class: 'ld-who-name', dir: 'auto'}, main || '');
      return [name, element('th', {role: 'rowheader', scope: 'row', 'data-key': 'who'}, name, more.length > 0 && element(
        'span', {class: 'ld-who-more'}, ...more.flatMap((part, place) => [
          place ? ' · ' : '', element('bdi', {}, part),
        ]),
      ))];
    }

    /** `ticked` is a set of usernames. */
    function showRows(columns, learners, ticked) {
      rows.clear();
      body.replaceChildren(...learners.map((learner) => {
        const first = who(columns);
        const [name, header] = first.length ? whoCell(first, learner) : [null, null];
        const tick = onTick && learner.username !== undefined && element('input', {
          type: 'checkbox', 'aria-label': ld.fill(texts.tick_learner, {name: learner.name || learner.username}),
          checked: ticked.has(learner.username), change: () => onTick([learner.username], tick.checked),
        });
        const cells = new Map(others(columns).map((column) => [column.key, cell(column, learner[column.key], formats)]));
        const row = element(
          'tr', {role: 'row', 'data-username': learner.username},
          onTick && element('td', {role: 'cell', class: 'ld-tick'}, tick), header, ...cells.values(),
        );
        if (learner.username !== undefined) {
          rows.set(learner.username, {row, name, tick, cells});
        }
        return row;
      }));
      showTicks(ticked || new Set());
    }

    function showTicks(ticked) {
      if (!everybody) {
        return;
      }
      let number = 0;
      rows.forEach(({row, tick}, username) => {
        tick.checked = ticked.has(username);
        row.classList.toggle('ld-ticked', tick.checked);
        number += Number(tick.checked);
      });
      everybody.checked = number > 0 && number === rows.size;
      everybody.indeterminate = number > 0 && number < rows.size;
    }

    function lastActive(day, isStruggling) {
      const parts = [];
      if (!day) {
        parts.push(element('span', {class: 'ld-tag'}, texts.never_started));
      } else {
        const days = formats.daysSince(day);
        parts.push(element(
          'time', {datetime: day, title: formats.date(day), class: days >= LATE ? 'ld-late' : null}, formats.daysAgo(days),
        ));
      }
      if (isStruggling) {
        parts.push(' ', element('span', {class: 'ld-tag ld-tag-trouble'}, texts.struggling));
      }
      return parts;
    }

    /** Fills in what was asked for after the rows. */
    function showDetails(learners) {
      learners.forEach((learner) => {
        const known = rows.get(learner.username);
        if (!known) {
          return;
        }
        if (known.name && learner.progress_url && !isPaper) {
          known.name.replaceChildren(element('a', {href: learner.progress_url}, known.name.textContent));
        }
        if (known.cells.has('weeks')) {
          known.cells.get('weeks').replaceChildren(ld.activityStrip(
            learner.weeks, ld.fill(texts.weeks_label, {days: learner.weeks.map((days) => formats.number(days)).join(', ')}),
          ));
        }
        if (known.cells.has('last_active')) {
          known.cells.get('last_active').replaceChildren(...(
            isPaper ? [learner.last_active || ''] : lastActive(learner.last_active, learner.struggling)
          ));
        }
      });
    }

    return {table, showHeadings, showRows, showTicks, showDetails};
  };
}(window.learnerData));
