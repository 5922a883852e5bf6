/* Whether the reader can see the panels at this moment. Nothing is polled while the tab or the section is hidden. */
(function (ld) {
  'use strict';

  /** Returns `isPresent()` and `onChange(listener)`; the listener is called with true or false. */
  ld.createPresence = function (root) {
    const listeners = [];
    let left = false; // the dashboard said that another section was opened
    let present = false;

    function update() {
      const now = !left && !document.hidden && root.getClientRects().length > 0;
      if (now !== present) {
        present = now;
        listeners.forEach((listener) => listener(now));
      }
    }

    // A section of the legacy dashboard is opened and closed by style alone; the observer sees both.
    new ResizeObserver(update).observe(root);
    document.addEventListener('visibilitychange', update);

    const section = root.closest('.idash-section');
    if (section) {
      section.addEventListener('learner-data-opened', () => {
        left = false;
        update();
      });
      section.addEventListener('learner-data-left', () => {
        left = true;
        update();
      });
    }

    return {
      isPresent: () => present,
      onChange: (listener) => listeners.push(listener),
      update,
    };
  };
}(window.learnerData));
