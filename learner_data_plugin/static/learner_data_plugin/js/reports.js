/* Asking for reports, and telling where they were asked for what became of them. */
(function (ld) {
  'use strict';

  ld.createReports = function ({page, api, follow, elsewhere}) {
    const {texts} = page;
    const asked = new Map(); // task id -> {body, messages}
    const memoryKey = 'learner_data.asked ' + page.course_id;

    /** What was asked for in this tab, kept over a reload so that "try again" asks for the same selection. */
    function remembered() {
      try {
        return JSON.parse(window.sessionStorage.getItem(memoryKey)) || {};
      } catch (error) {
        return {};
      }
    }

    function remember(taskId, body) {
      try {
        window.sessionStorage.setItem(memoryKey, JSON.stringify({...remembered(), [taskId]: body}));
      } catch (error) { /* no storage: "try again" asks for the plain report */ }
    }

    /** Asks for the report that `body` describes; `whenStarted` is the text to show then. */
    async function request(body, messages, whenStarted) {
      messages.show('info', texts.working);
      try {
        const answer = await api.post(page.urls.reports, body);
        if (!answer.already_running) {
          asked.set(answer.task_id, {body, messages, whenStarted});
          remember(answer.task_id, body);
          messages.show('info', whenStarted || texts.generating);
        } else if (body.columns) {
          messages.show('error', texts.view_not_started);
        } else {
          asked.set(answer.task_id, {body, messages, whenStarted});
          messages.show('info', texts.already_running);
        }
        follow(answer.task_id);
      } catch (failure) {
        messages.showFailure(failure, () => request(body, messages, whenStarted));
      }
    }

    function downloadLink(task) {
      return ld.element('a', {
        href: api.fileUrl(page.urls.reports + encodeURIComponent(task.report_name), task.format),
        download: task.report_name,
        class: 'ld-button ld-button-primary',
        'aria-label': ld.fill(texts.file_download_named, {name: task.report_name}),
      }, texts.file_download);
    }

    document.querySelectorAll('[data-request-report]').forEach((button) => {
      const {requestReport, format} = button.dataset;
      const messages = ld.createMessages(button.closest('.ld-panel').querySelector('[data-message]'), page);
      button.addEventListener('click', () => {
        ld.busyWhile(button, () => request({report: requestReport, format}, messages));
      });
    });

    return {
      request,
      tryAgain: (task) => {
        const known = asked.get(task.task_id);
        const body = (known && known.body) || remembered()[task.task_id];
        return request(
          body || {report: task.report, format: task.format || 'csv'},
          (known && known.messages) || elsewhere, known && known.whenStarted,
        );
      },
      /** A task ended that this page followed. */
      tell(task, name) {
        const messages = asked.has(task.task_id) ? asked.get(task.task_id).messages : elsewhere;
        if (task.state !== 'SUCCESS') {
          messages.show('error', ld.fill(texts.task_failed_announcement, {report: name}), task.message);
        } else if (task.report_name) {
          messages.show('success', texts.file_ready, task.report_name, downloadLink(task));
        } else {
          messages.show('success', ld.fill(texts.task_finished, {report: name}));
        }
      },
    };
  };
}(window.learnerData));
