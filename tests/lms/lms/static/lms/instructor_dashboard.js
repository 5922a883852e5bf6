/* The dashboard's tabs, as the platform's own script works them. A section's object is its jQuery data "wrapper", which
   the section's own script sets: without one, a click on its tab throws after the section has been shown.
   The platform's script never calls onExit (it asks a boolean for it), and neither does this one. */
(function () {
  'use strict';

  const PREFIX = '#view-';
  const ACTIVE = 'active-section';
  let sectionsAreReady = false;

  function show(content, button) {
    const name = button.dataset.section;
    content.querySelectorAll('.instructor-nav .btn-link').forEach((other) => {
      other.classList.remove(ACTIVE);
      other.setAttribute('aria-pressed', 'false');
    });
    content.querySelectorAll('.idash-section').forEach((other) => other.classList.remove(ACTIVE));
    button.classList.add(ACTIVE);
    button.setAttribute('aria-pressed', 'true');
    document.getElementById(name).classList.add(ACTIVE);
    window.analytics.pageview('instructor_section:' + name);
    window.location.hash = PREFIX + name;
    const open = () => window.$(document.getElementById(name)).data('wrapper').onClickTitle();
    if (sectionsAreReady) {
      open();
    } else {
      setTimeout(open, 0);
    }
  }

  window.$(() => {
    const content = document.querySelector('.instructor-dashboard-content-2');
    if (!content) {
      return;
    }
    const buttons = [...content.querySelectorAll('.instructor-nav .btn-link')];
    buttons.forEach((button) => button.addEventListener('click', () => show(content, button)));
    ['course_info', 'membership', 'data_download', 'send_email'].forEach((name) => {
      window.$(document.getElementById(name)).data('wrapper', {onClickTitle() {}, onExit() {}});
    });
    const wanted = window.location.hash.startsWith(PREFIX) ? window.location.hash.slice(PREFIX.length) : '';
    const first = buttons.find((button) => button.dataset.section === wanted) || buttons[0];
    if (first) {
      first.click();
    }
    setTimeout(() => { sectionsAreReady = true; }, 0);
  });
}());
