/* The finished files: newest first, page by page, to download and, for those allowed, to delete. */
(function (ld) {
  'use strict';

  const {element, fill} = ld;

  /** Asks in a dialog and calls `onYes`; leaving it in any other way keeps the file. */
  function confirmDeletion(name, texts, onYes) {
    const dialog = element(
      'dialog', {class: 'ld-dialog', 'aria-labelledby': 'learner-data-delete-title', close: () => dialog.remove()},
      element('h2', {class: 'ld-subtitle', id: 'learner-data-delete-title'}, texts.file_delete_question),
      element('p', {}, fill(texts.file_delete_consequence, {name})),
      element(
        'p', {class: 'ld-buttons'},
        ld.button(texts.file_delete_cancel, () => dialog.close()),
        ld.button(texts.file_delete_confirm, () => {
          dialog.close();
          onYes();
        }, {class: 'ld-button ld-button-danger'}),
      ),
    );
    document.querySelector('.learner-data').append(dialog);
    dialog.showModal();
  }

  ld.createFiles = function ({page, api, formats}) {
    const {texts} = page;
    const place = document.getElementById('learner-data-files');
    const empty = document.getElementById('learner-data-files-empty');
    const messages = ld.createMessages(document.getElementById('learner-data-files-message'), page);
    const known = new Set();
    let newest = ''; // when the latest of these was made
    let current = 1;

    function cell(label, content, look) {
      return element('td', {role: 'cell', 'data-label': label, class: look}, ...[].concat(content).filter(Boolean));
    }

    /** What a file holds, in words: its format, and what was chosen for it. */
    function contents(file) {
      const chosen = file.contents && file.contents.length ? file.contents : [file.selection ? texts.file_selection : ''];
      return [file.format.toUpperCase(), ...chosen].filter(Boolean);
    }

    function row(file, isNew) {
      const remove = ld.button(texts.file_delete, () => confirmDeletion(file.name, texts, () => erase(file)), {
        'aria-label': fill(texts.file_delete_named, {name: file.name}), class: 'ld-button ld-button-quiet',
      });
      const report = file.title || page.reports[file.report] || file.report;
      const rows = file.rows === null || file.rows === undefined ? '' : formats.number(file.rows);
      return element(
        'tr', {role: 'row', 'data-file': file.name, class: isNew ? 'ld-new' : null},
        cell(texts.file_report, [
          element('strong', {class: 'ld-file-title'}, report),
          ...contents(file).map((content) => element('span', {class: 'ld-tag'}, content)),
          isNew && element('span', {class: 'ld-tag ld-tag-new'}, texts.file_new),
          element('a', {
            href: api.fileUrl(file.url, file.format), download: file.name, class: 'ld-file',
          }, file.name),
        ]),
        cell(texts.file_created, [
          formats.time(file.created), element('span', {class: 'ld-second'}, file.requester || texts.account_gone),
        ]),
        cell(texts.file_size, [
          element('span', {}, rows && fill(texts.file_rows_number, {count: rows})),
          element('span', {class: 'ld-second'}, formats.size(file.size_bytes)),
        ], 'ld-number'),
        cell(texts.file_actions, [
          element('a', {
            href: api.fileUrl(file.url, file.format), download: file.name, class: 'ld-button', 'data-download': true,
            'aria-label': fill(texts.file_download_named, {name: file.name}),
          }, texts.file_download),
          file.codebook_url && element('a', {
            href: api.fileUrl(file.codebook_url, 'csv'), class: 'ld-codebook', download: true,
            'aria-label': fill(texts.file_codebook_named, {name: file.name}),
          }, texts.file_codebook),
          file.can_delete && remove,
        ], 'ld-actions'),
      );
    }

    function table(files) {
      const head = ['file_report', 'file_created', 'file_size', 'file_actions'];
      // Older ones come into sight by turning a page, or after a deletion.
      const isNew = (file) => newest !== '' && !known.has(file.name) && file.created >= newest;
      const rows = files.map((file) => row(file, isNew(file)));
      files.forEach((file) => {
        known.add(file.name);
        newest = file.created > newest ? file.created : newest;
      });
      // The roles are spelled out because the narrow layout shows rows as blocks, which would take them away.
      return element(
        'table', {class: 'ld-table ld-files', role: 'table'},
        element('caption', {class: 'ld-sr'}, texts.files_caption),
        element('thead', {role: 'rowgroup'}, element('tr', {role: 'row'}, ...head.map((name) => (
          element('th', {role: 'columnheader', scope: 'col'}, texts[name])
        )))),
        element('tbody', {role: 'rowgroup'}, ...rows),
      );
    }

    function pager(pages) {
      const turn = (caption, to, isThere) => ld.button(caption, () => {
        if (isThere) {
          load(to).then(() => document.getElementById('learner-data-files-title').focus());
        }
      }, {'aria-disabled': isThere ? null : 'true'});
      return pages > 1 && element(
        'p', {class: 'ld-buttons ld-pager'},
        turn(texts.files_newer, current - 1, current > 1),
        element('span', {}, fill(texts.files_page, {
          page: formats.number(current), pages: formats.number(pages),
        })),
        turn(texts.files_older, current + 1, current < pages),
      );
    }

    async function load(number) {
      const query = new URLSearchParams({page: number, page_size: page.files_per_page});
      try {
        const answer = await api.readPatiently(page.urls.reports + '?' + query);
        const pages = answer.num_pages || 1;
        if (!answer.reports.length && number > 1) {
          await load(Math.min(pages, number - 1));
          return;
        }
        current = number;
        place.replaceChildren(...[answer.reports.length && table(answer.reports), pager(pages)].filter(Boolean));
        empty.hidden = answer.reports.length > 0;
      } catch (failure) {
        messages.showFailure(failure, () => {
          messages.hide();
          load(number);
        });
      }
    }

    async function erase(file) {
      try {
        const answer = await api.remove(file.url);
        if (answer.status === 202) { // the store refused; its sentence says what that means
          messages.show('info', (await answer.json()).message);
        } else {
          messages.show('success', fill(texts.file_deleted, {name: file.name}));
        }
        await load(current);
        document.getElementById('learner-data-files-title').focus();
      } catch (failure) {
        messages.showFailure(failure);
        load(current);
      }
    }

    return {
      showNewest: () => load(1),
      refresh: () => load(current),
    };
  };
}(window.learnerData));
