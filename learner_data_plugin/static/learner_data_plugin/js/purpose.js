/* Asks what learner data is for, on sites that want to know. */
(function (ld) {
  'use strict';

  const {element} = ld;

  /** Returns the purpose, '' where the site does not ask, or null for somebody who changed their mind. */
  ld.askPurpose = function (page) {
    const {texts} = page;
    if (!page.least_purpose) {
      return Promise.resolve('');
    }
    return new Promise((resolve) => {
      const field = element('textarea', {
        class: 'ld-input', id: 'learner-data-purpose', rows: 3, required: true, minlength: page.least_purpose, maxlength: 255,
        input: () => field.setCustomValidity(''),
      });
      const dialog = element(
        'dialog', {class: 'ld-dialog', 'aria-labelledby': 'learner-data-purpose-title', close: () => {
          dialog.remove();
          resolve(dialog.returnValue === 'go' ? field.value.trim() : null);
        }},
        element(
          'form', {method: 'dialog', submit: (event) => {
            if (field.value.trim().length < page.least_purpose) {
              event.preventDefault();
              field.setCustomValidity(texts.purpose_short);
              field.reportValidity();
            }
          }},
          element('h2', {class: 'ld-subtitle', id: 'learner-data-purpose-title'}, texts.purpose_question),
          element('label', {class: 'ld-field'}, element('span', {}, texts.purpose_hint), field),
          element(
            'p', {class: 'ld-buttons'},
            element('button', {type: 'submit', value: 'go', class: 'ld-button ld-button-primary'}, texts.purpose_go),
            ld.button(texts.purpose_cancel, () => dialog.close()),
          ),
        ),
      );
      document.querySelector('.learner-data').append(dialog);
      dialog.showModal();
    });
  };
}(window.learnerData));
