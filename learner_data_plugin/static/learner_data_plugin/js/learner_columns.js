/* Which columns of the table a person wants to see, remembered in this browser for that person. */
(function (ld) {
  'use strict';

  ld.createColumnChoice = function ({page, columns, formats, onChange}) {
    const {texts} = page;
    const key = 'learner_data.hidden_columns ' + page.username;
    const boxes = new Map(); // column key -> checkbox
    const summary = ld.element('summary', {});
    let hidden = new Set();
    try {
      hidden = new Set(JSON.parse(window.localStorage.getItem(key)) || []);
    } catch (error) { /* nothing remembered */ }

    const visible = () => {
      const shown = columns.filter((column) => !hidden.has(column.key));
      return shown.length ? shown : columns; // remembered from a course that has none of the others
    };

    function summarize() {
      summary.textContent = ld.fill(texts.table_columns_shown, {
        shown: formats.number(visible().length), count: formats.number(columns.length),
      });
    }

    function changed() {
      try {
        window.localStorage.setItem(key, JSON.stringify([...hidden]));
      } catch (error) { /* not remembered */ }
      const shown = visible();
      boxes.forEach((box, name) => {
        box.checked = shown.some((column) => column.key === name);
        box.disabled = shown.length === 1 && box.checked; // a table has at least one column
      });
      summarize();
      onChange();
    }

    function choose(column, box) {
      const shown = visible().map((other) => other.key);
      columns.forEach((other) => (shown.includes(other.key) ? hidden.delete(other.key) : hidden.add(other.key)));
      hidden[box.checked ? 'delete' : 'add'](column.key);
      changed();
    }

    function checkbox(column) {
      const box = ld.element('input', {
        type: 'checkbox', checked: visible().includes(column), change: () => choose(column, box),
      });
      boxes.set(column.key, box);
      return ld.element('label', {class: 'ld-check'}, box, ' ' + column.label);
    }

    summarize();
    return {
      visible,
      control: ld.element(
        'details', {class: 'ld-details', id: 'learner-data-column-choice'},
        summary,
        ld.element('fieldset', {class: 'ld-checks'},
          ld.element('legend', {class: 'ld-sr'}, texts.table_columns), ...columns.map(checkbox)),
        ld.button(texts.columns_all, () => {
          columns.forEach((column) => hidden.delete(column.key));
          changed();
        }),
      ),
    };
  };
}(window.learnerData));
