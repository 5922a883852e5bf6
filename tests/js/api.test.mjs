import assert from 'node:assert/strict';
import test, {beforeEach, mock} from 'node:test';

import {openPage, settle} from './page.mjs';

const JSON_TYPE = 'application/json; charset=utf-8';
let calls;
let answers;

function answer(status, body, {type = JSON_TYPE, redirected = false} = {}) {
  return {
    ok: status < 400, status, redirected,
    headers: new Headers({'Content-Type': type}),
    json: async () => (typeof body === 'string' ? JSON.parse(body) : body),
    text: async () => String(body),
  };
}

async function fetch(url, options) {
  calls.push({url, ...options});
  const next = answers.length > 1 ? answers.shift() : answers[0];
  if (next instanceof Error) {
    throw next;
  }
  return next;
}

const page = openPage(['dom', 'api'], {browser: {fetch}});
const api = page.ld.createApi({csrf_cookie: 'csrftoken', csv_bom: true, texts: {file_too_large: 'Too large.'}});
const NO_NETWORK = new TypeError('failed to fetch');

beforeEach(() => {
  calls = [];
  answers = [answer(200, {learners: []})];
});

async function failureOf(given, call = () => api.read('/learners/')) {
  answers = [given];
  try {
    await call();
  } catch (failure) {
    assert.ok(failure instanceof page.ld.Failure, String(failure));
    return failure;
  }
  return assert.fail('it did not fail');
}

test('reading asks for JSON with the session and answers it', async () => {
  assert.deepEqual(await api.read('/learners/'), {learners: []});
  assert.deepEqual(calls, [{url: '/learners/', credentials: 'same-origin', headers: {Accept: 'application/json'}}]);
});

test('writing sends JSON and the token out of the cookie', async () => {
  page.document.cookie = 'sessionid=x; csrftoken=a%3Db; other=csrftoken';
  answers = [answer(202, {task_id: 't'})];

  assert.deepEqual(await api.post('/reports/', {format: 'csv'}), {task_id: 't'});
  const [{method, headers, body}] = calls;
  assert.equal(method, 'POST');
  assert.equal(headers['X-CSRFToken'], 'a=b');
  assert.equal(headers['Content-Type'], 'application/json');
  assert.equal(body, '{"format":"csv"}');
});

test('deleting has no body and is content with an empty answer', async () => {
  answers = [answer(204, '', {type: ''})];

  await api.remove('/reports/name.csv');
  assert.deepEqual([calls[0].method, calls[0].body], ['DELETE', undefined]);
});

test('a file is the answer itself', async () => {
  const file = answer(200, 'a,b', {type: 'text/csv'});
  answers = [file];

  assert.equal(await api.readCsv('/ids.csv'), file);
  assert.equal(calls[0].headers.Accept, 'text/csv');
});

[
  ['network', NO_NETWORK],
  ['signed_out', answer(401, {error_code: 'not_authenticated'})],
  ['signed_out', answer(403, {error_code: 'not_authenticated'})],
  ['signed_out', answer(200, '<html>', {type: 'text/html', redirected: true})],
  ['reload', answer(403, {error_code: 'csrf_failed'})],
  ['reload', answer(403, {developer_message: 'CSRF Failed: CSRF token missing.'})],
  ['reload', answer(403, '<html>', {type: 'text/html'})],
  ['forbidden', answer(403, {error_code: 'permission_denied'})],
  ['throttled', answer(429, {error_code: 'throttled'})],
  ['refused', answer(422, {error_code: 'too_many_learners'})],
  ['refused', answer(404, {error_code: 'not_found'})],
  ['refused', answer(503, {error_code: 'queue_unavailable'})],
  ['server', answer(500, {error_code: 'unexpected'})],
  ['server', answer(502, '<html>', {type: 'text/html'})],
  ['server', answer(404, {})],
  ['server', answer(200, '<html>', {type: 'text/html'})],
].forEach(([kind, given], number) => {
  test(`what went wrong is ${kind} (${number}: ${given.status ?? 'no answer'})`, async () => {
    assert.equal((await failureOf(given)).kind, kind);
  });
});

test('a failure carries the code and the sentence of the answer', async () => {
  const failure = await failureOf(answer(422, {error_code: 'too_many_learners', developer_message: 'Too many.'}));

  assert.deepEqual([failure.code, failure.sentence], ['too_many_learners', 'Too many.']);
});

test('a sentence that is none is not shown', async () => {
  const failure = await failureOf(answer(422, {error_code: 'invalid', developer_message: {columns: ['x']}}));

  assert.equal(failure.sentence, '');
});

test('reading patiently tries three times, ever later, where the network fails', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  answers = [NO_NETWORK];
  const reading = api.readPatiently('/tasks/');
  const failed = assert.rejects(reading, {kind: 'network'});
  const seen = [];
  for (const milliseconds of [799, 1, 1599, 1, 10_000]) {
    await settle();
    mock.timers.tick(milliseconds);
    await settle();
    seen.push(calls.length);
  }
  await failed;
  mock.timers.reset();
  assert.deepEqual(seen, [1, 2, 2, 3, 3]);
});

test('reading patiently is content with a later answer', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  answers = [NO_NETWORK, answer(200, {tasks: []})];
  const reading = api.readPatiently('/tasks/');
  await settle();
  mock.timers.tick(800);
  mock.timers.reset();

  assert.deepEqual(await reading, {tasks: []});
});

test('what is read with a body is sent in it each time', async () => {
  mock.timers.enable({apis: ['setTimeout']});
  answers = [NO_NETWORK, answer(200, {learners: []})];
  const reading = api.readPatiently('/learners/', {search: 'zoe'});
  await settle();
  mock.timers.tick(800);
  mock.timers.reset();

  assert.deepEqual(await reading, {learners: []});
  assert.deepEqual(calls.map(({url, method, body}) => [url, method, body]), Array(2).fill(
    ['/learners/', 'POST', '{"search":"zoe"}'],
  ));
});

test('reading patiently does not try again what the server refused', async () => {
  await failureOf(answer(500, {}), () => api.readPatiently('/tasks/'));

  assert.equal(calls.length, 1);
});

test('a form is sent as it is, with the token', async () => {
  page.document.cookie = 'csrftoken=t';
  const file = answer(200, 'a,b', {type: 'text/csv'});
  answers = [file];
  const form = new FormData();

  assert.equal(await api.send('/pseudonymize/', form), file);
  const [{method, headers, body}] = calls;
  assert.deepEqual([method, headers, body === form], ['POST', {'X-CSRFToken': 't'}, true]);
});

test('a form that a server in front finds too large is told in a sentence', async () => {
  const failure = await failureOf(answer(413, '<html>', {type: 'text/html'}), () => api.send('/pseudonymize/', new FormData()));

  assert.deepEqual([failure.kind, failure.sentence], ['refused', 'Too large.']);
});

test('a form that leads to a sign-in page was sent by nobody', async () => {
  const failure = await failureOf(
    answer(200, '<html>', {type: 'text/html', redirected: true}), () => api.send('/pseudonymize/', new FormData()),
  );

  assert.equal(failure.kind, 'signed_out');
});

test('a link to a CSV asks for a byte order mark where the site wants one', () => {
  assert.equal(api.fileUrl('/reports/a.csv', 'csv'), '/reports/a.csv?bom=1');
  assert.equal(api.fileUrl('/reports/a.xlsx', 'xlsx'), '/reports/a.xlsx');
  assert.equal(page.ld.createApi({csv_bom: false}).fileUrl('/reports/a.csv', 'csv'), '/reports/a.csv');
});

test('a file is sent as a form, with the token, and the answer itself is returned', async () => {
  page.document.cookie = 'csrftoken=abc';
  const form = new FormData();
  answers = [answer(200, '', {type: 'text/tab-separated-values'})];

  assert.equal(await api.send('/pseudonymize/', form), answers[0]);
  assert.deepEqual(calls[0].headers, {'X-CSRFToken': 'abc'});
  assert.equal(calls[0].body, form);
});

test('a server in front that refuses a large file is told apart from trouble', async () => {
  const tooLarge = openPage(['dom', 'api'], {browser: {fetch: async () => answer(413, '<html>', {type: 'text/html'})}});
  const sending = tooLarge.ld.createApi({csrf_cookie: 'csrftoken', texts: {file_too_large: 'Too large.'}}).send('/x', null);

  await assert.rejects(sending, (failure) => failure.kind === 'refused' && failure.sentence === 'Too large.');
});
