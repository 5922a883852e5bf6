/* The cards of the overview, each with its drawing, its numbers as a table, and its files. */
(function (ld) {
  'use strict';

  const {element} = ld;
  const SERIES = ['active', 'watched_video', 'tried_problem', 'discussed'];

  ld.createCharts = function ({page, api, formats, heading}) {
    const {texts} = page;
    let drawings = []; // of the charts in the page: how each is drawn anew in another width
    let world = null;
    let drawMap = null; // while it waits until it is in sight

    const cell = (text) => element('td', {class: 'ld-number'}, text);
    const count = (value) => (value === null ? '' : formats.number(value));

    function table(title, heads, rows) {
      return element(
        'table', {class: 'ld-table'},
        element('caption', {class: 'ld-sr'}, title),
        element('thead', {}, element('tr', {}, ...heads.map((head, place) => (
          element('th', {scope: 'col', class: place ? 'ld-number' : null}, head)
        )))),
        element('tbody', {}, ...rows.map(([head, ...cells]) => element(
          'tr', {}, element('th', {scope: 'row'}, head), ...cells.map(cell),
        ))),
      );
    }

    const region = (title, content) => element(
      'section', {class: 'ld-region', tabindex: '0', 'aria-label': title}, content,
    );

    /** Saves a drawing; where the scripts for that cannot be loaded, `trouble` says so. */
    async function picture(svg, chart, format, trouble) {
      const say = (text) => {
        trouble.textContent = text;
        trouble.classList.toggle('ld-sr', !text); // takes no room while there is none
      };
      say('');
      if (!ld.pictureSource) {
        try {
          await ld.loadScripts(page.scripts.pictures);
        } catch {
          say(texts.network);
          return;
        }
      }
      const told = {title: chart.title, subtitle: [page.course_name, chart.asOf, chart.safe && texts.charts_are_safe]
        .filter(Boolean).join(' · ')};
      const name = [page.course_id.replace(/[^\w.-]+/g, '_'), chart.name, ...(chart.safe ? ['safe_to_share'] : [])].join('_');
      if (format === 'svg') {
        ld.saveFile(new window.Blob([ld.pictureSource(svg, told)], {type: 'image/svg+xml'}), name + '.svg');
        return;
      }
      ld.saveFile(await ld.picturePng(svg, told), name + '.png');
    }

    /** Where the numbers and the files of a chart are; `svg` finds the drawing, if there is one. */
    function foot(chart, numbers, svg) {
      const file = (format, attributes) => element(attributes.href ? 'a' : 'button', {
        class: 'ld-chart-file', type: attributes.href ? null : 'button',
        'aria-label': ld.fill(texts.chart_file_named, {format: format.toUpperCase(), title: chart.title}), ...attributes,
      }, format.toUpperCase());
      const trouble = element('span', {class: 'ld-sr', role: 'status'});
      return element(
        'div', {class: 'ld-card-foot'},
        numbers && element(
          'details', {class: 'ld-details'},
          element('summary', {}, texts.chart_numbers, element('span', {class: 'ld-sr'}, ' ' + chart.title)),
          region(chart.title, numbers),
        ),
        element(
          'span', {class: 'ld-chart-files'}, element('span', {'aria-hidden': 'true'}, texts.chart_download),
          file('csv', {href: api.fileUrl(chart.csv_url, 'csv')}),
          svg && file('png', {click: () => picture(svg(), chart, 'png', trouble)}),
          svg && file('svg', {click: () => picture(svg(), chart, 'svg', trouble)}),
          svg && trouble,
        ),
      );
    }

    /** A chart in its card. `draw(width)` returns a drawing, or null where there is nothing to draw. */
    function card(chart, {draw, numbers, summary}) {
      const id = 'learner-data-chart-' + chart.name;
      const said = element('span', {class: 'ld-sr', role: 'status'});
      const plot = element('div', {class: 'ld-plot', tabindex: '0', role: 'img', 'aria-label': chart.title + '. ' + summary});
      const hasDrawing = Boolean(draw(600));
      if (hasDrawing) {
        drawings.push({plot, width: 0, draw(width) {
          const made = draw(width);
          plot.replaceChildren(made.svg);
          ld.addTips({plot, said, svg: made.svg, points: made.points});
        }});
      }
      return element(
        'figure', {class: 'ld-card ld-chart', id, 'data-chart': chart.name, 'aria-labelledby': id + '-heading'},
        element(heading, {class: 'ld-subtitle', id: id + '-heading'}, chart.title),
        element('p', {class: 'ld-hint'}, chart.description),
        hasDrawing ? plot : element('p', {class: 'ld-chart-none'}, chart.note || texts.chart_nothing),
        said,
        hasDrawing && chart.note && element('p', {class: 'ld-hint'}, chart.note),
        hasDrawing && foot(chart, numbers(), () => plot.querySelector('svg')),
      );
    }

    function weeks(overview, context) {
      const series = SERIES.map((key) => ({key, name: texts['series_' + key], short: texts['series_short_' + key]}));
      const rows = overview.weeks.map((week) => (
        {...week, label: ld.fill(texts.chart_week_of, {day: formats.date(week.week)})}
      ));
      const last = rows.filter((week) => week.complete).at(-1);
      return card({
        ...context, name: 'weekly_activity', title: texts.weeks_title, description: texts.weeks_hint,
        csv_url: overview.weeks_csv_url, note: context.selected ? texts.weeks_selected : '',
      }, {
        draw: (width) => ld.drawWeeks({weeks: rows, series, width, formats}),
        summary: last ? [last.label, ...series.map(({key, name}) => `${name}: ${count(last[key]) || '–'}`)].join(', ') : '',
        numbers: () => table(
          texts.weeks_title, [texts.chart_week, ...series.map(({name}) => name)], [...rows].reverse().map((week) => [
            week.complete ? formats.date(week.week) : ld.fill(texts.chart_so_far, {week: formats.date(week.week)}),
            ...SERIES.map((key) => count(week[key])),
          ]),
        ),
      });
    }

    function members(overview, context) {
      const rows = overview.members.map((row) => ({
        ...row,
        label: row.first ? formats.days(row.first, row.last) : ld.fill(texts.chart_until, {day: formats.date(row.last)}),
      }));
      const hasLeft = rows.some((row) => row.left !== null);
      const last = rows.at(-1);
      const names = {enrolled: texts.series_enrolled, joined: texts.series_joined, left: texts.series_left};
      const heads = [texts.chart_period, names.joined, ...(hasLeft ? [names.left] : []), names.enrolled];
      return card({
        ...context, name: 'joined_and_left', title: texts.members_title, csv_url: overview.members_csv_url,
        description: hasLeft || !rows.length ? texts.members_hint : texts.members_hint_safe,
        note: overview.left_unknown ? ld.fill(texts.members_unknown, {count: formats.number(overview.left_unknown)}) : '',
      }, {
        draw: (width) => ld.drawMembers({members: rows, names, width, formats}),
        summary: last ? `${last.label}, ${names.enrolled}: ${formats.number(last.enrolled)}` : '',
        numbers: () => table(texts.members_title, heads, [...rows].reverse().map((row) => (
          [row.label, count(row.joined), ...(hasLeft ? [count(row.left)] : []), count(row.enrolled)]
        ))),
      });
    }

    const groupRows = (chart) => chart.rows.map((row) => [
      row.label, count(row.count), row.share === null ? '' : formats.exactShare(row.share),
    ]);

    function groups(chart, overview, context) {
      const heads = [texts.chart_group, texts.chart_count, texts.chart_share];
      const unanswered = chart.rows.filter((row) => row.muted).map((row) => `${row.label}: ${count(row.count)}`);
      const age = overview.numbers && overview.numbers.median_age;
      const medianText = ld.fill(texts.chart_median, {value: age === null ? chart.median : formats.number(age)});
      const given = {rows: chart.rows, formats, learners: texts.chart_count};
      const draw = chart.name === 'age'
        ? (width) => ld.drawColumns({...given, median: chart.median, medianText, width})
        : (width) => ld.drawBars({...given, width});
      return card({
        ...context, ...chart,
        description: [chart.description, ...(chart.name === 'age' ? unanswered : [])].join(' '),
      }, {
        draw,
        summary: chart.rows.map((row) => `${row.label}: ${ld.countAndShare(row, formats)}`).join('; '),
        numbers: () => table(chart.title, heads, groupRows(chart)),
      });
    }

    /** Countries: the map beside the complete table. */
    function countries(chart, context) {
      const id = 'learner-data-chart-' + chart.name;
      const most = Math.max(1, ...chart.rows.map((row) => row.count));
      const named = chart.rows.filter((row) => !row.muted);
      const told = {...context, ...chart};
      const said = element('span', {class: 'ld-sr', role: 'status'});
      const plot = element('div', {
        class: 'ld-plot ld-map', tabindex: '0', role: 'img', 'aria-label': chart.title + '. ' + texts.map_table,
      });
      const legend = element('p', {class: 'ld-map-legend', 'aria-hidden': 'true'});
      const bar = (row) => ld.svg(
        'svg', {class: 'ld-meter-bar', viewBox: '0 0 60 7', 'aria-hidden': 'true', focusable: 'false'},
        ld.svg('rect', {
          width: Math.max(3, 60 * row.count / most), height: 7, rx: 3.5,
          class: 'ld-svg-bar' + (row.muted ? ' ld-svg-quiet' : ''),
        }),
      );
      const list = element(
        'table', {class: 'ld-table ld-countries'},
        element('caption', {class: 'ld-sr'}, chart.title),
        element('thead', {}, element(
          'tr', {}, element('th', {scope: 'col'}, chart.title),
          element('th', {scope: 'col', class: 'ld-number', colspan: '2'}, texts.chart_count),
          element('th', {scope: 'col', class: 'ld-number'}, texts.chart_share),
        )),
        element('tbody', {}, ...chart.rows.map((row) => element(
          'tr', {}, element('th', {scope: 'row'}, row.label), element('td', {}, bar(row)), cell(count(row.count)),
          cell(row.share === null ? '' : formats.exactShare(row.share)),
        ))),
      );

      function draw() {
        const made = ld.drawMap({world, rows: named, formats, learners: texts.chart_count});
        plot.replaceChildren(made.svg);
        made.measure();
        ld.addTips({plot, said, svg: made.svg, points: made.points, find: made.find});
        legend.replaceChildren(...ld.mapLegend(made.steps, {
          formats, none: context.safe ? texts.map_none_safe : texts.map_none, more: texts.map_more,
        }).flatMap(({level, text}) => [element(
          'span', {},
          ld.svg('svg', {viewBox: '0 0 20 12'}, ld.svg('rect', {width: 20, height: 12, rx: 2, class: `ld-svg-level-${level}`})),
          text,
        ), ' ']));
        files.replaceWith(foot(told, null, () => plot.querySelector('svg')));
      }

      const files = foot(told, null, null);
      if (named.length) {
        const watcher = new window.IntersectionObserver((entries) => {
          if (entries.some((entry) => entry.isIntersecting)) {
            drawMap();
          }
        }, {rootMargin: '200px'});
        watcher.observe(plot);
        drawMap = async () => {
          watcher.disconnect();
          drawMap = null;
          world = world || await api.read(page.urls.world_map).catch(() => null);
          if (world) {
            draw();
          }
        };
      }
      return element(
        'figure', {class: 'ld-card ld-chart ld-places', id, 'data-chart': chart.name, 'aria-labelledby': id + '-heading'},
        element(heading, {class: 'ld-subtitle', id: id + '-heading'}, texts.map_title),
        element('p', {class: 'ld-hint'}, chart.description),
        named.length
          ? element('div', {class: 'ld-places-both'},
            element('div', {}, plot, said, legend, element('p', {class: 'ld-hint ld-map-note'}, texts.map_note)),
            region(chart.title, list))
          : element('p', {class: 'ld-chart-none'}, chart.note || texts.chart_nothing),
        named.length > 0 && chart.note && element('p', {class: 'ld-hint'}, chart.note),
        named.length > 0 && files,
      );
    }

    /** Draws what is in the page in the width that there is; what has it already stays. */
    function fit() {
      drawings.forEach((drawing) => {
        const width = Math.round(drawing.plot.clientWidth || 0);
        if (width && Math.abs(width - drawing.width) > 1) {
          drawing.width = width;
          drawing.draw(width);
        }
      });
    }

    return {
      fit,
      /** Draws the map as well, which otherwise waits until it is in sight. */
      complete: async () => drawMap && drawMap(),
      /** The cards of an overview, in rows. */
      cards(overview, context) {
        drawings = [];
        drawMap = null;
        const [country, others] = [
          overview.charts.filter(({name}) => name === 'country'), overview.charts.filter(({name}) => name !== 'country'),
        ];
        const made = new Map(others.map((chart) => [chart.name, groups(chart, overview, context)]));
        const column = (...names) => {
          const found = names.filter((name) => made.has(name)).map((name) => made.get(name));
          return found.length > 0 && element('div', {class: 'ld-stack'}, ...found);
        };
        return [
          element('div', {class: 'ld-two'}, weeks(overview, context), members(overview, context)),
          made.size > 0 && element(
            'div', {class: 'ld-people'}, column('age'), column('gender', 'enrollment_track'), column('education'),
          ),
          ...country.map((chart) => countries(chart, context)),
        ].filter(Boolean);
      },
    };
  };
}(window.learnerData));
