/* What changed since an earlier report: choosing two of one kind, and the latest differences with their numbers. */
(function (ld) {
  'use strict';

  const {element, fill} = ld;
  const FILES = 100; // the newest, from which to choose
  const SHOWN = 5;

  ld.createChanges = function ({page, api, formats, reports}) {
    const {texts} = page;
    const form = document.getElementById('learner-data-changes-form');
    const list = document.getElementById('learner-data-changes-list');
    const empty = document.getElementById('learner-data-changes-empty');
    const messages = ld.createMessages(document.getElementById('learner-data-changes-message'), page);
    const field = (name) => form.querySelector('[name="' + name + '"]');
    let files = [];

    const kindOf = (file) => page.schedules.reports[file.report];
    const described = (file) => fill(texts.changes_option, {
      report: page.reports[file.report] || file.report, time: formats.timeText(new Date(file.created)),
      format: file.format.toUpperCase(),
    });
    const option = (value, text) => element('option', {value}, text);

    function laterThan(earlier) {
      return files.filter((file) => (
        file.report === earlier.report && file.format === earlier.format && file.created > earlier.created
      ));
    }

    function isUseful(file) {
      const kind = kindOf(file);
      return kind && kind.can_compare && (kind.compares_with_now || laterThan(file).length > 0);
    }

    function offerLater() {
      const earlier = files.find((file) => file.name === field('earlier').value);
      const later = earlier ? laterThan(earlier).map((file) => option(file.name, described(file))) : [];
      const now = earlier && kindOf(earlier).compares_with_now ? [option('', texts.changes_now)] : [];
      field('later').replaceChildren(...now, ...later);
      field('later').value = now.length || !later.length ? '' : later[0].value;
    }

    function row(file) {
      return element(
        'li', {class: 'ld-task', 'data-changes': file.name},
        element('p', {}, element('strong', {}, ld.changesText(page, formats, file.changes))),
        element('p', {}, ld.fileLink({page, api}, file.name, file.format, file.name)),
        element('p', {class: 'ld-hint'}, fill(texts.changes_since, {time: formats.timeText(new Date(file.created))})),
      );
    }

    async function load() {
      try {
        const query = new URLSearchParams({page: 1, page_size: FILES});
        const found = (await api.readPatiently(page.urls.reports + '?' + query)).reports;
        const before = field('earlier').value;
        files = found.filter((file) => !file.changes);
        const useful = files.filter(isUseful);
        field('earlier').replaceChildren(...useful.map((file) => option(file.name, described(file))));
        field('earlier').value = useful.some((file) => file.name === before) ? before : (useful[0] ? useful[0].name : '');
        offerLater();
        form.hidden = !useful.length;
        empty.hidden = useful.length > 0;
        list.replaceChildren(...found.filter((file) => file.changes).slice(0, SHOWN).map(row));
      } catch (failure) {
        messages.showFailure(failure, load);
      }
    }

    field('earlier').addEventListener('change', offerLater);
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const earlier = files.find((file) => file.name === field('earlier').value);
      const later = field('later').value;
      const body = {report: 'changes', format: earlier.format, earlier: earlier.name, ...(later ? {later} : {})};
      ld.busyWhile(form.querySelector('[type="submit"]'), () => reports.request(body, messages));
    });
    load();
    return {refresh: load};
  };
}(window.learnerData));
