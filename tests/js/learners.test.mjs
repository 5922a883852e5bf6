import assert from 'node:assert/strict';
import test, {afterEach, beforeEach, mock} from 'node:test';

import {openPage, settle, texts} from './page.mjs';

const PLAIN = ['username', 'name', 'cohort'].map((key) => ({key, label: key, sortable: key !== 'cohort', of_guide: true}));
const COLUMNS = [...PLAIN, {key: 'last_active', label: 'last_active', sortable: false}];
const ALL = PLAIN.map(({key}) => key); // what is asked for with the rows
const SEEN = [...ALL, 'last_active'];
const SHOWN = {columns: ALL, words: true};
const FILTERS = {cohort: [['A', 'Cohort A'], ['B', 'Cohort B']], activity: [['never', 'Never started']]};
let asked; // what was asked of the table, one after the other
let views;
let saved;
let deleted;
let kept; // the parameters that the address has
let answer; // (query) -> what the server answers, or throws
let requested;
let endRequest;

beforeEach(() => {
  mock.timers.enable({apis: ['setTimeout']});
  asked = [];
  requested = [];
  views = [];
  saved = [];
  deleted = [];
  kept = null;
  endRequest = () => {};
  answer = (query) => ({
    columns: COLUMNS.filter(({key}) => query.columns.includes(key)),
    learners: [{username: 'anna', name: 'Anna', cohort: 'A'}, {username: 'bob', name: 'Bob', cohort: 'B'}],
    count: 2, current_page: query.page || 1, num_pages: 1,
  });
});
afterEach(() => mock.timers.reset());

async function open({paged = false, narrow = false, given = {}, address = ''} = {}) {
  const scripts = [
    'dom', 'formats', 'api', 'messages', 'learner_columns', 'learner_sheet', 'learner_table', 'learner_presets',
    'learner_selection', 'learners',
  ];
  // The timers of a window are those of the process, which tests can turn.
  const timers = {setTimeout: (...words) => setTimeout(...words), clearTimeout: (timer) => clearTimeout(timer)};
  const opened = openPage(scripts, {window: {...timers, matchMedia: () => ({matches: narrow})}});
  const {ld, document} = opened;
  const button = document.createElement('button');
  button.setAttribute('id', 'learner-data-list');
  const parts = ['data-message', 'data-table', 'data-answer'].map((name) => ld.element('div', {[name]: true}));
  const title = ld.element('h2', {class: 'ld-title'});
  const panel = opened.add('section', {id: 'learner-data-learners', class: 'learner-data'}, title, button, ...parts);
  let listener;
  ld.createLearners({
    page: {
      texts: texts({
        table_shown: '{shown} of {count}', table_page: '{first} to {last} of {count}', selected: '{count} selected',
        filters_chosen: '{count} chosen',
        table_export: '{format}', files_page: 'page {page} of {pages}', select_all: 'all {count}',
      }),
      username: 'zoe', formats: {csv: 'CSV', xlsx: 'XLSX'}, columns: COLUMNS, filters: FILTERS, course_name: 'Course',
      urls: {learners: '/learners/', details: '/details/', presets: '/presets/', views: '/views/'},
      table_available: !paged, learner_count: 3, learners_per_page: 50, ...given,
    },
    formats: ld.createFormats('en'),
    api: {
      readPatiently: async (url, query) => {
        if (url === '/details/') {
          return {learners: query.usernames.map((username) => ({
            username, weeks: [0, 7], last_active: null, struggling: username === 'bob', progress_url: '/progress/' + username,
          }))};
        }
        if (url === '/views/') {
          return {views};
        }
        if (url.startsWith('/presets/')) {
          return {presets: [{activity: '', count: 3}, {activity: 'never', count: 1}]};
        }
        assert.equal(url, '/learners/'); // whom somebody searches for is not for the web server's log
        asked.push(query);
        return answer(query, ld);
      },
      post: async (url, body) => {
        saved.push([url, body]);
        return {id: 9, selection: body, can_delete: true, ...body};
      },
      remove: async (url) => deleted.push(url),
    },
    tabs: {
      onShow: (_name, call) => { listener = call; },
      keep: (params) => { kept = params; },
      current: () => 'learners',
      link: (_name, params, attributes, text) => ld.element('a', {
        ...attributes, href: '?' + new URLSearchParams(params),
      }, text),
    },
    reports: {
      request: (body, _messages, sentence) => {
        requested.push([body, sentence]);
        return new Promise((resolve) => { endRequest = resolve; });
      },
    },
  });
  listener(new URLSearchParams(address));
  await settle();
  const find = (selector) => panel.querySelector(selector);
  const change = (selector, value, type) => {
    const control = find(selector);
    control.value = value;
    const event = new Event(type);
    Object.defineProperty(event, 'target', {value: control});
    control.dispatchEvent(event);
  };
  return {
    ...opened, panel, find,
    search: async (text) => {
      change('#learner-data-search', text, 'input');
      mock.timers.tick(250);
      await settle();
    },
    type: (text) => change('#learner-data-search', text, 'input'),
    filter: async (value) => {
      change('#learner-data-filter-cohort', value, 'change');
      await settle();
    },
    rows: () => panel.querySelectorAll('tbody th').map((cell) => cell.textContent),
    status: () => find('.ld-range').textContent,
    goTo: async (params) => {
      listener(new URLSearchParams(params));
      await settle();
    },
    tick: async (place) => {
      const box = panel.querySelectorAll('tbody input')[place];
      box.checked = !box.checked;
      box.dispatchEvent(new Event('change'));
      await settle();
    },
    button,
    press: async (selector) => {
      find(selector).focus();
      find(selector).click();
      await settle();
    },
    pressCaption: async (caption) => {
      panel.querySelectorAll('button').find((one) => one.textContent === caption).click();
      await settle();
    },
    answered: () => find('[data-answer]').textContent.trim(),
  };
}

test('the table is what the server answers, with how many there are', async () => {
  const {rows, status, find} = await open();

  assert.deepEqual(asked, [SHOWN]);
  assert.deepEqual(rows(), ['Annaanna', 'Bobbob']);
  assert.equal(status(), '2 of 3');
  assert.equal(find('[data-message]').hidden, true);
});

test('what cannot be loaded is loaded at a click', async () => {
  const good = answer;
  answer = (_query, ld) => { throw new ld.Failure('network'); };
  const {rows, press} = await open();
  assert.deepEqual(rows(), []);
  answer = good;
  await press('[data-message] button');

  assert.equal(rows().length, 2);
});

test('the server searches and filters, and clear widens again', async () => {
  const {search, filter, pressCaption, find} = await open();
  await search(' bo ');
  await filter('B');
  assert.deepEqual(asked.slice(1), [
    {...SHOWN, search: 'bo'}, {...SHOWN, search: 'bo', cohort: 'B'},
  ]);
  await pressCaption('filters_clear');

  assert.deepEqual(asked.at(-1), SHOWN);
  assert.deepEqual([find('#learner-data-search').value, find('#learner-data-filter-cohort').value], ['', '']);
});

test('filters are offered by their names for what the course has', async () => {
  const {panel} = await open();

  assert.deepEqual(panel.querySelectorAll('select').map((select) => select.getAttribute('id')), ['learner-data-filter-cohort']);
  assert.deepEqual(panel.querySelectorAll('option').map((option) => [option.value, option.textContent]), [
    ['', 'table_all'], ['A', 'Cohort A'], ['B', 'Cohort B'],
  ]);
});

test('it is asked when somebody has stopped typing, not for each letter', async () => {
  const {type} = await open();
  for (const letters of ['a', 'an', 'ann']) {
    type(letters);
    mock.timers.tick(200);
  }
  await settle();
  assert.equal(asked.length, 1);
  mock.timers.tick(50);
  await settle();

  assert.deepEqual(asked.slice(1).map(({search}) => search), ['ann']);
});

test('an answer that comes late does not replace a newer one', async () => {
  const {search, rows, filter} = await open();
  const good = answer;
  let late;
  answer = (query) => new Promise((resolve) => { late = () => resolve(good(query)); });
  await search('slow');
  answer = (query) => ({...good(query), learners: [{username: 'cid'}], count: 1});
  await filter('B');
  late();
  await settle();

  assert.deepEqual(rows(), ['cid']);
});

test('a heading sorts, and once more the other way', async () => {
  const {find} = await open();
  find('[data-sort="name"]').click();
  await settle();
  find('[data-sort="name"]').click();
  await settle();

  assert.deepEqual(asked.slice(1).map(({sort}) => sort), ['name', '-name']);
});

test('a hidden column is not asked for, and no longer sorts', async () => {
  const {panel, find, press, status} = await open();
  find('[data-sort="name"]').click();
  await settle();
  const [, name] = panel.querySelectorAll('fieldset input');
  name.checked = false;
  name.dispatchEvent(new Event('change'));
  await settle();
  await press('[data-export="csv"]');

  assert.deepEqual(asked.at(-1), {...SHOWN, columns: ['username', 'cohort']});
  assert.equal(status(), '2 of 3');
  assert.deepEqual(requested[0][0], {report: 'profile', format: 'csv', columns: ['username', 'cohort', 'last_active']});
});

test('an export holds what is seen', async () => {
  const {search, filter, press, find} = await open();
  await search('b');
  await filter('B');
  find('[data-sort="name"]').click();
  await settle();
  await press('[data-export="xlsx"]');

  assert.deepEqual(requested, [[{
    report: 'profile', format: 'xlsx', columns: SEEN, search: 'b', cohort: 'B', sort: 'name',
  }, 'view_generating']]);
});

test('one thing is taken along at a time', async () => {
  const {press, find} = await open();
  await press('[data-export="csv"]');
  await press('[data-copy]');
  assert.equal(requested.length, 1);
  assert.equal(find('[data-print]').getAttribute('aria-disabled'), 'true');
  endRequest();
  await settle();
  assert.equal(find('[data-print]').getAttribute('aria-disabled'), 'false');
  await press('[data-export="csv"]');

  assert.equal(requested.length, 2);
});

test('nobody is neither exported, copied nor printed', async () => {
  const {search, press, find, window, navigator} = await open();
  answer = () => ({columns: COLUMNS, learners: [], count: 0, current_page: 1, num_pages: 1});
  await search('nobody');
  for (const taker of ['[data-export="csv"]', '[data-copy]', '[data-print]']) {
    await press(taker);
    assert.equal(find(taker).getAttribute('aria-disabled'), 'true');
  }

  assert.deepEqual([requested, navigator.clipboard.text, window.prints], [[], undefined, undefined]);
  assert.equal(find('.ld-empty').hidden, false);
});

test('a copy holds what is seen, and says so', async () => {
  const {press, navigator, answered} = await open();
  await press('[data-copy]');

  assert.equal(navigator.clipboard.text, 'username\tname\tcohort\tlast_active\r\nanna\tAnna\tA\t\r\nbob\tBob\tB\t');
  assert.equal(answered(), 'table_copied');
});

test('a clipboard that refuses is told', async () => {
  const {press, navigator, answered} = await open();
  navigator.clipboard.writeText = async () => { throw new Error('denied'); };
  await press('[data-copy]');

  assert.equal(answered(), 'table_not_copied');
});

const pages = (count) => (query) => {
  const size = query.page_size;
  const first = (query.page - 1) * size;
  const learners = Array.from({length: Math.max(0, Math.min(size, count - first))}, (_one, number) => (
    {username: `learner${first + number + 1}`}
  ));
  return {columns: COLUMNS, learners, count, current_page: query.page, num_pages: Math.ceil(count / size)};
};

test('a large course is turned page by page, and a new search begins at the first', async () => {
  answer = pages(120);
  const {status, pressCaption, search} = await open({paged: true});
  assert.equal(status(), '1 to 50 of 120');
  await pressCaption('table_previous');
  await pressCaption('table_next');
  await pressCaption('table_next');
  assert.equal(status(), '101 to 120 of 120');
  await pressCaption('table_next');
  await search('a');

  assert.deepEqual(asked.map(({page}) => page), [1, 2, 3, 1]);
});

test('an address of a page that is gone leads to the last one', async () => {
  answer = pages(120);
  const {status} = await open({paged: true, address: 'page=7'});

  assert.deepEqual(asked.map(({page}) => page), [7, 3]);
  assert.equal(status(), '101 to 120 of 120');
  assert.deepEqual(kept, {page: 3});
});

test('where only beginnings are searched, the field says so', async () => {
  const hint = '#learner-data-beginnings';
  const large = await open({paged: true, given: {is_searched_anywhere: false}});
  assert.equal(large.find(hint).textContent, 'table_search_beginnings');
  assert.equal(large.find('#learner-data-search').getAttribute('aria-describedby'), 'learner-data-beginnings');
  const small = await open({paged: true, given: {is_searched_anywhere: true}});
  assert.equal(small.find(hint), null);
  assert.equal(small.find('#learner-data-search').getAttribute('aria-describedby'), null);
});

test('a page that holds all needs no turning', async () => {
  answer = pages(20);
  const {find} = await open({paged: true});

  assert.equal(find('.ld-pager').hidden, true);
});

test('in a large course only columns that the server can sort by have a button', async () => {
  answer = pages(20);
  const {find} = await open({paged: true});

  assert.notEqual(find('[data-sort="name"]'), null);
  assert.equal(find('[data-sort="cohort"]'), null);
});

test('on a phone a small course comes in pages as well, and an export keeps the order', async () => {
  answer = pages(120);
  const {status, pressCaption, find, press} = await open({narrow: true});
  assert.equal(status(), '1 to 50 of 120');
  await pressCaption('table_next');
  assert.equal(status(), '51 to 100 of 120');
  find('[data-sort="name"]').click();
  await settle();
  await press('[data-export="csv"]');

  assert.equal(requested[0][0].sort, 'name');
});

test('the filters are folded behind a button that says how many are chosen', async () => {
  const {find, filter} = await open();
  const fold = find('.ld-filters-fold');
  assert.deepEqual([fold.textContent, fold.getAttribute('aria-expanded')], ['filters', 'false']);
  assert.equal(find('#' + fold.getAttribute('aria-controls')), find('.ld-filters'));
  fold.click();
  await filter('A');

  assert.deepEqual([fold.textContent, fold.getAttribute('aria-expanded')], ['1 chosen', 'true']);
  fold.click();
  assert.equal(fold.getAttribute('aria-expanded'), 'false');
});

test('a copy of a large course has the learners of every page', async () => {
  answer = pages(320);
  const {press, navigator} = await open({paged: true});
  await press('[data-copy]');

  assert.deepEqual(asked.slice(1).map(({page, page_size: size}) => [page, size]), [[1, 200], [2, 200]]);
  assert.equal(navigator.clipboard.text.split('\r\n').length, 321);
});

test('more than a thousand are exported, but neither copied nor printed', async () => {
  answer = pages(1001);
  const {find} = await open({paged: true});
  const isOff = (selector) => find(selector).getAttribute('aria-disabled');

  assert.deepEqual(['[data-copy]', '[data-print]', '[data-export="csv"]'].map(isOff), ['true', 'true', 'false']);
});

test('an export of a page has everyone whom the view holds, and the order of reports', async () => {
  answer = pages(120);
  const {press, find} = await open({paged: true});
  find('[data-sort="name"]').click();
  await settle();
  await press('[data-export="csv"]');

  assert.deepEqual(requested[0][0], {report: 'profile', format: 'csv', columns: SEEN});
});

test('what goes wrong on the way to a copy is told and can be tried again', async () => {
  answer = pages(320);
  const {press, answered, navigator} = await open({paged: true});
  const good = answer;
  answer = (_query, ld) => { throw new ld.Failure('network'); };
  await press('[data-copy]');
  assert.match(answered(), /^network/);
  answer = good;
  await press('[data-answer] button');

  assert.equal(navigator.clipboard.text.split('\r\n').length, 321);
});

test('what learners did is filled in, with a way to their progress', async () => {
  const {panel} = await open();
  const [anna, bob] = panel.querySelectorAll('tbody tr');

  assert.equal(anna.querySelector('a').getAttribute('href'), '/progress/anna');
  assert.equal(anna.querySelectorAll('rect').length, 2);
  assert.equal(anna.querySelector('.ld-tag-trouble'), null);
  assert.equal(bob.querySelectorAll('.ld-strip-on').length, 1);
});

test('codes are told in words, and copied as codes', async () => {
  answer = () => ({
    columns: COLUMNS.map((column) => (column.key === 'name' ? {...column, words: {x: 'Ex'}} : column)),
    learners: [{username: 'anna', name: 'Anna', cohort: 'A'}], count: 1, current_page: 1, num_pages: 1,
  });
  const {find, press, navigator} = await open();
  assert.equal(find('tbody [data-key="cohort"]').textContent, 'Cohort A');
  await press('[data-copy]');

  assert.equal(navigator.clipboard.text, 'username\tname\tcohort\tlast_active\r\nanna\tAnna\tA\t');
});

test('presets are counted, narrow the table and stand in the address', async () => {
  const {find, press} = await open();
  assert.equal(find('[data-preset="never"] .ld-chip-count').textContent, '1');
  await press('[data-preset="never"]');

  assert.deepEqual(asked.at(-1), {...SHOWN, activity: 'never'});
  assert.deepEqual(kept, {activity: 'never'});
  assert.equal(find('[data-preset="never"]').getAttribute('aria-pressed'), 'true');
});

test('an address opens what it says, and no search is in it', async () => {
  const {search, goTo} = await open({address: 'activity=never&cohort=B&sort=-name&team=x'});
  assert.deepEqual(asked, [{...SHOWN, activity: 'never', cohort: 'B', sort: '-name'}]);
  await search('zoe');
  assert.deepEqual(kept, {cohort: 'B', activity: 'never', sort: '-name'});
  await goTo('cohort=B&activity=never&sort=-name'); // the tab was only out of sight
  assert.equal(asked.length, 2);
  await goTo('activity=never');

  assert.deepEqual(asked.at(-1), {...SHOWN, activity: 'never'});
});

test('a saved view is opened by its address with its columns', async () => {
  const selection = {columns: ['username', 'last_active'], activity: 'never'};
  views = [{id: 7, name: 'Gone', selection, creator: 'zoe', can_delete: true}];
  const {find, panel} = await open({address: 'view=7'});

  assert.deepEqual(asked, [{columns: ['username'], words: true, activity: 'never'}]);
  assert.deepEqual(kept, {view: '7'});
  assert.equal(find('.ld-tablebar h3').textContent, 'Gone');
  assert.equal(find('.ld-chip-view').getAttribute('aria-current'), 'true');
  assert.equal(panel.querySelectorAll('rect').length, 4);
});

test('a view that is gone says so', async () => {
  const {answered} = await open({address: 'view=8'});

  assert.equal(answered(), 'view_gone');
  assert.deepEqual(asked, [SHOWN]);
});

test('a view is saved under a name, without what was searched for', async () => {
  const {press, search, document} = await open({address: 'activity=never'});
  await search('zoe');
  await press('[data-save-view]');
  document.querySelector('#learner-data-view-name').value = ' Gone ';
  const dialog = document.querySelector('dialog');
  dialog.returnValue = 'save';
  dialog.close();
  await settle();

  assert.deepEqual(saved, [['/views/', {columns: SEEN, activity: 'never', name: 'Gone'}]]);
  assert.deepEqual(kept, {view: '9'});
});

test('a saved view is deleted by those allowed', async () => {
  views = [{id: 7, name: 'Gone', selection: {}, creator: '', can_delete: true}];
  const {pressCaption, find} = await open({address: 'view=7'});
  await pressCaption('view_delete');

  assert.deepEqual(deleted, ['/views/7']);
  assert.equal(find('.ld-chip-view'), null);
  assert.deepEqual(kept, {});
});

test('those who are ticked are copied and exported', async () => {
  answer = () => ({
    columns: COLUMNS, count: 2, current_page: 1, num_pages: 1,
    learners: [{username: 'anna', email: 'a@example.com'}, {username: 'bob', email: 'b@example.com'}],
  });
  const columns = [...PLAIN, {key: 'email', label: 'email', sortable: true}, COLUMNS[3]];
  const {tick, press, find, navigator} = await open({given: {columns}});
  assert.equal(find('.ld-selection').hidden, true);
  await tick(1);
  assert.equal(find('.ld-selected').textContent, '1 selected');
  await press('[data-copy-addresses]');
  assert.equal(navigator.clipboard.text, 'b@example.com');
  await press('[data-export-selected="csv"]');
  assert.deepEqual(requested[0][0].usernames, ['bob']);
  await press('[data-clear]');

  assert.equal(find('.ld-selection').hidden, true);
});

test('addresses that the table does not show are asked for when they are copied', async () => {
  answer = ({columns: keys, usernames}) => ({
    columns: COLUMNS, count: 2, current_page: 1, num_pages: 1,
    learners: ['anna', 'bob'].filter((username) => !usernames || usernames.includes(username)).map((username) => ({
      ...(keys.includes('username') ? {username} : {}), ...(keys.includes('email') ? {email: username + '@example.com'} : {}),
    })),
  });
  const columns = [...PLAIN, {key: 'email', label: 'email', sortable: true, optional: true}, COLUMNS[3]];
  const {tick, press, navigator} = await open({given: {columns}});
  await tick(1);
  await press('[data-copy-addresses]');

  assert.equal(navigator.clipboard.text, 'bob@example.com');
  assert.deepEqual(asked.at(-1), {usernames: ['bob'], columns: ['email'], page: 1, page_size: 200});
});

test('all of the view are selected, on every page', async () => {
  answer = pages(320);
  const columns = [...PLAIN, {key: 'email', label: 'email', sortable: true}, COLUMNS[3]];
  const {tick, press, find} = await open({paged: true, given: {columns}});
  await tick(0);
  await press('[data-select-all]');
  assert.equal(find('.ld-selected').textContent, '320 selected');
  await press('[data-export-selected="csv"]');

  assert.deepEqual(requested[0][0], {report: 'profile', format: 'csv', columns: [...ALL, 'email', 'last_active']});
});

test('addresses of more than a thousand are not cut off in silence', async () => {
  answer = pages(1001);
  const columns = [...PLAIN, {key: 'email', label: 'email', sortable: true}, COLUMNS[3]];
  const {tick, press, answered, navigator} = await open({paged: true, given: {columns}});
  await tick(0);
  await press('[data-select-all]');
  await press('[data-copy-addresses]');

  assert.deepEqual([answered(), navigator.clipboard.text], ['table_too_many', undefined]);
});

test('nobody is ticked where usernames are private', async () => {
  answer = () => ({columns: [COLUMNS[1]], learners: [{name: 'Anna'}], count: 1, current_page: 1, num_pages: 1});
  const {panel} = await open({given: {columns: [{...COLUMNS[1]}]}});

  assert.deepEqual(asked, [{columns: ['name'], words: true}]);
  assert.equal(panel.querySelectorAll('table input').length, 0);
});

test('nothing of what learners did is asked for where that is private', async () => {
  const {panel} = await open({given: {columns: PLAIN}});

  assert.deepEqual([panel.querySelectorAll('rect').length, panel.querySelectorAll('tbody a').length], [0, 0]);
});

test("the guide's list has the guide's columns but those that nobody fills", async () => {
  const columns = [
    ...COLUMNS, {key: 'location', kept: true, of_guide: true, optional: true, label: 'location'},
    {key: 'goals', of_guide: true, optional: true, label: 'goals'}, {key: 'videos_played', optional: true, label: 'videos'},
  ];
  const {button} = await open({given: {columns}});
  assert.deepEqual(asked[0].columns, ALL);
  button.click();
  await settle();

  assert.deepEqual(asked.at(-1).columns, [...ALL, 'goals']);
});
