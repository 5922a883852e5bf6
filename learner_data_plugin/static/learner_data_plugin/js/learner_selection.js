/* The bar for the learners that are ticked: their addresses, a report of them, email. It is there only while some are. */
(function (ld) {
  'use strict';

  const {element, fill} = ld;

  /**
   * `everyone()` resolves with all learners of the view as {username, email}, `those(usernames)` with these;
   * `onExport(format, usernames)` makes a report of those ticked, null for all of the view; `onChange(ticked)` is called after
   * each change. Addresses of more than `most` are not copied.
   */
  ld.createSelection = function ({page, formats, messages, most, everyone, those, onExport, onChange}) {
    const {texts} = page;
    const ticked = new Map(); // username -> address, undefined while the table does not show addresses
    let isAll = false; // all of the view, on all pages
    let count = 0;
    const number = element('strong', {class: 'ld-selected', role: 'status'});
    const all = ld.button('', () => {
      isAll = true;
      show();
    }, {class: 'ld-button ld-button-bar', 'data-select-all': true});
    const hasAddresses = page.columns.some(({key}) => key === 'email');

    async function addresses() {
      const known = [...ticked.values()];
      if (!isAll && !known.includes(undefined)) {
        return known;
      }
      return (await (isAll ? everyone() : those([...ticked.keys()]))).map(({email}) => email);
    }

    async function copyAddresses() {
      if (isAll && count > most) {
        messages.show('error', fill(texts.table_too_many, {count: formats.number(most)}));
        return;
      }
      try {
        const there = (await addresses()).filter(Boolean);
        await navigator.clipboard.writeText(there.join('\n'));
        messages.show('success', fill(texts.addresses_copied, {count: formats.number(there.length)}));
      } catch (failure) {
        if (failure instanceof ld.Failure) {
          messages.showFailure(failure, copyAddresses);
        } else {
          messages.show('error', texts.table_not_copied);
        }
      }
    }

    const bar = element(
      'div', {class: 'ld-selection', role: 'group', 'aria-label': texts.selection, hidden: true},
      number, all, element('span', {class: 'ld-spring'}),
      hasAddresses && ld.button(texts.copy_addresses, copyAddresses, {
        class: 'ld-button ld-button-bar', 'data-copy-addresses': true,
      }),
      ...Object.keys(page.formats).map((format) => ld.button(
        fill(texts.export_selected, {format: format.toUpperCase()}), () => onExport(format, isAll ? null : [...ticked.keys()]),
        {class: 'ld-button ld-button-bar', 'data-export-selected': format},
      )),
      page.bulk_email_url && element('a', {
        class: 'ld-button ld-button-bar', href: page.bulk_email_url, target: '_blank', title: texts.bulk_email_hint,
      }, texts.bulk_email),
      ld.button(texts.selection_clear, () => clear(), {class: 'ld-button ld-button-bar', 'data-clear': true}),
    );

    function show() {
      const selected = isAll ? count : ticked.size;
      bar.hidden = !selected;
      number.textContent = fill(texts.selected, {count: formats.number(selected)});
      all.textContent = fill(texts.select_all, {count: formats.number(count)});
      all.hidden = isAll || count <= ticked.size;
      onChange(new Set(ticked.keys()));
    }

    function clear() {
      isAll = false;
      ticked.clear();
      show();
    }

    return {
      bar,
      clear,
      ticked: () => new Set(ticked.keys()),
      /** Ticks or unticks; `learners` are those of the page. */
      tick(usernames, isTicked, learners) {
        isAll = false;
        usernames.forEach((username) => {
          if (isTicked) {
            const learner = learners.find((one) => one.username === username);
            ticked.set(username, learner ? learner.email : '');
          } else {
            ticked.delete(username);
          }
        });
        show();
      },
      /** How many learners the view holds. */
      setCount(value) {
        count = value;
        show();
      },
    };
  };
}(window.learnerData));
