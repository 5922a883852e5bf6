import assert from 'node:assert/strict';
import test from 'node:test';

import {openPage, texts} from './page.mjs';

function open(leastPurpose = 10) {
  const opened = openPage(['dom', 'purpose']);
  opened.add('div', {class: 'learner-data'});
  const answer = opened.ld.askPurpose({texts: texts(), least_purpose: leastPurpose});
  const dialog = opened.document.querySelector('dialog');
  return {
    ...opened, answer, dialog,
    write: (text) => { dialog.querySelector('textarea').value = text; },
    /** As a browser does: a form that is not held back closes its dialog with the value of the button. */
    submit: () => {
      const event = new Event('submit', {cancelable: true});
      dialog.querySelector('form').dispatchEvent(event);
      if (!event.defaultPrevented) {
        dialog.returnValue = dialog.querySelector('[type="submit"]').value;
        dialog.close();
      }
    },
  };
}

test('a site that does not ask gets no dialog', async () => {
  const {answer, dialog} = open(0);

  assert.deepEqual([await answer, dialog], ['', null]);
});

test('the purpose is what was written, without blanks around it', async () => {
  const {answer, write, submit, document, dialog} = open();
  assert.equal(dialog.open, true);
  write('  Advising learners  ');
  submit();

  assert.equal(await answer, 'Advising learners');
  assert.equal(document.querySelector('dialog'), null);
});

test('a purpose that is too short is not one, blanks included', async () => {
  const {answer, write, submit, dialog} = open();
  const field = dialog.querySelector('textarea');
  write('   short   ');
  submit();
  assert.deepEqual([dialog.open, field.validity], [true, 'purpose_short']);
  field.dispatchEvent(new Event('input'));
  assert.equal(field.validity, '');
  write('long enough now');
  submit();

  assert.equal(await answer, 'long enough now');
});

test('leaving the dialog is a no', async () => {
  const {answer, write, dialog} = open();
  write('Advising learners');
  dialog.querySelector('[type="button"]').click();

  assert.equal(await answer, null);
});
