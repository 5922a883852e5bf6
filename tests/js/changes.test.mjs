import assert from 'node:assert/strict';
import test, {beforeEach} from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const file = (name, created, values = {}) => ({
  name, created: '2026-03-' + created + 'T10:00:00Z', report: 'profile', format: 'csv', changes: null, ...values,
});
const REPORTS = {
  profile: {rhythms: [], filters: [], can_compare: true, compares_with_now: true},
  engagement_daily: {rhythms: [], filters: [], can_compare: true, compares_with_now: false},
  other: {rhythms: [], filters: [], can_compare: false, compares_with_now: true},
};
let listed;

beforeEach(() => {
  listed = [
    file('d.csv', '05', {report: 'changes', changes: {joined: 1, left: 2, changed: 3}}), file('b.csv', '04'),
    file('e2.csv', '03', {report: 'engagement_daily'}), file('o.csv', '03', {report: 'other'}),
    file('e1.csv', '02', {report: 'engagement_daily'}), file('x.xlsx', '02', {format: 'xlsx'}), file('a.csv', '01'),
    file('gone.csv', '01', {report: 'unknown'}),
  ];
});

async function open() {
  const opened = openPage(['dom', 'formats', 'api', 'messages', 'purpose', 'schedules', 'changes']);
  const {add} = opened;
  const list = add('ul', {id: 'learner-data-changes-list'});
  const empty = add('p', {id: 'learner-data-changes-empty'});
  add('div', {id: 'learner-data-changes-message'});
  const earlier = add('select', {name: 'earlier'});
  const later = add('select', {name: 'later'});
  const form = add('form', {id: 'learner-data-changes-form'}, earlier, later, add('button', {type: 'submit'}));
  const asked = [];
  const changes = opened.ld.createChanges({
    page: {
      texts: texts({changes_numbers: '+{joined} -{left} ~{changed}', changes_option: '{report} {time}'}),
      urls: {reports: '/reports/'}, reports: {profile: 'Profile'}, schedules: {reports: REPORTS},
    },
    formats: {number: String, timeText: (date) => date.toISOString().slice(0, 10)},
    api: {fileUrl: (url) => url, readPatiently: async () => ({reports: listed})},
    reports: {request: async (body) => asked.push(body)},
  });
  await settle();
  const offered = (select) => select.querySelectorAll('option').map((one) => one.getAttribute('value'));
  return {
    ...opened, changes, list, empty, earlier, later, form, asked, offered,
    choose(select, value) {
      select.value = value;
      select.dispatchEvent(new Event('change'));
    },
    async submit() {
      form.dispatchEvent(new Event('submit', {cancelable: true}));
      await settle();
    },
  };
}

test('files that can be compared are offered, a day of engagement only with a later one', async () => {
  const {offered, earlier, later, choose} = await open();

  assert.deepEqual(offered(earlier), ['b.csv', 'e1.csv', 'x.xlsx', 'a.csv']);
  assert.deepEqual(offered(later), ['']);
  choose(earlier, 'a.csv');
  assert.deepEqual(offered(later), ['', 'b.csv']);
  choose(earlier, 'e1.csv');
  assert.deepEqual(offered(later), ['e2.csv']);
});

test('the difference to now, and between two files, are asked for', async () => {
  const {earlier, later, choose, submit, asked} = await open();
  choose(earlier, 'x.xlsx');
  await submit();
  choose(earlier, 'a.csv');
  later.value = 'b.csv';
  await submit();

  assert.deepEqual(asked, [
    {report: 'changes', format: 'xlsx', earlier: 'x.xlsx'},
    {report: 'changes', format: 'csv', earlier: 'a.csv', later: 'b.csv'},
  ]);
});

test('the latest differences are shown with their numbers', async () => {
  const {list} = await open();
  const [row] = list.children;

  assert.equal(row.querySelector('strong').textContent, '+1 -2 ~3');
  assert.equal(row.querySelector('a').getAttribute('href'), '/reports/d.csv');
});

test('without a file there is nothing to compare', async () => {
  listed = [];
  const {form, empty} = await open();

  assert.deepEqual([form.hidden, empty.hidden], [true, false]);
});

test('a choice stays when the list is read anew', async () => {
  const {changes, earlier, choose} = await open();
  choose(earlier, 'a.csv');
  await changes.refresh();

  assert.equal(earlier.value, 'a.csv');
});
