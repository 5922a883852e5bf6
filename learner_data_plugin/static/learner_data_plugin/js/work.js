/* Puts the tabs together that people work in: reports, learners, anonymized IDs. */
(function (ld) {
  'use strict';

  ld.startWork = function ({page, api, formats, presence, tabs}) {
    const {texts} = page;
    const messages = ld.createMessages(document.getElementById('learner-data-tasks-message'), page);
    const files = ld.createFiles({page, api, formats});
    let troubled = false;

    const reports = ld.createReports({
      page, api, formats, elsewhere: messages, follow: (taskId) => follower.follow(taskId), refresh: () => follower.ask(),
    });
    const list = ld.createTaskList({
      page, formats, onTryAgain: reports.tryAgain, onCancel: reports.cancel, isTold: reports.isAsked,
    });
    ld.createReportForm({page, reports});
    const follower = ld.createTaskFollower({
      page,
      api,
      presence,
      onTasks(tasks) {
        list.show(tasks);
        reports.update(tasks);
      },
      onEnd(task) {
        reports.tell(task, list.reportName(task));
        files.showNewest();
        schedules.refresh();
        changes.refresh();
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
    const schedules = ld.createSchedules({page, api, formats});
    const changes = ld.createChanges({page, api, formats, reports});
    ld.createLearners({page, api, formats, reports, tabs});
    ld.createAnonymizedIds({page, api, reports});
    const broughtFiles = ld.createBroughtFiles({page, api});
    ld.createVerify({page, api, formats});
    ld.createDeanonymize({page, api, formats, broughtFiles});

    presence.onChange((present) => present && files.refresh());
    if (presence.isPresent()) { // since before these scripts were loaded
      files.refresh();
      follower.ask();
    }
  };
}(window.learnerData));
