/* Jumps to the panels, without touching the address: the dashboard keeps the open section there. */
(function () {
  'use strict';

  document.querySelectorAll('#learner-data-contents a').forEach((link) => {
    link.addEventListener('click', (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
        return; // a new tab or window, where the address does it
      }
      event.preventDefault();
      const title = document.getElementById(link.dataset.panel + '-title');
      title.tabIndex = -1;
      title.focus({preventScroll: true});
      title.closest('.ld-panel').scrollIntoView();
    });
  });
}());
