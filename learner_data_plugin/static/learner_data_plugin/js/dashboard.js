/*
 * Makes the section a full member of the legacy instructor dashboard, also for readers who are refused.
 *
 * The dashboard calls two functions of whatever is jQuery data "wrapper" of a section, and throws without it. jQuery may come
 * before this script, after it or more than once, so the wrapper is set at every chance up to the click itself. The section
 * gets both calls as events.
 */
(function () {
  'use strict';

  const root = document.querySelector('.learner-data');
  const section = root && root.closest('.idash-section');
  if (!section) {
    return;
  }
  const tell = (name) => section.dispatchEvent(new CustomEvent(name));
  const wrapper = {
    onClickTitle: () => tell('learner-data-opened'),
    onExit: () => tell('learner-data-left'),
  };

  function attach() {
    [window.jQuery, window.$].forEach((jQuery) => {
      const element = typeof jQuery === 'function' && jQuery(section);
      if (element && element.data) {
        element.data('wrapper', wrapper);
      }
    });
  }

  attach();
  document.addEventListener('DOMContentLoaded', attach);
  window.addEventListener('load', attach);
  document.addEventListener('click', attach, true);
}());
