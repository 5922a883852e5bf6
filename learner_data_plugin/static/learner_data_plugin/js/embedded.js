/*
 * The page inside the new instructor dashboard: tells the dashboard how high it is, hears which part of it is in sight, and
 * keeps jumps within the page in its own window, although every other link opens in that of the dashboard.
 *
 * Messages to the dashboard: {type: 'learner-data.height', height} in pixels. From the dashboard:
 * {type: 'learner-data.view', top, height}, the part of this page that is in sight. Both go to and come from one origin alone,
 * that of the dashboard as the LMS knows it.
 */
(function () {
  'use strict';

  const root = document.documentElement;
  const origin = root.dataset.learnerDataDashboard;
  const isLength = (value) => Number.isFinite(value) && value >= 0;

  // From the first moment on: a tab may be clicked before the scripts are there that open it in place.
  document.addEventListener('click', (event) => {
    const link = event.target.closest('a[href]');
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) {
      return;
    }
    const isJump = link.hash && link.href.split('#')[0] === window.location.href.split('#')[0];
    const isTab = link.hasAttribute('data-tab');
    if (isJump || isTab) {
      link.target = '_self';
    }
    const address = link.getAttribute('href');
    if (isTab && !address.includes('embedded=1')) {
      link.setAttribute('href', address + (address.includes('?') ? '&' : '?') + 'embedded=1');
    }
  }, true);

  if (!origin || window.parent === window) {
    return;
  }
  let told = null;

  function tell() {
    const height = Math.ceil(document.body.getBoundingClientRect().height);
    if (height !== told) {
      told = height;
      window.parent.postMessage({type: 'learner-data.height', height}, origin);
    }
  }

  document.addEventListener('DOMContentLoaded', () => new ResizeObserver(tell).observe(document.body));
  window.addEventListener('load', tell);

  window.addEventListener('message', (event) => {
    const {type, top, height} = event.data || {};
    if (event.source !== window.parent || event.origin !== origin || type !== 'learner-data.view') {
      return;
    }
    if (isLength(top) && isLength(height)) {
      root.style.setProperty('--ld-view-top', top + 'px');
      root.style.setProperty('--ld-view-height', height + 'px');
    }
  });
}());
