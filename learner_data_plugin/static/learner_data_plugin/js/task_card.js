/* What is known of one report that is being made: its state, a bar, and what can be done. */
(function (ld) {
  'use strict';

  const LONG_IN_QUEUE = 30; // seconds without a worker before the page says so
  const {element, fill} = ld;

  ld.isQueued = (task) => task.state !== 'PROGRESS' && !ld.hasEnded(task);

  ld.taskName = (page, task) => {
    const name = page.reports[task.report] || task.report;
    return task.format ? name + ' (' + task.format.toUpperCase() + ')' : name;
  };

  function setText(node, text) {
    if (node.textContent !== text) {
      node.textContent = text;
    }
    node.hidden = !text;
  }

  /** Returns the bar with its numbers and the button that cancels, and `fill(task)`. */
  ld.createTaskBar = function ({page, formats, task, onCancel}) {
    const {texts} = page;
    const name = ld.taskName(page, task);
    const bar = element('progress', {max: 100, 'aria-label': fill(texts.progress_of, {report: name})});
    const percent = element('span', {class: 'ld-percent'});
    const rows = element('p', {class: 'ld-hint'});
    const cancel = ld.button(texts.cancel, () => ld.busyWhile(cancel, () => onCancel(task)), {
      'aria-label': fill(texts.cancel_named, {report: name}), 'data-cancel': task.task_id,
    });
    const place = element(
      'div', {class: 'ld-job'}, element('div', {class: 'ld-meter'}, bar, percent, cancel), rows,
    );

    function rowsText(now) {
      if (now.waits || now.total === null || now.done === null) {
        return now.waits ? now.message : '';
      }
      const done = fill(texts.rows_of_total, {done: formats.number(now.done), total: formats.number(now.total)});
      const left = now.seconds_left ? fill(texts.time_left, {time: formats.duration(now.seconds_left)}) : '';
      return left ? done + ' · ' + left : done;
    }

    return {
      place,
      fill(now) {
        place.hidden = ld.hasEnded(now);
        if (now.percent === null) {
          bar.removeAttribute('value');
        } else {
          bar.value = now.percent;
        }
        setText(percent, now.percent === null ? '' : formats.percent(now.percent));
        setText(rows, rowsText(now));
        cancel.hidden = !now.may_cancel;
      },
    };
  };

  /** Returns the card of a task in a list, and `fill(task)`. */
  ld.createTaskCard = function ({page, formats, task, onTryAgain, onCancel}) {
    const {texts} = page;
    const state = element('span', {class: 'ld-badge'});
    const note = element('p', {class: 'ld-note'});
    const again = ld.button(texts.try_again, () => ld.busyWhile(again, () => onTryAgain(task)));
    const bar = ld.createTaskBar({page, formats, task, onCancel});
    const asked = fill(texts.requested_by, {
      requester: task.requester || texts.account_gone, time: formats.timeText(new Date(task.created)),
    });
    const card = element(
      'li', {class: 'ld-task', 'data-task-id': task.task_id},
      element('p', {class: 'ld-task-title'}, element('strong', {}, ld.taskName(page, task)), ' ', state),
      bar.place, note, again, element('p', {class: 'ld-hint'}, asked),
    );

    function noteText(now) {
      if (now.state === 'FAILURE' || now.state === 'REVOKED') {
        return now.message || texts.task_failed;
      }
      if (ld.hasEnded(now)) {
        return '';
      }
      if (now.stale) {
        return texts.stale;
      }
      if (now.stuck) {
        return texts.stuck;
      }
      return ld.isQueued(now) && !now.waits && now.age_seconds > LONG_IN_QUEUE ? texts.no_worker : '';
    }

    function stateText(now) {
      const ended = {SUCCESS: texts.finished, FAILURE: texts.failed, REVOKED: texts.revoked}[now.state];
      return ended || (ld.isQueued(now) ? texts.queued : texts.running);
    }

    return {
      card,
      fill(now) {
        const said = noteText(now);
        card.dataset.state = now.state;
        card.classList.toggle('ld-task-trouble', Boolean(said) && now.state !== 'REVOKED');
        setText(state, stateText(now));
        bar.fill(now);
        setText(note, said);
        again.hidden = !(now.state === 'FAILURE' || now.state === 'REVOKED' || (now.stale && !ld.hasEnded(now)));
      },
    };
  };
}(window.learnerData));
