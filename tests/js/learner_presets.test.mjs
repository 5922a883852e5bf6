import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const ACTIVITY = [['never', 'Never started'], ['inactive_7', 'Away for a week']];
const COUNTS = [{activity: '', count: 1284}, {activity: 'never', count: 173}, {activity: 'inactive_7', count: 0}];
const GONE = {id: 7, name: 'Gone <b>', creator: 'zoe', can_delete: true, selection: {}};
const OTHERS = {id: 9, name: 'Beta', creator: null, can_delete: false, selection: {}};

/** `answers` are what each address answers, or functions of what was sent there. */
async function open({views = [GONE, OTHERS], presets = async () => ({presets: COUNTS}), ...given} = {}) {
  const opened = openPage(['dom', 'formats', 'api', 'messages', 'learner_presets']);
  const {ld} = opened;
  const root = opened.add('div', {class: 'learner-data'});
  const place = opened.add('div');
  const seen = {asked: [], presets: [], views: [], posted: [], removed: []};
  const page = {
    texts: texts({view_by: '{name} by {creator}', view_deleted: '{name} deleted', view_saved: '{name} saved'}),
    learner_count: 1284, filters: {activity: ACTIVITY},
    page_url: '/courses/learners/', urls: {presets: '/presets/', views: '/views/'},
  };
  const presetsMade = ld.createPresets({
    page,
    formats: ld.createFormats('en'),
    messages: ld.createMessages(place, page),
    tabs: {
      link: (tab, params, attributes, ...children) => ld.element(
        'a', {href: `?${new URLSearchParams({tab, ...params})}`, ...attributes}, ...children,
      ),
    },
    api: {
      readPatiently: async (url) => {
        seen.asked.push(url);
        return url === '/views/' ? {views} : presets(url);
      },
      post: async (url, body) => {
        seen.posted.push([url, body]);
        return {id: 8, creator: 'me', can_delete: true, ...body};
      },
      remove: async (url) => { seen.removed.push(url); },
      ...(given.api && given.api(ld)),
    },
    onPreset: (name) => seen.presets.push(name),
    onView: (view) => seen.views.push(view.name),
  });
  root.append(presetsMade.element);
  await presetsMade.loadViews();
  seen.asked = [];
  const all = (selector) => root.querySelectorAll(selector);
  const find = (selector) => root.querySelector(selector);
  return {
    ...opened, presets: presetsMade, seen, all, find,
    counted: () => all('.ld-chip-count').map((count) => count.textContent),
    saved: () => all('[data-view]').map((link) => link.textContent),
    said: () => place.textContent.trim(),
    actions: () => !find('.ld-view-actions').hidden
      && find('.ld-view-actions').children.map((action) => action.textContent),
    async press(caption) {
      all('button').find((button) => button.textContent === caption).click();
      await settle();
    },
    /** Opens the dialog for a name, types into it and leaves it in this way. */
    async save(selection, name, returnValue) {
      const work = presetsMade.save(selection);
      const dialog = find('dialog');
      assert.equal(dialog.open, true);
      dialog.querySelector('input').value = name;
      dialog.returnValue = returnValue;
      dialog.close();
      await work;
    },
  };
}

test('each preset has room for as many as the course has, before it is counted', async () => {
  const {all, counted} = await open();

  assert.deepEqual(counted(), ['', '', '']);
  assert.deepEqual(all('.ld-chip-count').map((count) => count.dataset.most), ['1,284', '1,284', '1,284']);
});

test('there is a chip for everyone and one for each preset; a click calls for it', async () => {
  const {all, seen} = await open();
  const chips = all('[data-preset]');
  assert.deepEqual(chips.map((chip) => [chip.dataset.preset, chip.textContent.trim()]), [
    ['', 'all_learners'], ['never', 'Never started'], ['inactive_7', 'Away for a week'],
  ]);
  chips[1].click();
  chips[0].click();

  assert.deepEqual(seen.presets, ['never', '']);
});

test('the preset that is shown is pressed, and none with a saved view', async () => {
  const {presets, all} = await open();
  const pressed = () => all('[aria-pressed="true"]').map((chip) => chip.dataset.preset);
  assert.deepEqual(pressed(), []);
  presets.show('never', null);
  assert.deepEqual(pressed(), ['never']);
  presets.show('', null);
  assert.deepEqual(pressed(), ['']);
  presets.show('never', 7);

  assert.deepEqual(pressed(), []);
});

test('presets are counted, nobody included', async () => {
  const {presets, counted, seen} = await open();
  await presets.count({});

  assert.deepEqual(seen.asked, ['/presets/']);
  assert.deepEqual(counted(), ['1,284', '173', '0']);
});

test('they are counted once for each choice of groups', async () => {
  const {presets, seen} = await open();
  await presets.count({cohort: 'a & b'});
  await presets.count({cohort: 'a & b'});
  await presets.count({});
  await presets.count({});

  assert.deepEqual(seen.asked, ['/presets/?cohort=a+%26+b', '/presets/']);
});

test('counts that come late do not replace newer ones', async () => {
  let late;
  const {presets, counted} = await open({
    presets: (url) => (url === '/presets/'
      ? new Promise((resolve) => { late = () => resolve({presets: [{activity: '', count: 1}]}); }) : {presets: COUNTS}),
  });
  const first = presets.count({});
  await presets.count({cohort: 'B'});
  late();
  await first;

  assert.deepEqual(counted(), ['1,284', '173', '0']);
});

test('what cannot be counted has no numbers, and is counted the next time', async () => {
  let fails = false;
  const {presets, counted, seen, said} = await open({
    presets: async () => {
      if (fails) {
        throw new Error('down');
      }
      return {presets: COUNTS};
    },
  });
  await presets.count({});
  fails = true;
  await presets.count({cohort: 'B'});
  assert.deepEqual([counted(), said()], [['', '', ''], '']);
  fails = false;
  await presets.count({cohort: 'B'});

  assert.deepEqual(counted(), ['1,284', '173', '0']);
  assert.equal(seen.asked.length, 3);
});

test('a failure that comes late does not take newer numbers away', async () => {
  let fail;
  const {presets, counted} = await open({
    presets: (url) => (url === '/presets/' ? new Promise((_resolve, reject) => { fail = reject; }) : {presets: COUNTS}),
  });
  const first = presets.count({});
  await presets.count({cohort: 'B'});
  fail(new Error('down'));
  await first;

  assert.deepEqual(counted(), ['1,284', '173', '0']);
});

test('saved views are links, the one that is shown marked, with names that stay text', async () => {
  const {presets, all} = await open();
  presets.show('', 9);

  assert.deepEqual(all('[data-view]').map((link) => [
    link.getAttribute('href'), link.textContent, link.getAttribute('aria-current'),
  ]), [['?tab=learners&view=7', 'Gone <b>', null], ['?tab=learners&view=9', 'Beta', 'true']]);
});

test('what can be done with a view is there while it is shown, for those allowed', async () => {
  const {presets, actions} = await open();
  assert.equal(actions(), false);
  presets.show('', 7);
  assert.deepEqual(actions(), ['Gone <b> by zoe', 'view_copy_link', 'view_delete']);
  presets.show('', 9);
  assert.deepEqual(actions(), ['Beta by account_gone', 'view_copy_link']);
  presets.show('', 1000);
  assert.equal(actions(), false);
  presets.show('never', null);

  assert.equal(actions(), false);
});

test('a view is found by its id, as the address has it', async () => {
  const {presets} = await open();

  assert.deepEqual([presets.view('7'), presets.view(9), presets.view('70'), presets.view('')], [GONE, OTHERS, null, null]);
});

test('views that cannot be loaded are a failure of the caller', async () => {
  const {presets, saved} = await open({api: () => ({readPatiently: (() => {
    let calls = 0;
    return async () => {
      calls += 1;
      if (calls > 1) {
        throw new Error('down');
      }
      return {views: [GONE]};
    };
  })()})});
  await assert.rejects(presets.loadViews(), /down/);

  assert.deepEqual(saved(), ['Gone <b>']);
});

test('the link of a view is copied with its whole address', async () => {
  const {presets, press, navigator, said} = await open();
  presets.show('', 7);
  await press('view_copy_link');

  assert.equal(navigator.clipboard.text, 'https://lms.example.com/courses/learners/?tab=learners&view=7');
  assert.equal(said(), 'view_link_copied');
});

test('a clipboard that refuses is told', async () => {
  const {presets, press, navigator, said} = await open();
  navigator.clipboard.writeText = async () => { throw new Error('denied'); };
  presets.show('', 7);
  await press('view_copy_link');

  assert.equal(said(), 'table_not_copied');
});

test('a view that is deleted leaves everyone, and the focus on the first chip', async () => {
  const {presets, press, saved, said, seen, actions, document, find} = await open();
  presets.show('', 7);
  await press('view_delete');

  assert.deepEqual(seen.removed, ['/views/7']);
  assert.deepEqual([saved(), said(), actions(), seen.presets], [['Beta'], 'Gone <b> deleted', false, ['']]);
  assert.equal(document.activeElement, find('[data-preset=""]'));
  assert.equal(presets.view(7), null);
});

test('a second click while a view is being deleted does nothing', async () => {
  const {presets, all, seen} = await open();
  presets.show('', 7);
  const remove = all('button').find((button) => button.textContent === 'view_delete');
  remove.click();
  remove.click();
  await settle();

  assert.deepEqual(seen.removed, ['/views/7']);
});

test('a view that is not deleted stays, and why is told', async () => {
  const {presets, press, saved, said, seen, actions} = await open({api: (ld) => ({
    remove: async () => { throw new ld.Failure('refused', {developer_message: 'Not yours.'}); },
  })});
  presets.show('', 7);
  await press('view_delete');

  assert.deepEqual([said(), seen.presets, saved().length, actions().length], ['Not yours.', [], 2, 3]);
});

test('a view is saved under its name, among the others in their order', async () => {
  const {presets, save, saved, said, seen, find} = await open();
  await save({columns: ['username'], activity: 'never'}, '  alpha ', 'save');
  presets.show('', 8);

  assert.deepEqual(seen.posted, [['/views/', {columns: ['username'], activity: 'never', name: 'alpha'}]]);
  assert.deepEqual([saved(), said(), seen.views], [['alpha', 'Beta', 'Gone <b>'], 'alpha saved', ['alpha']]);
  assert.equal(find('dialog'), null);
});

[['is cancelled', 'A name', ''], ['has no name', '', 'save'], ['has a name of blanks', '   ', 'save']].forEach(
  ([does, name, returnValue]) => test(`a dialog that ${does} saves nothing`, async () => {
    const {save, seen, said, find} = await open();
    await save({}, name, returnValue);

    assert.deepEqual([seen.posted, seen.views, said(), find('dialog')], [[], [], '', null]);
  }),
);

test('the dialog is cancelled by its button', async () => {
  const {presets, press, seen, find} = await open();
  const work = presets.save({});
  find('#learner-data-view-name').value = 'A name';
  await press('purpose_cancel');
  await work;

  assert.deepEqual([seen.posted, find('dialog')], [[], null]);
});

test('a view that the server does not take is a failure of the caller, and none of the views', async () => {
  const {presets, save, saved, seen} = await open({api: (ld) => ({
    post: async () => { throw new ld.Failure('refused', {developer_message: 'Taken.'}); },
  })});
  await assert.rejects(save({}, 'Beta', 'save'), (failure) => failure.sentence === 'Taken.');
  presets.show('', null);

  assert.deepEqual([saved(), seen.views], [['Gone <b>', 'Beta'], []]);
});
