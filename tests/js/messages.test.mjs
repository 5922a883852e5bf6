import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage, texts} from './page.mjs';

const opened = openPage(['dom', 'api', 'messages']);
const {ld, window} = opened;
const place = opened.add('div', {hidden: ''});
const messages = ld.createMessages(place, {texts: texts(), role_sentence: 'Ask an Admin.', urls: {sign_in: '/login'}});
const shown = () => place.children.map((child) => child.textContent);

test('what is shown replaces what was shown before', () => {
  messages.show('info', 'one', null, 'two');
  messages.show('error', 'three');

  assert.deepEqual(shown(), ['three']);
  assert.equal(place.className, 'ld-message ld-message-error');
  assert.equal(place.hidden, false);
  messages.hide();
  assert.deepEqual([place.hidden, shown()], [true, []]);
});

[
  ['network', ['network', 'try_again']],
  ['signed_out', ['signed_out', 'sign_in']],
  ['reload', ['reload_needed', 'reload']],
  ['forbidden', ['Ask an Admin.']],
  ['throttled', ['throttled']],
  ['refused', ['The sentence.', 'try_again']],
  ['server', ['server', 'try_again']],
].forEach(([kind, parts]) => {
  test(`${kind} says what to do`, () => {
    messages.showFailure(new ld.Failure(kind, {developer_message: 'The sentence.'}), () => {});

    assert.deepEqual(shown(), parts);
  });
});

test('a refusal without a sentence is told as the server\'s trouble', () => {
  messages.showFailure(new ld.Failure('refused', {error_code: 'x'}));

  assert.deepEqual(shown(), ['server']);
});

test('trying again does', () => {
  let tries = 0;
  messages.showFailure(new ld.Failure('network'), () => { tries += 1; });
  place.querySelector('button').click();

  assert.equal(tries, 1);
});

test('signing in leads back here, whatever stands in the address', () => {
  Object.assign(window.location, {pathname: '/courses/course-v1:A+B+C/', search: '?a=1&b=2', hash: '#view-x'});
  messages.showFailure(new ld.Failure('signed_out'));

  const [path, query] = place.querySelector('a').getAttribute('href').split('?');
  assert.equal(path, '/login');
  assert.deepEqual([...new URLSearchParams(query)], [['next', '/courses/course-v1:A+B+C/?a=1&b=2#view-x']]);
});

test('reloading reloads', () => {
  messages.showFailure(new ld.Failure('reload'));
  place.querySelector('button').click();

  assert.equal(window.location.reloads, 1);
});

test('an error of the script is shown and not swallowed', () => {
  assert.throws(() => messages.showFailure(new RangeError('bug')), RangeError);
  assert.deepEqual(shown(), ['server']);
});

test('from inside the dashboard it leads back to the dashboard', () => {
  const back = 'https://apps.example.com/instructor-dashboard/course-v1:A+B+C/learner_data';
  const inside = ld.createMessages(place, {texts: texts(), urls: {sign_in: '/login'}, return_url: back});
  inside.showFailure(new ld.Failure('signed_out'));

  assert.equal(new URLSearchParams(place.querySelector('a').getAttribute('href').split('?')[1]).get('next'), back);
});
