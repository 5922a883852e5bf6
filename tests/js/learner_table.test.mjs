import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage, texts} from './page.mjs';

const {ld, document} = openPage(['dom', 'formats', 'learner_table']);
const COLUMNS = ['id', 'username', 'name', 'email', 'cohort', 'goals'].map((key) => ({key, label: key.toUpperCase()}));
const ANNA = {id: 3, username: 'anna', name: 'Ánna Ñandú', email: 'a@x.example', cohort: 'B', goals: 'learn'};

function table(given = {}) {
  const sorts = [];
  const ticks = [];
  const made = ld.createLearnerTable({
    caption: 'Learners', texts: texts(), formats: ld.createFormats('en'), onSort: (key) => sorts.push(key),
    onTick: (...tick) => ticks.push(tick), ...given,
  });
  document.body.replaceChildren(made.table);
  return {...made, sorts, ticks};
}

test('a row is headed by who it is, and numbers are told apart', () => {
  const {table: made, showRows} = table();
  showRows(COLUMNS, [ANNA], new Set());
  const cells = made.querySelector('tbody').children[0].children;

  assert.deepEqual(cells.map((cell) => cell.tagName), ['td', 'th', 'td', 'td', 'td']);
  assert.deepEqual(cells.map((cell) => cell.textContent), ['', 'Ánna Ñandúanna · a@x.example', '3', 'B', 'learn']);
  assert.equal(cells[2].className, 'ld-number');
});

test('on paper each column has a cell, and nothing can be clicked', () => {
  const {table: made, showHeadings, showRows} = table({isPaper: true, onTick: null});
  showHeadings(COLUMNS, '');
  showRows(COLUMNS, [ANNA]);

  assert.deepEqual(
    made.querySelector('tbody').children[0].children.map((cell) => cell.textContent),
    ['3', 'anna', 'Ánna Ñandú', 'a@x.example', 'B', 'learn'],
  );
  assert.deepEqual([made.querySelector('button'), made.querySelector('input')], [null, null]);
});

test('a grade is told in percent', () => {
  const {table: made, showRows} = table({onTick: null});
  showRows([{key: 'grade'}], [{grade: 59.6}, {grade: ''}, {grade: 100}]);

  assert.deepEqual(made.querySelectorAll('td').map((cell) => cell.textContent), ['59.6%', '', '100%']);
});

test('rows are ticked one by one, or all of the page', () => {
  const {table: made, showHeadings, showRows, showTicks, ticks} = table();
  showHeadings(COLUMNS, '');
  showRows(COLUMNS, [ANNA, {username: 'bob'}], new Set(['bob']));
  const [all, anna, bob] = made.querySelectorAll('input');
  assert.deepEqual([all.checked, all.indeterminate, anna.checked, bob.checked], [false, true, false, true]);
  anna.checked = true;
  anna.dispatchEvent(new Event('change'));
  all.checked = true;
  all.dispatchEvent(new Event('change'));
  assert.deepEqual(ticks, [[['anna'], true], [['anna', 'bob'], true]]);
  showTicks(new Set(['anna', 'bob']));

  assert.deepEqual([all.checked, all.indeterminate, anna.checked], [true, false, true]);
});

test('the last day stands out when it is long ago', () => {
  const {table: made, showRows, showDetails} = table({onTick: null});
  const columns = [{key: 'last_active', label: 'Last active'}];
  const ago = (days) => new Date(Date.now() - days * 86400000).toISOString().slice(0, 10);
  const days = {today: ago(0), lately: ago(13), late: ago(14), never: null};
  showRows(columns, Object.keys(days).map((username) => ({username})));
  showDetails(Object.entries(days).map(([username, day]) => ({username, weeks: [], last_active: day})));
  const cells = made.querySelectorAll('td');

  assert.deepEqual(cells.map((cell) => cell.textContent), ['today', '13 days ago', '14 days ago', 'never_started']);
  assert.deepEqual(cells.map((cell) => cell.querySelector('.ld-late') !== null), [false, false, true, false]);
});

test('a long value is whole, and opens and closes', () => {
  const {table: made, showRows} = table();
  const goals = 'g'.repeat(33);
  showRows([{key: 'goals'}], [{goals}, {goals: 'two\nlines'}, {goals: 'g'.repeat(32)}]);
  const [long, lines] = made.querySelectorAll('button');

  assert.equal(made.querySelectorAll('button').length, 2);
  assert.deepEqual([long.textContent, lines.textContent], [goals, 'two\nlines']);
  const states = [() => long.click(), () => long.click(), () => long.click(), () => {
    long.dispatchEvent(Object.assign(new Event('keydown'), {key: 'Escape'}));
  }].map((act) => {
    act();
    return long.getAttribute('aria-expanded');
  });
  assert.deepEqual(states, ['true', 'false', 'true', 'false']);
});

test('headings tell the order, sort, and keep the focus', () => {
  const {table: made, showHeadings, sorts} = table();
  showHeadings(COLUMNS, '-name');
  const orders = made.querySelectorAll('th').map((heading) => heading.getAttribute('aria-sort'));
  assert.deepEqual(orders, ['descending', 'none', 'none', 'none']);
  assert.equal(made.querySelector('[data-sort="name"]').getAttribute('data-order'), 'descending');
  const button = made.querySelector('[data-sort="email"]');
  button.focus();
  button.click();
  showHeadings(COLUMNS, 'email');

  assert.deepEqual(sorts, ['email']);
  assert.notEqual(document.activeElement, button);
  assert.equal(document.activeElement, made.querySelector('[data-sort="email"]'));
});

test('a column that cannot be sorted by has no button', () => {
  const {table: made, showHeadings} = table();
  showHeadings([{key: 'goals', label: 'Goals', sortable: false}, {key: 'name', label: 'Name', sortable: true}], '');
  const [name, goals] = made.querySelectorAll('th');

  assert.deepEqual([goals.querySelector('button'), goals.hasAttribute('aria-sort')], [null, false]);
  assert.deepEqual([name.querySelector('button').textContent, name.getAttribute('aria-sort')], ['Name', 'none']);
});
