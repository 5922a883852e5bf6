/*
 * Making and finding elements.
 *
 * The scripts are classic and deferred, each adding one thing to window.learnerData, not modules that import each other: an
 * import names a file without the hash that static file storages put into names, and a browser could then mix releases.
 */
window.learnerData = window.learnerData || {};

(function (ld) {
  'use strict';

  /** Makes an element: true sets a bare attribute, false and null leave it out, a function listens to that event. */
  ld.element = function (tag, attributes, ...children) {
    const made = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (typeof value === 'function') {
        made.addEventListener(name, value);
      } else if (value !== false && value !== null && value !== undefined) {
        made.setAttribute(name, value === true ? '' : value);
      }
    });
    made.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
    return made;
  };

  /** Makes a button in the look of the page. */
  ld.button = function (caption, onClick, attributes) {
    return ld.element('button', {type: 'button', class: 'ld-button', click: onClick, ...attributes}, caption);
  };

  /** Loads scripts, which run in this order; fails if one of them cannot be had. */
  ld.loadScripts = (urls) => Promise.all(urls.map((src) => new Promise((resolve, reject) => {
    const script = ld.element('script', {src, load: resolve, error: reject});
    script.async = false;
    document.head.append(script);
  })));

  /** Runs `work` once at a time; meanwhile the button says so to everyone and further clicks do nothing. */
  ld.busyWhile = async function (button, work) {
    if (button.getAttribute('aria-disabled') === 'true') {
      return;
    }
    button.setAttribute('aria-disabled', 'true');
    try {
      await work();
    } finally {
      button.removeAttribute('aria-disabled');
    }
  };
}(window.learnerData));
