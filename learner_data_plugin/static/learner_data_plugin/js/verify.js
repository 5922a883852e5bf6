/* Whether a file was made here and is unchanged: its fingerprint is computed in the browser, and alone is sent. */
(function (ld) {
  'use strict';

  async function hashOf(bytes) {
    const digest = new Uint8Array(await window.crypto.subtle.digest('SHA-256', bytes));
    return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }

  ld.createVerify = function ({page, api, formats}) {
    const {texts} = page;
    const tool = document.getElementById('learner-data-verify');
    const messages = ld.createMessages(tool.querySelector('[data-message]'), page);

    /** Asks about the file as it is, and about it without the byte order mark that a download may begin with. */
    async function ask(file) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      const isMarked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
      const find = async (content) => api.post(page.urls.verify, {sha256: await hashOf(content), name: file.name});
      try {
        return await find(bytes);
      } catch (failure) {
        if (!isMarked || !['file_not_from_here', 'file_changed'].includes(failure.code)) {
          throw failure;
        }
        return find(bytes.subarray(3));
      }
    }

    async function verify(file) {
      if (!window.crypto || !window.crypto.subtle) {
        messages.show('error', texts.verify_insecure);
        return;
      }
      messages.show('info', texts.working);
      try {
        const found = await ask(file);
        messages.show(
          'success', ld.element('strong', {}, texts.verify_unchanged),
          ld.fill(texts.verify_found, {
            report: page.reports[found.report] || page.actions[found.report] || found.report,
            time: formats.timeText(new Date(found.created)),
            requester: found.requester || texts.account_gone,
            rows: formats.number(found.rows),
          }),
          found.without_erased && texts.verify_without_erased,
        );
      } catch (failure) {
        messages.showFailure(failure);
      }
    }

    ld.watchFile(tool, verify);
  };
}(window.learnerData));
