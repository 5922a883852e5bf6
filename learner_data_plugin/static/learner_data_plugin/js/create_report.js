/* The form that has a report made: which, in which format, and where it can be customized, of whom and with which columns. */
(function (ld) {
  'use strict';

  const {element} = ld;
  const FILTERS = ['cohort', 'team', 'enrollment_mode', 'activity'];

  ld.createReportForm = function ({page, reports}) {
    const {texts} = page;
    const form = document.getElementById('learner-data-create');
    const messages = ld.createMessages(form.closest('.ld-panel').querySelector('[data-message]'), page);
    const button = form.querySelector('[type="submit"]');
    const custom = form.querySelector('[data-customize]');
    const date = form.querySelector('[data-date]');
    const dateField = date.querySelector('input');
    const dateLabel = date.querySelector('span');
    const boxes = new Map(page.columns.map(({key, of_guide: ofGuide}) => [
      key, element('input', {type: 'checkbox', checked: ofGuide, name: 'column', value: key}),
    ]));
    const usual = new Set([...boxes].filter(([, box]) => box.checked).map(([key]) => key));
    const selects = new Map(FILTERS.filter((name) => page.filters[name] && page.filters[name].length).map((name) => [
      name, element(
        'select', {class: 'ld-input', id: 'learner-data-create-' + name},
        element('option', {value: ''}, texts.table_all),
        ...page.filters[name].map(([value, label]) => element('option', {value}, label)),
      ),
    ]));

    const value = (name) => form.querySelector('[name="' + name + '"]').value;
    const parameters = () => page.report_parameters[value('report')] || [];
    const takes = (name) => parameters().includes(name);
    const isTaken = ({not_in: reportsWithout = []}) => !reportsWithout.includes(value('report'));
    const chosen = () => page.columns.filter(isTaken).map(({key}) => key).filter((key) => boxes.get(key).checked);

    /** What the chosen report does not take is out of sight. */
    function adapt() {
      const day = ['date', 'end_date'].find(takes);
      date.hidden = !day;
      dateLabel.textContent = day === 'end_date' ? texts.report_week_end : texts.report_day;
      custom.hidden = !takes('columns');
      page.columns.forEach((column) => { checks.get(column.key).hidden = !isTaken(column); });
    }

    function body() {
      const day = ['date', 'end_date'].find(takes);
      const asked = {report: value('report'), format: value('format')};
      if (day && dateField.value) {
        asked[day] = dateField.value;
      }
      if (takes('columns')) {
        selects.forEach((select, name) => {
          if (select.value) {
            asked[name] = select.value;
          }
        });
        const keys = chosen();
        const asUsual = page.columns.filter(isTaken).filter(({key}) => usual.has(key));
        if (keys.length !== asUsual.length || keys.some((key) => !usual.has(key))) {
          asked.columns = keys;
        }
      }
      return asked;
    }

    form.querySelector('[data-filters]').append(...[...selects].map(([name, select]) => element(
      'label', {class: 'ld-field'}, element('span', {}, texts['filter_' + name]), select,
    )));
    const checks = new Map(page.columns.map(({key, label}) => [
      key, element('label', {class: 'ld-check'}, boxes.get(key), ' ' + label),
    ]));
    form.querySelector('[data-columns]').append(...checks.values());
    form.querySelector('[name="report"]').addEventListener('change', adapt);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      if (takes('columns') && !chosen().length) {
        messages.show('error', texts.columns_needed);
        return;
      }
      ld.busyWhile(button, () => reports.request(body(), messages));
    });
    adapt();
  };
}(window.learnerData));
