/* The page guards what it copies as the server guards files: both are held against tests/rules.json. */
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import test from 'node:test';

import {openPage} from './page.mjs';

const {guarded} = JSON.parse(readFileSync(new URL('../rules.json', import.meta.url), 'utf8'));
const {ld, navigator} = openPage(['dom', 'learner_sheet']);

for (const [text, cell] of guarded) {
  test('copied: ' + JSON.stringify(text), async () => {
    await ld.copyLearners([{key: 'goals'}], [{goals: text}]);
    const [, ...lines] = navigator.clipboard.text.split('\r\n');
    const pasted = lines.join('\r\n');
    assert.equal(pasted.startsWith('"') ? pasted.slice(1, -1).replaceAll('""', '"') : pasted, cell);
  });
}
