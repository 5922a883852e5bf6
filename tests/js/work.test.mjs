import assert from 'node:assert/strict';
import test, {afterEach, beforeEach, mock} from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const PARTS = [
  'createFiles', 'createReportForm', 'createSchedules', 'createChanges', 'createLearners', 'createAnonymizedIds',
  'createBroughtFiles', 'createVerify', 'createDeanonymize',
];
const TASK = {
  task_id: 'one', report: 'profile', format: 'csv', requester: 'zoe', created: '2026-03-01T10:00:00Z', state: 'PROGRESS',
  done: 1, total: 10, percent: 10, age_seconds: 1, message: '', may_cancel: true,
};
const DONE = {...TASK, state: 'SUCCESS', report_name: 'a.csv'};
let opened = 0; // pages in one browser hear of each other's requests

beforeEach(() => mock.timers.enable({apis: ['setTimeout', 'Date'], now: Date.UTC(2026, 2, 1)}));
afterEach(() => mock.timers.reset());

/** The page with what follows reports as it is, and what else stands in the tabs as a name of its calls. */
function open({present = false} = {}) {
  const page = openPage(['dom', 'formats', 'api', 'messages', 'purpose', 'tasks', 'task_card', 'task_list', 'reports', 'work']);
  const {ld} = page;
  const message = page.add('div', {id: 'learner-data-tasks-message', hidden: ''});
  const list = page.add('ul', {id: 'learner-data-tasks'});
  page.add('p', {id: 'learner-data-tasks-empty'});
  const calls = [];
  const given = {};
  const call = (name) => () => { calls.push(name); };
  const made = {
    createFiles: {showNewest: call('newest files'), refresh: call('files')},
    createSchedules: {refresh: call('schedules')}, createChanges: {refresh: call('changes')}, createBroughtFiles: {bodyOf: 1},
  };
  PARTS.forEach((name) => {
    ld[name] = (parts) => {
      given[name] = parts;
      return made[name];
    };
  });
  const server = {tasks: [], asked: 0};
  const answerOr = (value) => {
    if (server.failure) {
      throw server.failure;
    }
    return value;
  };
  const listeners = [];
  const presence = {isPresent: () => present, onChange: (listener) => listeners.push(listener)};
  const all = {
    page: {
      course_id: `course ${opened += 1}`, username: 'zoe', reports: {profile: 'Profile'},
      urls: {tasks: '/tasks/', reports: '/reports/', sign_in: '/login'},
      texts: texts({
        retrying: 'again in {time}', retrying_server: 'server, again in {time}', task_finished: '{report} is there',
        task_cancelled: '{report} is cancelled',
      }),
    },
    api: {
      read: async () => {
        server.asked += 1;
        return answerOr({tasks: server.tasks});
      },
      post: async () => answerOr({task_id: 'one', already_running: false}),
      remove: async () => answerOr(),
      fileUrl: (url) => url,
    },
    formats: ld.createFormats('en'), presence, tabs: {},
  };
  ld.startWork(all);
  return {
    ...page, all, calls, given, server, message, list,
    said: () => !message.hidden && message.textContent.replace(/\s+/g, ' ').trim(),
    become: async (now) => {
      present = now;
      listeners.forEach((listener) => listener(now));
      await settle();
    },
    pass: async (seconds) => {
      for (let step = 0; step < seconds * 8; step += 1) {
        mock.timers.tick(125);
        await settle();
      }
    },
  };
}

test('each part gets what it works with, and only that is shared', () => {
  const {all, given} = open();

  assert.deepEqual(Object.keys(given).sort(), [...PARTS].sort());
  Object.values(given).forEach(({page}) => assert.equal(page, all.page));
  assert.equal(given.createLearners.tabs, all.tabs);
  assert.equal(typeof given.createReportForm.reports.request, 'function');
  ['createChanges', 'createLearners', 'createAnonymizedIds'].forEach((name) => (
    assert.equal(given[name].reports, given.createReportForm.reports, name)
  ));
  assert.deepEqual(given.createDeanonymize.broughtFiles, {bodyOf: 1});
});

test('files are loaded when somebody looks', async () => {
  const {calls, become} = open();
  assert.deepEqual(calls, []);
  await become(true);
  assert.deepEqual(calls, ['files']);
  await become(false);

  assert.deepEqual(calls, ['files']);
});

test('whoever looks already when the scripts come finds files and reports', async () => {
  const {calls, server} = open({present: true});
  await settle();

  assert.deepEqual([calls, server.asked], [['files'], 1]);
});

test('reports are asked for when somebody looks, and stand in the list', async () => {
  const {server, list, become} = open();
  server.tasks = [TASK];
  assert.equal(server.asked, 0);
  await become(true);

  assert.equal(server.asked, 1);
  assert.deepEqual(list.children.map((card) => card.dataset.taskId), ['one']);
});

test('the end of a report is told by its name, and brings the files, schedules and changes', async () => {
  const {server, become, pass, said, calls, list} = open();
  server.tasks = [TASK];
  await become(true);
  calls.length = 0;
  server.tasks = [{...DONE, report_name: null}];
  await pass(2);

  assert.deepEqual(calls, ['newest files', 'schedules', 'changes']);
  assert.deepEqual([said(), list.children], ['Profile (CSV) is there', []]);
});

test('what ended before anybody looked is not told', async () => {
  const {server, become, said, calls} = open();
  server.tasks = [DONE];
  await become(true);

  assert.deepEqual([said(), calls], [false, ['files']]);
});

test('what is asked for in a tab is followed at once, and shown there', async () => {
  const {server, given, add, ld, all, said, become} = open();
  await become(true);
  const place = add('div', {});
  add('div').append(place);
  server.tasks = [TASK];
  await given.createLearners.reports.request({report: 'profile', format: 'csv'}, ld.createMessages(place, all.page));
  await settle();

  assert.equal(server.asked, 2);
  assert.equal(place.textContent.trim(), 'generating');
  assert.equal(place.parent.querySelectorAll('progress').length, 1);
  assert.equal(said(), false);
});

test('a report is cancelled in the list, and the list is asked for anew', async () => {
  const {server, become, list, said} = open();
  server.tasks = [TASK];
  await become(true);
  server.tasks = [{...TASK, state: 'REVOKED'}];
  list.querySelector('[data-cancel]').click();
  await settle();

  assert.equal(server.asked, 2);
  assert.equal(said(), 'Profile (CSV) is cancelled');
});

test('a failed report is tried again from the list, without a second announcement of its end', async () => {
  const {server, become, list, said} = open();
  server.tasks = [{...TASK, task_id: 'old', state: 'FAILURE', message: 'Full.'}];
  await become(true);
  server.tasks = [...server.tasks, {...TASK, created: '2026-03-01T11:00:00Z'}];
  list.querySelectorAll('button').at(-1).click();
  await settle();

  assert.deepEqual(list.children.map((card) => card.dataset.taskId), ['one']);
  assert.equal(said(), 'generating');
});

[['network', 'again'], ['server', 'server, again'], ['throttled', 'server, again']].forEach(
  ([kind, sentence]) => test(`when ${kind} fails it says when it is tried again, until it works`, async () => {
    const {server, become, pass, said, ld, message} = open();
    server.failure = new ld.Failure(kind);
    await become(true);
    assert.equal(said(), sentence + ' in 2 seconds');
    assert.match(message.className, /error/);
    server.failure = null;
    await pass(2);

    assert.equal(said(), false);
  }),
);

test('what does not pass by itself is told with a way on', async () => {
  const {server, become, said, ld, message, pass} = open();
  server.failure = new ld.Failure('refused', {developer_message: 'Not now.'});
  await become(true);
  assert.equal(said(), 'Not now. try_again');
  server.failure = null;
  await pass(60);
  assert.equal(server.asked, 1);
  message.querySelector('button').click();
  await settle();

  assert.deepEqual([server.asked, said()], [2, false]);
});

test('a message of something else is not taken away by an answer', async () => {
  const {server, become, pass, said} = open();
  server.tasks = [TASK];
  await become(true);
  server.tasks = [DONE];
  await pass(2);
  assert.equal(said(), 'file_ready a.csv file_download');
  await become(true);

  assert.equal(said(), 'file_ready a.csv file_download');
});

test('the end of a report that is learned after a failure stays told', async () => {
  const {server, become, pass, said, ld} = open();
  server.tasks = [TASK];
  await become(true);
  server.failure = new ld.Failure('network');
  await pass(1);
  assert.match(said(), /^again in/);
  server.failure = null;
  server.tasks = [DONE];
  await pass(3);

  assert.equal(said(), 'file_ready a.csv file_download');
});
