/* The tab Learners: a table that the server searches, filters and sorts; in large courses page by page. */
(function (ld) {
  'use strict';

  const {element, fill} = ld;
  const GROUPS = ['cohort', 'team', 'enrollment_mode'];
  const FILTERS = [...GROUPS, 'activity'];
  const PAUSE = 250; // milliseconds after the last letter of a search
  const MOST_COPIED = 1000; // learners on paper or in the clipboard
  const MOST_AT_ONCE = 200; // learners that the server answers at once
  const NARROW = '(max-width: 46rem)'; // as in the stylesheet
  const LATER = ['weeks', 'last_active']; // columns that are filled in after the rows

  ld.createLearners = function ({page, api, formats, reports, tabs}) {
    const {texts} = page;
    const panel = document.getElementById('learner-data-learners');
    const listButton = document.getElementById('learner-data-list');
    const place = panel.querySelector('[data-table]');
    const messages = ld.createMessages(panel.querySelector('[data-message]'), page);
    const answerPlace = panel.querySelector('[data-answer]');
    const answers = ld.createMessages(answerPlace, page);
    // Rows are cards on a phone: nobody scrolls past a hundred and fifty of them.
    const isPaged = !page.table_available || window.matchMedia(NARROW).matches;
    const activity = page.columns.filter(({key}) => key === 'last_active'); // none where the site keeps it private
    const columns = [
      ...page.columns.filter(({key}) => key !== 'last_active').map((column) => ({
        ...column, words: Object.fromEntries(page.filters[column.key] || []),
      })),
      ...activity.flatMap((column) => [{...column, key: 'weeks', label: texts.weeks}, column]),
    ];
    const hasUsername = columns.some(({key}) => key === 'username');
    const view = {search: '', sort: '', page: 1, view: '', ...Object.fromEntries(FILTERS.map((name) => [name, '']))};
    let latest = 0; // number of the newest request; answers to earlier ones are passed over
    let shownAnswer = null;
    let built = null;

    const chosen = (names = ['search', ...FILTERS, 'sort']) => Object.fromEntries(
      names.filter((name) => view[name]).map((name) => [name, view[name]]),
    );
    const isFiltered = () => ['search', ...FILTERS].some((name) => view[name]);

    /** Keys that are asked for with the rows: the username always, by which rows are told apart. */
    const wanted = (shown) => [...new Set([
      ...(hasUsername ? ['username'] : []), ...shown.map(({key}) => key).filter((key) => !LATER.includes(key)),
    ])];

    /** In the body, where no web server's log keeps whom somebody searched for. */
    const ask = (keys, paging) => api.readPatiently(page.urls.learners, {...chosen(), columns: keys, words: true, ...paging});

    /** What learners did, in as many calls as it takes. */
    async function askDetails(usernames) {
      const found = [];
      for (let start = 0; start < usernames.length; start += MOST_AT_ONCE) {
        const part = usernames.slice(start, start + MOST_AT_ONCE);
        found.push(...(await api.readPatiently(page.urls.details, {usernames: part})).learners);
      }
      return found;
    }

    /** Addresses of learners whose rows do not show them. */
    async function askAddresses(usernames) {
      const found = [];
      for (let start = 0; start < usernames.length; start += MOST_AT_ONCE) {
        const part = {usernames: usernames.slice(start, start + MOST_AT_ONCE), columns: ['email']};
        found.push(...(await api.readPatiently(page.urls.learners, {...part, page: 1, page_size: MOST_AT_ONCE})).learners);
      }
      return found;
    }

    /** The columns of an answer, with what their codes are called. */
    const withWords = (shown, answer) => shown.map((column) => {
      const answered = answer.columns.find(({key}) => key === column.key);
      return {...column, words: {...(answered && answered.words), ...column.words}};
    });

    function build() {
      const shown = element('p', {class: 'ld-hint ld-range', role: 'status'});
      const nobody = element('p', {class: 'ld-empty', hidden: true}, texts.table_nobody);
      const search = element('input', {
        type: 'search', class: 'ld-input', id: 'learner-data-search', autocomplete: 'off', spellcheck: 'false',
        'aria-describedby': page.is_searched_anywhere ? null : 'learner-data-beginnings',
        input: () => {
          window.clearTimeout(waiting);
          waiting = window.setTimeout(find, PAUSE);
          region.setAttribute('aria-busy', 'true');
        },
      });
      let waiting = null; // for the next letter
      let loading = null; // a promise of whether the view is seen

      function find() {
        window.clearTimeout(waiting);
        waiting = null;
        return change({search: search.value.trim()});
      }
      const choice = ld.createColumnChoice({page, columns, formats, onChange: () => change({view: ''}, {keepsPage: true})});
      const selection = ld.createSelection({
        page, formats, messages: answers, most: MOST_COPIED,
        everyone: async () => (await everyone(['username', 'email'])).learners,
        those: askAddresses,
        onExport: (format, usernames) => take(() => exportAs(format, usernames)),
        onChange: (ticked) => sheet.showTicks(ticked),
      });
      const sheet = ld.createLearnerTable({
        caption: texts.table_caption, texts, formats,
        onSort: (key) => change({sort: view.sort === key ? '-' + key : key}),
        onTick: hasUsername ? (usernames, isTicked) => selection.tick(usernames, isTicked, shownAnswer.learners) : null,
      });
      const region = element('section', {
        class: 'ld-region', tabindex: '0', 'aria-label': texts.table_caption,
      }, sheet.table);
      const offered = GROUPS.filter((name) => page.filters[name] && page.filters[name].length);
      const selects = offered.map((name) => element(
        'select',
        {
          class: 'ld-input', id: 'learner-data-filter-' + name,
          change: (event) => change({[name]: event.target.value, view: ''}),
        },
        element('option', {value: ''}, texts.table_all),
        ...page.filters[name].map(([value, label]) => element('option', {value}, label)),
      ));
      const clear = ld.button(texts.filters_clear, () => {
        search.value = '';
        change({search: '', view: '', ...Object.fromEntries(FILTERS.map((name) => [name, '']))});
        search.focus();
      }, {class: 'ld-button ld-button-quiet'});
      const foldable = element('div', {class: 'ld-filters', id: 'learner-data-filters'});
      const fold = ld.button(texts.filters, () => {
        fold.setAttribute('aria-expanded', String(fold.getAttribute('aria-expanded') === 'false'));
      }, {class: 'ld-button ld-filters-fold', 'aria-expanded': 'false', 'aria-controls': 'learner-data-filters'});
      const presets = ld.createPresets({
        page, api, formats, tabs, messages: answers,
        onPreset: (activity) => {
          choice.show(null);
          // Of a saved view nothing stays; groups that somebody has chosen do.
          change({...(view.view ? Object.fromEntries(GROUPS.map((name) => [name, ''])) : {}), activity, view: ''});
        },
        onView: (saved) => open(saved),
      });
      const pager = element('p', {class: 'ld-buttons ld-pager', hidden: !isPaged});
      const title = element('h' + (Number(panel.querySelector('.ld-title').tagName[1]) + 1), {class: 'ld-subtitle'});

      /** Asks anew after a change of what is to be seen; anything but turning a page begins at the first. */
      function change(values, {keepsPage = false} = {}) {
        Object.assign(view, keepsPage ? {} : {page: 1}, values);
        if (view.sort && !choice.visible().some((column) => column.key === view.sort.replace(/^-/, ''))) {
          view.sort = ''; // nobody could see why the rows are in that order
        }
        if (!keepsPage) {
          selection.clear();
        }
        const kept = view.view ? {view: view.view} : {
          ...chosen([...FILTERS, 'sort']), ...(view.page > 1 ? {page: view.page} : {}),
        };
        read.last = String(new URLSearchParams(kept));
        if (tabs.current() === 'learners') {
          tabs.keep(kept);
        }
        return load();
      }

      function open(saved) {
        const shownKeys = saved.selection.columns;
        choice.show(shownKeys ? [...shownKeys, ...(shownKeys.includes('last_active') ? ['weeks'] : [])] : null);
        search.value = '';
        const kept = Object.fromEntries([...FILTERS, 'sort'].map((name) => [name, saved.selection[name] || '']));
        return change({search: '', ...kept, view: String(saved.id)});
      }

      function load() {
        loading = askAndShow();
        return loading;
      }

      async function askAndShow() {
        latest += 1;
        const number = latest;
        region.setAttribute('aria-busy', 'true');
        presets.show(view.activity, view.view && Number(view.view));
        presets.count(chosen(GROUPS));
        offered.forEach((name, at) => { selects[at].value = view[name]; });
        try {
          const columnsNow = choice.visible();
          const paging = isPaged ? {page: view.page, page_size: page.learners_per_page} : {};
          const answer = await ask(wanted(columnsNow), paging);
          if (number === latest && answer.count && view.page > answer.num_pages) { // an address from when there were more
            return change({page: answer.num_pages}, {keepsPage: true});
          }
          if (number === latest) {
            messages.hide();
            show(answer, columnsNow);
            place.hidden = false;
            presets.bringIntoSight();
            addDetails(answer, number);
          }
          return true;
        } catch (failure) {
          if (number === latest) {
            messages.showFailure(failure, load);
          }
          return false;
        } finally {
          if (number === latest) {
            region.removeAttribute('aria-busy');
          }
        }
      }

      async function addDetails(answer, number) {
        if (!hasUsername || !activity.length || !answer.learners.length) {
          return;
        }
        try {
          const details = await askDetails(answer.learners.map(({username}) => username));
          if (number === latest) {
            sheet.showDetails(details);
          }
        } catch (failure) {
          if (number === latest) {
            answers.showFailure(failure, () => {
              answers.hide();
              addDetails(answer, number);
            });
          }
        }
      }

      function show(answer, columnsNow) {
        shownAnswer = answer;
        const named = withWords(columnsNow, answer).map((column) => ({
          ...column, sortable: !LATER.includes(column.key) && (!isPaged || Boolean(column.sortable)),
        }));
        sheet.showHeadings(named, view.sort);
        sheet.showRows(named, answer.learners, selection.ticked());
        selection.setCount(answer.count);
        title.textContent = titleOf();
        shown.textContent = range(answer);
        nobody.hidden = answer.count > 0;
        region.hidden = !answer.count;
        clear.hidden = !isFiltered();
        const chosenNow = offered.filter((name) => view[name]).length;
        fold.textContent = chosenNow ? fill(texts.filters_chosen, {count: formats.number(chosenNow)}) : texts.filters;
        turn(answer);
        offer();
      }

      function titleOf() {
        const saved = view.view && presets.view(view.view);
        const [, preset] = page.filters.activity.find(([name]) => name === view.activity) || ['', texts.all_learners];
        return saved ? saved.name : preset;
      }

      function range(answer) {
        if (!isPaged) {
          return fill(texts.table_shown, {
            shown: formats.number(answer.count), count: formats.number(Math.max(page.learner_count, answer.count)),
          });
        }
        const first = (answer.current_page - 1) * page.learners_per_page;
        return fill(texts.table_page, {
          first: formats.number(answer.learners.length ? first + 1 : 0),
          last: formats.number(first + answer.learners.length),
          count: formats.number(answer.count),
        });
      }

      function turn(answer) {
        const to = (caption, number, isThere) => ld.button(caption, () => {
          if (isThere) {
            change({page: number}, {keepsPage: true}).then(() => {
              region.focus();
              place.scrollIntoView({block: 'start'});
            });
          }
        }, {'aria-disabled': isThere ? null : 'true'});
        pager.hidden = !isPaged || answer.num_pages < 2;
        pager.replaceChildren(
          to(texts.table_previous, view.page - 1, view.page > 1),
          element('span', {}, fill(texts.files_page, {
            page: formats.number(view.page), pages: formats.number(answer.num_pages || 1),
          })),
          to(texts.table_next, view.page + 1, view.page < answer.num_pages),
        );
      }

      /** Keys of the columns that are seen, as reports know them. */
      const keys = () => choice.visible().map(({key}) => key).filter((key) => key !== 'weeks');

      function exportAs(format, usernames) {
        const {sort, ...rest} = chosen();
        const body = {report: 'profile', format, columns: keys(), ...rest, ...(sort && page.table_available ? {sort} : {})};
        return reports.request(usernames ? {...body, usernames} : body, answers, texts.view_generating);
      }

      /** Everyone whom the view holds, on all pages, with these keys. */
      async function everyone(names) {
        if (!isPaged) {
          return ask(names, {});
        }
        let answer = await ask(names, {page: 1, page_size: MOST_AT_ONCE});
        const learners = [...answer.learners];
        for (let number = 2; number <= answer.num_pages && learners.length < MOST_COPIED; number += 1) {
          answer = await ask(names, {page: number, page_size: MOST_AT_ONCE});
          learners.push(...answer.learners);
        }
        return {...answer, learners};
      }

      /** Everyone with all that is seen, as codes; and the columns. */
      async function everything() {
        const shownColumns = choice.visible().filter(({key}) => key !== 'weeks');
        const answer = await everyone(wanted(shownColumns));
        if (shownColumns.some(({key}) => key === 'last_active')) {
          const details = await askDetails(answer.learners.map(({username}) => username));
          const days = new Map(details.map((one) => [one.username, one.last_active || '']));
          answer.learners.forEach((learner) => { learner.last_active = days.get(learner.username) || ''; });
        }
        return {learners: answer.learners, named: withWords(shownColumns, answer)};
      }

      async function copy() {
        const {learners, named} = await everything();
        try {
          await ld.copyLearners(named, learners);
          answers.show('success', fill(texts.table_copied, {
            rows: formats.number(learners.length), columns: formats.number(named.length),
          }));
        } catch {
          answers.show('error', texts.table_not_copied);
        }
      }

      async function print() {
        const {learners, named} = await everything();
        learners.forEach((learner) => { learner.last_active = learner.last_active && formats.date(learner.last_active); });
        const filled = named.filter(({key}) => learners.some((learner) => learner[key] !== '' && learner[key] !== null));
        const paper = ld.createLearnerTable({caption: texts.table_caption, texts, formats, onSort: () => {}, isPaper: true});
        paper.showHeadings(filled, view.sort);
        paper.showRows(filled, learners);
        ld.printLearners(fill(texts.print_title, {course: page.course_name, view: titleOf()}), fill(texts.print_note, {
          time: formats.timeText(new Date()), requester: page.username, count: formats.number(learners.length),
        }), paper.table);
      }

      const takers = [
        ...Object.keys(page.formats).map((format) => ld.button(
          fill(texts.table_export, {format: format.toUpperCase()}), () => take(() => exportAs(format)), {'data-export': format},
        )),
        ld.button(texts.table_copy, () => take(copy), {'data-copy': true}),
        ld.button(texts.table_print, () => take(print), {'data-print': true}),
      ];
      let taking = false;

      function offer() {
        const isTooMuch = shownAnswer.count > MOST_COPIED;
        takers.forEach((taker) => {
          const isOff = taking || !shownAnswer.count || (isTooMuch && !taker.dataset.export);
          taker.setAttribute('aria-disabled', String(isOff));
          taker.title = isTooMuch && !taker.dataset.export
            ? fill(texts.table_too_many, {count: formats.number(MOST_COPIED)}) : '';
        });
      }

      /** Takes along what is shown: one thing at a time, and nothing when that is nobody. */
      async function take(work) {
        if (taking || !shownAnswer.count || (document.activeElement.getAttribute('aria-disabled') === 'true')) {
          return;
        }
        taking = true;
        offer();
        try {
          // What was typed or chosen a moment ago is to be seen first.
          if (await (waiting ? find() : loading) && shownAnswer.count) {
            await work();
          }
        } catch (failure) {
          answers.showFailure(failure, () => take(work));
        } finally {
          taking = false;
          offer();
          answerPlace.scrollIntoView({block: 'nearest'});
        }
      }

      const save = ld.button(texts.view_save_more, () => presets.save({
        columns: keys(), ...chosen([...FILTERS, 'sort']),
      }).catch((failure) => answers.showFailure(failure)), {'data-save-view': true});
      const labelled = (label, control) => element('label', {class: 'ld-field'}, element('span', {}, label), control);
      answerPlace.remove();
      foldable.append(...offered.map((name, number) => labelled(texts['filter_' + name], selects[number])), save);
      place.replaceChildren(
        presets.element,
        element('div', {class: 'ld-toolbar'}, labelled(texts.table_search, search), fold, foldable),
        ...(page.is_searched_anywhere ? [] : [
          element('p', {class: 'ld-hint', id: 'learner-data-beginnings'}, texts.table_search_beginnings),
        ]),
        selection.bar,
        element(
          'div', {class: 'ld-tablebar'}, element('div', {}, title, element('div', {class: 'ld-found'}, shown, clear)),
          element('div', {class: 'ld-buttons'}, choice.control, ...takers),
        ),
        answerPlace, region, nobody, pager,
      );
      return {change, open, presets, choice, clearSearch: () => { search.value = ''; }};
    }

    /** What an address says is to be seen. */
    async function read(params) {
      if (!built) {
        messages.show('info', texts.working);
        built = build();
        await built.presets.loadViews().catch(() => {}); // the table is there without them
      }
      const saved = params.get('view') && built.presets.view(params.get('view'));
      if (saved) {
        return built.open(saved);
      }
      if (params.get('view')) {
        answers.show('info', texts.view_gone);
      }
      built.clearSearch();
      const known = (name) => (page.filters[name] || []).some(([value]) => value === params.get(name));
      return built.change({
        ...Object.fromEntries(FILTERS.map((name) => [name, known(name) ? params.get(name) : ''])),
        search: '', sort: params.get('sort') || '', page: Math.max(1, Number.parseInt(params.get('page'), 10) || 1), view: '',
      });
    }

    tabs.onShow('learners', (params) => {
      const key = String(params);
      if (!built || key !== read.last) {
        read.last = key;
        read(params);
      }
    });
    if (listButton) {
      listButton.addEventListener('click', () => ld.busyWhile(listButton, async () => {
        if (!built) {
          await read(new URLSearchParams());
        }
        built.choice.show(columns.filter(({kept, of_guide: ofGuide}) => ofGuide && !kept).map(({key}) => key));
        await built.change({view: ''}, {keepsPage: true});
      }));
    }
  };
}(window.learnerData));
