/* The sentences in the panels. Each place for them is a live region, so screen readers hear them too. */
(function (ld) {
  'use strict';

  /** Returns show and hide for one place; `parts` are nodes or texts. */
  ld.createMessages = function (place, page) {
    const {texts} = page;

    function show(look, ...parts) {
      place.className = 'ld-message ld-message-' + look;
      const nodes = parts.filter(Boolean).map((part) => (part instanceof Node ? part : ld.element('span', {}, part)));
      place.replaceChildren(...nodes.flatMap((node) => [node, ' ']));
      place.hidden = false;
    }

    function hide() {
      place.hidden = true;
      place.replaceChildren();
    }

    function signInLink() {
      const here = page.return_url || window.location.pathname + window.location.search + window.location.hash;
      return ld.element('a', {href: page.urls.sign_in + '?next=' + encodeURIComponent(here)}, texts.sign_in);
    }

    /** Says what went wrong and offers the way on: signing in, reloading, or `tryAgain`. */
    function showFailure(failure, tryAgain) {
      if (!(failure instanceof ld.Failure)) {
        show('error', texts.server);
        throw failure;
      }
      const again = tryAgain && ld.button(texts.try_again, tryAgain);
      const reload = () => ld.button(texts.reload, () => window.location.reload());
      const parts = {
        signed_out: () => [texts.signed_out, signInLink()],
        reload: () => [texts.reload_needed, reload()],
        forbidden: () => [page.role_sentence],
        network: () => [texts.network, again],
        throttled: () => [texts.throttled],
        refused: () => [failure.sentence || texts.server, again],
        server: () => [texts.server, again],
      }[failure.kind];
      show('error', ...parts());
    }

    return {place, show, hide, showFailure};
  };
}(window.learnerData));
