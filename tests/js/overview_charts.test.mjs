import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const SCRIPTS = ['dom', 'formats', 'api', 'chart_parts', 'chart_drawings', 'chart_tips', 'world_map', 'overview_charts'];
const row = (key, count, share = null, muted = false) => ({key, label: key.toUpperCase(), count, share, muted});
const chart = (name, rows, more = {}) => ({
  name, title: name + ' <title>', description: 'As told.', note: '', median: '', csv_url: `/${name}.csv`, rows, ...more,
});
const GENDER = chart('gender', [row('f', 1200, 0.6), row('m', 84, 0.004), row('none', 10, null, true)]);
const AGE = chart('age', [row('a', 5), row('b', 9), row('none', 3000, null, true)], {median: 'B'});
const COUNTRY = chart('country', [row('us', 312, 0.9), row('sg', 4, 0.01), row('none', 60_000, null, true)]);
const week = (day, complete, numbers) => ({week: day, complete, ...Object.fromEntries([
  'active', 'watched_video', 'tried_problem', 'discussed',
].map((key, place) => [key, numbers[place]]))});
const WEEKS = [week('2026-11-09', true, [448, null, 9, 0]), week('2026-11-16', true, [486, 361, null, 84]),
  week('2026-11-23', false, [12, 1, 2, 3])];
const MEMBERS = [
  {first: null, last: '2026-11-15', joined: 1251, left: 0, enrolled: 1251},
  {first: '2026-11-16', last: '2026-11-22', joined: 42, left: 9, enrolled: 1284},
];
const OVERVIEW = {
  numbers: {median_age: 30}, weeks: WEEKS, weeks_csv_url: '/weeks.csv', members: MEMBERS, members_csv_url: '/members.csv',
  left_unknown: 0, charts: [GENDER, AGE, COUNTRY],
};
const CONTEXT = {safe: false, selected: false, asOf: 'as of today'};
const WORLD = {box: [0, 0, 100, 50], shapes: {us: 'M0 0z', br: 'M5 5z'}, circles: {sg: [7, 7]}, others: ''};

function open({width = 600} = {}) {
  const watchers = [];
  const opened = openPage(SCRIPTS, {
    window: {
      Blob: class {
        constructor(parts, {type}) { Object.assign(this, {text: parts.join(''), type}); }
      },
      IntersectionObserver: class {
        seen = [];

        constructor(listener, options) { watchers.push(Object.assign(this, {listener, options})); }

        observe(element) { this.seen.push(element); }

        disconnect() { this.seen = []; }
      },
    },
  });
  const {ld} = opened;
  const state = {read: [], loaded: [], saved: [], drawn: [], answer: async () => WORLD, pictures: true};
  ld.loadScripts = async (urls) => {
    state.loaded.push(urls);
    if (!state.pictures) {
      throw new Event('error');
    }
    ld.pictureSource = (svg, told) => {
      state.drawn.push([svg, told]);
      return '<svg/>';
    };
    ld.picturePng = async (svg, told) => {
      state.drawn.push([svg, told]);
      return 'png';
    };
  };
  ld.saveFile = (blob, name) => state.saved.push([blob, name]);
  const charts = ld.createCharts({
    page: {
      texts: texts({
        chart_week_of: 'Week of {day}', chart_so_far: '{week} so far', chart_until: 'until {day}',
        chart_median: 'Median: {value}',
        chart_file_named: '{format} of {title}', members_unknown: '{count} unknown', map_more: '{count} or more',
      }),
      course_id: 'course-v1:A+B/C', course_name: 'Course', scripts: {pictures: ['/pictures.js']},
      urls: {world_map: '/world.json'},
    },
    formats: ld.createFormats('en'),
    heading: 'h4',
    api: {
      fileUrl: (url, format) => `${url}?${format}`,
      read: async (url) => {
        state.read.push(url);
        return state.answer();
      },
    },
  });
  const root = opened.add('div');
  const find = (selector) => root.querySelector(selector);
  const card = (name) => find(`[data-chart="${name}"]`);
  return {
    ...opened, root, find, card, state, watchers, period: ld.createFormats('en').days('2026-11-16', '2026-11-22'),
    cards(overview = {}, context = {}) {
      root.replaceChildren(...charts.cards({...OVERVIEW, ...overview}, {...CONTEXT, ...context}));
      root.querySelectorAll('.ld-plot').forEach((plot) => { plot.clientWidth = width; });
      charts.fit();
    },
    fit: (now) => {
      root.querySelectorAll('.ld-plot').forEach((plot) => { plot.clientWidth = now; });
      charts.fit();
    },
    lines: (name) => card(name).querySelectorAll('tr').map((line) => line.children.map((cell) => cell.textContent)),
    plot: (name) => card(name).querySelector('.ld-plot'),
    said: (name) => card(name).querySelector('.ld-plot').getAttribute('aria-label'),
    hints: (name) => card(name).querySelectorAll('.ld-hint').map((hint) => hint.textContent),
    async look(place = watchers.length - 1) {
      watchers[place].listener([{isIntersecting: false}, {isIntersecting: true}]);
      await settle();
    },
    async save(name, format) {
      const button = card(name).querySelectorAll('.ld-chart-file').find((file) => file.textContent === format.toUpperCase());
      button.click();
      await settle();
    },
  };
}

test('cards stand in rows: activity, people, places', () => {
  const {cards, root} = open();
  cards({charts: [COUNTRY, chart('education', [row('x', 1)]), chart('enrollment_track', [row('x', 1)]), GENDER, AGE]});
  const names = (element) => [element, ...element.all()].map((one) => one.getAttribute('data-chart')).filter(Boolean);

  assert.deepEqual(root.children.map((line) => [line.className.split(' ')[0], names(line)]), [
    ['ld-two', ['weekly_activity', 'joined_and_left']],
    ['ld-people', ['age', 'gender', 'enrollment_track', 'education']],
    ['ld-card', ['country']],
  ]);
  assert.deepEqual(root.querySelectorAll('.ld-stack').map((stack) => stack.children.length), [1, 2, 1]);
});

test('a course without charts of people has none of their rows', () => {
  const {cards, root} = open();
  cards({charts: []});

  assert.deepEqual(root.children.map((line) => line.className), ['ld-two']);
});

test('a card is named by its heading, which has the level of the page, and text stays text', () => {
  const {cards, card} = open();
  cards();
  const heading = card('gender').querySelector('h4');

  assert.equal(heading.textContent, 'gender <title>');
  assert.equal(card('gender').getAttribute('aria-labelledby'), heading.id);
  assert.equal(card('country').getAttribute('aria-labelledby'), card('country').querySelector('h4').id);
});

test('drawings are told in a sentence to those who do not see them', () => {
  const {cards, said, plot, period} = open();
  cards();

  assert.equal(said('weekly_activity'), 'weeks_title. Week of Nov 16, 2026, series_active: 486, series_watched_video: 361, '
    + 'series_tried_problem: –, series_discussed: 84');
  assert.equal(said('joined_and_left'), `members_title. ${period}, series_enrolled: 1,284`);
  assert.equal(said('gender'), 'gender <title>. F: 1,200 (60%); M: 84 (0.4%); NONE: 10');
  assert.equal(said('country'), 'country <title>. map_table');
  assert.deepEqual(['tabindex', 'role'].map((name) => plot('gender').getAttribute(name)), ['0', 'img']);
});

test('numbers of weeks begin with the newest; what is not known is empty, none is a zero', () => {
  const {cards, lines} = open();
  cards();

  assert.deepEqual(lines('weekly_activity'), [
    ['chart_week', 'series_active', 'series_watched_video', 'series_tried_problem', 'series_discussed'],
    ['Nov 23, 2026 so far', '12', '1', '2', '3'], ['Nov 16, 2026', '486', '361', '', '84'],
    ['Nov 9, 2026', '448', '', '9', '0'],
  ]);
  assert.deepEqual(WEEKS.map((one) => one.week), ['2026-11-09', '2026-11-16', '2026-11-23']);
});

test('weeks of a group that is chosen say what they leave out', () => {
  const {cards, hints} = open();
  cards();
  assert.deepEqual(hints('weekly_activity'), ['weeks_hint']);
  cards({}, {selected: true});

  assert.deepEqual(hints('weekly_activity'), ['weeks_hint', 'weeks_selected']);
});

test('before the first week is over there is nothing to see, nor to take along', () => {
  const {cards, card} = open();
  cards({weeks: [WEEKS[2]], members: []});

  ['weekly_activity', 'joined_and_left'].forEach((name) => {
    assert.equal(card(name).querySelector('.ld-chart-none').textContent, 'chart_nothing');
    assert.equal(card(name).querySelector('.ld-plot'), null);
    assert.equal(card(name).querySelector('.ld-card-foot'), null);
  });
});

test('what was before the first period is told up to its day', () => {
  const {cards, lines, hints, period} = open();
  cards();

  assert.deepEqual(lines('joined_and_left'), [
    ['chart_period', 'series_joined', 'series_left', 'series_enrolled'],
    [period, '42', '9', '1,284'], ['until Nov 15, 2026', '1,251', '0', '1,251'],
  ]);
  assert.deepEqual(hints('joined_and_left'), ['members_hint']);
});

test('who left is told for the periods of which it is known, and not at all where it is for none', () => {
  const {cards, lines, hints} = open();
  cards({members: [{...MEMBERS[0], left: null}, MEMBERS[1]]});
  assert.deepEqual(lines('joined_and_left').map((line) => line[2]), ['series_left', '9', '']);
  cards({members: MEMBERS.map((period) => ({...period, left: null})), left_unknown: 1200});

  assert.deepEqual(lines('joined_and_left').map((line) => line.length), [3, 3, 3]);
  assert.deepEqual(hints('joined_and_left'), ['members_hint_safe', '1,200 unknown']);
});

test('ages are columns with their middle; who did not answer is told in words', () => {
  const {cards, plot, hints, lines} = open();
  const words = () => plot('age').querySelectorAll('text').map((text) => text.textContent);
  const middle = () => words().filter((text) => text.startsWith('Median'));
  cards();
  assert.deepEqual([hints('age'), middle()], [['As told. NONE: 3,000'], ['Median: 30']]);
  assert.deepEqual(lines('age').slice(1), [['A', '5', ''], ['B', '9', ''], ['NONE', '3,000', '']]);
  cards({numbers: {median_age: null}});
  assert.deepEqual(middle(), ['Median: B']);
  cards({numbers: null});
  assert.deepEqual(middle(), ['Median: B']);

  cards({charts: [{...AGE, median: ''}]});
  assert.deepEqual(middle(), []);
});

test('other groups are bars, who did not answer among them', () => {
  const {cards, plot, hints} = open();
  cards();

  assert.equal(plot('gender').querySelectorAll('.ld-svg-bar').length, 3);
  assert.deepEqual(hints('gender'), ['As told.']);
});

test('a note stands below a drawing, or in place of one', () => {
  const {cards, card, hints} = open();
  cards({charts: [{...GENDER, note: 'Rounded.'}, {...AGE, rows: [AGE.rows[2]], note: 'Nobody.'}]});

  assert.deepEqual(hints('gender'), ['As told.', 'Rounded.']);
  assert.equal(card('age').querySelector('.ld-chart-none').textContent, 'Nobody.');
});

test('a drawing has the width that there is, and is drawn anew in another', () => {
  const {cards, fit, plot} = open();
  const widthOf = () => plot('gender').querySelector('svg').getAttribute('width');
  cards();
  assert.equal(widthOf(), '600');
  const [first] = plot('gender').children;
  fit(600.6);
  fit(0); // out of sight
  assert.equal(plot('gender').children[0], first);
  fit(320.4);

  assert.equal(widthOf(), '320');
  assert.equal(plot('gender').children.length, 1);
});

test('values are reached with the arrow keys, also after a drawing is made anew', () => {
  const {cards, fit, plot, card} = open();
  const press = (key) => plot('gender').onkeydown({key, preventDefault() {}});
  cards();
  press('ArrowDown');
  assert.equal(card('gender').querySelector('.ld-sr[role="status"]').textContent, 'F, chart_count: 1,200 (60%)');
  fit(300);
  press('End');

  assert.equal(card('gender').querySelector('[role="status"]').textContent, 'NONE, chart_count: 10');
  assert.equal(plot('gender').querySelectorAll('.ld-svg-tip').length, 1);
});

test('weeks and periods are drawn from the oldest on', () => {
  const {cards, plot, card} = open();
  cards();
  const first = (name) => {
    plot(name).onkeydown({key: 'Home', preventDefault() {}});
    return card(name).querySelector('.ld-sr[role="status"]').textContent;
  };

  assert.match(first('weekly_activity'), /^Week of Nov 9, 2026, series_active: 448, series_watched_video: –/);
  assert.match(first('joined_and_left'), /^until Nov 15, 2026, series_enrolled: 1,251/);
});

test('drawings that are no longer in the page are let go', () => {
  const {cards, fit, plot} = open();
  cards();
  const old = plot('gender');
  const [drawing] = old.children;
  cards();
  old.clientWidth = 300;
  fit(300);

  assert.equal(old.children[0], drawing);
});

test('numbers and files are named after their chart', () => {
  const {cards, card} = open();
  cards();
  const files = card('gender').querySelectorAll('.ld-chart-file');

  assert.deepEqual(files.map((file) => [file.tagName, file.getAttribute('aria-label'), file.getAttribute('type')]), [
    ['a', 'CSV of gender <title>', null], ['button', 'PNG of gender <title>', 'button'],
    ['button', 'SVG of gender <title>', 'button'],
  ]);
  assert.deepEqual(['weekly_activity', 'joined_and_left', 'gender', 'country'].map((name) => (
    card(name).querySelector('a').getAttribute('href')
  )), ['/weeks.csv?csv', '/members.csv?csv', '/gender.csv?csv', '/country.csv?csv']);
  const region = card('gender').querySelector('details .ld-region');
  assert.equal(region.tagName.toLowerCase(), 'section');
  assert.deepEqual(['tabindex', 'aria-label'].map((name) => region.getAttribute(name)), ['0', 'gender <title>']);
  assert.equal(card('gender').querySelector('summary').textContent, 'chart_numbers gender <title>');
});

test('a picture is made of what is seen, by scripts that are loaded for the first one', async () => {
  const {cards, save, state, plot} = open();
  cards();
  assert.deepEqual(state.loaded, []);
  await save('gender', 'svg');
  await save('gender', 'png');

  assert.deepEqual(state.loaded, [['/pictures.js']]);
  assert.deepEqual(state.drawn.map(([svg]) => svg), Array(2).fill(plot('gender').querySelector('svg')));
  assert.deepEqual(state.drawn[0][1], {title: 'gender <title>', subtitle: 'Course · as of today'});
  const [[svg, svgName], [png, pngName]] = state.saved;
  assert.deepEqual([svg.text, svg.type, svgName], ['<svg/>', 'image/svg+xml', 'course-v1_A_B_C_gender.svg']);
  assert.deepEqual([png, pngName], ['png', 'course-v1_A_B_C_gender.png']);
});

test('a picture that is safe to share says so, in its name too', async () => {
  const {cards, save, state} = open();
  cards({}, {safe: true});
  await save('weekly_activity', 'png');

  assert.equal(state.drawn[0][1].subtitle, 'Course · as of today · charts_are_safe');
  assert.equal(state.saved[0][1], 'course-v1_A_B_C_weekly_activity_safe_to_share.png');
});

test('a picture whose scripts cannot be had is told, and can be tried again', async () => {
  const {cards, card, save, state} = open();
  const told = () => {
    const {textContent, className} = card('gender').querySelector('.ld-chart-files [role="status"]');
    return [textContent, className];
  };
  cards();
  state.pictures = false;
  await save('gender', 'png');
  assert.deepEqual([told(), state.saved], [['network', ''], []]);
  state.pictures = true;
  await save('gender', 'png');

  assert.deepEqual([told(), state.saved.length], [['', 'ld-sr'], 1]);
});

test('the table of countries has all of them, with bars of one scale', () => {
  const {cards, card, lines} = open();
  cards();

  assert.deepEqual(lines('country'), [
    ['country <title>', 'chart_count', 'chart_share'],
    ['US', '', '312', '90%'], ['SG', '', '4', '1%'], ['NONE', '', '60,000', ''],
  ]);
  const bars = card('country').querySelectorAll('.ld-svg-bar');
  assert.deepEqual(bars.map((bar) => [bar.getAttribute('width'), bar.className]), [
    ['3', 'ld-svg-bar'], ['3', 'ld-svg-bar'], ['60', 'ld-svg-bar ld-svg-quiet'],
  ]);
});

test('the map is loaded a little before it is seen, and once', async () => {
  const {cards, plot, look, watchers, state} = open();
  cards();
  assert.deepEqual(watchers.map(({seen, options}) => [seen, options.rootMargin]), [[[plot('country')], '200px']]);
  watchers[0].listener([{isIntersecting: false}]);
  await settle();
  assert.deepEqual(state.read, []);
  await look();
  assert.deepEqual([state.read, watchers[0].seen], [['/world.json'], []]);
  cards();
  await look();

  assert.equal(state.read.length, 1);
  assert.deepEqual(plot('country').querySelectorAll('.ld-svg-known').map((land) => land.dataset.key), ['us', 'sg']);
});

test('a map that cannot be loaded leaves the table and its file, and is asked for the next time', async () => {
  const {cards, card, plot, look, state} = open();
  state.answer = async () => { throw new Error('down'); };
  cards();
  await look();
  assert.deepEqual(plot('country').children, []);
  assert.deepEqual(card('country').querySelectorAll('.ld-chart-file').map((file) => file.textContent), ['CSV']);
  state.answer = async () => WORLD;
  cards();
  await look();

  assert.equal(state.read.length, 2);
  assert.equal(plot('country').querySelectorAll('svg').length, 1);
});

test('a map has its colors explained, and can be taken along', async () => {
  const {cards, card, plot, look, save, state} = open();
  cards();
  await look();
  const legend = () => card('country').querySelector('.ld-map-legend').children.map((line) => line.textContent);
  assert.deepEqual(legend(), ['map_none', '1–9', '10–24', '25–74', '75–199', '200 or more']);
  assert.equal(card('country').querySelectorAll('.ld-card-foot').length, 1);
  await save('country', 'svg');
  assert.equal(state.drawn[0][0], plot('country').querySelector('svg'));
  assert.equal(state.saved[0][1], 'course-v1_A_B_C_country.svg');
  cards({}, {safe: true});
  await look();

  assert.equal(legend()[0], 'map_none_safe');
});

test('lands are told to whoever points at them, and by the keys, the largest first', async () => {
  const {cards, card, plot, look} = open();
  cards();
  await look();
  const tip = () => card('country').querySelector('.ld-svg-tip text');
  plot('country').onpointermove({target: plot('country').querySelector('[data-key="sg"]')});
  assert.equal(tip().textContent, 'SG');
  plot('country').onpointermove({target: plot('country').querySelector('[data-key="br"]')});
  assert.equal(tip(), null);
  plot('country').onkeydown({key: 'Home', preventDefault() {}});

  assert.equal(card('country').querySelector('[role="status"]').textContent, 'US, chart_count: 312 (90%)');
});

test('where nobody told a country there is no map', () => {
  const {cards, card, watchers} = open();
  cards({charts: [{...COUNTRY, rows: [COUNTRY.rows[2]]}]});

  assert.equal(watchers.length, 0);
  assert.equal(card('country').querySelector('.ld-chart-none').textContent, 'chart_nothing');
  assert.equal(card('country').querySelector('.ld-card-foot'), null);
});

test('a note on countries stands below the table', () => {
  const {cards, hints} = open();
  cards({charts: [{...COUNTRY, note: 'Rounded.'}]});

  assert.deepEqual(hints('country'), ['As told.', 'map_note', 'Rounded.']);
});
