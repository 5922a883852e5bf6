/* Puts the panels together. */
(function (ld) {
  'use strict';

  const root = document.querySelector('[data-learner-data]');
  if (!root) {
    return;
  }
  const page = JSON.parse(root.dataset.learnerData);
  const {texts} = page;
  const api = ld.createApi(page);
  const formats = ld.createFormats(page.language);
  const presence = ld.createPresence(root);
  const messages = ld.createMessages(document.getElementById('learner-data-tasks-message'), page);
  const files = ld.createFiles({page, api, formats});
  let troubled = false;

  const reports = ld.createReports({page, api, elsewhere: messages, follow: (taskId) => follower.follow(taskId)});
  const list = ld.createTaskList({page, formats, onTryAgain: reports.tryAgain});
  const follower = ld.createTaskFollower({
    page,
    api,
    presence,
    onTasks: list.show,
    onEnd(task) {
      reports.tell(task, list.reportName(task));
      files.showNewest();
    },
    onTrouble(failure, wait) {
      if (failure && wait !== null) {
        messages.show('error', ld.fill(
          failure.kind === 'network' ? texts.retrying : texts.retrying_server, {time: formats.duration(wait)},
        ));
      } else if (failure) {
        messages.showFailure(failure, follower.ask);
      } else if (troubled) {
        messages.hide();
      }
      troubled = Boolean(failure);
    },
  });
  ld.createLearners({page, api, formats, reports});
  ld.createAnonymizedIds({page, api, reports});
  ld.createStatistics({page, api, formats, presence});

  presence.onChange((present) => present && files.refresh());
  presence.update();
}(window.learnerData));
