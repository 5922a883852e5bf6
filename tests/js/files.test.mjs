import assert from 'node:assert/strict';
import test, {beforeEach} from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const file = (values = {}) => ({
  name: 'a.csv', url: '/reports/a.csv', report: 'profile', format: 'csv', created: '2026-03-01T10:00:00Z', size_bytes: 1540,
  rows: 150, requester: 'zoe', selection: false, can_delete: true, ...values,
});
let answers; // page number -> answer
let asked;
let removed;
let refuse;
let removal; // what the server answers to a deletion

beforeEach(() => {
  answers = {1: {reports: [file()], num_pages: 1}};
  asked = [];
  removed = [];
  refuse = null;
  removal = {status: 204};
});

async function open() {
  const opened = openPage(['dom', 'formats', 'api', 'messages', 'files']);
  opened.add('div', {class: 'learner-data'});
  opened.add('h3', {id: 'learner-data-files-title'});
  const place = opened.add('div', {id: 'learner-data-files'});
  const empty = opened.add('p', {id: 'learner-data-files-empty'});
  const message = opened.add('div', {id: 'learner-data-files-message'});
  const files = opened.ld.createFiles({
    page: {
      reports: {profile: 'Profile'},
      texts: texts({file_selection: 'part', files_page: '{page} of {pages}', file_rows_number: '{count} rows'}),
      files_per_page: 20, urls: {reports: '/reports/'},
    },
    formats: opened.ld.createFormats('en'),
    api: {
      fileUrl: (url) => url + '?bom=1',
      readPatiently: async (url) => {
        const query = new URLSearchParams(url.split('?')[1]);
        asked.push(Number(query.get('page')));
        assert.equal(query.get('page_size'), '20');
        if (refuse) {
          throw refuse;
        }
        return answers[query.get('page')] ?? {reports: [], num_pages: Object.keys(answers).length};
      },
      remove: async (url) => {
        removed.push(url);
        if (refuse) {
          throw refuse;
        }
        return removal;
      },
    },
  });
  await files.showNewest();
  const button = (caption) => opened.document.querySelectorAll('button').find((one) => one.textContent === caption);
  return {
    ...opened, files, place, empty, message,
    press: async (caption) => {
      button(caption).click();
      await settle();
    },
    rows: () => place.querySelectorAll('tr').slice(1).map((row) => (
      row.children.map((cell) => cell.textContent.replace(/\s/g, ' '))
    )),
  };
}

test('a file has a title, its name as a link, how large it is, and what can be done', async () => {
  const {place, rows, empty} = await open();
  const [[report, created, size, actions]] = rows();

  assert.deepEqual([report, size, actions], ['ProfileCSVa.csv', '150 rows1.5 kB', 'file_downloadfile_delete']);
  assert.match(created, /zoe$/);
  for (const selector of ['.ld-file', '[data-download]']) {
    const link = place.querySelector(selector);
    assert.deepEqual([link.getAttribute('href'), link.getAttribute('download')], ['/reports/a.csv?bom=1', 'a.csv']);
  }
  assert.equal(empty.hidden, true);
});

test('a part of the report, unknown rows and an account that is gone are told', async () => {
  answers[1].reports = [file({selection: true, rows: null, requester: null, can_delete: false})];
  const [[report, created, size, actions]] = (await open()).rows();

  assert.deepEqual([report, size, actions], ['ProfileCSVparta.csv', '1.5 kB', 'file_download']);
  assert.match(created, /account_gone$/);
});

test('what was chosen for a file is told in words', async () => {
  answers[1].reports = [file({title: 'Learner profiles', contents: ['Verified', '5 columns'], selection: true})];
  const [[report]] = (await open()).rows();

  assert.equal(report, 'Learner profilesCSVVerified5 columnsa.csv');
});

test('no file yet', async () => {
  answers[1] = {reports: [], num_pages: 1};
  const {place, empty} = await open();

  assert.deepEqual([place.children, empty.hidden], [[], false]);
});

test('a file that came since is marked, those of the beginning are not', async () => {
  const {files, place} = await open();
  answers[1].reports = [file({name: 'b.csv'}), file()];
  await files.refresh();
  const marked = () => place.querySelectorAll('.ld-new').map((row) => row.getAttribute('data-file'));

  assert.deepEqual(marked(), ['b.csv']);
  await files.refresh();
  assert.deepEqual(marked(), []);
});

test('an older file that comes into sight is not marked as new', async () => {
  const old = file({name: 'old.csv', created: '2026-02-01T10:00:00Z'});
  answers = {1: {reports: [file()], num_pages: 2}, 2: {reports: [old], num_pages: 2}};
  const {files, press, place} = await open();
  await press('files_older');
  assert.equal(place.querySelectorAll('.ld-new').length, 0);

  await press('files_newer');
  answers = {1: {reports: [file({name: 'older.csv', created: '2026-01-01T10:00:00Z'})], num_pages: 1}};
  await files.refresh();
  assert.equal(place.querySelectorAll('.ld-new').length, 0);
});

test('pages are turned, and no further than there are', async () => {
  answers = {1: {reports: [file()], num_pages: 2}, 2: {reports: [file({name: 'old.csv'})], num_pages: 2}};
  const {press, rows, place, document} = await open();
  await press('files_newer');
  await press('files_older');
  assert.match(rows()[0][0], /old\.csv$/);
  assert.match(place.textContent, /2 of 2/);
  assert.equal(document.activeElement.getAttribute('id'), 'learner-data-files-title');
  await press('files_older');
  await press('files_newer');

  assert.deepEqual(asked, [1, 2, 1]);
});

test('a page that has become empty leads back to the last one', async () => {
  answers = {1: {reports: [file()], num_pages: 2}, 2: {reports: [file({name: 'old.csv'})], num_pages: 2}};
  const {files, press, rows} = await open();
  await press('files_older');
  answers = {1: {reports: [file()], num_pages: 1}};
  await files.refresh();

  assert.deepEqual(asked, [1, 2, 2, 1]);
  assert.match(rows()[0][0], /a\.csv$/);
});

test('a file is deleted after a question, and the list is read again', async () => {
  const {press, document, message} = await open();
  await press('file_delete');
  assert.deepEqual([removed, document.querySelector('dialog').open], [[], true]);
  answers[1] = {reports: [], num_pages: 1};
  await press('file_delete_confirm');

  assert.deepEqual(removed, ['/reports/a.csv']);
  assert.equal(document.querySelector('dialog'), null);
  assert.match(message.textContent, /file_deleted/);
  assert.deepEqual(asked, [1, 1]);
});

test('a no keeps the file', async () => {
  const {press, document} = await open();
  await press('file_delete');
  await press('file_delete_cancel');

  assert.deepEqual([removed, document.querySelector('dialog')], [[], null]);
});

test('a deletion that is refused says why', async () => {
  const {ld, press, message} = await open();
  await press('file_delete');
  refuse = new ld.Failure('refused', {error_code: 'x', developer_message: 'Not yours.'});
  await press('file_delete_confirm');

  assert.match(message.textContent, /Not yours/);
});

test('a list that could not be read is read at a click', async () => {
  const {ld, files, press, message, rows} = await open();
  refuse = new ld.Failure('network');
  await files.refresh();
  assert.match(message.textContent, /network/);
  refuse = null;
  await press('try_again');

  assert.deepEqual([message.hidden, rows().length], [true, 1]);
});

test('a deletion that the store puts off says what that means', async () => {
  const {press, message} = await open();
  removal = {status: 202, json: async () => ({message: 'Hidden, and deleted later.'})};
  await press('file_delete');
  await press('file_delete_confirm');

  assert.equal(message.textContent.trim(), 'Hidden, and deleted later.');
});
