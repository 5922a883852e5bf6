/* The panel with charts. The server draws them; here they are put into the page, each with its numbers as a table and a file. */
(function (ld) {
  'use strict';

  const HEADS = {enrollments: 'chart_period', active_learners: 'chart_week'};

  /** The drawing as an element; parsed as XML, so that nothing in it can run. */
  function drawing(source) {
    const parsed = new DOMParser().parseFromString(source, 'image/svg+xml');
    return parsed.querySelector('parsererror') ? null : document.importNode(parsed.documentElement, true);
  }

  ld.createStatistics = function ({page, api, formats, presence}) {
    const place = document.querySelector('[data-charts]');
    if (!place) {
      return;
    }
    const {texts} = page;
    const messages = ld.createMessages(place.closest('.ld-panel').querySelector('[data-message]'), page);
    const heading = 'h' + place.dataset.headingLevel;
    let asked = false;

    function number(text) {
      return ld.element('td', {class: 'ld-number'}, text);
    }

    function table(chart) {
      const hasTotal = chart.rows.some((row) => 'total' in row);
      const hasShare = chart.rows.some((row) => row.share !== null);
      const head = (text, attributes) => ld.element('th', {scope: 'col', ...attributes}, text);
      return ld.element('table', {class: 'ld-table'},
        ld.element('caption', {class: 'ld-sr'}, chart.title),
        ld.element('thead', {}, ld.element('tr', {},
          head(texts[HEADS[chart.name] || 'chart_group']),
          head(texts.chart_count, {class: 'ld-number'}),
          hasShare && head(texts.chart_share, {class: 'ld-number'}),
          hasTotal && head(texts.chart_total, {class: 'ld-number'}))),
        ld.element('tbody', {}, ...chart.rows.map((row) => ld.element('tr', {},
          ld.element('th', {scope: 'row'}, row.label),
          number(row.count === null ? ld.fill('{mark}', row) : formats.number(row.count)),
          hasShare && number(row.share === null ? '' : formats.share(row.share)),
          hasTotal && number(formats.number(row.total))))));
    }

    function numbers(chart) {
      return [
        ld.element('details', {class: 'ld-details'},
          ld.element('summary', {}, texts.chart_numbers, ld.element('span', {class: 'ld-sr'}, ' ' + chart.title)),
          ld.element('div', {class: 'ld-region', tabindex: '0', role: 'region', 'aria-label': chart.title}, table(chart))),
        ld.element('a', {
          href: api.fileUrl(chart.csv_url, 'csv'),
          class: 'ld-chart-file',
          'aria-label': ld.fill(texts.chart_csv_named, {title: chart.title}),
        }, texts.chart_csv),
      ];
    }

    function figure(chart) {
      const id = 'learner-data-chart-' + chart.name;
      return ld.element('figure', {class: 'ld-chart', id, 'data-chart': chart.name, 'aria-labelledby': id + '-heading'},
        ld.element(heading, {class: 'ld-subtitle', id: id + '-heading'}, chart.title),
        ld.element('p', {class: 'ld-hint'}, chart.description),
        chart.svg && drawing(chart.svg),
        chart.note && ld.element('p', {class: chart.rows.length ? 'ld-hint' : 'ld-chart-none'}, chart.note),
        chart.rows.length > 0 && ld.element('div', {class: 'ld-chart-numbers'}, ...numbers(chart)));
    }

    async function load() {
      place.setAttribute('aria-busy', 'true');
      messages.show('info', texts.charts_loading);
      try {
        const statistics = await api.readPatiently(page.urls.statistics);
        place.replaceChildren(...statistics.charts.map(figure));
        messages.hide();
      } catch (failure) {
        messages.showFailure(failure, load);
      } finally {
        place.removeAttribute('aria-busy');
      }
    }

    presence.onChange((present) => {
      if (present && !asked) {
        asked = true;
        load();
      }
    });
  };
}(window.learnerData));
