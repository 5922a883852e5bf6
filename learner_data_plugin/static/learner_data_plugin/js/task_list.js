/* Pending Tasks: what is being generated, how far it is, and what failed in the last hour. */
(function (ld) {
  'use strict';

  /** `isTold(task)` says whether the end of a task is told elsewhere on the page: it is told once. */
  ld.createTaskList = function ({page, formats, onTryAgain, onCancel, isTold}) {
    const list = document.getElementById('learner-data-tasks');
    const empty = document.getElementById('learner-data-tasks-empty');
    const cards = new Map(); // task id -> its card, kept so that focus and bar survive an update

    /** A finished task is of no more interest; a failed one is, until the same report is asked for again. */
    function isPending(task, tasks) {
      if (!ld.hasEnded(task)) {
        return true;
      }
      const isLater = (other) => other.report === task.report && other.created > task.created;
      return task.state !== 'SUCCESS' && !isTold(task) && !tasks.some(isLater);
    }

    return {
      reportName: (task) => ld.taskName(page, task),
      show(tasks) {
        const pending = tasks.filter((task) => isPending(task, tasks));
        pending.forEach((task, place) => {
          const made = cards.get(task.task_id) || ld.createTaskCard({page, formats, task, onTryAgain, onCancel});
          cards.set(task.task_id, made);
          made.fill(task);
          if (list.children[place] !== made.card) {
            list.insertBefore(made.card, list.children[place] || null);
          }
        });
        cards.forEach((made, id) => {
          if (!pending.some((task) => task.task_id === id)) {
            made.card.remove();
            cards.delete(id);
          }
        });
        empty.hidden = pending.length > 0;
        list.hidden = !pending.length;
      },
    };
  };
}(window.learnerData));
