import assert from 'node:assert/strict';
import test, {beforeEach} from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const sentences = texts({
  progress_of: 'Progress of {report}',
  requested_by: '{requester}, {time}',
  rows_of_total: '{done} of {total}',
  time_left: '{time} left',
});
let list;
let place;
let empty;
let tried;
let cancelled;
let told;

beforeEach(() => {
  const page = openPage(['dom', 'formats', 'tasks', 'task_card', 'task_list']);
  place = page.add('ul', {id: 'learner-data-tasks'});
  empty = page.add('p', {id: 'learner-data-tasks-empty'});
  tried = [];
  cancelled = [];
  told = [];
  list = page.ld.createTaskList({
    page: {texts: sentences, reports: {profile: 'Profile'}},
    formats: page.ld.createFormats('en'),
    onTryAgain: async (task) => { tried.push(task.task_id); },
    onCancel: async (task) => { cancelled.push(task.task_id); },
    isTold: (task) => told.includes(task.task_id),
  });
});

const task = (values = {}) => ({
  task_id: 'one', report: 'profile', format: 'csv', requester: 'zoe', created: '2026-03-01T10:00:00Z', state: 'PROGRESS',
  done: null, total: null, percent: null, age_seconds: 1, message: '', ...values,
});

const again = (card) => card.querySelectorAll('button').at(-1);

function cards() {
  return place.children.map((card) => {
    const part = (selector) => card.querySelector(selector);
    const [rows] = card.querySelectorAll('.ld-hint');
    return {
      id: card.getAttribute('data-task-id'),
      state: part('.ld-badge').textContent,
      rows: rows.textContent,
      note: part('.ld-note').textContent,
      canTryAgain: !again(card).hidden,
      hasBar: !part('.ld-meter').hidden,
    };
  });
}

test('nothing under way', () => {
  list.show([]);

  assert.deepEqual([place.hidden, empty.hidden, cards()], [true, false, []]);
});

test('a report under way has its rows, its bar and the time left', () => {
  list.show([task({done: 1500, total: 6000, percent: 25, seconds_left: 90})]);

  assert.deepEqual([place.hidden, empty.hidden], [false, true]);
  const [{id, ...card}] = cards();
  assert.equal(id, 'one');
  assert.deepEqual(card, {
    state: 'running', rows: '1,500 of 6,000 · 2 minutes left', note: '', canTryAgain: false, hasBar: true,
  });
  assert.equal(place.querySelector('progress').value, '25');
  assert.equal(place.querySelector('.ld-percent').textContent, '25%');
  assert.equal(place.querySelector('strong').textContent, 'Profile (CSV)');
});

test('a bar without a number is one that only moves', () => {
  list.show([task({percent: 10})]);
  list.show([task()]);

  assert.equal(place.querySelector('progress').hasAttribute('value'), false);
});

test('who asked and is gone is not left blank', () => {
  list.show([task({requester: null})]);

  assert.match(place.textContent, /account_gone/);
});

[
  ['a queued report', {state: 'PENDING'}, {state: 'queued', note: '', canTryAgain: false}],
  ['one that nobody starts', {state: 'PENDING', age_seconds: 31}, {state: 'queued', note: 'no_worker', canTryAgain: false}],
  ['one that stands still', {stuck: true}, {state: 'running', note: 'stuck', canTryAgain: false}],
  ['one whose worker is lost', {stale: true, stuck: true}, {state: 'running', note: 'stale', canTryAgain: true}],
  ['one that failed', {state: 'FAILURE', message: 'Full.'}, {state: 'failed', note: 'Full.', canTryAgain: true}],
  ['one that failed without a word', {state: 'FAILURE'}, {state: 'failed', note: 'task_failed', canTryAgain: true}],
  ['one that was revoked', {state: 'REVOKED'}, {state: 'revoked', note: 'task_failed', canTryAgain: true}],
].forEach(([name, values, expected]) => {
  test(`${name} says so`, () => {
    list.show([task(values)]);
    const [{state, note, canTryAgain}] = cards();

    assert.deepEqual({state, note, canTryAgain}, expected);
  });
});

test('a finished report is no longer pending', () => {
  list.show([task()]);
  list.show([task({state: 'SUCCESS'})]);

  assert.deepEqual([cards(), empty.hidden], [[], false]);
});

test('a failed report goes when the same one was asked for again, and not for another', () => {
  const failed = task({state: 'FAILURE'});
  list.show([failed, task({task_id: 'two', created: '2026-03-01T11:00:00Z'})]);
  assert.deepEqual(cards().map(({id}) => id), ['two']);
  list.show([failed, task({task_id: 'two', report: 'anonymized_ids', created: '2026-03-01T11:00:00Z'})]);

  assert.deepEqual(cards().map(({id}) => id), ['one', 'two']);
});

test('a card stays the same element, in the order of the answer', () => {
  list.show([task(), task({task_id: 'two', report: 'other'})]);
  const [one, two] = place.children;
  list.show([task({task_id: 'two', report: 'other'}), task({done: 5, total: 10, percent: 50})]);

  assert.equal(place.children[0], two);
  assert.equal(place.children[1], one);
});

test('trying again asks for that report', async () => {
  list.show([task({state: 'FAILURE'})]);
  again(place.children[0]).click();
  await settle();

  assert.deepEqual(tried, ['one']);
});

test('who may cancel has a button for it', async () => {
  list.show([task({may_cancel: true}), task({task_id: 'two', may_cancel: false})]);
  const [one, two] = place.querySelectorAll('[data-cancel]');
  assert.deepEqual([one.hidden, two.hidden], [false, true]);
  one.click();
  await settle();

  assert.deepEqual(cancelled, ['one']);
});

test('one that waits says for what, and not that nobody starts it', () => {
  list.show([task({state: 'PENDING', waits: true, age_seconds: 100, message: 'After the other.'})]);
  const [{rows, note}] = cards();

  assert.deepEqual([rows, note], ['After the other.', '']);
});

test('an end that is told elsewhere is not told again', () => {
  told = ['one'];
  list.show([task({state: 'FAILURE'}), task({task_id: 'two', report: 'other', state: 'FAILURE'})]);

  assert.deepEqual(cards().map(({id}) => id), ['two']);
});
