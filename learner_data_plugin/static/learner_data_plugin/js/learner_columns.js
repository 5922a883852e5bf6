/* Which columns of the table a person wants to see, remembered in this browser for that person. */
(function (ld) {
  'use strict';

  ld.createColumnChoice = function ({page, columns, formats, onChange}) {
    const {texts} = page;
    const key = 'learner_data.table_columns ' + page.username;
    const boxes = new Map(); // column key -> checkbox
    const summary = ld.element('summary', {class: 'ld-button'});
    let chosen = {}; // column key -> whether it was ticked; what was never touched is as the server has it
    let shownNow = null; // keys of a saved view, or of the guide's list, until somebody chooses otherwise
    try {
      chosen = {...JSON.parse(window.localStorage.getItem(key))};
    } catch { /* nothing remembered */ }

    const usual = () => columns.filter((column) => !column.optional);
    const visible = () => {
      const shown = shownNow
        ? columns.filter((column) => shownNow.includes(column.key))
        : columns.filter((column) => (column.key in chosen ? chosen[column.key] : !column.optional));
      return shown.length ? shown : usual(); // remembered from a course that has none of the others
    };

    function refresh() {
      const shown = visible();
      boxes.forEach((box, name) => {
        box.checked = shown.some((column) => column.key === name);
        box.disabled = shown.length === 1 && box.checked; // a table has at least one column
      });
      summary.textContent = ld.fill(texts.table_columns_shown, {
        shown: formats.number(shown.length), count: formats.number(columns.length),
      });
    }

    function changed() {
      shownNow = null;
      try {
        window.localStorage.setItem(key, JSON.stringify(chosen));
      } catch { /* not remembered */ }
      refresh();
      onChange();
    }

    function choose(column, box) {
      const shown = visible().map((other) => other.key);
      columns.forEach((other) => { chosen[other.key] = shown.includes(other.key); });
      chosen[column.key] = box.checked;
      changed();
    }

    function checkbox(column) {
      const box = ld.element('input', {
        type: 'checkbox', checked: visible().includes(column), change: () => choose(column, box),
      });
      boxes.set(column.key, box);
      return ld.element('label', {class: 'ld-check'}, box, ' ' + column.label);
    }

    const control = ld.element(
      'details', {
        class: 'ld-menu', id: 'learner-data-column-choice',
        keydown: (event) => {
          if (event.key === 'Escape' && control.open) {
            control.open = false;
            summary.focus();
          }
        },
      },
      summary,
      ld.element(
        'div', {class: 'ld-menu-body'},
        ld.element('fieldset', {class: 'ld-checks'},
          ld.element('legend', {class: 'ld-sr'}, texts.table_columns), ...columns.map(checkbox)),
        ld.element(
          'p', {class: 'ld-buttons'},
          ld.button(texts.columns_all, () => {
            columns.forEach((column) => { chosen[column.key] = true; });
            changed();
          }),
          ld.button(texts.columns_usual, () => {
            chosen = {};
            changed();
          }),
        ),
      ),
    );
    document.addEventListener('click', (event) => {
      if (control.open && !control.contains(event.target)) {
        control.open = false;
      }
    });
    refresh();
    return {
      visible,
      control,
      /** Shows these columns without remembering them; null for those that the person has chosen. */
      show(keys) {
        shownNow = keys;
        refresh();
      },
    };
  };
}(window.learnerData));
