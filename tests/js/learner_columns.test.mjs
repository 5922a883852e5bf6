import assert from 'node:assert/strict';
import test, {beforeEach} from 'node:test';

import {TestStorage, openPage} from './page.mjs';

const texts = {table_columns_shown: '{shown} of {count}', table_columns: 'Columns', columns_all: 'All'};
const COLUMNS = ['id', 'username', 'name'].map((key) => ({key, label: key}));
let localStorage;
let changes;

beforeEach(() => {
  localStorage = new TestStorage();
  changes = 0;
});

function choice({columns = COLUMNS, username = 'zoe'} = {}) {
  const {ld} = openPage(['dom', 'formats', 'learner_columns'], {window: {localStorage}});
  const made = ld.createColumnChoice({
    page: {texts, username}, columns, formats: ld.createFormats('en'), onChange: () => { changes += 1; },
  });
  const boxes = made.control.querySelectorAll('input');
  return {
    visible: () => made.visible().map(({key}) => key),
    summary: () => made.control.querySelector('summary').textContent,
    boxes,
    tick: (place) => {
      boxes[place].checked = !boxes[place].checked;
      boxes[place].dispatchEvent(new Event('change'));
    },
    all: () => made.control.querySelector('button').click(),
    usual: () => made.control.querySelectorAll('button')[1].click(),
  };
}

test('at first every column is shown', () => {
  const {visible, summary, boxes} = choice();

  assert.deepEqual(visible(), ['id', 'username', 'name']);
  assert.equal(summary(), '3 of 3');
  assert.ok(boxes.every((box) => box.checked));
});

test('a column that is taken away stays away, for this person in this browser', () => {
  const first = choice();
  first.tick(0);

  assert.deepEqual([first.visible(), first.summary(), changes], [['username', 'name'], '2 of 3', 1]);
  assert.deepEqual(choice().visible(), ['username', 'name']);
  assert.deepEqual(choice({username: 'other'}).visible(), ['id', 'username', 'name']);
});

test('the last column cannot be taken away', () => {
  const {tick, boxes} = choice();
  tick(0);
  tick(1);

  assert.deepEqual(boxes.map((box) => box.disabled), [false, false, true]);
  tick(0);
  assert.deepEqual(boxes.map((box) => box.disabled), [false, false, false]);
});

test('all of them come back at once', () => {
  const {tick, all, visible, boxes} = choice();
  tick(0);
  all();

  assert.deepEqual(visible(), ['id', 'username', 'name']);
  assert.ok(boxes.every((box) => box.checked));
});

test('a choice that leaves none here shows all, and the next tick starts from what is seen', () => {
  localStorage.setItem('learner_data.table_columns zoe', '{"id": false, "username": false, "name": false, "city": false}');
  const {tick, visible} = choice();
  assert.deepEqual(visible(), ['id', 'username', 'name']);
  tick(1);

  assert.deepEqual(visible(), ['id', 'name']);
  assert.deepEqual(
    JSON.parse(localStorage.getItem('learner_data.table_columns zoe')), {id: true, username: false, name: true, city: false},
  );
});

test('an optional column is shown once it is ticked, or all are', () => {
  const columns = [...COLUMNS, {key: 'last_active', label: 'Last active', optional: true}];
  const {tick, visible, boxes} = choice({columns});
  assert.deepEqual([visible(), boxes[3].checked], [['id', 'username', 'name'], false]);
  tick(3);
  assert.deepEqual(visible(), ['id', 'username', 'name', 'last_active']);
  assert.deepEqual(choice({columns}).visible(), ['id', 'username', 'name', 'last_active']);
  localStorage.kept.clear();
  const another = choice({columns});
  another.all();

  assert.deepEqual(another.visible(), ['id', 'username', 'name', 'last_active']);
});

['nonsense', 'null', '{"a": 1}', '7'].forEach((kept) => {
  test(`a memory that is ${kept} is none`, () => {
    localStorage.setItem('learner_data.table_columns zoe', kept);

    assert.deepEqual(choice().visible(), ['id', 'username', 'name']);
  });
});

test('a browser that keeps nothing still hides columns', () => {
  localStorage.refuses = true;
  const {tick, visible} = choice();
  tick(2);

  assert.deepEqual(visible(), ['id', 'username']);
});

test('a view shows its columns without remembering them, until somebody chooses', () => {
  const {ld} = openPage(['dom', 'formats', 'learner_columns'], {window: {localStorage}});
  const made = ld.createColumnChoice({
    page: {texts, username: 'zoe'}, columns: COLUMNS, formats: ld.createFormats('en'), onChange: () => { changes += 1; },
  });
  const keys = () => made.visible().map(({key}) => key);
  made.show(['name', 'of another course']);
  assert.deepEqual([keys(), localStorage.kept.size, changes], [['name'], 0, 0]);
  const [id] = made.control.querySelectorAll('input');
  id.checked = true;
  id.dispatchEvent(new Event('change'));
  assert.deepEqual(keys(), ['id', 'name']);
  made.show(['name']);
  made.show(null);

  assert.deepEqual(keys(), ['id', 'name']);
});

test('the usual columns are there again at a click', () => {
  const {tick, visible, usual} = choice();
  tick(0);
  assert.deepEqual(visible(), ['username', 'name']);
  usual();

  assert.deepEqual(visible(), ['id', 'username', 'name']);
});
