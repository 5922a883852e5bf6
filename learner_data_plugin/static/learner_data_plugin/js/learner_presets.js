/* Above the table: the presets of activity with how many learners each keeps, and the views that the course team has saved. */
(function (ld) {
  'use strict';

  const {element, fill} = ld;

  /**
   * `onPreset(name)` is called for a click, `onView(view)` for a view that was just saved.
   */
  ld.createPresets = function ({page, api, formats, tabs, messages, onPreset, onView}) {
    const {texts} = page;
    const presets = [['', texts.all_learners], ...page.filters.activity];
    const most = formats.number(page.learner_count); // as wide is the place of each: nothing moves when the numbers arrive
    const counts = new Map(presets.map(([name]) => [name, element('span', {class: 'ld-chip-count', 'data-most': most})]));
    const chips = new Map(presets.map(([name, label]) => [name, element(
      'button', {type: 'button', class: 'ld-chip', 'data-preset': name, 'aria-pressed': 'false', click: () => onPreset(name)},
      label, ' ', counts.get(name),
    )]));
    const own = element('span', {class: 'ld-chips-own'});
    const actions = element('p', {class: 'ld-buttons ld-view-actions', hidden: true});
    let views = [];
    let active = null; // the id of the view that is shown
    let asked = '';

    function showViews() {
      own.replaceChildren(...views.map((view) => tabs.link('learners', {view: view.id}, {
        class: 'ld-chip ld-chip-view', 'aria-current': view.id === active ? 'true' : null, 'data-view': view.id,
      }, view.name)));
      const view = views.find((one) => one.id === active);
      const erase = ld.button(texts.view_delete, () => ld.busyWhile(erase, () => remove(view)), {
        class: 'ld-button ld-button-quiet',
      });
      actions.hidden = !view;
      actions.replaceChildren(...(view ? [
        element('span', {class: 'ld-hint'}, fill(texts.view_by, {
          name: view.name, creator: view.creator || texts.account_gone,
        })),
        ld.button(texts.view_copy_link, () => copyLink(), {class: 'ld-button ld-button-quiet'}),
        view.can_delete && erase,
      ].filter(Boolean) : []));
    }

    async function copyLink() {
      try {
        await navigator.clipboard.writeText(new URL(page.page_url + '?tab=learners&view=' + active, window.location.href).href);
        messages.show('success', texts.view_link_copied);
      } catch {
        messages.show('error', texts.table_not_copied);
      }
    }

    async function remove(view) {
      try {
        await api.remove(page.urls.views + view.id);
        messages.show('success', fill(texts.view_deleted, {name: view.name}));
        views = views.filter((one) => one !== view);
        active = null;
        showViews();
        chips.get('').focus();
        onPreset('');
      } catch (failure) {
        messages.showFailure(failure);
      }
    }

    /** Asks for a name in a dialog; resolves with it, or with null. */
    function askName() {
      return new Promise((resolve) => {
        const field = element('input', {
          class: 'ld-input', id: 'learner-data-view-name', required: true, maxlength: 64, autofocus: true, autocomplete: 'off',
        });
        const dialog = element(
          'dialog', {class: 'ld-dialog', 'aria-labelledby': 'learner-data-view-title', close: () => {
            dialog.remove();
            resolve(dialog.returnValue === 'save' ? field.value.trim() : null);
          }},
          element(
            'form', {method: 'dialog'},
            element('h2', {class: 'ld-subtitle', id: 'learner-data-view-title'}, texts.view_save),
            element('label', {class: 'ld-field'}, element('span', {}, texts.view_name), field),
            element('p', {class: 'ld-hint'}, texts.view_hint),
            element(
              'p', {class: 'ld-buttons'},
              element('button', {type: 'submit', value: 'save', class: 'ld-button ld-button-primary'}, texts.view_save),
              ld.button(texts.purpose_cancel, () => dialog.close()),
            ),
          ),
        );
        document.querySelector('.learner-data').append(dialog);
        dialog.showModal();
      });
    }

    const row = element('div', {class: 'ld-chips', role: 'group', 'aria-label': texts.presets}, ...chips.values(), own);

    /** On a phone the row scrolls sideways: what is chosen is brought to its middle. */
    function bringIntoSight() {
      const chosen = row.querySelector('[aria-pressed="true"], [aria-current]');
      if (chosen && row.scrollWidth > row.clientWidth) {
        const [frame, chip] = [row, chosen].map((one) => one.getBoundingClientRect());
        row.scrollBy({left: chip.left + chip.width / 2 - frame.left - frame.width / 2});
      }
    }

    return {
      element: element('div', {class: 'ld-presets'}, row, actions),
      show(preset, viewId) {
        active = viewId;
        chips.forEach((chip, name) => chip.setAttribute('aria-pressed', String(!viewId && name === preset)));
        showViews();
      },
      bringIntoSight,
      /** Fills in how many learners each preset keeps, of these groups; asked once for each choice of groups. */
      async count(groups) {
        const query = String(new URLSearchParams(groups));
        if (query === asked && counts.get('').textContent) {
          return;
        }
        asked = query;
        try {
          const answer = await api.readPatiently(page.urls.presets + (query ? '?' + query : ''));
          if (query === asked) {
            answer.presets.forEach(({activity, count}) => {
              counts.get(activity).textContent = formats.number(count);
            });
            bringIntoSight();
          }
        } catch { // numbers are not needed to go on
          if (query === asked) {
            counts.forEach((place) => { place.textContent = ''; });
          }
        }
      },
      async loadViews() {
        views = (await api.readPatiently(page.urls.views)).views;
        showViews();
      },
      view: (id) => views.find((view) => String(view.id) === String(id)) || null,
      async save(selection) {
        const name = await askName();
        if (name) {
          const view = await api.post(page.urls.views, {...selection, name});
          views = [...views, view].sort((one, other) => formats.collator.compare(one.name, other.name));
          onView(view);
          messages.show('success', fill(texts.view_saved, {name: view.name}));
        }
      },
    };
  };
}(window.learnerData));
