import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const COLUMNS = [
  {key: 'username', label: 'Username', of_guide: true}, {key: 'goals', label: 'Goals', of_guide: true, optional: true},
  {key: 'videos', label: 'Videos', of_guide: false}, {key: 'email', label: '<i>Email</i>', of_guide: true},
];
const USUAL = ['username', 'goals', 'email'];
const PARAMETERS = {
  profile: ['columns', 'cohort'], grades: [], engagement: ['date'], weekly: ['end_date'], dated: ['date', 'columns'],
  research: ['columns'],
};
const FILTERS = {
  cohort: [['a&b', 'Cohort <A>'], ['b', 'Cohort B']], team: [], activity: [['never', 'Never started']],
  country: [['br', 'Brazil']],
};

function open({columns = COLUMNS, filters = FILTERS, first = 'profile'} = {}) {
  const opened = openPage(['dom', 'formats', 'api', 'messages']);
  const {element} = opened.ld;
  const form = element(
    'form', {id: 'learner-data-create'},
    element('select', {name: 'report', value: first}), element('select', {name: 'format', value: 'csv'}),
    element('label', {'data-date': true, hidden: true}, element('span', {}), element('input', {type: 'date', name: 'day'})),
    element('button', {type: 'submit'}),
    element(
      'details', {'data-customize': true}, element('div', {'data-filters': true}), element('fieldset', {'data-columns': true}),
    ),
  );
  const message = element('div', {'data-message': true, hidden: true});
  opened.add('section', {class: 'ld-panel'}, form, message);
  opened.run('create_report');
  const requested = [];
  let end = () => {};
  opened.ld.createReportForm({
    page: {texts: texts(), columns, filters, report_parameters: PARAMETERS},
    reports: {
      request: (body, messages) => {
        requested.push(body);
        assert.equal(messages.place, message);
        return new Promise((resolve) => { end = resolve; });
      },
    },
  });
  const find = (selector) => form.querySelector(selector);
  const box = (key) => find(`input[value="${key}"]`);
  return {
    ...opened, form, find, message, box, requested,
    choose(report, format = 'csv') {
      find('[name="format"]').value = format;
      find('[name="report"]').value = report;
      find('[name="report"]').dispatchEvent(new Event('change'));
    },
    tick: (key, isOn) => { box(key).checked = isOn; },
    async submit() {
      const event = new Event('submit', {cancelable: true});
      form.dispatchEvent(event);
      await settle();
      assert.equal(event.defaultPrevented, true);
    },
    end: async () => {
      end();
      await settle();
    },
  };
}

test('columns that a report does not take are neither shown nor asked for', async () => {
  const columns = COLUMNS.map((column) => ({...column, not_in: column.key === 'username' ? ['research'] : []}));
  const {choose, submit, requested, box, tick, end, message} = open({columns});
  choose('research');
  assert.deepEqual(['username', 'goals'].map((key) => box(key).parent.hidden), [true, false]);
  await submit();
  await end();
  tick('goals', false);
  await submit();
  await end();
  tick('email', false);
  await submit();
  choose('profile');

  assert.deepEqual(requested, [{report: 'research', format: 'csv'}, {report: 'research', format: 'csv', columns: ['email']}]);
  assert.equal(message.textContent.trim(), 'columns_needed');
  assert.equal(box('username').parent.hidden, false);
});

test('a report is asked for as it is chosen; untouched columns and filters are not named', async () => {
  const {choose, submit, requested} = open();
  choose('profile', 'xlsx');
  await submit();

  assert.deepEqual(requested, [{report: 'profile', format: 'xlsx'}]);
});

test('one at a time: further clicks do nothing until the answer is there', async () => {
  const {submit, requested, end, find} = open();
  await submit();
  await submit();
  assert.equal(requested.length, 1);
  assert.equal(find('[type="submit"]').getAttribute('aria-disabled'), 'true');
  await end();
  await submit();

  assert.equal(requested.length, 2);
});

test("the guide's columns are ticked, in the order of the page", () => {
  const {find, box} = open();

  assert.deepEqual(find('[data-columns]').children.map((label) => label.textContent), [
    ' Username', ' Goals', ' Videos', ' <i>Email</i>',
  ]);
  assert.deepEqual(COLUMNS.filter(({key}) => box(key).checked).map(({key}) => key), USUAL);
});

test('columns are named once they are not the usual ones, in the order of the page', async () => {
  const {tick, submit, end, requested} = open();
  tick('videos', true);
  await submit();
  await end();
  tick('username', false); // as many as usual, but others
  await submit();
  await end();
  tick('videos', false);
  await submit();
  await end();
  tick('username', true);
  await submit();

  assert.deepEqual(requested.map((body) => body.columns), [
    ['username', 'goals', 'videos', 'email'], ['goals', 'videos', 'email'], ['goals', 'email'], undefined,
  ]);
});

test('filters are offered for what the course has, with names that stay text', () => {
  const {find} = open();
  const [cohort, activity, ...others] = find('[data-filters]').querySelectorAll('select');

  assert.deepEqual([cohort.id, activity.id, others.length], ['learner-data-create-cohort', 'learner-data-create-activity', 0]);
  assert.deepEqual(cohort.children.map((option) => [option.value, option.textContent]), [
    ['', 'table_all'], ['a&b', 'Cohort <A>'], ['b', 'Cohort B'],
  ]);
  assert.deepEqual(find('[data-filters]').querySelectorAll('span').map((name) => name.textContent), [
    'filter_cohort', 'filter_activity',
  ]);
});

test('a course without groups has no filters', () => {
  assert.deepEqual(open({filters: {}}).find('[data-filters]').children, []);
});

test('what is chosen goes along, what is not does not', async () => {
  const {find, submit, requested} = open();
  find('#learner-data-create-cohort').value = 'a&b';
  await submit();

  assert.deepEqual(requested, [{report: 'profile', format: 'csv', cohort: 'a&b'}]);
});

test('a report has the controls that it takes', () => {
  const {choose, find} = open();
  const seen = ['profile', 'grades', 'engagement', 'weekly', 'dated', 'unknown'].map((report) => {
    choose(report);
    return [report, !find('[data-date]').hidden && find('[data-date] span').textContent, !find('[data-customize]').hidden];
  });

  assert.deepEqual(seen, [
    ['profile', false, true], ['grades', false, false], ['engagement', 'report_day', false],
    ['weekly', 'report_week_end', false], ['dated', 'report_day', true], ['unknown', false, false],
  ]);
});

test('the report that is chosen at first is adapted to, too', () => {
  const {find} = open({first: 'engagement'});
  assert.deepEqual([find('[data-date]').hidden, find('[data-customize]').hidden], [false, true]);
});

test('a day goes along under the name that the report has for it, if one is chosen', async () => {
  const {choose, find, submit, end, requested} = open();
  choose('engagement');
  await submit();
  await end();
  find('[name="day"]').value = '2026-11-20';
  for (const report of ['engagement', 'weekly', 'profile']) {
    choose(report);
    await submit();
    await end();
  }

  assert.deepEqual(requested, [
    {report: 'engagement', format: 'csv'}, {report: 'engagement', format: 'csv', date: '2026-11-20'},
    {report: 'weekly', format: 'csv', end_date: '2026-11-20'}, {report: 'profile', format: 'csv'},
  ]);
});

test('what a report does not take is not sent, though it was chosen for another', async () => {
  const {choose, find, tick, submit, requested} = open();
  find('#learner-data-create-cohort').value = 'b';
  tick('email', false);
  choose('grades');
  await submit();

  assert.deepEqual(requested, [{report: 'grades', format: 'csv'}]);
});

test('a report without columns is not asked for, and the reason is told', async () => {
  const {tick, submit, message, requested} = open();
  USUAL.forEach((key) => tick(key, false));
  await submit();
  assert.deepEqual(requested, []);
  assert.deepEqual([message.hidden, message.className, message.textContent.trim()], [
    false, 'ld-message ld-message-error', 'columns_needed',
  ]);
  tick('videos', true);
  await submit();

  assert.deepEqual(requested, [{report: 'profile', format: 'csv', columns: ['videos']}]);
});

test('a report that takes no columns is asked for whatever is ticked', async () => {
  const {tick, choose, submit, requested} = open();
  USUAL.forEach((key) => tick(key, false));
  choose('grades');
  await submit();

  assert.deepEqual(requested, [{report: 'grades', format: 'csv'}]);
});
