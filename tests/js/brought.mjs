/* A page with a form for a file that somebody brings along, and an API that remembers what it was sent. */
import {openPage, settle, texts} from './page.mjs';

export function openForm(names, id, given = {}) {
  const opened = openPage(['dom', 'formats', 'api', 'messages', 'brought_files', ...names], {
    browser: {URL: {createObjectURL: (blob) => 'blob:' + blob, revokeObjectURL() {}}, setTimeout() {}},
    ...given,
  });
  const {document} = opened;
  const make = (tag, attributes, ...children) => {
    const made = opened.add(tag, attributes, ...children);
    made.matches = () => true;
    return made;
  };
  const input = make('input', {type: 'file', id: 'learner-data-' + id + '-file'});
  input.files = [];
  const place = make('div', {'data-drop': ''}, input);
  const message = make('div', {'data-message': ''});
  const button = make('button', {type: 'submit'});
  const form = make('form', {id: 'learner-data-' + id}, place, message, button);
  const saved = [];
  const create = document.createElement.bind(document);
  document.createElement = (tag) => {
    const made = create(tag);
    if (tag === 'a') {
      made.addEventListener('click', () => saved.push(made.getAttribute('download')));
    }
    return made;
  };
  return {
    ...opened,
    form,
    saved,
    said: () => message.textContent.replaceAll(/\s+/g, ' ').trim(),
    message,
    async choose(file) {
      input.files = [file];
      input.dispatchEvent(new Event('change'));
      await settle();
      await settle();
    },
    async drop(file) {
      place.dispatchEvent(Object.assign(new Event('drop', {cancelable: true}), {dataTransfer: {files: [file]}}));
      await settle();
      await settle();
    },
    async submit() {
      form.dispatchEvent(new Event('submit', {cancelable: true}));
      await settle();
      await settle();
    },
    page: {
      texts: texts(given.texts),
      urls: {
        pseudonymize: '/pseudonymize/', verify: '/verify', deanonymize: '/deanonymize/', deanonymize_preview: '/preview',
        name_requests: '/requests/',
      },
      reports: {profile: 'Profile'},
      actions: {deanonymized: 'File deanonymized'},
    },
  };
}

export const file = (content, name = 'survey.csv') => new File([content], name);

/** An answer as fetch gives it. */
export const answer = (headers, body = 'content', status = 200) => ({
  status, headers: new Headers(headers), blob: async () => body, json: async () => body,
});
