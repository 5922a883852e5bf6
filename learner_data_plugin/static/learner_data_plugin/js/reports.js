/* Asking for reports, and telling where they were asked for what becomes of them. */
(function (ld) {
  'use strict';

  ld.createReports = function ({page, api, formats, follow, refresh, elsewhere}) {
    const {texts} = page;
    const asked = new Map(); // task id -> {body, messages, whenStarted, bar}
    const memoryKey = 'learner_data.asked ' + page.course_id;
    const settingKey = 'learner_data.download ' + page.username;
    const setting = document.getElementById('learner-data-download-at-once');

    if (setting) {
      try {
        setting.checked = window.localStorage.getItem(settingKey) !== 'no';
      } catch { /* as the page has it */ }
      setting.addEventListener('change', () => {
        try {
          window.localStorage.setItem(settingKey, setting.checked ? 'yes' : 'no');
        } catch { /* not remembered */ }
      });
    }

    /** What was asked for in this tab, kept over a reload so that "try again" asks for the same selection. */
    function remembered() {
      try {
        return JSON.parse(window.sessionStorage.getItem(memoryKey)) || {};
      } catch {
        return {};
      }
    }

    function remember(taskId, body) {
      try {
        window.sessionStorage.setItem(memoryKey, JSON.stringify({...remembered(), [taskId]: body}));
      } catch { /* no storage: "try again" asks for the plain report */ }
    }

    async function cancel(task) {
      try {
        await api.remove(page.urls.tasks + encodeURIComponent(task.task_id));
        await refresh();
      } catch (failure) {
        const known = asked.get(task.task_id);
        ((known && known.messages) || elsewhere).showFailure(failure);
        refresh();
      }
    }

    /** Asks for the report that `wanted` describes; `whenStarted` is the text to show then. */
    async function request(wanted, messages, whenStarted) {
      const purpose = wanted.purpose || await ld.askPurpose(page);
      if (purpose === null) {
        return;
      }
      const body = purpose ? {...wanted, purpose} : wanted;
      messages.show('info', texts.working);
      try {
        const answer = await api.post(page.urls.reports, body);
        if (!answer.already_running) {
          remember(answer.task_id, body);
        }
        asked.forEach((known) => known.messages === messages && removeBar(known)); // another one takes its place
        asked.set(answer.task_id, {body, messages, whenStarted, isOwn: !answer.already_running});
        messages.show('info', answer.already_running ? texts.already_running : whenStarted || texts.generating);
        follow(answer.task_id);
      } catch (failure) {
        messages.showFailure(failure, () => request(body, messages, whenStarted));
      }
    }

    function removeBar(known) {
      if (known.bar) {
        known.bar.place.remove();
        known.bar = null;
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
      cancel,
      isAsked: (task) => asked.has(task.task_id),
      tryAgain: (task) => {
        const known = asked.get(task.task_id);
        const body = (known && known.body) || remembered()[task.task_id];
        return request(
          body || {report: task.report, format: task.format || 'csv'},
          (known && known.messages) || elsewhere, known && known.whenStarted,
        );
      },
      /** Shows under the message of what was asked for here how far it is. */
      update(tasks) {
        tasks.filter((task) => asked.has(task.task_id) && !ld.hasEnded(task)).forEach((task) => {
          const known = asked.get(task.task_id);
          if (!known.bar) {
            known.bar = ld.createTaskBar({page, formats, task, onCancel: cancel});
            known.messages.place.after(known.bar.place);
          }
          known.bar.fill(task);
        });
      },
      /** A task ended that this page followed. */
      tell(task, name) {
        const known = asked.get(task.task_id);
        const messages = known ? known.messages : elsewhere;
        if (known) {
          removeBar(known);
        }
        if (task.state === 'REVOKED') {
          messages.show('info', ld.fill(texts.task_cancelled, {report: name}));
        } else if (task.state !== 'SUCCESS') {
          const again = known && ld.button(texts.try_again, () => request(known.body, messages, known.whenStarted));
          messages.show('error', ld.fill(texts.task_failed_announcement, {report: name}), task.message, again);
        } else if (task.report_name) {
          const link = downloadLink(task);
          messages.show('success', texts.file_ready, task.report_name, link);
          if (known && known.isOwn && setting && setting.checked) {
            link.click();
          }
        } else {
          messages.show('success', ld.fill(texts.task_finished, {report: name}));
        }
      },
    };
  };
}(window.learnerData));
