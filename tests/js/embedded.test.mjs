import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

const ORIGIN = 'https://apps.example.com';
const HERE = 'https://lms.example.com/learner_data/courses/x/?embedded=1';

/** The page in a frame of the dashboard; `heard` is what it told the dashboard, and to which origin. */
function openInFrame(given = {}) {
  const heard = [];
  const parent = {postMessage: (data, origin) => heard.push([data, origin])};
  const observed = [];
  const page = openPage([], {
    window: {parent, location: {href: HERE}, ...given},
    browser: {ResizeObserver: class {
      constructor(listener) { this.listener = listener; }

      observe(element) { observed.push([element, this.listener]); }
    }},
  });
  const styles = {};
  const root = page.document.documentElement;
  root.style = {setProperty: (name, value) => { styles[name] = value; }};
  root.setAttribute('data-learner-data-dashboard', ORIGIN);
  page.document.body.getBoundingClientRect = () => ({height: page.height});
  page.height = 812.4;
  page.run('embedded');
  page.document.dispatchEvent(new Event('DOMContentLoaded'));
  const say = (event) => page.window.dispatchEvent(Object.assign(new Event('message'), {
    source: parent, origin: ORIGIN, data: {type: 'learner-data.view', top: 10, height: 600}, ...event,
  }));
  return {...page, page, heard, observed, styles, say, parent};
}

test('the height goes to the origin of the dashboard alone, once for each change', () => {
  const {page, window, heard, observed} = openInFrame();
  const [[element, changed]] = observed;
  assert.equal(element, page.document.body);
  window.dispatchEvent(new Event('load'));
  changed();
  page.height = 1000;
  changed();
  assert.deepEqual(heard, [
    [{type: 'learner-data.height', height: 813}, ORIGIN],
    [{type: 'learner-data.height', height: 1000}, ORIGIN],
  ]);
});

test('the dashboard says what is in sight', () => {
  const {say, styles} = openInFrame();
  say({});
  assert.deepEqual(styles, {'--ld-view-top': '10px', '--ld-view-height': '600px'});
});

test('nobody else is listened to, and nothing but numbers', () => {
  const {window, say, styles} = openInFrame();
  say({origin: 'https://evil.example'});
  say({origin: 'https://apps.example.com.evil.example'});
  say({origin: 'null'});
  say({source: window});
  say({source: null});
  for (const data of [
    null, undefined, 'learner-data.view', {}, {type: 'learner-data.height', top: 1, height: 1}, {type: 'learner-data.view'},
    {type: 'learner-data.view', top: '1', height: 1}, {type: 'learner-data.view', top: 1, height: NaN},
    {type: 'learner-data.view', top: -1, height: 1}, {type: 'learner-data.view', top: 1, height: Infinity},
  ]) {
    say({data});
  }
  assert.deepEqual(styles, {});
});

test('without a dashboard, and in a window of its own, it keeps to itself', () => {
  const observed = (given, origin) => {
    const seen = [];
    const page = openPage([], {window: {location: {href: HERE}, ...given}, browser: {ResizeObserver: class {
      observe(element) { seen.push(element); }
    }}});
    page.window.parent ??= page.window;
    page.document.documentElement.setAttribute('data-learner-data-dashboard', origin);
    page.run('embedded');
    page.document.dispatchEvent(new Event('DOMContentLoaded'));
    return seen.length;
  };
  assert.equal(observed({parent: {}}, ORIGIN), 1);
  assert.equal(observed({parent: {}}, ''), 0);
  assert.equal(observed({}, ORIGIN), 0);
});

test('a tab that is clicked before its script is there stays in the frame', () => {
  const {page} = openInFrame();
  const click = (keys) => {
    const link = page.add('a', {href: '/own/?tab=reports', 'data-tab': 'reports'});
    Object.assign(link, {href: 'https://lms.example.com/own/?tab=reports', hash: ''});
    const event = Object.assign(new Event('click'), keys);
    page.document.dispatchEvent(Object.defineProperty(event, 'target', {value: link}));
    return [link.target, link.getAttribute('href')];
  };
  assert.deepEqual(click({}), ['_self', '/own/?tab=reports&embedded=1']);
  assert.deepEqual(click({ctrlKey: true}), [undefined, '/own/?tab=reports']);
});

test('a jump within the page stays in its window', () => {
  const {page} = openInFrame();
  const targets = (href, hash) => {
    const link = page.add('a', {href: '#'});
    Object.assign(link, {href, hash});
    page.document.dispatchEvent(Object.defineProperty(new Event('click'), 'target', {value: link}));
    return link.target;
  };
  assert.equal(targets(HERE + '#main', '#main'), '_self');
  assert.equal(targets('https://lms.example.com/#main', '#main'), undefined);
  assert.equal(targets(HERE, ''), undefined);
});
