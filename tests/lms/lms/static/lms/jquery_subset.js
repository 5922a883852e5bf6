/* The few things of jQuery on which the platform's dashboard and its plugins meet: $(fn), $(selector or element), .data().
   The platform ships all of jQuery; nothing else of it may be relied on here. */
(function () {
  'use strict';

  const store = new WeakMap();

  function fromAttribute(element, name) {
    const text = element.getAttribute('data-' + name);
    return text === null ? undefined : text;
  }

  function subset(elements) {
    return {
      length: elements.length,
      get: (index) => elements[index],
      data(name, value) {
        if (arguments.length === 1) {
          const element = elements[0];
          const kept = element && store.get(element);
          return kept && name in kept ? kept[name] : element && fromAttribute(element, name);
        }
        elements.forEach((element) => store.set(element, {...store.get(element), [name]: value}));
        return this;
      },
    };
  }

  window.jQuery = window.$ = function (what) {
    if (typeof what === 'function') {
      if (document.readyState === 'loading') {
        document.addEventListener('DOMContentLoaded', what);
      } else {
        setTimeout(what, 0);
      }
      return subset([document]);
    }
    if (typeof what === 'string') {
      return subset([...document.querySelectorAll(what)]);
    }
    return subset(what ? [what] : []);
  };
  window.analytics = window.analytics || {pageview() {}, track() {}};
}());
