/* Puts the panels together. */
(function (ld) {
  'use strict';

  const root = document.querySelector('[data-learner-data]');
  if (!root) {
    return;
  }
  const page = JSON.parse(root.dataset.learnerData);
  const api = ld.createApi(page);
  const formats = ld.createFormats(page.language);
  const presence = ld.createPresence(root);
  let work = null;

  /** Loads what the tabs besides the overview need, once. */
  function prepare(name) {
    if (name === 'overview' || (work && work.isThere)) {
      return null;
    }
    work = work || {loading: ld.loadScripts(page.scripts.work).then(() => {
      work.isThere = true;
      ld.startWork({page, api, formats, presence, tabs});
    }, (failure) => {
      work = null;
      throw failure;
    })};
    return work.loading;
  }

  const tabs = ld.createTabs({root, page, presence, prepare});
  const overview = ld.createOverview({page, api, formats, tabs});
  if (page.charts_alone) {
    presence.update();
    return;
  }

  /** What stands above each page on paper: the stylesheet puts the property there. */
  window.addEventListener('beforeprint', () => {
    const printed = root.querySelector('[data-printed]');
    printed.textContent = formats.timeText(new Date());
    const line = [page.course_name, printed.parentElement.textContent].join(' · ').replace(/\s+/g, ' ').trim();
    document.documentElement.style.setProperty('--learner-data-printed', JSON.stringify(line));
  });

  /** The table of learners has a way of its own to paper; the overview waits for its map. */
  async function print() {
    const own = root.querySelector('[data-tab-panel][data-current] [data-print]:not([aria-disabled="true"])');
    if (own) {
      own.click();
      return;
    }
    await overview.complete();
    window.print();
  }
  root.querySelectorAll('[data-print-page]').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', print);
  });
  presence.update();
}(window.learnerData));
