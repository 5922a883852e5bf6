import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage} from './page.mjs';

function open() {
  let resized;
  const page = openPage(['presence'], {
    browser: {ResizeObserver: class { constructor(listener) { resized = listener; } observe() {} }},
  });
  const section = page.add('section', {class: 'idash-section'});
  const root = page.document.createElement('div');
  section.append(root);
  const presence = page.ld.createPresence(root);
  const heard = [];
  presence.onChange((present) => heard.push(present));
  presence.update();
  return {...page, section, root, presence, heard, resized: () => resized()};
}

test('the reader is there when the panels can be seen, and each change is told once', () => {
  const {presence, heard} = open();
  presence.update();

  assert.equal(presence.isPresent(), true);
  assert.deepEqual(heard, [true]);
});

test('a tab in the background is not looked at', () => {
  const {document, presence, heard} = open();
  document.hidden = true;
  document.dispatchEvent(new Event('visibilitychange'));
  assert.equal(presence.isPresent(), false);
  document.hidden = false;
  document.dispatchEvent(new Event('visibilitychange'));

  assert.deepEqual(heard, [true, false, true]);
});

test('a section that is closed by style alone is not looked at', () => {
  const {root, resized, heard} = open();
  root.rectangles = 0;
  resized();

  assert.deepEqual(heard, [true, false]);
});

test('the dashboard tells when another section opens', () => {
  const {section, heard, resized} = open();
  section.dispatchEvent(new Event('learner-data-left'));
  resized();
  section.dispatchEvent(new Event('learner-data-opened'));

  assert.deepEqual(heard, [true, false, true]);
});
