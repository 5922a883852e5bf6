/*
 * The tabs, each with an address of its own: ?tab=learners, and what the tab itself keeps there (?tab=learners&activity=never).
 * The part after # belongs to the dashboard, whose open section it names.
 */
(function (ld) {
  'use strict';

  const FIRST = 'overview';
  const FRAME = 'embedded'; // says that the page stands in the frame of a dashboard, and stays in its address

  /**
   * Returns the tabs. `presence` says whether the reader can see any of them; `prepare(name)` returns a promise while what a
   * tab needs is being loaded, or nothing.
   *
   * onShow(name, listener): the listener is called with the URLSearchParams of the address, without `tab`, whenever the tab
   * comes into view: at the start, by a link, by the browser's back button.
   */
  ld.createTabs = function ({root, page, presence, prepare = () => null}) {
    const panels = [...root.querySelectorAll('[data-tab-panel]')];
    const links = [...root.querySelectorAll('#learner-data-tabs a')];
    const listeners = [];
    const remembered = {}; // what each tab kept in the address when it was left
    let open = null;

    const panelOf = (name) => panels.find((panel) => panel.dataset.tabPanel === name);

    /** The tab and its parameters in an address; an address that points at something within a tab opens that tab. */
    function read(address) {
      const params = new URLSearchParams(address.search);
      const target = /^#learner-data-/.test(address.hash || '') && document.getElementById(address.hash.slice(1));
      const around = target && target.closest('[data-tab-panel]');
      const name = params.get('tab') || (around ? around.dataset.tabPanel : FIRST);
      params.delete('tab');
      params.delete(FRAME);
      return {name: panelOf(name) ? name : FIRST, params};
    }

    // The page inside the new dashboard stays that at every step, or a reload would show a page that must not be framed.
    const kept = page.embedded ? [[FRAME, '1']] : [];
    const query = (name, params) => '?' + new URLSearchParams([...kept, ['tab', name], ...new URLSearchParams(params)]);

    function tell() {
      const {params} = read(window.location);
      if (presence.isPresent() && !prepare(open)) {
        listeners.filter((listener) => listener.name === open).forEach(({listener}) => listener(params));
      }
    }

    function show(name) {
      open = name;
      panels.forEach((panel) => {
        if (panel.dataset.tabPanel === name) {
          panel.setAttribute('data-current', '');
        } else {
          panel.removeAttribute('data-current');
        }
      });
      links.forEach((link) => {
        if (link.dataset.tab === name) {
          link.setAttribute('aria-current', 'page');
        } else {
          link.removeAttribute('aria-current');
        }
      });
    }

    function write(how, name, params) {
      const address = new URL(window.location.href);
      address.search = query(name, params);
      window.history[how](window.history.state, '', address);
    }

    /** Does something once a tab has what it needs; where that cannot be loaded, the browser goes to the tab's address. */
    function once(name, params, work) {
      const loading = prepare(name);
      if (!loading) {
        work();
        return;
      }
      panelOf(open).setAttribute('aria-busy', 'true');
      loading.then(work, () => window.location.assign(page.page_url + query(name, params))).finally(() => {
        panels.forEach((panel) => panel.removeAttribute('aria-busy'));
      });
    }

    /** Opens a tab with these parameters, as a step of the browser's history, and gives its title the focus. */
    function go(name, params) {
      once(name, params || {}, () => enter(name, params));
    }

    function enter(name, params) {
      remembered[open] = read(window.location).params;
      write('pushState', name, params || {});
      show(name);
      tell();
      const title = panelOf(name).querySelector('.ld-title');
      title.tabIndex = -1;
      title.focus({preventScroll: true});
      root.scrollIntoView({block: 'nearest'});
    }

    /** Makes a link to a tab open it in place; another tab or window of the browser is opened by the address. */
    function wire(link) {
      link.addEventListener('click', (event) => {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
          return;
        }
        event.preventDefault();
        const name = link.dataset.tab;
        const {params} = read(new URL(link.getAttribute('href'), window.location.href));
        go(name, links.includes(link) ? remembered[name] || params : params);
      });
      return link;
    }

    root.setAttribute('data-tabs', '');
    show(read(window.location).name);
    root.querySelectorAll('a[data-tab]').forEach((link) => {
      wire(link);
      link.addEventListener('pointerenter', () => prepare(link.dataset.tab));
    });
    window.addEventListener('popstate', () => {
      const {name, params} = read(window.location);
      once(name, params, () => {
        show(name);
        tell();
      });
    });
    presence.onChange((present) => present && once(open, read(window.location).params, tell));

    return {
      go,
      current: () => open,
      onShow: (name, listener) => listeners.push({name, listener}),
      /** Keeps parameters of the open tab in the address, which can be passed on; no step of the browser's history. */
      keep: (params) => write('replaceState', open, params),
      /** A link to a tab, with parameters, such as link('learners', {activity: 'never'}, {}, 'Never started'). */
      link: (name, params, attributes, ...children) => wire(ld.element(
        'a', {href: page.page_url + query(name, params), 'data-tab': name, ...attributes}, ...children,
      )),
    };
  };
}(window.learnerData));
