/* Files that people bring along: choosing or dropping one, sending it, and saving what comes back. */
(function (ld) {
  'use strict';

  /** The name that an answer wants its file to have. */
  ld.fileName = function (response, fallback) {
    const header = response.headers.get('Content-Disposition') || '';
    const encoded = /filename\*=UTF-8''([^;]+)/i.exec(header);
    const plain = /filename="?([^";]+)"?/i.exec(header);
    return encoded ? decodeURIComponent(encoded[1]) : (plain && plain[1]) || fallback;
  };

  /** Hands a file to the browser, which opens or saves it as its owner has set. */
  ld.saveFile = function (blob, name) {
    const url = URL.createObjectURL(blob);
    const link = ld.element('a', {href: url, download: name, hidden: true});
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  };

  /** Lets a file be dropped on the place around a form's file input, too; `onFile` gets it each time. */
  ld.watchFile = function (form, onFile) {
    const place = form.querySelector('[data-drop]');
    const input = place.querySelector('input');
    input.addEventListener('change', () => input.files.length && onFile(input.files[0]));
    ['dragover', 'dragleave', 'drop'].forEach((name) => place.addEventListener(name, (event) => {
      event.preventDefault();
      place.classList.toggle('ld-dropping', name === 'dragover');
      if (name === 'drop' && event.dataTransfer.files.length) {
        input.files = event.dataTransfer.files;
        onFile(input.files[0]);
      }
    }));
    return input;
  };

  /** A form's body of these values, without those that are not chosen. */
  function bodyOf(values) {
    const body = new FormData();
    Object.entries(values).filter(([, value]) => value).forEach(([name, value]) => body.append(name, value));
    return body;
  }

  ld.createBroughtFiles = function ({page, api}) {
    const {texts} = page;
    const pseudonymize = document.getElementById('learner-data-pseudonymize');
    const pseudonymized = ld.createMessages(pseudonymize.querySelector('[data-message]'), page);
    const input = ld.watchFile(pseudonymize, () => pseudonymized.hide());

    pseudonymize.addEventListener('submit', (event) => {
      event.preventDefault();
      const file = input.files[0];
      if (!file) {
        pseudonymized.show('error', texts.file_needed);
        return;
      }
      ld.busyWhile(pseudonymize.querySelector('[type="submit"]'), async () => {
        pseudonymized.show('info', texts.working);
        try {
          const kind = document.getElementById('learner-data-pseudonymize-kind').value;
          const response = await api.send(page.urls.pseudonymize, bodyOf({file, kind}));
          ld.saveFile(await response.blob(), ld.fileName(response, file.name));
          const told = JSON.parse(response.headers.get('Learner-Data-Result'));
          pseudonymized.show('success', ld.fill(texts.pseudonymized, told), told.removed.length && ld.fill(
            texts.pseudonymized_removed, {columns: told.removed.join(', ')},
          ));
        } catch (failure) {
          pseudonymized.showFailure(failure);
        }
      });
    });

    return {bodyOf};
  };
}(window.learnerData));
