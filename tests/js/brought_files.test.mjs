import assert from 'node:assert/strict';
import test from 'node:test';

import {answer, file, openForm} from './brought.mjs';

function open(send) {
  const opened = openForm([], 'pseudonymize', {
    texts: {pseudonymized: '{matched} of {total}', pseudonymized_removed: 'without {columns}'},
  });
  opened.add('select', {id: 'learner-data-pseudonymize-kind', value: 'site'});
  const {page, ld} = opened;
  return {...opened, files: ld.createBroughtFiles({page, api: {send}})};
}

test('the file that is chosen is sent with the kind of ID, saved, and told about', async () => {
  const sent = [];
  const opened = open(async (url, form) => {
    sent.push([url, form.get('file').name, form.get('kind')]);
    return answer({
      'Content-Disposition': 'attachment; filename="survey_pseudonymized.csv"',
      'Learner-Data-Result': '{"removed": ["name", "ip"], "matched": 3, "total": 4, "column": "email"}',
    });
  });
  await opened.choose(file('email\n'));
  await opened.submit();

  assert.deepEqual(sent, [['/pseudonymize/', 'survey.csv', 'site']]);
  assert.deepEqual(opened.saved, ['survey_pseudonymized.csv']);
  assert.equal(opened.said(), '3 of 4 without name, ip');
});

test('a file can be dropped', async () => {
  const sent = [];
  const opened = open(async (_url, form) => {
    sent.push(form.get('file').name);
    return answer({'Learner-Data-Result': '{"removed": [], "matched": 1, "total": 1}'});
  });
  await opened.drop(file('email\n', 'dropped.csv'));
  await opened.submit();

  assert.deepEqual(sent, ['dropped.csv']);
  assert.deepEqual(opened.saved, ['dropped.csv']);
});

test('without a file nothing is sent', async () => {
  const opened = open(() => assert.fail());
  await opened.submit();

  assert.equal(opened.said(), 'file_needed');
});

test('what is refused is said, and nothing is saved', async () => {
  const opened = open(async () => {
    throw new opened.ld.Failure('refused', {error_code: 'no_id_column', developer_message: 'No column.'});
  });
  await opened.choose(file('x'));
  await opened.submit();

  assert.equal(opened.said(), 'No column.');
  assert.deepEqual(opened.saved, []);
});
