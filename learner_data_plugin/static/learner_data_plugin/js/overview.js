/* The overview: asks for the numbers, and shows the tiles and charts that are made of them. */
(function (ld) {
  'use strict';

  const {element} = ld;
  const PREFERENCE = 'learner-data-charts-safe';
  const FILTERS = ['cohort', 'enrollment_mode'];
  const MOST_NOISE = 3;
  const ASK_AGAIN_MILLISECONDS = [1000, 2000, 4000, 8000, 15000];
  const ASK_AGAIN_TIMES = 40;

  /** Whether numbers that are safe to share were asked for: by the address, or else the last time. */
  function readChoice(params) {
    const asked = params.get('safe');
    if (asked !== null) {
      return asked === '1';
    }
    try {
      return window.localStorage.getItem(PREFERENCE) === '1';
    } catch { // a browser that keeps nothing
      return false;
    }
  }

  function keepChoice(safe) {
    try {
      window.localStorage.setItem(PREFERENCE, safe ? '1' : '0');
    } catch { /* then the address alone keeps it */ }
  }

  ld.createOverview = function ({page, api, formats, tabs}) {
    const place = document.querySelector('[data-charts]');
    if (!place) {
      return;
    }
    const {texts} = page;
    const panel = place.closest('.ld-tab');
    const messages = ld.createMessages(panel.querySelector('[data-message]'), page);
    const part = (name) => panel.querySelector('[data-' + name + ']');
    const [choice, hint, age, refresh] = ['charts-safe', 'charts-hint', 'charts-age', 'charts-refresh'].map(part);
    const [glance, chosenPlace] = ['overview-glance', 'overview-filters'].map(part);
    const tiles = ld.createTiles({page, formats, tabs});
    const charts = ld.createCharts({page, api, formats, heading: 'h' + place.dataset.headingLevel});
    let safe = !choice;
    let latest = 0; // the number of the last question; answers to earlier ones are not shown
    let shown = null; // what was asked for last

    /** The selects for a cohort or track; none where there is nothing to choose from, or the course is too large. */
    const isCounted = page.learner_count !== undefined && page.learner_count < page.counted_on_request;
    const offered = choice && isCounted ? FILTERS.filter((name) => ((page.filters || {})[name] || []).length > 1) : [];
    const selects = new Map(offered.map((name) => [name, element(
      'select', {class: 'ld-input', id: 'learner-data-overview-' + name, change: choose},
      element('option', {value: ''}, texts.table_all),
      ...page.filters[name].map(([value, label]) => element('option', {value}, label)),
    )]));
    const selected = () => Object.fromEntries(
      [...selects].filter(([, select]) => !safe && select.value).map(([name, select]) => [name, select.value]),
    );
    if (chosenPlace) {
      chosenPlace.replaceChildren(...[...selects].map(([name, select]) => (
        element('label', {class: 'ld-inline'}, element('span', {}, texts['filter_' + name]), select)
      )));
    }

    const query = (more) => {
      const params = new URLSearchParams({...(safe ? {safe: '1'} : {}), ...more}).toString();
      return params ? '?' + params : '';
    };

    function explain() {
      const least = page.min_group_size;
      const noise = Math.min(MOST_NOISE, least - 1);
      const told = noise ? texts.charts_safe : texts.charts_unchanged;
      const values = {noise: formats.number(noise), least: formats.number(least)};
      hint.textContent = safe ? ld.fill(told, values) : texts.charts_exact;
      if (refresh) {
        refresh.hidden = safe;
      }
      if (chosenPlace) {
        chosenPlace.hidden = safe || !selects.size;
      }
    }

    function tellAge({generated, week}) {
      age.hidden = !generated;
      if (generated) {
        const [before, after] = texts.charts_as_of.split('{time}');
        age.querySelector('[data-charts-as-of]').replaceChildren(before, formats.time(generated), after || '');
      }
      const sunday = new Date(week);
      sunday.setUTCDate(sunday.getUTCDate() + 6);
      part('overview-week').textContent = week ? ld.fill(texts.overview_week, {
        days: formats.days(week, sunday.toISOString()),
      }) : '';
    }

    function show(overview) {
      const opened = [...place.querySelectorAll('details[open]')].map((details) => details.closest('figure').id);
      const filters = selected();
      const context = {
        safe, selected: Object.keys(filters).length > 0,
        asOf: ld.fill(texts.charts_as_of, {time: formats.timeText(new Date(overview.generated))}),
      };
      glance.replaceChildren(...[tiles.sentence(overview, filters), tiles.tiles(overview.numbers, filters)].filter(Boolean));
      place.replaceChildren(...charts.cards(overview, context));
      charts.fit();
      opened.forEach((id) => {
        const details = place.querySelector('#' + id + ' details');
        if (details) {
          details.open = true;
        }
      });
      tellAge(overview);
    }

    /** Asks until there are numbers, and with `until` also until they are as that says; shows what there is meanwhile. */
    async function ask(until) {
      latest += 1;
      const number = latest;
      const url = page.urls.overview + query(selected());
      for (let time = 0; time < ASK_AGAIN_TIMES; time += 1) {
        const overview = await api.readPatiently(url);
        if (number !== latest) {
          return;
        }
        if (overview.generated) {
          show(overview);
        }
        const isWhole = overview.generated && (overview.week || !overview.refreshing || Object.keys(selected()).length > 0);
        if (isWhole && (!until || until(overview))) {
          break;
        }
        messages.show('info', overview.generated ? texts.charts_refreshing : texts.charts_preparing);
        const wait = ASK_AGAIN_MILLISECONDS[Math.min(time, ASK_AGAIN_MILLISECONDS.length - 1)];
        await new Promise((resolve) => { setTimeout(resolve, wait); });
        if (number !== latest) {
          return;
        }
      }
      messages.hide();
    }

    async function busily(work) {
      place.setAttribute('aria-busy', 'true');
      try {
        await work();
      } catch (failure) {
        messages.showFailure(failure, () => busily(work));
      } finally {
        place.removeAttribute('aria-busy');
      }
    }

    async function load() {
      shown = query(selected());
      explain();
      messages.show('info', texts.charts_loading);
      await busily(() => ask());
    }

    async function countAnew() {
      const before = await api.read(page.urls.overview);
      await api.post(page.urls.statistics, {});
      await ask((overview) => overview.generated !== before.generated || Object.keys(selected()).length > 0);
    }

    /** Shows what is chosen now, and keeps it in the address, which can be passed on. */
    function choose() {
      tabs.keep({safe: safe ? '1' : '0', ...selected()});
      load();
    }

    if (choice) {
      choice.addEventListener('change', () => {
        safe = choice.checked;
        keepChoice(safe);
        choose();
      });
    }
    if (refresh) {
      refresh.addEventListener('click', () => ld.busyWhile(refresh, () => busily(countAnew)));
    }
    new ResizeObserver(() => charts.fit()).observe(place);
    tabs.onShow('overview', (params) => {
      if (choice) {
        safe = readChoice(params);
        choice.checked = safe;
        selects.forEach((select, name) => { select.value = params.get(name) || ''; });
      }
      if (shown !== query(selected())) {
        load();
      }
    });
    return {complete: charts.complete};
  };
}(window.learnerData));
