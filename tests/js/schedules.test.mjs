import assert from 'node:assert/strict';
import test, {beforeEach} from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const schedule = (values = {}) => ({
  id: 7, report: 'profile', format: 'csv', every: 'week', recipients: ['ada', 'bob'], selection: {}, changes: true,
  skip_empty: false, requester: 'ada', state: 'active', reason: '', next_due: '2026-03-09T04:00:00+00:00', can_change: true,
  last: null, ...values,
});
const LAST = {
  day: '2026-03-02', state: 'done', report_name: 'a b.csv', rows: 1500, changes_name: 'c.csv',
  changes: {joined: 2, left: 1, changed: 3},
};
const TEXTS = {
  schedule_next: 'next {time}', schedule_by: '{requester} to {recipients}', schedule_last: 'Last {day}',
  schedule_rows: '{rows} rows',
  changes_numbers: '+{joined} -{left} ~{changed}', schedule_action_named: '{action}: {report}, {every}',
  schedule_added: 'first on {time}', schedule_done: '',
};
const REPORTS = {
  profile: {rhythms: ['day', 'week', 'month'], filters: ['cohort'], can_compare: true, compares_with_now: true},
  engagement_weekly: {rhythms: ['week', 'month'], filters: [], can_compare: false, compares_with_now: false},
};

let listed;
let sent;
let refuse;

beforeEach(() => {
  listed = [schedule()];
  sent = [];
  refuse = null;
});

async function open({leastPurpose = 0} = {}) {
  const opened = openPage(['dom', 'formats', 'api', 'messages', 'purpose', 'schedules']);
  const {add} = opened;
  add('div', {class: 'learner-data'});
  const list = add('ul', {id: 'learner-data-schedules-list'});
  const empty = add('p', {id: 'learner-data-schedules-empty'});
  add('h3', {id: 'learner-data-schedules-title'});
  const message = add('div', {id: 'learner-data-schedules-message'});
  const select = (name, value, ...options) => {
    const made = add('select', {name}, ...options.map((one) => add('option', {value: one}, one)));
    made.value = value;
    return made;
  };
  const fields = {
    report: select('report', 'profile', 'profile', 'engagement_weekly'), format: select('format', 'csv', 'csv'),
    every: select('every', 'day', 'day', 'week', 'month'), cohort: select('cohort', 'Blue', '', 'Blue'),
    recipients: add('input', {name: 'recipients'}), changes: add('input', {name: 'changes'}),
    skip_empty: add('input', {name: 'skip_empty'}),
  };
  fields.recipients.value = ' ada, bob ,';
  fields.changes.checked = true;
  fields.skip_empty.checked = false;
  const filter = add('label', {'data-filter': 'cohort'}, fields.cohort);
  const form = add(
    'form', {id: 'learner-data-schedules-form'}, fields.report, fields.format, fields.every, filter, fields.recipients,
    fields.changes, fields.skip_empty, add('button', {type: 'submit'}),
  );
  const details = add('details', {open: true}, form);
  const send = (method) => async (url, body) => {
    sent.push([method, url, body]);
    if (refuse) {
      throw refuse;
    }
    return schedule();
  };
  const schedules = opened.ld.createSchedules({
    page: {
      texts: texts(TEXTS), urls: {schedules: '/schedules/', reports: '/reports/'}, reports: {profile: 'Profile'},
      schedules: {reports: REPORTS}, least_purpose: leastPurpose,
    },
    formats: {...opened.ld.createFormats('en'), timeText: (date) => date.toISOString().slice(0, 10)},
    api: {
      fileUrl: (url) => url + '?bom=1',
      readPatiently: async () => {
        if (refuse) {
          throw refuse;
        }
        return {schedules: listed};
      },
      post: send('POST'), patch: send('PATCH'), remove: send('DELETE'),
    },
  });
  await settle();
  return {
    ...opened, schedules, list, empty, message, fields, filter, form, details,
    said: () => list.textContent.replace(/\s+/g, ' '),
    async press(caption) {
      opened.document.querySelectorAll('button').find((one) => one.textContent === caption).click();
      await settle();
      await settle();
    },
    async submit() {
      form.dispatchEvent(new Event('submit', {cancelable: true}));
      await settle();
      await settle();
    },
  };
}

test('a schedule says how often, when next, by whom and for whom', async () => {
  const {said, empty} = await open();

  assert.equal(
    said(),
    'Profile (CSV) schedule_activeschedule_every_week · next 2026-03-09 · schedule_changes'
    + 'ada to ada, bobschedule_pauseschedule_delete',
  );
  assert.equal(empty.hidden, true);
});

test('its last report and the three numbers lead to their files', async () => {
  listed = [schedule({last: LAST})];
  const {list} = await open();
  const links = list.querySelectorAll('a');

  assert.equal(list.querySelector('.ld-schedule-last').textContent, 'Last Mar 2, 2026 · 1,500 rows · +2 -1 ~3');
  assert.deepEqual(links.map((link) => link.getAttribute('href')), ['/reports/a%20b.csv?bom=1', '/reports/c.csv?bom=1']);
});

test('what is under way, empty or failed is said so', async () => {
  const nothing = {...LAST, report_name: null, rows: null, changes_name: null, changes: null};
  for (const [state, text] of [['waiting', 'running'], ['ready', 'running'], ['empty', 'empty'], ['failed', 'failed']]) {
    listed = [schedule({last: {...nothing, state}})];
    const {list} = await open();
    assert.equal(list.querySelector('.ld-schedule-last').textContent, 'Last Mar 2, 2026 · schedule_' + text);
  }
});

test('why it is paused is said, and what was chosen', async () => {
  listed = [schedule({
    state: 'paused', reason: 'Nobody downloaded it.', next_due: null, recipients: [], requester: '',
    selection: {cohort: 'Blue', columns: ['id', 'name']},
  })];
  const {said} = await open();

  assert.match(said(), /schedule_every_week · schedule_changes · filter_cohort: Blue · table_columns: id, name/);
  assert.match(said(), /Nobody downloaded it\.account_gone to schedule_nobodyschedule_resume/);
});

test('who may not change it gets no buttons', async () => {
  listed = [schedule({can_change: false})];
  const {list} = await open();

  assert.equal(list.querySelectorAll('button').length, 0);
});

test('pausing and resuming are sent, and the list is read anew', async () => {
  const {press, said} = await open();
  listed = [schedule({state: 'paused', next_due: null})];
  await press('schedule_pause');
  assert.deepEqual(sent, [['PATCH', '/schedules/7', {paused: true}]]);
  assert.match(said(), /schedule_paused/);

  await press('schedule_resume');
  assert.deepEqual(sent[1], ['PATCH', '/schedules/7', {paused: false}]);
});

test('it is deleted only after a yes', async () => {
  const {press, message} = await open();
  await press('schedule_delete');
  await press('schedule_delete_cancel');
  assert.deepEqual(sent, []);

  await press('schedule_delete');
  listed = [];
  await press('schedule_delete_confirm');
  assert.deepEqual(sent, [['DELETE', '/schedules/7', undefined]]);
  assert.match(message.textContent, /schedule_deleted/);
});

test('the form sends what was chosen', async () => {
  const {submit, message, details, document} = await open();
  await submit();

  assert.deepEqual(sent, [['POST', '/schedules/', {
    report: 'profile', format: 'csv', every: 'day', recipients: ['ada', 'bob'], changes: true, skip_empty: false,
    cohort: 'Blue',
  }]]);
  assert.match(message.textContent, /first on 2026-03-09/);
  assert.equal(details.open, false);
  assert.equal(document.activeElement.id, 'learner-data-schedules-title');
});

test('a form that was refused stays open with what was entered', async () => {
  const {submit, details, fields, ld} = await open();
  refuse = new ld.Failure('refused');
  await submit();

  assert.equal(details.open, true);
  assert.equal(fields.recipients.value, ' ada, bob ,');
});

test('another report offers its own rhythms and filters, and only what can be compared is', async () => {
  const {fields, filter, submit} = await open();
  fields.report.value = 'engagement_weekly';
  fields.report.dispatchEvent(new Event('change'));

  assert.equal(fields.every.value, 'week');
  assert.deepEqual(fields.every.querySelectorAll('option').map((one) => one.disabled), [true, false, false]);
  assert.equal(filter.hidden, true);
  assert.equal(fields.changes.disabled, true);
  await submit();
  assert.deepEqual(sent[0][2], {
    report: 'engagement_weekly', format: 'csv', every: 'week', recipients: ['ada', 'bob'], changes: false, skip_empty: false,
  });
});

test('a refusal is told in its own words', async () => {
  const {submit, message, ld} = await open();
  refuse = new ld.Failure('refused', {error_code: 'invalid_selection', developer_message: 'bob has no role.'});
  await submit();

  assert.match(message.textContent, /bob has no role\./);
});

test('none says that there are none', async () => {
  listed = [];
  const {empty} = await open();

  assert.equal(empty.hidden, false);
});
