import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const ANNA = {username: 'anna', email: 'anna@example.com'};
const BOB = {username: 'bob', email: 'bob@example.com'};
const CID = {username: 'cid', email: ''};
const PAGE = [ANNA, BOB, CID];

function open({columns = [{key: 'username'}, {key: 'email'}], everyone = async () => PAGE, most = 1000, ...given} = {}) {
  const opened = openPage(['dom', 'formats', 'api', 'messages', 'learner_selection']);
  const {ld} = opened;
  const page = {
    texts: texts({
      selected: '{count} selected', select_all: 'all {count}', addresses_copied: '{count} copied',
      table_too_many: 'most {count}', export_selected: 'as {format}',
    }),
    columns, formats: {csv: 'CSV', xlsx: 'XLSX'}, ...given,
  };
  const place = opened.add('div');
  const exported = [];
  const changes = [];
  const selection = ld.createSelection({
    page, formats: ld.createFormats('en'), messages: ld.createMessages(place, page), most,
    everyone: () => everyone(ld),
    onExport: (...words) => exported.push(words),
    onChange: (ticked) => changes.push([...ticked]),
  });
  const {bar} = selection;
  return {
    ...opened, ...selection, place, exported, changes,
    find: (selector) => bar.querySelector(selector),
    said: () => place.textContent.trim(),
    press: async (selector, within = bar) => {
      within.querySelector(selector).click();
      await settle();
    },
  };
}

test('the bar is there while somebody is ticked, and says how many', () => {
  const {bar, tick, find, setCount, ticked, changes} = open();
  setCount(3);
  assert.equal(bar.hidden, true);
  tick(['anna', 'bob'], true, PAGE);
  assert.deepEqual([bar.hidden, find('.ld-selected').textContent], [false, '2 selected']);
  assert.equal(find('.ld-selected').getAttribute('role'), 'status');
  tick(['anna', 'zoe'], false, PAGE);
  assert.deepEqual([find('.ld-selected').textContent, [...ticked()]], ['1 selected', ['bob']]);
  tick(['bob'], false, PAGE);

  assert.equal(bar.hidden, true);
  assert.deepEqual(changes, [[], ['anna', 'bob'], ['bob'], []]);
});

test('somebody who is ticked twice counts once', () => {
  const {tick, find} = open();
  tick(['anna'], true, PAGE);
  tick(['anna', 'bob'], true, PAGE);

  assert.equal(find('.ld-selected').textContent, '2 selected');
});

test('who is ticked is passed on as a copy', () => {
  const {tick, ticked} = open();
  tick(['anna'], true, PAGE);
  ticked().clear();

  assert.deepEqual([...ticked()], ['anna']);
});

test('all of the view are offered while there are more than are ticked', () => {
  const {tick, find, setCount} = open();
  const offer = () => !find('[data-select-all]').hidden && find('[data-select-all]').textContent;
  setCount(2);
  tick(['anna'], true, PAGE);
  assert.equal(offer(), 'all 2');
  tick(['bob'], true, PAGE);
  assert.equal(offer(), false);
  setCount(1234);

  assert.equal(offer(), 'all 1,234');
});

test('all of the view stay all of them when it is counted anew, until somebody ticks', async () => {
  const {tick, find, setCount, press, bar} = open();
  setCount(20);
  tick(['anna'], true, PAGE);
  await press('[data-select-all]');
  assert.deepEqual([find('.ld-selected').textContent, find('[data-select-all]').hidden], ['20 selected', true]);
  setCount(21);
  assert.equal(find('.ld-selected').textContent, '21 selected');
  tick(['bob'], true, PAGE);
  assert.deepEqual([find('.ld-selected').textContent, find('[data-select-all]').hidden], ['2 selected', false]);
  await press('[data-select-all]');
  setCount(0);

  assert.equal(bar.hidden, true);
});

test('clear lets go of everyone', async () => {
  const {tick, setCount, press, bar, ticked, changes} = open();
  setCount(20);
  tick(['anna'], true, PAGE);
  await press('[data-select-all]');
  await press('[data-clear]');

  assert.deepEqual([bar.hidden, ticked().size, changes.at(-1)], [true, 0, []]);
  tick(['bob'], true, PAGE);
  assert.deepEqual([...ticked()], ['bob']);
});

test('those ticked are exported by their names, all of the view by none', async () => {
  const {tick, setCount, press, find, exported} = open();
  setCount(20);
  tick(['bob', 'anna'], true, PAGE);
  assert.equal(find('[data-export-selected="xlsx"]').textContent, 'as XLSX');
  await press('[data-export-selected="xlsx"]');
  await press('[data-select-all]');
  await press('[data-export-selected="csv"]');

  assert.deepEqual(exported, [['xlsx', ['bob', 'anna']], ['csv', null]]);
});

test('addresses are copied one a line, without those that are not known', async () => {
  const {tick, press, navigator, said} = open();
  tick(['anna', 'cid', 'bob', 'stranger'], true, PAGE);
  await press('[data-copy-addresses]');

  assert.equal(navigator.clipboard.text, 'anna@example.com\nbob@example.com');
  assert.equal(said(), '2 copied');
});

test('addresses stay known when the page is turned', async () => {
  const {tick, press, navigator} = open();
  tick(['anna'], true, [ANNA]);
  tick(['bob'], true, [BOB]);
  await press('[data-copy-addresses]');

  assert.equal(navigator.clipboard.text, 'anna@example.com\nbob@example.com');
});

test('addresses of all of the view are asked for, and only then', async () => {
  let asked = 0;
  const everyone = async () => {
    asked += 1;
    return [...PAGE, {username: 'dan', email: 'dan@example.com'}];
  };
  const {tick, setCount, press, navigator} = open({everyone});
  setCount(4);
  tick(['anna'], true, PAGE);
  await press('[data-copy-addresses]');
  assert.equal(asked, 0);
  await press('[data-select-all]');
  await press('[data-copy-addresses]');

  assert.deepEqual([asked, navigator.clipboard.text], [1, 'anna@example.com\nbob@example.com\ndan@example.com']);
});

test('as many as may be are copied, one more is told', async () => {
  const {tick, setCount, press, said, navigator} = open({most: 20});
  setCount(20);
  tick(['anna'], true, PAGE);
  await press('[data-select-all]');
  await press('[data-copy-addresses]');
  assert.equal(said(), '2 copied');
  navigator.clipboard.text = 'before';
  setCount(21);
  await press('[data-copy-addresses]');

  assert.deepEqual([said(), navigator.clipboard.text], ['most 20', 'before']);
});

test('what could not be asked for is told, and tried again at a click', async () => {
  let fails = true;
  const everyone = async (ld) => {
    if (fails) {
      throw new ld.Failure('network');
    }
    return PAGE;
  };
  const {tick, setCount, press, place, said, navigator} = open({everyone});
  setCount(4);
  tick(['anna'], true, PAGE);
  await press('[data-select-all]');
  await press('[data-copy-addresses]');
  assert.match(said(), /^network/);
  assert.equal(navigator.clipboard.text, undefined);
  fails = false;
  await press('button', place);

  assert.equal(said(), '2 copied');
});

test('a clipboard that refuses is told', async () => {
  const {tick, press, navigator, said, place} = open();
  navigator.clipboard.writeText = async () => { throw new Error('denied'); };
  tick(['anna'], true, PAGE);
  await press('[data-copy-addresses]');

  assert.equal(said(), 'table_not_copied');
  assert.match(place.className, /error/);
});

test('where addresses are private none are copied', () => {
  assert.equal(open({columns: [{key: 'username'}]}).find('[data-copy-addresses]'), null);
});

test('email is a link where the course has it', () => {
  assert.equal(open().find('a'), null);
  assert.equal(open({bulk_email_url: ''}).find('a'), null);
  const link = open({bulk_email_url: '/email/?a=1&b=2'}).find('a');

  assert.deepEqual([link.getAttribute('href'), link.textContent], ['/email/?a=1&b=2', 'bulk_email']);
  assert.deepEqual([link.getAttribute('target'), link.getAttribute('title')], ['_blank', 'bulk_email_hint']);
});
