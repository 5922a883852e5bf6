import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

const {ld} = openPage(['dom']);

test('an element has its attributes and children, and leaves out what is not there', () => {
  const attributes = {class: 'a', hidden: true, id: false, title: null, lang: undefined};
  const made = ld.element('p', attributes, 'text', null, false, undefined, 0);

  assert.equal(made.className, 'a');
  assert.equal(made.getAttribute('hidden'), '');
  assert.deepEqual(['id', 'title', 'lang'].filter((name) => made.hasAttribute(name)), []);
  assert.equal(made.textContent, 'text0');
});

test('text stays text', () => {
  const made = ld.element('p', {}, '<img src=x onerror=alert(1)>');

  assert.deepEqual(made.children, []);
  assert.equal(made.textContent, '<img src=x onerror=alert(1)>');
});

test('a function listens', () => {
  let clicks = 0;
  ld.button('Go', () => { clicks += 1; }).click();

  assert.equal(clicks, 1);
});

test('a busy button does nothing more until its work is done, also when that fails', async () => {
  const button = ld.button('Go');
  let end;
  let runs = 0;
  const work = () => {
    runs += 1;
    return new Promise((_resolve, reject) => { end = reject; });
  };
  const first = ld.busyWhile(button, work);
  await ld.busyWhile(button, work);

  assert.equal(runs, 1);
  assert.equal(button.getAttribute('aria-disabled'), 'true');
  end(new Error('no'));
  await assert.rejects(first, /no/);
  assert.equal(button.hasAttribute('aria-disabled'), false);
});

test('scripts are loaded in order, and one that cannot be had is told', async () => {
  const {ld: loader, document} = openPage(['dom']);
  const head = document.createElement('head');
  document.head = head;
  const loading = loader.loadScripts(['/a.js', '/b.js']);
  const scripts = head.children.map((script) => [script.getAttribute('src'), script.async]);
  assert.deepEqual(scripts, [['/a.js', false], ['/b.js', false]]);
  head.children.forEach((script) => script.dispatchEvent(new Event('load')));
  await loading;

  const failing = loader.loadScripts(['/c.js']);
  head.lastElementChild.dispatchEvent(new Event('error'));
  await assert.rejects(failing);
});
