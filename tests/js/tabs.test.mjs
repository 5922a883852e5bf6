import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage, settle} from './page.mjs';

const NAMES = ['overview', 'learners', 'reports'];

function openTabs({search = '', hash = '', present = true, prepare, given = {}} = {}) {
  const page = openPage(['dom']);
  const {document, window} = page;
  window.history.replaceState(null, '', 'https://lms.example.com/courses/' + search + hash);
  const element = (tag, attributes, ...children) => page.ld.element(tag, attributes, ...children);
  const root = page.add('div', {class: 'learner-data'});
  root.append(
    element('nav', {id: 'learner-data-tabs'}, ...NAMES.map((name) => (
      element('a', {href: '/own/?tab=' + name, 'data-tab': name})
    ))),
    element('a', {href: '/own/?tab=learners&activity=never', 'data-tab': 'learners', id: 'tile'}),
    ...NAMES.map((name) => element(
      'section', {'data-tab-panel': name, 'data-current': name === 'overview'},
      element('h2', {class: 'ld-title', id: 'learner-data-' + name + '-title'}, name),
    )),
  );
  let tell;
  const presence = {isPresent: () => present, onChange: (listener) => { tell = listener; }};
  page.run('tabs');
  const tabs = page.ld.createTabs({root, page: {page_url: '/own/', ...given}, presence, prepare});
  const seen = [];
  NAMES.forEach((name) => tabs.onShow(name, (params) => seen.push(name + '?' + params)));
  tell(present);
  return {
    tabs, seen, root, document, window,
    current: () => root.querySelectorAll('[data-current]').map((panel) => panel.dataset.tabPanel),
    click(selector, keys = {}) {
      const event = Object.assign(new Event('click', {cancelable: true}), keys);
      root.querySelector(selector).dispatchEvent(event);
      return event.defaultPrevented;
    },
    back(href) {
      window.history.replaceState(null, '', href);
      window.dispatchEvent(new Event('popstate'));
    },
  };
}

test('the address says which tab is open', () => {
  assert.deepEqual(openTabs().current(), ['overview']);
  assert.deepEqual(openTabs({search: '?tab=reports'}).current(), ['reports']);
  assert.deepEqual(openTabs({search: '?tab=unknown'}).current(), ['overview']);
  assert.deepEqual(openTabs({hash: '#learner-data-reports-title'}).current(), ['reports']);
  assert.deepEqual(openTabs({hash: '#view-learner_data'}).current(), ['overview']);
});

test('a link opens its tab in place, with the focus on the title, as a step of the history', () => {
  const {click, current, document, window, seen} = openTabs({hash: '#view-learner_data'});
  assert.equal(click('[data-tab="reports"]'), true);
  assert.deepEqual(current(), ['reports']);
  assert.equal(document.activeElement.textContent, 'reports');
  assert.equal(window.location.href, 'https://lms.example.com/courses/?tab=reports#view-learner_data');
  assert.equal(window.history.steps, 2);
  assert.deepEqual(seen, ['overview?', 'reports?']);
});

test('the open tab is the current one among the links, and no other', () => {
  const {click, root} = openTabs();
  click('[data-tab="reports"]');
  assert.deepEqual(root.querySelectorAll('[aria-current="page"]').map((link) => link.dataset.tab), ['reports']);
});

test('the back button opens the tab before', () => {
  const {click, back, current, seen} = openTabs();
  click('[data-tab="reports"]');
  back('https://lms.example.com/courses/?safe=1');
  assert.deepEqual(current(), ['overview']);
  assert.deepEqual(seen, ['overview?', 'reports?', 'overview?safe=1']);
});

test('a link with parameters hands them to the tab', () => {
  const {click, current, seen} = openTabs();
  click('#tile');
  assert.deepEqual(current(), ['learners']);
  assert.equal(seen.at(-1), 'learners?activity=never');
});

test('what a tab keeps in the address is there again when the reader comes back by the link', () => {
  const {tabs, click, window, seen} = openTabs();
  tabs.keep({safe: '1'});
  assert.equal(window.location.search, '?tab=overview&safe=1');
  assert.equal(window.history.steps, 1);
  click('[data-tab="reports"]');
  click('[data-tab="overview"]');
  assert.equal(window.location.search, '?tab=overview&safe=1');
  assert.equal(seen.at(-1), 'overview?safe=1');
});

test('a made link has the address of the page of its own', () => {
  const {tabs, current} = openTabs();
  const link = tabs.link('learners', {activity: 'inactive_14'}, {class: 'x'}, '268');
  assert.equal(link.getAttribute('href'), '/own/?tab=learners&activity=inactive_14');
  link.click();
  assert.equal(tabs.current(), 'learners');
  assert.deepEqual(current(), ['learners']);
});

test('a click that opens another tab of the browser is the browser\'s', () => {
  const {click, current} = openTabs();
  for (const key of ['ctrlKey', 'metaKey', 'shiftKey', 'altKey']) {
    assert.equal(click('[data-tab="reports"]', {[key]: true}), false, key);
  }
  assert.deepEqual(current(), ['overview']);
});

test('nobody is told of a tab that the reader cannot see', () => {
  assert.deepEqual(openTabs({present: false}).seen, []);
});

test('a tab whose scripts are not there yet opens when they are', async () => {
  let arrive;
  const loading = new Promise((resolve) => { arrive = resolve; });
  let isThere = false;
  const prepare = (name) => (name === 'reports' && !isThere ? loading : null);
  const {click, current, root, seen} = openTabs({prepare});
  click('[data-tab="reports"]');
  await settle();
  assert.deepEqual(current(), ['overview']);
  assert.equal(root.querySelector('[data-tab-panel="overview"]').getAttribute('aria-busy'), 'true');
  isThere = true;
  arrive();
  await settle();

  assert.deepEqual(current(), ['reports']);
  assert.equal(root.querySelector('[aria-busy]'), null);
  assert.deepEqual(seen, ['overview?', 'reports?']);
});

test('the address shows a tab at once, which is told when its scripts are there', async () => {
  let isThere = false;
  const prepare = () => (isThere ? null : Promise.resolve().then(() => { isThere = true; }));
  const {current, seen} = openTabs({search: '?tab=reports&page=2', prepare});
  assert.deepEqual([current(), seen], [['reports'], []]);
  await settle();

  assert.deepEqual(seen, ['reports?page=2']);
});

test('where scripts cannot be had the browser goes to the address', async () => {
  const {click, window} = openTabs({prepare: (name) => (name === 'reports' ? Promise.reject(new Error('network')) : null)});
  const gone = [];
  window.location.assign = (url) => gone.push(url);
  click('[data-tab="reports"]');
  await settle();

  assert.deepEqual(gone, ['/own/?tab=reports']);
});

test('inside the new dashboard every address keeps the word that says so, which no tab hears', () => {
  const {click, seen, window} = openTabs({search: '?embedded=1&tab=reports', given: {embedded: true}});
  click('#tile');

  assert.deepEqual(seen, ['reports?', 'learners?activity=never']);
  assert.equal(new URL(window.location.href).search, '?embedded=1&tab=learners&activity=never');
});
