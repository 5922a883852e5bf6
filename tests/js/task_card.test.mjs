import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const {ld} = openPage(['dom', 'formats', 'tasks', 'task_card']);
const formats = ld.createFormats('en');
const PAGE = {
  reports: {profile: 'Profile <b>'},
  texts: texts({
    progress_of: 'Progress of {report}', cancel_named: 'Cancel {report}', rows_of_total: '{done} of {total}',
    time_left: '{time} left', requested_by: '{requester}, {time}',
  }),
};
const TASK = {
  task_id: 'one', report: 'profile', format: 'csv', requester: 'zoe', created: '2026-03-01T10:00:00Z', state: 'PROGRESS',
  done: null, total: null, percent: null, age_seconds: 1, message: '', may_cancel: true,
};

function openBar(values = {}) {
  const cancelled = [];
  let end = () => {};
  const task = {...TASK, ...values};
  const made = ld.createTaskBar({page: PAGE, formats, task, onCancel: (given) => {
    cancelled.push(given);
    return new Promise((resolve) => { end = resolve; });
  }});
  const part = (selector) => made.place.querySelector(selector);
  return {
    part, cancelled, task, place: made.place, end: () => end(),
    fill: (more = {}) => made.fill({...task, ...more}),
    rows: () => (part('.ld-hint').hidden ? null : part('.ld-hint').textContent),
    percent: () => (part('.ld-percent').hidden ? null : part('.ld-percent').textContent),
  };
}

function openCard(values = {}) {
  const [tried, cancelled] = [[], []];
  const task = {...TASK, ...values};
  const made = ld.createTaskCard({
    page: PAGE, formats, task, onTryAgain: async (given) => { tried.push(given); },
    onCancel: async (given) => { cancelled.push(given); },
  });
  made.fill(task);
  const part = (selector) => made.card.querySelector(selector);
  return {
    part, tried, cancelled, task, card: made.card,
    again: () => made.card.querySelectorAll('button').at(-1),
    fill: (more = {}) => made.fill({...task, ...more}),
    note: () => (part('.ld-note').hidden ? null : part('.ld-note').textContent),
    inTrouble: () => made.card.className.split(' ').includes('ld-task-trouble'),
  };
}

test('a report has its name and format; one that is not known keeps its own name', () => {
  assert.equal(ld.taskName(PAGE, TASK), 'Profile <b> (CSV)');
  assert.equal(ld.taskName(PAGE, {report: 'later', format: 'xlsx'}), 'later (XLSX)');
  assert.equal(ld.taskName(PAGE, {report: 'profile', format: null}), 'Profile <b>');
});

test('what neither runs nor has ended is queued', () => {
  const states = ['PENDING', 'RETRY', 'PROGRESS', 'SUCCESS', 'FAILURE', 'REVOKED'].filter((state) => ld.isQueued({state}));
  assert.deepEqual(states, ['PENDING', 'RETRY']);
});

test('a bar says of which report it is, and so does the button beside it', () => {
  const {part} = openBar();

  assert.equal(part('progress').getAttribute('aria-label'), 'Progress of Profile <b> (CSV)');
  assert.deepEqual(['aria-label', 'data-cancel'].map((name) => part('button').getAttribute(name)), [
    'Cancel Profile <b> (CSV)', 'one',
  ]);
});

test('a bar has its per cent, and none while they are not known', () => {
  const {part, fill, percent} = openBar();
  fill();
  assert.deepEqual([percent(), part('progress').hasAttribute('value')], [null, false]);
  fill({percent: 0});
  assert.deepEqual([percent(), part('progress').value], ['0%', '0']);
  fill({percent: 100});
  assert.deepEqual([percent(), part('progress').value], ['100%', '100']);
  fill();

  assert.deepEqual([percent(), part('progress').hasAttribute('value')], [null, false]);
});

[
  ['of rows that are not counted', {done: 5}, null],
  ['of rows that nobody has begun', {total: 10}, null],
  ['of none of no rows', {done: 0, total: 0}, '0 of 0'],
  ['of the first rows', {done: 0, total: 12_000}, '0 of 12,000'],
  ['of rows with the time left', {done: 5, total: 10, seconds_left: 90}, '5 of 10 · 2 minutes left'],
  ['of rows that are done', {done: 10, total: 10, seconds_left: 0}, '10 of 10'],
  ['of what it waits for', {done: 5, total: 10, waits: true, message: 'After another.'}, 'After another.'],
  ['of nothing while it waits for nothing named', {done: 5, total: 10, waits: true}, null],
].forEach(([name, values, expected]) => {
  test(`a bar tells ${name}`, () => {
    const {fill, rows} = openBar();
    fill(values);

    assert.equal(rows(), expected);
  });
});

test('a bar goes when its report ends, however it ends', () => {
  const {fill, place} = openBar();
  const seen = ['PENDING', 'PROGRESS', 'SUCCESS', 'FAILURE', 'REVOKED'].map((state) => {
    fill({state});
    return place.hidden;
  });

  assert.deepEqual(seen, [false, false, true, true, true]);
});

test('whoever may cancel does so once, until the answer is there', async () => {
  const {part, fill, cancelled, task, end} = openBar();
  fill();
  part('button').click();
  part('button').click();
  await settle();
  assert.deepEqual(cancelled, [task]);
  end();
  await settle();
  part('button').click();
  assert.equal(cancelled.length, 2);
  fill({may_cancel: false});

  assert.equal(part('button').hidden, true);
});

test('a text that stays the same is not written anew, which screen readers would read again', () => {
  const {part, fill} = openBar();
  fill({percent: 40, done: 4, total: 10});
  const [written] = part('.ld-hint').nodes;
  fill({percent: 40, done: 4, total: 10});
  assert.equal(part('.ld-hint').nodes[0], written);
  fill({percent: 50, done: 5, total: 10});

  assert.notEqual(part('.ld-hint').nodes[0], written);
});

test('a card says whose report it is, and since when', () => {
  const {card, part} = openCard();
  assert.equal(card.tagName, 'li');
  assert.deepEqual([card.dataset.taskId, part('strong').textContent], ['one', 'Profile <b> (CSV)']);
  assert.equal(card.children.at(-1).textContent, 'zoe, ' + formats.timeText(new Date(TASK.created)));

  assert.match(openCard({requester: null}).card.children.at(-1).textContent, /^account_gone, /);
});

[
  // name, values, state, note, in trouble, can be tried again
  ['runs', {}, 'running', null, false, false],
  ['is queued', {state: 'PENDING'}, 'queued', null, false, false],
  ['is queued for half a minute', {state: 'PENDING', age_seconds: 30}, 'queued', null, false, false],
  ['finds no worker', {state: 'PENDING', age_seconds: 31}, 'queued', 'no_worker', true, false],
  ['waits for another', {state: 'PENDING', age_seconds: 31, waits: true}, 'queued', null, false, false],
  ['runs for long', {age_seconds: 3600}, 'running', null, false, false],
  ['stands still', {stuck: true}, 'running', 'stuck', true, false],
  ['lost its worker', {stuck: true, stale: true}, 'running', 'stale', true, true],
  ['is finished', {state: 'SUCCESS', stale: true, stuck: true, message: 'Done.'}, 'finished', null, false, false],
  ['failed', {state: 'FAILURE', message: 'Full.'}, 'failed', 'Full.', true, true],
  ['failed without a word', {state: 'FAILURE', message: ''}, 'failed', 'task_failed', true, true],
  ['was cancelled', {state: 'REVOKED', message: 'By zoe.', stale: true}, 'revoked', 'By zoe.', false, true],
].forEach(([does, values, state, note, inTrouble, canTryAgain]) => {
  test(`a report that ${does} says so`, () => {
    const card = openCard(values);

    assert.deepEqual(
      [card.part('.ld-badge').textContent, card.note(), card.inTrouble(), !card.again().hidden],
      [state, note, inTrouble, canTryAgain],
    );
    assert.equal(card.card.dataset.state, values.state ?? 'PROGRESS');
  });
});

test('trouble that is over leaves nothing behind', () => {
  const {fill, note, inTrouble, again, card} = openCard({stale: true});
  fill({stale: false});

  assert.deepEqual([note(), inTrouble(), again().hidden, card.className], [null, false, true, 'ld-task']);
});

test('a report that is tried again is asked for once', async () => {
  const {again, tried, task} = openCard({state: 'FAILURE'});
  again().click();
  again().click();
  await settle();

  assert.deepEqual(tried, [task]);
});

test('a report is cancelled on its card', async () => {
  const {part, cancelled, task} = openCard();
  part('[data-cancel]').click();
  await settle();

  assert.deepEqual(cancelled, [task]);
});
