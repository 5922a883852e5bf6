import assert from 'node:assert/strict';
import test, {mock} from 'node:test';

import {openPage, settle, texts} from './page.mjs';

mock.timers.enable({apis: ['setTimeout']}); // the browser may take a minute to read the file

async function download({header = '', failure = null, purpose = ''} = {}) {
  const saved = [];
  const requested = [];
  const opened = openPage(['dom', 'formats', 'api', 'messages', 'brought_files', 'anonymized_ids'], {
    browser: {URL: {createObjectURL: (blob) => 'blob:' + blob, revokeObjectURL() {}}},
  });
  const {ld, document} = opened;
  ld.askPurpose = async () => purpose;
  const asked = [];
  const button = document.createElement('button');
  button.setAttribute('id', 'learner-data-anonymized-ids-download');
  const message = document.createElement('div');
  message.setAttribute('data-message', '');
  opened.add('section', {class: 'ld-panel'}, button, message);
  const create = document.createElement.bind(document);
  document.createElement = (tag) => {
    const made = create(tag);
    if (tag === 'a') {
      made.addEventListener('click', () => saved.push([made.getAttribute('href'), made.getAttribute('download')]));
    }
    return made;
  };
  ld.createAnonymizedIds({
    page: {
      texts: texts({anonymized_ids_saved: 'saved {name}'}), course_id: 'course-v1:A+B+C', urls: {anonymized_ids: '/ids.csv'},
    },
    api: {
      readCsv: async (url) => {
        asked.push(url);
        if (failure) {
          throw new ld.Failure('refused', {error_code: failure, developer_message: 'No.'});
        }
        return {headers: new Headers(header ? {'Content-Disposition': header} : {}), blob: async () => 'content'};
      },
    },
    reports: {request: async (body, messages, sentence) => requested.push([body, sentence])},
  });
  button.click();
  await settle();
  return {asked, saved, requested, said: message.textContent.trim(), links: document.querySelectorAll('a')};
}

[
  ['the name that the server gives', 'attachment; filename="A+B+C-anon-id.csv"', 'A+B+C-anon-id.csv'],
  ['a name without quotes', 'attachment; filename=ids.csv', 'ids.csv'],
  ['a name in other letters', 'attachment; filename="x.csv"; filename*=UTF-8\'\'%C3%A9.csv', 'é.csv'],
  ['a name of our own where there is none', '', 'course-v1:A+B+C-anon-id.csv'],
].forEach(([what, header, name]) => {
  test(`the file is saved under ${what}`, async () => {
    const {saved, said, links} = await download({header});

    assert.deepEqual(saved, [['blob:content', name]]);
    assert.equal(said, `saved ${name}`);
    assert.deepEqual(links, []);
  });
});

test('in a course that is too large it becomes a report', async () => {
  const {saved, requested} = await download({failure: 'too_many_learners'});

  assert.deepEqual(saved, []);
  assert.deepEqual(requested, [[{report: 'anonymized_ids', format: 'csv', purpose: ''}, 'anonymized_ids_as_report']]);
});

test('any other refusal is shown', async () => {
  const {requested, said} = await download({failure: 'private_column'});

  assert.deepEqual(requested, []);
  assert.match(said, /^No\./);
});

test('a purpose goes with the request, also where it becomes a report', async () => {
  const {asked, requested} = await download({failure: 'too_many_learners', purpose: 'A & B'});

  assert.deepEqual(asked, ['/ids.csv?purpose=A+%26+B']);
  assert.equal(requested[0][0].purpose, 'A & B');
});

test('whoever does not say what for gets nothing', async () => {
  const {asked, said} = await download({purpose: null});

  assert.deepEqual([asked, said], [[], '']);
});
