/* Pending Tasks: what is being generated, how far it is, and what failed in the last hour. */
(function (ld) {
  'use strict';

  const LONG_IN_QUEUE = 30; // seconds without a worker before the page says so

  ld.createTaskList = function ({page, formats, onTryAgain}) {
    const {texts} = page;
    const {element, fill} = ld;
    const list = document.getElementById('learner-data-tasks');
    const empty = document.getElementById('learner-data-tasks-empty');
    const cards = new Map(); // task id -> parts of its card, kept so that focus and bar survive an update

    function reportName(task) {
      const name = texts['report_' + task.report] || task.report;
      return task.format ? name + ' (' + task.format.toUpperCase() + ')' : name;
    }

    function makeCard(task) {
      const parts = {
        state: element('span', {class: 'ld-badge'}),
        bar: element('progress', {max: 100, 'aria-label': fill(texts.progress_of, {report: reportName(task)})}),
        percent: element('span', {class: 'ld-percent'}),
        rows: element('p', {class: 'ld-hint'}),
        note: element('p', {class: 'ld-note'}),
        again: ld.button(texts.try_again, () => ld.busyWhile(parts.again, () => onTryAgain(task))),
      };
      const asked = fill(texts.requested_by, {
        requester: task.requester || texts.account_gone, time: formats.timeText(new Date(task.created)),
      });
      parts.meter = element('div', {class: 'ld-meter'}, parts.bar, parts.percent);
      parts.card = element(
        'li', {class: 'ld-task', 'data-task-id': task.task_id},
        element('p', {class: 'ld-task-title'}, element('strong', {}, reportName(task)), ' ', parts.state),
        parts.meter, parts.rows, parts.note, parts.again,
        element('p', {class: 'ld-hint'}, asked),
      );
      return parts;
    }

    function rowsText(task) {
      if (task.total === null || task.done === null) {
        return '';
      }
      const rows = fill(texts.rows_of_total, {
        done: formats.number(task.done), total: formats.number(task.total),
      });
      const left = task.seconds_left ? fill(texts.time_left, {time: formats.duration(task.seconds_left)}) : '';
      return left ? rows + ' · ' + left : rows;
    }

    function note(task) {
      if (task.state === 'FAILURE' || task.state === 'REVOKED') {
        return task.message || texts.task_failed;
      }
      if (ld.hasEnded(task)) {
        return '';
      }
      if (task.stale) {
        return texts.stale;
      }
      if (task.stuck) {
        return texts.stuck;
      }
      return isQueued(task) && task.age_seconds > LONG_IN_QUEUE ? texts.no_worker : '';
    }

    const isQueued = (task) => task.state !== 'PROGRESS' && !ld.hasEnded(task);

    function stateText(task) {
      const ended = {SUCCESS: texts.finished, FAILURE: texts.failed, REVOKED: texts.revoked}[task.state];
      return ended || (isQueued(task) ? texts.queued : texts.running);
    }

    function setText(node, text) {
      if (node.textContent !== text) {
        node.textContent = text;
      }
      node.hidden = !text;
    }

    function fillCard(parts, task) {
      const ended = ld.hasEnded(task);
      parts.card.dataset.state = task.state;
      parts.card.classList.toggle('ld-task-trouble', Boolean(note(task)));
      setText(parts.state, stateText(task));
      parts.meter.hidden = ended;
      if (task.percent === null) {
        parts.bar.removeAttribute('value');
      } else {
        parts.bar.value = task.percent;
      }
      setText(parts.percent, task.percent === null ? '' : formats.percent(task.percent));
      setText(parts.rows, ended ? '' : rowsText(task));
      setText(parts.note, note(task));
      parts.again.hidden = !(task.state === 'FAILURE' || task.state === 'REVOKED' || (task.stale && !ended));
    }

    /** A finished task is of no more interest; a failed one is, until the same report is asked for again. */
    function isPending(task, tasks) {
      if (!ld.hasEnded(task)) {
        return true;
      }
      const isLater = (other) => other.report === task.report && other.created > task.created;
      return task.state !== 'SUCCESS' && !tasks.some(isLater);
    }

    return {
      reportName,
      show(tasks) {
        const pending = tasks.filter((task) => isPending(task, tasks));
        pending.forEach((task, place) => {
          const parts = cards.get(task.task_id) || makeCard(task);
          cards.set(task.task_id, parts);
          fillCard(parts, task);
          if (list.children[place] !== parts.card) {
            list.insertBefore(parts.card, list.children[place] || null);
          }
        });
        cards.forEach((parts, id) => {
          if (!pending.some((task) => task.task_id === id)) {
            parts.card.remove();
            cards.delete(id);
          }
        });
        empty.hidden = pending.length > 0;
        list.hidden = !pending.length;
      },
    };
  };
}(window.learnerData));
