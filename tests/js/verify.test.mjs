import assert from 'node:assert/strict';
import {createHash, webcrypto} from 'node:crypto';
import test from 'node:test';

import {file, openForm} from './brought.mjs';
import {settle} from './page.mjs';

const FOUND = {report: 'profile', created: '2026-11-24T10:00:00Z', requester: 'ada', rows: 3, without_erased: false};
const hash = (content) => createHash('sha256').update(content).digest('hex');

function open({known = [], code = 'file_not_from_here', found = FOUND, crypto = webcrypto} = {}) {
  const opened = openForm(['verify'], 'verify', {
    window: {crypto}, texts: {verify_unchanged: 'Unchanged.', verify_found: '{report} by {requester}, {rows}'},
  });
  const asked = [];
  const api = {
    post: async (_url, body) => {
      asked.push(body);
      if (!known.includes(body.sha256)) {
        throw new opened.ld.Failure('refused', {error_code: code, developer_message: code});
      }
      return found;
    },
  };
  opened.ld.createVerify({page: opened.page, api, formats: {timeText: String, number: String}});
  const check = async (content) => {
    await opened.choose(file(content));
    for (let turn = 0; turn < 20; turn += 1) {
      await new Promise((resolve) => { setTimeout(resolve, 5); });
    }
    await settle();
    return opened.said();
  };
  return {...opened, asked, check};
}

test('the hash and the name are sent, and not the file', async () => {
  const {asked, check} = open({known: [hash('id,name\n')]});

  assert.equal(await check('id,name\n'), 'Unchanged. Profile by ada, 3');
  assert.deepEqual(asked, [{sha256: hash('id,name\n'), name: 'survey.csv'}]);
});

test('a byte order mark is no change', async () => {
  const {asked, check} = open({known: [hash('id\n')]});

  assert.equal(await check('\ufeffid\n'), 'Unchanged. Profile by ada, 3');
  assert.deepEqual(asked.map((body) => body.sha256), [hash('\ufeffid\n'), hash('id\n')]);
});

test('a file that was changed, or is not from here, is said to be', async () => {
  const {check} = open({code: 'file_changed'});

  assert.equal(await check('x'), 'file_changed');
});

test('a file made at once, and one without an erased learner, are told', async () => {
  const found = {...FOUND, report: 'deanonymized', requester: '', without_erased: true};
  const {check} = open({known: [hash('x')], found});

  assert.equal(await check('x'), 'Unchanged. File deanonymized by account_gone, 3 verify_without_erased');
});

test('where the browser computes no hashes that is said', async () => {
  const {asked, check} = open({crypto: {}});

  assert.equal(await check('x'), 'verify_insecure');
  assert.deepEqual(asked, []);
});
