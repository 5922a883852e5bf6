/* The table itself: which learners are shown, in which order, and how a value looks. */
(function (ld) {
  'use strict';

  const {element} = ld;
  const LONG = 32; // characters; a longer value, or one of several lines, is shown shortened
  const SEARCHED = ['username', 'name', 'email'];
  const FILTERED = ['cohort', 'team', 'enrollment_mode'];
  const ROW_HEADER = 'username';

  const text = (value) => (value === null || value === undefined ? '' : String(value));

  /** As the server searches, so that an exported view holds the same learners: without regard to case and accents. */
  const folded = (value) => text(value).toLowerCase().normalize('NFD').replace(/\p{M}/gu, '');

  /** Keeps learners in the order of the server until another is chosen, as the exported file does. */
  ld.createLearnerView = function ({learners, columns, formats}) {
    const view = {search: '', filters: {cohort: '', team: '', enrollment_mode: ''}, sort: ''};
    const searched = SEARCHED.filter((key) => columns.some((column) => column.key === key));

    function fits(learner) {
      const term = folded(view.search);
      return (!term || searched.some((key) => folded(learner[key]).includes(term)))
        && FILTERED.every((key) => !view.filters[key] || text(learner[key]) === view.filters[key]);
    }

    /** The order of the exported file: numbers, then text without regard to case, and empty cells last either way. */
    function compare(key, direction) {
      const rank = (cell) => (text(cell) === '' ? 2 : Number(typeof cell !== 'number'));
      return ({[key]: one}, {[key]: other}) => {
        const ranks = rank(one) - rank(other);
        if (ranks) {
          return Math.max(rank(one), rank(other)) === 2 ? ranks : direction * ranks;
        }
        const [left, right] = [one, other].map((cell) => (typeof cell === 'number' ? cell : text(cell).toLowerCase()));
        return direction * (Number(left > right) - Number(left < right));
      };
    }

    return Object.assign(view, {
      count: learners.length,
      rows() {
        const shown = learners.filter(fits);
        const key = view.sort.replace(/^-/, '');
        return key ? shown.sort(compare(key, view.sort.startsWith('-') ? -1 : 1)) : shown;
      },
      /** The values to filter by, for the filters that this course has a column for. */
      choices: () => FILTERED.filter((key) => columns.some((column) => column.key === key)).map((key) => ({
        key,
        values: [...new Set(learners.map((learner) => text(learner[key])))].filter(Boolean).sort(formats.collator.compare),
      })),
      isFiltered: () => Boolean(view.search || FILTERED.some((key) => view.filters[key])),
    });
  };

  /** A long value is shortened by style alone, so that it is whole when read out or found in the page. */
  function longValue(content) {
    const open = (isOpen) => {
      whole.setAttribute('aria-expanded', String(isOpen));
      frame.scrollIntoView({block: 'nearest', inline: 'nearest'});
    };
    const whole = element('button', {
      type: 'button', class: 'ld-long', 'aria-expanded': 'false',
      click: () => open(whole.getAttribute('aria-expanded') === 'false'),
      keydown: (event) => event.key === 'Escape' && open(false),
    }, content);
    const frame = element('div', {class: 'ld-long-frame'}, whole);
    return frame;
  }

  function cell(column, value) {
    const content = text(value);
    const isLong = content.length > LONG || content.includes('\n');
    const isHeader = column.key === ROW_HEADER;
    return element(isHeader ? 'th' : 'td', {
      scope: isHeader && 'row', dir: !isHeader && 'auto', // the side that a header sticks to is the page's
      class: (isLong && 'ld-long-cell') || (typeof value === 'number' && 'ld-number'),
    }, isLong ? longValue(content) : content);
  }

  /** Returns `table` and `show(columns, learners)`; `onSort(key)` is called for a click on a column's heading. */
  ld.createLearnerTable = function ({caption, onSort}) {
    const headings = element('tr', {});
    const body = element('tbody', {});
    const table = element(
      'table', {class: 'ld-table ld-learners'},
      element('caption', {class: 'ld-sr'}, caption), element('thead', {}, headings), body,
    );

    function heading(column, sort) {
      const order = {[column.key]: 'ascending', ['-' + column.key]: 'descending'}[sort] || 'none';
      return element(
        'th', {scope: 'col', 'aria-sort': order, 'data-column': column.key},
        element('button', {type: 'button', class: 'ld-sort', click: () => onSort(column.key)}, column.label),
      );
    }

    return {
      table,
      showHeadings: (columns, sort) => {
        const active = document.activeElement.closest && document.activeElement.closest('th[data-column]');
        headings.replaceChildren(...columns.map((column) => heading(column, sort)));
        if (active && table.contains(headings)) {
          const again = headings.querySelector('[data-column="' + CSS.escape(active.dataset.column) + '"] button');
          if (again) {
            again.focus();
          }
        }
      },
      showRows: (columns, learners) => {
        body.replaceChildren(...learners.map((learner) => (
          element('tr', {}, ...columns.map((column) => cell(column, learner[column.key])))
        )));
      },
    };
  };
}(window.learnerData));
