import assert from 'node:assert/strict';
import test from 'node:test';

import {answer, file, openForm} from './brought.mjs';
import {settle} from './page.mjs';

const PREVIEW = {
  id_column: 'anon', file_columns: ['n', 'anon'], kind: 'course', total: 5, matched: 3, not_in_course: 1, retired: 0,
  unknown: 1, duplicates: 0,
};

function open({send, requests = null, texts = {}}) {
  const opened = openForm(['deanonymize'], 'deanonymize', {texts});
  const {form, add, ld, page} = opened;
  const field = (name, tag = 'input', attributes = {}) => {
    const made = add(tag, {id: 'learner-data-deanonymize-' + name, ...attributes});
    form.append(made);
    return made;
  };
  const fields = {
    counts: field('counts', 'dl'), column: field('column', 'select'), kind: field('kind', 'select'),
    purpose: field('purpose', 'textarea'), approval: field('approval'), text: field('text', 'textarea'),
    paste: field('paste', 'button'),
  };
  const step = add('fieldset', {'data-after-preview': '', hidden: ''});
  form.append(step);
  ['username', 'name', 'email'].forEach((key) => {
    const box = add('input', {name: 'columns', value: key});
    box.checked = key !== 'email';
    form.append(box);
  });
  const list = requests && add('div', {id: 'learner-data-name-requests'});
  const posted = [];
  const sent = [];
  const api = {
    send: async (url, body) => {
      sent.push([url, Object.fromEntries([...body].map(([name, value]) => [name, value.name || value]))]);
      return send(url, opened);
    },
    post: async (url, body) => posted.push([url, body]),
    readPatiently: async () => ({requests}),
  };
  const broughtFiles = {
    bodyOf: (values) => {
      const body = new FormData();
      Object.entries(values).filter(([, value]) => value).forEach(([name, value]) => body.append(name, value));
      return body;
    },
  };
  ld.createDeanonymize({page, api, formats: {number: String, time: String}, broughtFiles});
  return {...opened, fields, step, list, sent, posted};
}

const preview = () => answer({}, PREVIEW);

test('counts come before everything else, and no name', async () => {
  const {choose, fields, step, sent} = open({send: preview});
  assert.equal(step.hidden, true);
  await choose(file('n,anon\n'));

  assert.deepEqual(sent, [['/preview', {file: 'survey.csv'}]]);
  assert.match(fields.counts.textContent, /count_total5count_matched3count_not_in_course1/);
  assert.equal(fields.kind.value, 'course');
  assert.equal(step.hidden, false);
});

test('another column or kind is counted anew', async () => {
  const {choose, fields, sent} = open({send: preview});
  await choose(file('n,anon\n'));
  fields.column.value = 'n';
  fields.column.dispatchEvent(new Event('change'));
  await settle();
  fields.kind.value = 'site';
  fields.kind.dispatchEvent(new Event('change'));
  await settle();

  assert.deepEqual(sent.slice(1).map(([, body]) => body), [
    {file: 'survey.csv', id_column: 'n'}, {file: 'survey.csv', id_column: 'n', kind: 'site'},
  ]);
});

test('the same file is sent with columns and purpose, and saved', async () => {
  const opened = open({
    send: (url) => (url === '/preview' ? preview() : answer({'Content-Disposition': 'attachment; filename="x_new.csv"'})),
  });
  await opened.choose(file('n,anon\n'));
  opened.fields.purpose.value = 'Return the grades';
  await opened.submit();

  assert.deepEqual(opened.sent[1], [
    '/deanonymize/', {file: 'survey.csv', columns: 'username,name', purpose: 'Return the grades'},
  ]);
  assert.deepEqual(opened.saved, ['x_new.csv']);
});

test('IDs can be pasted', async () => {
  const {fields, sent} = open({send: preview});
  fields.text.value = ' abc ';
  fields.paste.click();
  await settle();

  assert.deepEqual(sent, [['/preview', {file: 'ids.csv'}]]);
});

test('what cannot be read hides what comes after', async () => {
  const {choose, said, step} = open({
    send: (_url, {ld}) => { throw new ld.Failure('refused', {error_code: 'no_id_column', developer_message: 'No column.'}); },
  });
  await choose(file('x'));

  assert.equal(said(), 'No column.');
  assert.equal(step.hidden, true);
});

test('a request waits for somebody else, who can grant it in the list', async () => {
  const requests = [{
    id: 7, requester: 'ada', purpose: 'Return the grades', approval: 'IRB 12', columns: ['username'],
    counts: {total: 5, matched: 3}, state: 'waiting', created: '2026-11-24', can_decide: true,
  }];
  const opened = open({
    send: (url) => (url === '/preview' ? preview() : answer({}, requests[0], 202)),
    requests,
    texts: {name_request: '{rows} rows', name_request_matched: '{matched} here', name_request_approval: 'by {approval}'},
  });
  await settle();
  assert.match(opened.list.textContent, /Return the grades5 rows.*3 hereby IRB 12/);
  const grant = opened.list.querySelectorAll('button').find((button) => button.textContent === 'request_grant');
  grant.click();
  await settle();
  assert.deepEqual(opened.posted, [['/requests/7', {decision: 'grant'}]]);

  await opened.choose(file('n,anon\n'));
  await opened.submit();
  assert.equal(opened.said(), 'names_requested');
  assert.deepEqual(opened.saved, []);
});

test('without the role there is no form and nothing happens', () => {
  const opened = openForm(['deanonymize'], 'another');
  opened.ld.createDeanonymize({page: opened.page});
});
