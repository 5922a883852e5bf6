import assert from 'node:assert/strict';
import test, {afterEach, beforeEach, mock} from 'node:test';

import {TestStorage, openPage, settle, texts} from './page.mjs';

const SCRIPTS = [
  'dom', 'formats', 'api', 'messages', 'chart_parts', 'chart_drawings', 'chart_tips', 'chart_files', 'world_map',
  'overview_tiles', 'overview_charts', 'overview',
];
const NUMBERS = {
  enrolled: 1284, ever_enrolled: 1533, joined_7: 42, joined_30: 120, left_7: 9, left_30: 30, active: 486, active_before: 448,
  verified: 214, never: 173, inactive_14: 268, struggling: 57, median_age: 30,
};
const ONLY_SAFE = {...Object.fromEntries(Object.keys(NUMBERS).map((name) => [name, null])), enrolled: 1286, active: 484};
const row = (key, count, share = null, muted = false) => ({key, label: key.toUpperCase(), count, share, muted});
const GENDER = {
  name: 'gender', title: 'Gender', description: 'As told.', note: '', median: '', csv_url: '/gender.csv',
  rows: [row('f', 1200, 0.6), row('m', 84, 0.4), row('not_reported', 10, 0.01, true)],
};
const AGE = {
  ...GENDER, name: 'age', title: 'Age', median: 'B', csv_url: '/age.csv',
  rows: [row('a', 5), row('b', 9), row('none', 3, null, true)],
};
const COUNTRY = {...GENDER, name: 'country', title: 'Country', csv_url: '/country.csv', rows: [row('us', 312), row('sg', 4)]};
const WEEKS = [
  {week: '2026-11-09', label: '', complete: true, active: 448, watched_video: null, tried_problem: 9, discussed: 0},
  {week: '2026-11-16', label: '', complete: true, active: 486, watched_video: 361, tried_problem: 294, discussed: 84},
  {week: '2026-11-23', label: '', complete: false, active: 12, watched_video: 1, tried_problem: 2, discussed: 3},
];
const MEMBERS = [
  {first: '2026-11-09', last: '2026-11-15', label: '', joined: 1251, left: 0, enrolled: 1251},
  {first: '2026-11-16', last: '2026-11-22', label: '', joined: 42, left: 9, enrolled: 1284},
];
const READY = {
  generated: '2026-11-23T08:05:00Z', safe: false, refreshing: false, numbers: NUMBERS, week: '2026-11-16',
  sentences: {struggling: '57 learners are struggling', away: '268 have been away'},
  weeks: WEEKS, weeks_csv_url: '/weeks.csv', members: MEMBERS, members_csv_url: '/members.csv', left_unknown: 0,
  charts: [GENDER, AGE, COUNTRY],
};
const NEWER = {...READY, generated: '2026-11-24T08:05:00Z'};
const WORLD = {box: [0, 0, 100, 50], shapes: {us: 'M0 0l1 1z', br: 'M5 5l1 1z'}, circles: {sg: [7, 7], mt: [8, 8]}, others: ''};
let answers; // what the server answers, the last one for ever
let asked;
let posted;
let kept; // in the address
let localStorage;

beforeEach(() => {
  mock.timers.enable({apis: ['setTimeout']});
  answers = [READY];
  [asked, posted, kept] = [[], [], []];
  localStorage = new TestStorage();
});
afterEach(() => mock.timers.reset());

function open({search = '', onlySafe = false, leastGroup = 10, filters = {}, learners = 1284} = {}) {
  let watched = () => {};
  const opened = openPage(SCRIPTS, {
    window: {
      localStorage,
      IntersectionObserver: class {
        constructor(listener) { watched = () => listener([{isIntersecting: true}]); }

        observe() {}

        disconnect() {}
      },
    },
  });
  const {ld} = opened;
  const element = (tag, attributes) => ld.element(tag, attributes);
  const place = element('div', {'data-charts': true, 'data-heading-level': '3'});
  const message = element('div', {'data-message': true});
  const choice = element('input', {type: 'checkbox', 'data-charts-safe': true});
  const refresh = element('button', {'data-charts-refresh': true});
  const hint = element('p', {'data-charts-hint': true});
  const age = ld.element('p', {'data-charts-age': true, hidden: true}, element('span', {'data-charts-as-of': true}));
  const glance = element('div', {'data-overview-glance': true});
  const chosen = element('div', {'data-overview-filters': true});
  const week = element('span', {'data-overview-week': true});
  const switches = onlySafe ? [] : [choice, refresh];
  opened.add('section', {class: 'ld-tab'}, chosen, message, ...switches, hint, glance, place, age, week);
  let listener;
  const next = async (url) => {
    if (url === '/world.json') {
      return WORLD;
    }
    asked.push(url);
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    if (answer === 'network') {
      throw new ld.Failure('network');
    }
    return answer;
  };
  const links = [];
  ld.createOverview({
    page: {
      texts: texts({charts_as_of: 'of {time}!', charts_safe: '±{noise}, {least}', overview_sentence: '{struggling} & {away}.'}),
      min_group_size: leastGroup, filters, learner_count: learners, counted_on_request: 100_000, course_id: 'course-v1:A+B+C',
      course_name: 'Course', charts_alone: onlySafe,
      urls: {statistics: '/statistics/', overview: '/overview/', world_map: '/world.json'},
    },
    formats: ld.createFormats('en'),
    tabs: {
      onShow: (_name, given) => { listener = given; },
      keep: (params) => kept.push(params),
      link(tab, params, attributes, ...children) {
        links.push(`${tab}?${new URLSearchParams(params)}`);
        return ld.element('a', attributes, ...children);
      },
    },
    api: {
      fileUrl: (url) => url + '?bom=1', read: next, readPatiently: next,
      post: async (url, body) => { posted.push([url, body]); },
    },
  });
  return {
    ...opened, place, message, choice, refresh, hint, age, glance, chosen, week, links,
    look: async (address = search) => {
      listener(new URLSearchParams(address));
      await settle();
    },
    scroll: async () => {
      watched();
      await settle();
    },
    pass: async (milliseconds) => {
      mock.timers.tick(milliseconds);
      await settle();
    },
    turn: async (isOn) => {
      choice.checked = isOn;
      choice.dispatchEvent(new Event('change'));
      await settle();
    },
    card: (name) => place.querySelector(`[data-chart="${name}"]`),
    cells: (name) => place.querySelector(`[data-chart="${name}"]`).querySelectorAll('tr')
      .map((line) => line.children.map((cell) => cell.textContent)),
  };
}

test('numbers are asked for when somebody looks, once', async () => {
  const {look} = open();
  assert.deepEqual(asked, []);
  await look();
  await look();

  assert.deepEqual(asked, ['/overview/']);
});

test('each tile leads to the learners it counts', async () => {
  const {look, glance, links} = open();
  await look();

  const tiles = glance.querySelectorAll('.ld-tile').map((tile) => tile.textContent);
  assert.deepEqual(tiles, [
    'tile_active486 38%tile_moretile_who_not', 'tile_enrolled1,284tile_ever', 'tile_moved+42 joined−9 lefttile_moved_30',
    'tile_verified214 17%', 'tile_never173 13%tile_who',
  ]);
  assert.deepEqual(links, [
    'learners?activity=struggling', 'learners?activity=inactive_14', 'learners?activity=active_last_week',
    'learners?activity=inactive_7', 'learners?', 'learners?activity=joined_7', 'learners?enrollment_mode=verified',
    'learners?activity=never', 'learners?activity=never',
  ]);
  assert.equal(glance.querySelector('.ld-lead').textContent, '57 learners are struggling & 268 have been away.');
});

test('numbers that are not known have no tile', async () => {
  answers = [{...READY, numbers: ONLY_SAFE, sentences: null}];
  const {look, glance} = open();
  await look();

  assert.deepEqual(glance.querySelectorAll('dt').map((title) => title.textContent), ['tile_active', 'tile_enrolled']);
  assert.equal(glance.querySelector('.ld-lead'), null);
});

test('where there is no table of learners nothing leads there', async () => {
  answers = [{...READY, numbers: ONLY_SAFE, sentences: null}];
  const {look, links} = open({onlySafe: true});
  await look();

  assert.deepEqual(links, []);
});

test('a chart has its numbers as a table, and its files', async () => {
  const {look, card, cells} = open();
  await look();

  assert.deepEqual(cells('gender'), [
    ['chart_group', 'chart_count', 'chart_share'], ['F', '1,200', '60%'], ['M', '84', '40%'], ['NOT_REPORTED', '10', '1%'],
  ]);
  assert.deepEqual(cells('weekly_activity').slice(1), [
    ['chart_so_far', '12', '1', '2', '3'], ['Nov 16, 2026', '486', '361', '294', '84'], ['Nov 9, 2026', '448', '', '9', '0'],
  ]);
  assert.deepEqual(
    cells('joined_and_left').slice(1).map((line) => line.slice(1)), [['42', '9', '1,284'], ['1,251', '0', '1,251']],
  );
  assert.equal(card('gender').querySelector('a').getAttribute('href'), '/gender.csv?bom=1');
  assert.deepEqual(card('gender').querySelectorAll('.ld-chart-file').map((file) => file.textContent), ['CSV', 'PNG', 'SVG']);
});

test('where it is not told who left there is no column for it', async () => {
  answers = [{...READY, members: MEMBERS.map((period) => ({...period, left: null}))}];
  const {look, cells} = open();
  await look();

  assert.deepEqual(cells('joined_and_left')[0], ['chart_period', 'series_joined', 'series_enrolled']);
});

test('a chart without rows says why and offers nothing', async () => {
  answers = [{...READY, charts: [{...GENDER, rows: [], note: 'Nobody.'}, {...COUNTRY, rows: [], note: 'Nobody.'}]}];
  const {look, card} = open();
  await look();

  ['gender', 'country'].forEach((name) => {
    assert.equal(card(name).querySelector('.ld-chart-none').textContent, 'Nobody.');
    assert.equal(card(name).querySelector('.ld-card-foot'), null);
  });
});

test('all countries are in the table; the map is loaded when it comes into view', async () => {
  const {look, scroll, card, cells} = open();
  await look();
  assert.deepEqual(cells('country').slice(1).map((line) => [line[0], line[2]]), [['US', '312'], ['SG', '4']]);
  assert.equal(card('country').querySelector('.ld-svg-land'), null);
  await scroll();

  const drawn = card('country').querySelectorAll('.ld-svg-known').map((land) => [land.tagName, land.dataset.key]);
  assert.deepEqual(drawn, [['path', 'us'], ['circle', 'sg']]);
  assert.equal(card('country').querySelectorAll('.ld-svg-land').length, 4);
});

test('what could not be loaded can be tried again', async () => {
  answers = ['network', READY];
  const {look, message, place} = open();
  await look();
  assert.match(message.textContent, /network/);
  message.querySelector('button').click();
  await settle();

  assert.ok(place.querySelector('figure'));
});

test('it is said of which moment and which week the numbers are', async () => {
  const {look, age, week} = open();
  await look();

  assert.equal(age.hidden, false);
  assert.equal(age.querySelector('time').getAttribute('datetime'), READY.generated);
  assert.match(week.textContent, /overview_week/);
});

test('numbers that are not there yet are asked for again, ever later', async () => {
  answers = [{...READY, generated: null}, {...READY, generated: null}, READY];
  const {look, pass, message, place} = open();
  await look();
  assert.match(message.textContent, /charts_preparing/);
  assert.equal(place.querySelector('figure'), null);
  await pass(1000);
  await pass(1000);
  assert.equal(asked.length, 2);
  await pass(1000);

  assert.equal(asked.length, 3);
  assert.equal(message.hidden, true);
});

test('numbers that never come are given up', async () => {
  answers = [{...READY, generated: null}];
  const {look, pass, message} = open();
  await look();
  for (let time = 0; time < 60; time += 1) {
    await pass(15_000);
  }

  assert.equal(asked.length, 40);
  assert.equal(message.hidden, true);
});

test('numbers that are safe to share are asked for by the switch, which is kept and in the address', async () => {
  const {look, turn, hint, refresh} = open();
  await look();
  assert.deepEqual([hint.textContent, refresh.hidden], ['charts_exact', false]);
  await turn(true);

  assert.deepEqual(asked, ['/overview/', '/overview/?safe=1']);
  assert.deepEqual([hint.textContent, refresh.hidden], ['±3, 10', true]);
  assert.deepEqual(kept, [{safe: '1'}]);
  const again = open();
  await again.look();
  assert.equal(again.choice.checked, true);
  await again.look('safe=0');
  assert.equal(again.choice.checked, false);
});

test('a browser that keeps nothing still switches', async () => {
  localStorage.refuses = true;
  const {look, turn} = open();
  await look();
  await turn(true);

  assert.deepEqual(asked, ['/overview/', '/overview/?safe=1']);
});

test('a site that protects nothing says so', async () => {
  const {look, turn, hint} = open({leastGroup: 1});
  await look();
  await turn(true);
  assert.equal(hint.textContent, 'charts_unchanged');
});

test('a cohort or track is chosen, kept in the address, and leads on to its learners', async () => {
  const filters = {cohort: [['Blue', 'Blue'], ['Red', 'Red']], enrollment_mode: [['audit', 'Audit']]};
  const {look, chosen, links, turn} = open({filters});
  await look('cohort=Red');
  assert.deepEqual(asked, ['/overview/?cohort=Red']);
  assert.deepEqual(chosen.querySelectorAll('select').map((select) => select.id), ['learner-data-overview-cohort']);
  const [select] = chosen.querySelectorAll('select');
  select.value = 'Blue';
  select.dispatchEvent(new Event('change'));
  await settle();

  assert.equal(asked.at(-1), '/overview/?cohort=Blue');
  assert.deepEqual(kept, [{safe: '0', cohort: 'Blue'}]);
  assert.equal(links.at(-1), 'learners?cohort=Blue&activity=never');
  await turn(true);
  assert.equal(asked.at(-1), '/overview/?safe=1');
  assert.equal(chosen.hidden, true);
});

test('a very large course has no choice of a cohort', async () => {
  const {look, chosen} = open({filters: {cohort: [['Blue', 'Blue'], ['Red', 'Red']]}, learners: 100_000});
  await look();
  assert.deepEqual([chosen.querySelectorAll('select').length, chosen.hidden], [0, true]);
});

test('an answer to an earlier question is not shown', async () => {
  let release;
  const slow = new Promise((resolve) => { release = resolve; });
  answers = [slow, {...READY, generated: '2026-11-25T00:00:00Z'}];
  const {look, turn, age} = open();
  await look();
  await turn(true);
  release(READY);
  await settle();

  assert.equal(age.querySelector('time').getAttribute('datetime'), '2026-11-25T00:00:00Z');
});

test('counting anew waits for newer numbers, and leaves opened numbers open', async () => {
  const {look, pass, refresh, card, age} = open();
  await look();
  card('gender').querySelector('details').open = true;
  answers = [READY, READY, NEWER];
  refresh.click();
  await settle();
  assert.deepEqual(posted, [['/statistics/', {}]]);
  await pass(1000);

  assert.equal(age.querySelector('time').getAttribute('datetime'), NEWER.generated);
  assert.equal(card('gender').querySelector('details').open, true);
});
