import assert from 'node:assert/strict';
import test, {beforeEach} from 'node:test';

import {TestStorage, openPage, settle, texts} from './page.mjs';

const PROFILE = {report: 'profile', format: 'csv'};
const VIEW = {...PROFILE, columns: ['id'], search: 'zoe'};
let sessionStorage;
let posted;
let followed;
let answer;
let removed;
let refreshed;
let refusal;
let localStorage;

beforeEach(() => {
  sessionStorage = new TestStorage();
  localStorage = new TestStorage();
  removed = [];
  refreshed = 0;
  refusal = null;
  posted = [];
  followed = [];
  answer = {task_id: 'one', already_running: false};
});

function open({purpose} = {}) {
  const opened = openPage(['dom', 'formats', 'api', 'messages', 'purpose', 'tasks', 'task_card'], {
    window: {sessionStorage, localStorage},
  });
  const message = opened.document.createElement('div');
  message.setAttribute('data-message', '');
  const button = opened.document.createElement('button');
  button.setAttribute('data-request-report', 'profile');
  button.setAttribute('data-format', 'xlsx');
  opened.add('section', {class: 'ld-panel'}, button, message);
  const setting = opened.add('input', {id: 'learner-data-download-at-once', checked: ''});
  opened.run('reports');
  let clicks = 0;
  const {element} = opened.ld;
  opened.ld.element = (tag, attributes, ...children) => {
    const made = element(tag, attributes, ...children);
    if (attributes && attributes.download) {
      made.addEventListener('click', () => { clicks += 1; });
    }
    return made;
  };
  if (purpose !== undefined) {
    opened.ld.askPurpose = async () => purpose;
  }
  const page = {texts: texts(), course_id: 'course-v1:A+B+C', reports: {}, urls: {reports: '/reports/', tasks: '/tasks/'}};
  const elsewhere = opened.add('div');
  const reports = opened.ld.createReports({
    page,
    api: {
      fileUrl: (url) => url + '?bom=1',
      remove: async (url) => {
        removed.push(url);
        if (refusal) {
          throw refusal;
        }
      },
      post: async (url, body) => {
        posted.push([url, body]);
        if (answer instanceof Error) {
          throw answer;
        }
        return answer;
      },
    },
    formats: opened.ld.createFormats('en'),
    follow: (taskId) => followed.push(taskId),
    refresh: async () => { refreshed += 1; },
    elsewhere: opened.ld.createMessages(elsewhere, page),
  });
  const shown = (place) => place.children.map((child) => child.textContent).join('|');
  return {
    ...opened, reports, button, message, elsewhere, setting, clicks: () => clicks,
    here: opened.ld.createMessages(message, page),
    said: () => shown(message),
    saidElsewhere: () => shown(elsewhere),
  };
}

test('a button asks for its report in its format, says so beside it and follows it', async () => {
  const {button, said} = open();
  button.click();
  await settle();

  assert.deepEqual(posted, [['/reports/', {report: 'profile', format: 'xlsx'}]]);
  assert.equal(said(), 'generating');
  assert.deepEqual(followed, ['one']);
});

test('a second click while the first is under way asks for nothing', async () => {
  const {button} = open();
  button.click();
  button.click();
  await settle();

  assert.equal(posted.length, 1);
});

test('a report that runs already is followed', async () => {
  const {reports, here, said} = open();
  answer = {task_id: 'theirs', already_running: true};
  await reports.request(PROFILE, here);

  assert.equal(said(), 'already_running');
  assert.deepEqual(followed, ['theirs']);
});

test('a bar stands below the message where somebody asked, as long as it is made', async () => {
  const {reports, here, message} = open();
  await reports.request(PROFILE, here);
  const task = {task_id: 'one', report: 'profile', state: 'PROGRESS', done: 5, total: 10, percent: 50, may_cancel: true};
  reports.update([task, {...task, task_id: 'theirs'}]);
  reports.update([{...task, percent: 60}]);
  const [bar, ...others] = message.parent.querySelectorAll('progress');
  assert.deepEqual([others, bar.value], [[], '60']);
  message.parent.querySelector('[data-cancel]').click();
  await settle();
  assert.deepEqual([removed, refreshed], [['/tasks/one'], 1]);
  reports.tell({...task, state: 'REVOKED'}, 'Profile');

  assert.equal(message.parent.querySelector('progress'), null);
});

test('a cancellation that is refused is told there', async () => {
  const {ld, reports, here, said} = open();
  await reports.request(PROFILE, here);
  refusal = new ld.Failure('refused', {developer_message: 'Too late.'});
  await reports.cancel({task_id: 'one'});

  assert.equal(said(), 'Too late.');
});

test('what somebody asked for here is downloaded at once, unless they do not want that', async () => {
  const finished = {task_id: 'one', state: 'SUCCESS', report_name: 'a.csv', format: 'csv'};
  const {reports, here, setting, clicks} = open();
  await reports.request(PROFILE, here);
  reports.tell(finished, 'Profile');
  reports.tell({...finished, task_id: 'theirs'}, 'Profile');
  assert.deepEqual(clicks(), 1);
  setting.checked = false;
  setting.dispatchEvent(new Event('change'));
  await reports.request(PROFILE, here);
  reports.tell(finished, 'Profile');
  assert.equal(clicks(), 1);

  assert.equal(open().setting.checked, false);
});

test('another format takes the place of the bar, not of the message', async () => {
  const {reports, here, message} = open();
  const task = {task_id: 'one', report: 'profile', state: 'PROGRESS', done: 5, total: 10, percent: 50};
  await reports.request(PROFILE, here);
  reports.update([task]);
  answer = {task_id: 'two', already_running: false};
  await reports.request({...PROFILE, format: 'xlsx'}, here);
  reports.update([{...task, task_id: 'two', waits: true, message: 'After the other.'}]);

  assert.equal(message.parent.querySelectorAll('progress').length, 1);
  assert.match(message.parent.textContent, /After the other\./);
});

test('what could not be asked for is asked for again at a click', async () => {
  const {ld, reports, here, message, said} = open();
  answer = new ld.Failure('network');
  await reports.request(VIEW, here, 'view_generating');
  assert.equal(said(), 'network|try_again');
  answer = {task_id: 'one', already_running: false};
  message.querySelector('button').click();
  await settle();

  assert.deepEqual(posted.map(([, body]) => body), [VIEW, VIEW]);
  assert.equal(said(), 'view_generating');
});

test('trying again asks for the same selection, where it was asked for', async () => {
  const {reports, here, said, saidElsewhere} = open();
  await reports.request(VIEW, here, 'view_generating');
  await reports.tryAgain({task_id: 'one', report: 'profile', format: 'csv'});

  assert.deepEqual(posted.at(-1), ['/reports/', VIEW]);
  assert.deepEqual([said(), saidElsewhere()], ['view_generating', '']);
});

test('the selection outlives a reload', async () => {
  const {reports, here} = open();
  await reports.request(VIEW, here);
  const {reports: reloaded, saidElsewhere} = open();
  await reloaded.tryAgain({task_id: 'one', report: 'profile', format: 'csv'});

  assert.deepEqual(posted.at(-1), ['/reports/', VIEW]);
  assert.equal(saidElsewhere(), 'generating');
});

test('a report that somebody else asked for is asked for as it is named', async () => {
  await open().reports.tryAgain({task_id: 'theirs', report: 'anonymized_ids', format: null});

  assert.deepEqual(posted, [['/reports/', {report: 'anonymized_ids', format: 'csv'}]]);
});

test('a browser that keeps nothing still asks', async () => {
  sessionStorage.refuses = true;
  const {reports, here, said} = open();
  await reports.request(PROFILE, here);
  assert.equal(said(), 'generating');
  await open().reports.tryAgain({task_id: 'one', report: 'profile', format: 'xlsx'});

  assert.deepEqual(posted.at(-1), ['/reports/', {report: 'profile', format: 'xlsx'}]);
});

test('the end is told where it was asked for, with a link to the file', async () => {
  const {reports, here, message, said} = open();
  await reports.request(PROFILE, here);
  reports.tell({task_id: 'one', state: 'SUCCESS', report_name: 'a b.csv', format: 'csv'}, 'Profile');
  const link = message.querySelector('a');

  assert.equal(said(), 'file_ready|a b.csv|file_download');
  assert.deepEqual([link.getAttribute('href'), link.getAttribute('download')], ['/reports/a%20b.csv?bom=1', 'a b.csv']);
});

test('a file that is gone by now is not linked', () => {
  const {reports, elsewhere, saidElsewhere} = open();
  reports.tell({task_id: 'one', state: 'SUCCESS', report_name: null}, 'Profile');

  assert.equal(saidElsewhere(), 'task_finished');
  assert.equal(elsewhere.querySelector('a'), null);
});

test('a failure has its sentence', () => {
  const {reports, saidElsewhere} = open();
  reports.tell({task_id: 'one', state: 'FAILURE', message: 'The disk is full.'}, 'Profile');

  assert.equal(saidElsewhere(), 'task_failed_announcement|The disk is full.');
});

test('a purpose goes with the request, and is not asked for again', async () => {
  const {reports, here} = open({purpose: 'Advising'});
  await reports.request(PROFILE, here);
  await reports.tryAgain({task_id: 'one', report: 'profile', format: 'csv'});

  assert.deepEqual(posted.map(([, body]) => body), [{...PROFILE, purpose: 'Advising'}, {...PROFILE, purpose: 'Advising'}]);
});

test('whoever does not say what for asks for nothing', async () => {
  const {reports, here, said} = open({purpose: null});
  await reports.request(PROFILE, here);

  assert.deepEqual([posted, said()], [[], '']);
});
