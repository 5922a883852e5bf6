/* The panel Learners: loading the table, searching, filtering and taking it along. */
(function (ld) {
  'use strict';

  const {element, fill} = ld;

  ld.createLearners = function ({page, api, formats, reports}) {
    const {texts} = page;
    const panel = document.getElementById('learner-data-learners');
    const button = document.getElementById('learner-data-list');
    if (!button) {
      return;
    }
    const place = panel.querySelector('[data-table]');
    const messages = ld.createMessages(panel.querySelector('[data-message]'), page);
    const answerPlace = panel.querySelector('[data-answer]'); // below the buttons, where somebody looks then
    const answers = ld.createMessages(answerPlace, page);

    function build({columns, learners}) {
      const view = ld.createLearnerView({learners, columns, formats});
      const shown = element('p', {class: 'ld-hint', role: 'status'});
      const nobody = element('p', {class: 'ld-empty', hidden: true}, texts.table_nobody);
      const search = element('input', {
        type: 'search', class: 'ld-input', id: 'learner-data-search', autocomplete: 'off', spellcheck: 'false',
        input: () => update(() => { view.search = search.value.trim(); }),
      });
      const choice = ld.createColumnChoice({page, columns, formats, onChange: () => update()});
      const sheet = ld.createLearnerTable({
        caption: texts.table_caption,
        onSort: (key) => update(() => { view.sort = view.sort === key ? '-' + key : key; }),
      });
      const region = element('div', {
        class: 'ld-region', role: 'region', tabindex: '0', 'aria-label': texts.table_caption,
      }, sheet.table);
      const clear = ld.button(texts.filters_clear, () => {
        search.value = '';
        selects.forEach((select) => { select.value = ''; });
        update(() => {
          view.search = '';
          Object.keys(view.filters).forEach((key) => { view.filters[key] = ''; });
        });
        search.focus();
      });
      const selects = view.choices().map(({key, values}) => element(
        'select', {class: 'ld-input', id: 'learner-data-filter-' + key, change: (event) => update(() => {
          view.filters[key] = event.target.value;
        })},
        element('option', {value: ''}, texts.table_all), ...values.map((value) => element('option', {value}, value)),
      ));

      function update(change) {
        if (change) {
          change();
        }
        if (!choice.visible().some((column) => column.key === view.sort.replace(/^-/, ''))) {
          view.sort = ''; // nobody could see why the rows are in that order
        }
        const rows = view.rows();
        sheet.showHeadings(choice.visible(), view.sort);
        sheet.showRows(choice.visible(), rows);
        const hidden = columns.length - choice.visible().length;
        shown.textContent = [
          fill(texts.table_shown, {shown: formats.number(rows.length), count: formats.number(view.count)}),
          ...(hidden ? [fill(texts.columns_hidden, {count: formats.number(hidden)})] : []),
        ].join(' · ');
        nobody.hidden = rows.length > 0;
        region.hidden = !rows.length;
        offer();
        clear.hidden = !view.isFiltered();
      }

      /** What is seen, in the words of the API. */
      const selection = () => Object.fromEntries(Object.entries({
        columns: choice.visible().map((column) => column.key), search: view.search, ...view.filters, sort: view.sort,
      }).filter(([, value]) => value.length));

      const takers = [
        ...page.formats.map((format) => ld.button(
          fill(texts.table_export, {format: format.toUpperCase()}),
          () => take(() => reports.request(
            {report: 'profile', format, ...selection()}, answers, texts.view_generating,
          )),
          {'data-export': format},
        )),
        ld.button(texts.table_copy, () => take(copy), {'data-copy': true}),
        ld.button(texts.table_print, () => take(() => ld.printLearners(texts.table_caption, sheet.table)), {'data-print': true}),
      ];
      let taking = false;

      function offer() {
        takers.forEach((taker) => taker.setAttribute('aria-disabled', String(taking || !nobody.hidden)));
      }

      /** Takes along what is shown: one thing at a time, and nothing when that is nobody. */
      async function take(work) {
        if (taking || !nobody.hidden) {
          return;
        }
        taking = true;
        offer();
        try {
          await work();
        } finally {
          taking = false;
          offer();
          answerPlace.scrollIntoView({block: 'nearest'});
        }
      }

      const labelled = (label, control) => element('label', {class: 'ld-field'}, element('span', {}, label), control);

      place.replaceChildren(
        element(
          'div', {class: 'ld-toolbar'}, labelled(texts.table_search, search),
          ...view.choices().map(({key}, number) => labelled(texts['filter_' + key], selects[number])), clear,
        ),
        choice.control, shown, region, nobody,
        element('p', {class: 'ld-buttons'}, ...takers),
      );

      async function copy() {
        const rows = view.rows();
        try {
          await ld.copyLearners(choice.visible(), rows);
          answers.show('success', fill(texts.table_copied, {
            rows: formats.number(rows.length), columns: formats.number(choice.visible().length),
          }));
        } catch (error) {
          answers.show('error', texts.table_not_copied);
        }
      }

      update();
    }

    async function load() {
      messages.show('info', texts.working);
      try {
        build(await api.readPatiently(page.urls.learners));
        place.hidden = false;
        messages.hide();
      } catch (failure) {
        messages.showFailure(failure, load);
      }
    }

    button.addEventListener('click', () => ld.busyWhile(button, load));
  };
}(window.learnerData));
