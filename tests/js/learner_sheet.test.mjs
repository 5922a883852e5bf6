import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

const page = openPage(['dom', 'learner_sheet']);
const {ld, navigator, window, document} = page;
const columns = [{key: 'username'}, {key: 'goals'}];

async function copied(...values) {
  await ld.copyLearners(columns, values.map((goals) => ({username: 'zoe', goals})));
  return navigator.clipboard.text;
}

test('what is copied is a table with its keys, in the columns that are shown', async () => {
  assert.equal(await copied('learn', 7, null, undefined), 'username\tgoals\r\nzoe\tlearn\r\nzoe\t7\r\nzoe\t\r\nzoe\t');
});

[...'=+-@\t\r\0＝＋－＠'].forEach((trigger) => {
  test(`a text that begins with ${JSON.stringify(trigger)} is no formula where it is pasted`, async () => {
    const [, line] = (await copied(`${trigger}1+1`)).split('\r\nzoe\t');

    assert.match(line, /^"?'/);
  });
});

test('a text that looks like a guarded one is told apart, as in the files', async () => {
  assert.match(await copied('\'=1+1'), /\t''=1\+1$/);
  assert.match(await copied('\'tis'), /\t'tis$/);
});

test('a negative number stays a number', async () => {
  assert.match(await copied(-5), /\t-5$/);
});

test('tabs, lines and quotes stay in their cell', async () => {
  assert.match(await copied('a\tb\n"c"'), /zoe\t"a\tb\n""c"""$/);
});

test('only the table is printed, without buttons, and the page is as before', () => {
  const table = page.add('table', {}, ld.element('th', {}, ld.button('Name')));
  const before = document.body.children.length;
  ld.printLearners('Learners', 'Confidential', table);
  const sheet = document.querySelector('.learner-data-sheet');

  assert.equal(window.prints, 1);
  assert.equal(sheet.textContent, 'LearnersConfidentialName');
  assert.equal(sheet.querySelector('button'), null);
  assert.equal(document.documentElement.className, 'learner-data-printing');
  window.dispatchEvent(new Event('afterprint'));
  assert.equal(document.body.children.length, before);
  assert.equal(document.documentElement.className, '');
  assert.notEqual(table.querySelector('button'), null);
});
