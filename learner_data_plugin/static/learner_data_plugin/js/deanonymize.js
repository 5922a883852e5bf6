/* From a file of anonymized IDs to people: counts, then the purpose, then the same file with columns after its own. */
(function (ld) {
  'use strict';

  const COUNTS = ['total', 'matched', 'not_in_course', 'retired', 'unknown', 'duplicates'];

  ld.createDeanonymize = function ({page, api, formats, broughtFiles}) {
    const form = document.getElementById('learner-data-deanonymize');
    if (!form) {
      return;
    }
    const {texts} = page;
    const field = (name) => document.getElementById('learner-data-deanonymize-' + name);
    const messages = ld.createMessages(form.querySelector('[data-message]'), page);
    const requests = document.getElementById('learner-data-name-requests');
    let file = null;
    let chosen = {};

    function show(preview) {
      field('counts').replaceChildren(...COUNTS.map((name) => ld.element(
        'div', {}, ld.element('dt', {}, texts['count_' + name]), ld.element('dd', {}, formats.number(preview[name])),
      )));
      field('column').replaceChildren(...preview.file_columns.map((name) => (
        ld.element('option', {value: name, selected: name === preview.id_column}, name)
      )));
      field('kind').value = preview.kind;
      form.querySelectorAll('[data-after-preview]').forEach((step) => { step.hidden = false; });
    }

    async function preview(another) {
      file = another;
      messages.show('info', texts.working);
      try {
        const response = await api.send(page.urls.deanonymize_preview, broughtFiles.bodyOf({file, ...chosen}));
        show(await response.json());
        messages.hide();
      } catch (failure) {
        form.querySelectorAll('[data-after-preview]').forEach((step) => { step.hidden = true; });
        messages.showFailure(failure);
      }
    }

    function choose(another) {
      chosen = {};
      preview(another);
    }

    async function resolve() {
      const boxes = [...form.querySelectorAll('[name="columns"]')].filter((box) => box.checked);
      const columns = boxes.map((box) => box.value).join(',');
      const values = {file, ...chosen, columns, purpose: field('purpose').value, approval: field('approval').value};
      messages.show('info', texts.working);
      try {
        const response = await api.send(page.urls.deanonymize, broughtFiles.bodyOf(values));
        if (response.status === 202) {
          messages.show('info', texts.names_requested);
          listRequests();
          return;
        }
        const name = ld.fileName(response, file.name);
        ld.saveFile(await response.blob(), name);
        messages.show('success', ld.fill(texts.anonymized_ids_saved, {name}));
      } catch (failure) {
        messages.showFailure(failure);
      }
    }

    async function decide(request, decision) {
      try {
        await api.post(page.urls.name_requests + request.id, {decision});
        await listRequests();
      } catch (failure) {
        messages.showFailure(failure);
      }
    }

    function describe(request) {
      const made = {
        requester: request.requester, rows: formats.number(request.counts.total), columns: request.columns.join(', '),
      };
      return ld.element(
        'li', {class: 'ld-task'},
        ld.element('p', {}, ld.element('strong', {}, ld.element('bdi', {}, request.purpose))),
        ld.element('p', {}, ld.fill(texts.name_request, made), ' ', formats.time(request.created)),
        // What somebody who decides has to know.
        ld.element('p', {}, ld.fill(texts.name_request_matched, {matched: formats.number(request.counts.matched)})),
        request.approval
          && ld.element('p', {}, ld.element('bdi', {}, ld.fill(texts.name_request_approval, {approval: request.approval}))),
        ld.element(
          'p', {class: 'ld-buttons'}, ld.element('span', {class: 'ld-badge'}, texts['request_' + request.state]),
          request.can_decide && ld.button(texts.request_grant, () => decide(request, 'grant')),
          request.can_decide && ld.button(texts.request_decline, () => decide(request, 'decline')),
        ),
      );
    }

    async function listRequests() {
      if (!requests) {
        return;
      }
      try {
        const found = (await api.readPatiently(page.urls.name_requests)).requests;
        const list = ld.element('ul', {class: 'ld-tasks'}, ...found.map(describe));
        requests.replaceChildren(found.length ? list : texts.no_requests);
      } catch (failure) {
        messages.showFailure(failure, listRequests);
      }
    }

    ld.watchFile(form, choose);
    field('paste').addEventListener('click', () => {
      choose(new File([field('text').value.trim() + '\n'], 'ids.csv', {type: 'text/csv'}));
    });
    ['column', 'kind'].forEach((name) => field(name).addEventListener('change', (event) => {
      chosen = {...chosen, [name === 'column' ? 'id_column' : 'kind']: event.target.value};
      preview(file);
    }));
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      ld.busyWhile(form.querySelector('[type="submit"]'), resolve);
    });
    listRequests();
  };
}(window.learnerData));
