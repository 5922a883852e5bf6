import assert from 'node:assert/strict';
import test, {afterEach, beforeEach, mock} from 'node:test';

import {openPage, settle} from './page.mjs';

const NOW = Date.UTC(2026, 2, 1);
let answer; // what the server answers, or what reading throws
let asked; // moments, in seconds, at which it was asked
let seen;
let opened = 0;

beforeEach(() => {
  mock.timers.enable({apis: ['setTimeout', 'Date'], now: NOW});
  asked = [];
  seen = {tasks: null, ended: [], troubles: []};
  answer = [];
});
afterEach(() => mock.timers.reset());

const task = (values = {}) => ({
  task_id: 'one', state: 'PROGRESS', done: 0, total: 1000, age_seconds: 0, ...values,
});

function follow({courseId = `course ${opened += 1}`, present = true} = {}) {
  const page = openPage(['dom', 'api', 'tasks']);
  let listener;
  let isPresent = present;
  const follower = page.ld.createTaskFollower({
    page: {course_id: courseId, urls: {tasks: '/tasks/'}},
    api: {
      read: async (url) => {
        assert.equal(url, '/tasks/');
        asked.push((Date.now() - NOW) / 1000);
        if (answer instanceof Error) {
          throw answer;
        }
        return {tasks: answer};
      },
    },
    presence: {isPresent: () => isPresent, onChange: (given) => { listener = given; }},
    onTasks: (tasks) => { seen.tasks = tasks; },
    onEnd: (ended) => seen.ended.push(ended.task_id),
    onTrouble: (failure, wait) => seen.troubles.push(failure && [failure.kind, wait]),
  });
  return {
    ...follower,
    Failure: page.ld.Failure,
    become: (now) => {
      isPresent = now;
      listener(now);
    },
  };
}

/** Lets seconds pass, in steps as small as the quickest question. */
async function pass(seconds, each = () => {}) {
  await settle();
  for (let step = 0; step < seconds * 8; step += 1) {
    mock.timers.tick(125);
    each(step / 8);
    await settle();
  }
}

test('nothing is asked for while nobody looks, and at once when somebody does', async () => {
  const follower = follow({present: false});
  await follower.ask();
  await pass(60);
  assert.deepEqual(asked, []);
  follower.become(true);
  await settle();

  assert.deepEqual(asked, [60]);
});

test('where nothing runs it is asked once', async () => {
  follow().become(true);
  await pass(60);

  assert.equal(asked.length, 1);
});

test('a running report is followed quickly at first and then ever less often', async () => {
  answer = [task({done: null, total: null})];
  follow().become(true);
  await pass(600);
  const pauses = asked.slice(1).map((moment, place) => moment - asked[place]);

  assert.ok(pauses[0] <= 0.25, String(pauses[0]));
  assert.ok(pauses.every((pause) => pause <= 5.125), String(Math.max(...pauses)));
  assert.ok(pauses.at(-1) >= 5);
  assert.ok(asked.length < 200, String(asked.length));
});

test('a report is asked for sooner again when it is nearly done', async () => {
  answer = [task()];
  follow().become(true);
  await pass(302, (second) => { answer = [task({done: Math.floor(second * 3.3), age_seconds: second})]; });
  const pauses = asked.slice(1).map((moment, place) => moment - asked[place]);

  assert.ok(Math.max(...pauses) > 4.5, String(Math.max(...pauses)));
  assert.ok(pauses.at(-1) < 5, String(pauses.at(-1)));
});

test('a report that is silent is asked for every second', async () => {
  answer = [task({done: 1, silent_seconds: 0})];
  follow().become(true);
  await pass(300, (second) => { answer = [task({done: 1, silent_seconds: second > 200 ? second - 200 : 0})]; });
  const last = asked.filter((moment) => moment - asked[0] > 210);

  assert.ok(last.length > 80, String(last.length));
});

test('the time left follows from the pace', async () => {
  answer = [task({done: 100})];
  follow().become(true);
  await pass(11, (second) => { answer = [task({done: 100 + Math.floor(second) * 10, age_seconds: second})]; });

  assert.ok(Math.abs(seen.tasks[0].seconds_left - 80) < 8, String(seen.tasks[0].seconds_left));
});

test('a report that was met half way is judged by its age', async () => {
  answer = [task({done: 500, age_seconds: 50})];
  follow().become(true);
  await settle();

  assert.equal(seen.tasks[0].seconds_left, 50);
});

test('a report that has not begun has no time left to tell', async () => {
  answer = [task({done: 0, total: 0}), task({task_id: 'two', done: null, total: null})];
  follow().become(true);
  await settle();

  assert.deepEqual(seen.tasks.map((one) => 'seconds_left' in one), [false, false]);
});

test('half a minute without a row is stuck, and a row ends that', async () => {
  answer = [task({done: 10})];
  follow().become(true);
  await pass(29);
  assert.equal(seen.tasks[0].stuck, undefined);
  await pass(12);
  assert.equal(seen.tasks[0].stuck, true);
  answer = [task({done: 11})];
  await pass(11);

  assert.equal(seen.tasks[0].stuck, undefined);
});

test('the end of a report that was followed is told once, and nothing is asked for afterwards', async () => {
  answer = [task()];
  follow().become(true);
  await pass(1);
  answer = [task({state: 'SUCCESS'})];
  await pass(5);
  const questions = asked.length;
  await pass(60);

  assert.deepEqual(seen.ended, ['one']);
  assert.equal(asked.length, questions);
});

test('what ended before is not told', async () => {
  answer = [task({state: 'FAILURE'}), task({task_id: 'two', state: 'REVOKED'}), task({task_id: 'three', state: 'SUCCESS'})];
  follow().become(true);
  await settle();

  assert.deepEqual(seen.ended, []);
});

test('a report that the server no longer tells of is given up after a second answer without it', async () => {
  answer = [task()];
  follow().become(true);
  await pass(1);
  answer = [];
  const before = asked.length;
  await pass(60);

  assert.equal(asked.length, before + 2);
});

test('while the network fails it is tried again, ever later, half a minute at most', async () => {
  const follower = follow();
  answer = new follower.Failure('network');
  follower.become(true);
  await pass(150);
  const waits = seen.troubles.map(([, wait]) => wait);

  assert.deepEqual(waits.slice(0, 6), [2, 4, 8, 16, 30, 30]);
  answer = [];
  await pass(31);
  assert.equal(seen.troubles.at(-1), null);
});

['server', 'throttled'].forEach((kind) => {
  test(`${kind} passes`, async () => {
    const follower = follow();
    answer = new follower.Failure(kind);
    follower.become(true);
    await pass(3);

    assert.deepEqual(seen.troubles, [[kind, 2], [kind, 4]]);
  });
});

['signed_out', 'forbidden', 'refused', 'reload'].forEach((kind) => {
  test(`${kind} is not asked for again`, async () => {
    const follower = follow();
    answer = new follower.Failure(kind);
    follower.become(true);
    await pass(60);

    assert.deepEqual(seen.troubles, [[kind, null]]);
  });
});

test('leaving stops the questions, coming back asks at once', async () => {
  answer = [task()];
  const follower = follow();
  follower.become(true);
  await pass(2);
  follower.become(false);
  const before = asked.length;
  await pass(60);
  assert.equal(asked.length, before);
  follower.become(true);
  await settle();

  assert.equal(asked.length, before + 1);
});

test('a report that was just requested is followed in this tab and in others of its course', async () => {
  const course = `course ${opened += 1}`;
  const follower = follow({courseId: course});
  follow({courseId: course});
  follow({courseId: 'another course'});
  follower.follow('one');
  await settle();

  assert.equal(asked.length, 2);
});

test('one question at a time', async () => {
  answer = [task()];
  const follower = follow();
  follower.ask();
  follower.ask();
  await settle();

  assert.equal(asked.length, 1);
});
