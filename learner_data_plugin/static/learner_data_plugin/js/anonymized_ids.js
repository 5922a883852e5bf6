/* The panel Anonymized IDs: the file at once, or as a report when the course is too large for that. */
(function (ld) {
  'use strict';

  function fileName(response, fallback) {
    const header = response.headers.get('Content-Disposition') || '';
    const encoded = /filename\*=UTF-8''([^;]+)/i.exec(header);
    const plain = /filename="?([^";]+)"?/i.exec(header);
    return encoded ? decodeURIComponent(encoded[1]) : (plain && plain[1]) || fallback;
  }

  /** Hands a file to the browser, which opens or saves it as its owner has set. */
  function offer(blob, name) {
    const url = URL.createObjectURL(blob);
    const link = ld.element('a', {href: url, download: name, hidden: true});
    document.body.append(link);
    link.click();
    link.remove();
    setTimeout(() => URL.revokeObjectURL(url), 60000);
  }

  ld.createAnonymizedIds = function ({page, api, reports}) {
    const {texts} = page;
    const button = document.getElementById('learner-data-anonymized-ids-download');
    const messages = ld.createMessages(button.closest('.ld-panel').querySelector('[data-message]'), page);

    async function download() {
      messages.show('info', texts.anonymized_ids_preparing);
      try {
        const response = await api.readCsv(page.urls.anonymized_ids);
        const name = fileName(response, page.course_id + '-anon-id.csv');
        offer(await response.blob(), name);
        messages.show('success', ld.fill(texts.anonymized_ids_saved, {name}));
      } catch (failure) {
        if (failure.code === 'too_many_learners') {
          await reports.request(
            {report: 'anonymized_ids', format: 'csv'}, messages, texts.anonymized_ids_as_report,
          );
        } else {
          messages.showFailure(failure, download);
        }
      }
    }

    button.addEventListener('click', () => ld.busyWhile(button, download));
  };
}(window.learnerData));
