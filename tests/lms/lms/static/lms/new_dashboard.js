/* Draws the tabs that the LMS names, as the micro-frontend does, and frames the page of learner data in its tab. */
(function () {
  'use strict';

  const main = document.querySelector('[data-lms]');
  const {lms, course, tab} = main.dataset;
  const place = main.querySelector('.new-dashboard-content');
  const origin = new URL(lms).origin;

  function say(text) {
    place.replaceChildren(Object.assign(document.createElement('p'), {textContent: text}));
  }

  function framePage() {
    const frame = document.createElement('iframe');
    let isReady = false;
    frame.title = 'Learner Data';
    frame.allow = 'clipboard-write';
    frame.src = `${lms}/learner_data/courses/${encodeURIComponent(course)}/?embedded=1`;

    function tellView() {
      const box = frame.getBoundingClientRect();
      const top = Math.max(0, -box.top);
      const height = Math.max(0, Math.min(window.innerHeight, box.bottom) - Math.max(0, box.top));
      if (isReady) {
        frame.contentWindow.postMessage({type: 'learner-data.view', top, height}, origin);
      }
    }

    window.addEventListener('message', (event) => {
      const {type, height} = event.data || {};
      if (event.origin !== origin || event.source !== frame.contentWindow || type !== 'learner-data.height') {
        return;
      }
      frame.style.height = height + 'px';
      isReady = true;
      tellView();
    });
    window.addEventListener('resize', tellView);
    document.addEventListener('scroll', tellView, {capture: true, passive: true});
    place.replaceChildren(frame);
  }

  function drawTabs(course_) {
    main.querySelector('h1').textContent = course_.display_name;
    main.querySelector('nav').replaceChildren(...course_.tabs.flatMap(({tab_id: id, title, url}) => {
      const link = Object.assign(document.createElement('a'), {href: url, textContent: title});
      if (id === tab) {
        link.setAttribute('aria-current', 'page');
      }
      return [link, ' '];
    }));
    const isThere = course_.tabs.some(({tab_id: id}) => id === tab);
    if (isThere && tab === 'learner_data') {
      framePage();
    } else {
      say(isThere ? 'This tab is the micro-frontend’s own.' : 'There is no such tab.');
    }
  }

  async function open() {
    const answer = await fetch(`${lms}/api/instructor/v2/courses/${encodeURIComponent(course)}`, {credentials: 'include'});
    if (answer.ok) {
      drawTabs(await answer.json());
    } else {
      say(answer.status === 401 ? 'You are not signed in.' : 'You may not see this dashboard.');
    }
  }

  open();
}());
