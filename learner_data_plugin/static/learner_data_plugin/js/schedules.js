/* Recurring reports: the list, and the form that sets one up. */
(function (ld) {
  'use strict';

  const {element, fill} = ld;
  const UNFINISHED = ['waiting', 'running', 'compare', 'comparing', 'ready'];

  /** Asks in a dialog and calls `onYes`; leaving it in any other way changes nothing. */
  function confirmDeletion(texts, onYes) {
    const dialog = element(
      'dialog', {class: 'ld-dialog', 'aria-labelledby': 'learner-data-schedule-delete', close: () => dialog.remove()},
      element('h2', {class: 'ld-subtitle', id: 'learner-data-schedule-delete'}, texts.schedule_delete_question),
      element('p', {}, texts.schedule_delete_consequence),
      element(
        'p', {class: 'ld-buttons'},
        ld.button(texts.schedule_delete_cancel, () => dialog.close(), {autofocus: true}),
        ld.button(texts.schedule_delete_confirm, () => {
          dialog.close();
          onYes();
        }, {class: 'ld-button ld-button-danger'}),
      ),
    );
    document.querySelector('.learner-data').append(dialog);
    dialog.showModal();
  }

  /** The link to a stored report of this name. */
  ld.fileLink = function ({page, api}, name, format, ...content) {
    const href = api.fileUrl(page.urls.reports + encodeURIComponent(name), format);
    return element('a', {href, download: name}, ...content);
  };

  /** How many joined, left and changed, in words. */
  ld.changesText = function (page, formats, changes) {
    return fill(page.texts.changes_numbers, {
      joined: formats.number(changes.joined), left: formats.number(changes.left), changed: formats.number(changes.changed),
    });
  };

  ld.createSchedules = function ({page, api, formats}) {
    const {texts} = page;
    const list = document.getElementById('learner-data-schedules-list');
    const empty = document.getElementById('learner-data-schedules-empty');
    const form = document.getElementById('learner-data-schedules-form');
    const messages = ld.createMessages(document.getElementById('learner-data-schedules-message'), page);
    const field = (name) => form.querySelector('[name="' + name + '"]');

    function lastOf(schedule) {
      const {last} = schedule;
      if (!last) {
        return null;
      }
      const rows = last.rows === null ? '' : fill(texts.schedule_rows, {rows: formats.number(last.rows)});
      const state = UNFINISHED.includes(last.state) ? texts.schedule_running : texts['schedule_' + last.state] || '';
      const parts = [
        fill(texts.schedule_last, {day: formats.date(last.day)}),
        last.report_name ? ld.fileLink({page, api}, last.report_name, schedule.format, rows) : null,
        state || null,
        last.changes && last.changes_name
          ? ld.fileLink({page, api}, last.changes_name, schedule.format, ld.changesText(page, formats, last.changes)) : null,
      ].filter(Boolean);
      return element('p', {class: 'ld-schedule-last'}, ...parts.flatMap((part, place) => (place ? [' · ', part] : [part])));
    }

    async function change(schedule, work) {
      messages.hide();
      try {
        await work();
        await load();
        document.getElementById('learner-data-schedules-title').focus();
      } catch (failure) {
        messages.showFailure(failure);
      }
    }

    function buttons(schedule, named) {
      if (!schedule.can_change) {
        return null;
      }
      const url = page.urls.schedules + schedule.id;
      const isActive = schedule.state === 'active';
      const caption = isActive ? texts.schedule_pause : texts.schedule_resume;
      const turn = ld.button(caption, () => ld.busyWhile(turn, () => change(schedule, () => (
        api.patch(url, {paused: isActive})
      ))), {'aria-label': named(caption)});
      const remove = ld.button(texts.schedule_delete, () => confirmDeletion(texts, () => change(schedule, async () => {
        await api.remove(url);
        messages.show('success', texts.schedule_deleted);
      })), {'aria-label': named(texts.schedule_delete), class: 'ld-button ld-button-quiet'});
      return element('p', {class: 'ld-buttons'}, turn, remove);
    }

    function card(schedule) {
      const report = (page.reports[schedule.report] || schedule.report) + ' (' + schedule.format.toUpperCase() + ')';
      const every = texts['schedule_every_' + schedule.every];
      const named = (action) => fill(texts.schedule_action_named, {action, report, every});
      const next = schedule.next_due && fill(texts.schedule_next, {time: formats.timeText(new Date(schedule.next_due))});
      const chosen = Object.entries(schedule.selection).map(([name, value]) => {
        const label = name === 'columns' ? texts.table_columns : texts['filter_' + name] || name;
        return label + ': ' + (Array.isArray(value) ? value.join(', ') : value);
      });
      return element(
        'li', {class: 'ld-task', 'data-schedule': schedule.id},
        element(
          'p', {class: 'ld-task-title'}, element('strong', {}, report), ' ',
          element('span', {class: 'ld-badge'}, texts['schedule_' + schedule.state]),
        ),
        element('p', {}, [every, next, schedule.changes && texts.schedule_changes, ...chosen].filter(Boolean).join(' · ')),
        schedule.reason && element('p', {class: 'ld-note'}, schedule.reason),
        lastOf(schedule),
        element('p', {class: 'ld-hint'}, fill(texts.schedule_by, {
          requester: schedule.requester || texts.account_gone,
          recipients: schedule.recipients.join(', ') || texts.schedule_nobody,
        })),
        buttons(schedule, named),
      );
    }

    async function load() {
      try {
        const {schedules} = await api.readPatiently(page.urls.schedules);
        list.replaceChildren(...schedules.map(card));
        empty.hidden = schedules.length > 0;
      } catch (failure) {
        messages.showFailure(failure, load);
      }
    }

    /** Offers what the chosen report can be had with. */
    function adapt() {
      const {rhythms, filters, can_compare: canCompare} = page.schedules.reports[field('report').value];
      [...field('every').querySelectorAll('option')].forEach((option) => {
        option.disabled = !rhythms.includes(option.value);
      });
      if (!rhythms.includes(field('every').value)) {
        field('every').value = rhythms.includes('week') ? 'week' : rhythms[0];
      }
      form.querySelectorAll('[data-filter]').forEach((label) => {
        label.hidden = !filters.includes(label.dataset.filter);
      });
      field('changes').disabled = !canCompare;
    }

    function wanted() {
      const {filters, can_compare: canCompare} = page.schedules.reports[field('report').value];
      const chosen = filters.map((name) => [name, field(name) && field(name).value]).filter(([, value]) => value);
      return {
        report: field('report').value,
        format: field('format').value,
        every: field('every').value,
        recipients: field('recipients').value.split(',').map((name) => name.trim()).filter(Boolean),
        changes: canCompare && field('changes').checked,
        skip_empty: field('skip_empty').checked,
        ...Object.fromEntries(chosen),
      };
    }

    async function add() {
      const purpose = await ld.askPurpose(page);
      if (purpose === null) {
        return;
      }
      messages.show('info', texts.working);
      try {
        const added = await api.post(page.urls.schedules, purpose ? {...wanted(), purpose} : wanted());
        messages.show('success', fill(texts.schedule_added, {time: formats.timeText(new Date(added.next_due))}));
        form.closest('details').open = false;
        document.getElementById('learner-data-schedules-title').focus();
        await load();
      } catch (failure) {
        messages.showFailure(failure);
      }
    }

    field('report').addEventListener('change', adapt);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      ld.busyWhile(form.querySelector('[type="submit"]'), add);
    });
    adapt();
    load();
    return {refresh: load};
  };
}(window.learnerData));
