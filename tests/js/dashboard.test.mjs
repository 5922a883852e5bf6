import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

function openDashboard(jQuery) {
  const data = {};
  const page = openPage([], {});
  const section = page.add('section', {class: 'idash-section'});
  const root = page.document.createElement('div');
  root.className = 'learner-data';
  section.append(root);
  const heard = [];
  ['learner-data-opened', 'learner-data-left'].forEach((name) => section.addEventListener(name, () => heard.push(name)));
  const made = jQuery ?? (() => ({data: (name, value) => { data[name] = value; }}));
  return {...page, section, data, heard, made};
}

test('the section has the wrapper that the dashboard calls, and hears its calls', () => {
  const {window, run, data, heard, made} = openDashboard();
  window.jQuery = made;
  run('dashboard');
  data.wrapper.onClickTitle();
  data.wrapper.onExit();

  assert.deepEqual(heard, ['learner-data-opened', 'learner-data-left']);
});

test('jQuery that comes later is met at the click', () => {
  const {window, document, run, data, made} = openDashboard();
  run('dashboard');
  assert.equal(data.wrapper, undefined);
  window.$ = made;
  document.dispatchEvent(new Event('click'));

  assert.equal(typeof data.wrapper.onExit, 'function');
});

test('without jQuery nothing breaks, and a page without a section is left alone', () => {
  const {window, run} = openDashboard();
  window.jQuery = () => null;
  run('dashboard');
  window.dispatchEvent(new Event('load'));

  openPage(['dashboard']);
});
