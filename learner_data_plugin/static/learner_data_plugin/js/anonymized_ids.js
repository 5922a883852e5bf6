/* The panel Anonymized IDs: the file at once, or as a report when the course is too large for that. */
(function (ld) {
  'use strict';

  ld.createAnonymizedIds = function ({page, api, reports}) {
    const {texts} = page;
    const button = document.getElementById('learner-data-anonymized-ids-download');
    const messages = ld.createMessages(button.closest('.ld-panel').querySelector('[data-message]'), page);

    async function download() {
      const purpose = await ld.askPurpose(page);
      if (purpose === null) {
        return;
      }
      messages.show('info', texts.anonymized_ids_preparing);
      try {
        const query = purpose ? '?' + new URLSearchParams({purpose}) : '';
        const response = await api.readCsv(page.urls.anonymized_ids + query);
        const name = ld.fileName(response, page.course_id + '-anon-id.csv');
        ld.saveFile(await response.blob(), name);
        messages.show('success', ld.fill(texts.anonymized_ids_saved, {name}));
      } catch (failure) {
        if (failure.code === 'too_many_learners') {
          await reports.request(
            {report: 'anonymized_ids', format: 'csv', purpose}, messages, texts.anonymized_ids_as_report,
          );
        } else {
          messages.showFailure(failure, download);
        }
      }
    }

    button.addEventListener('click', () => ld.busyWhile(button, download));
  };
}(window.learnerData));
