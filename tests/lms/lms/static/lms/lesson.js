// What the browser of a learner tells the platform: the player and the navigation through /event, answers through the handler.
(() => {
  "use strict";
  const lesson = document.querySelector("main.lesson");
  const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";
  const post = (address, values, options = {}) =>
    fetch(address, {
      method: "POST",
      headers: {"X-CSRFToken": csrfToken(), "X-Requested-With": "XMLHttpRequest"},
      body: new URLSearchParams(values),
      ...options,
    });
  const tell = (name, data) =>
    post(
      "/event",
      {
        event_type: name,
        event: JSON.stringify(data),
        page: window.location.href,
        courserun_key: lesson.dataset.courseId,
      },
      {keepalive: true},
    );

  const player = lesson.querySelector("[data-video]");
  const button = player.querySelector("[data-play]");
  const played = player.querySelector("progress");
  const DURATION = 100;
  let running = 0;
  const told = (name) =>
    tell(name, {id: player.dataset.video, code: "html5", currentTime: played.value, duration: DURATION});

  function pause() {
    window.clearInterval(running);
    running = 0;
    button.setAttribute("aria-pressed", "false");
    button.textContent = "Play";
  }

  button.addEventListener("click", () => {
    if (running) {
      pause();
      told("pause_video");
      return;
    }
    if (played.value >= DURATION) played.value = 0;
    told("play_video");
    button.setAttribute("aria-pressed", "true");
    button.textContent = "Pause";
    running = window.setInterval(() => {
      played.value += 1;
      if (played.value >= DURATION) {
        pause();
        told("stop_video");
      }
    }, 200);
  });

  for (const form of lesson.querySelectorAll("form.problem")) {
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const output = form.querySelector("output");
      const answer = await post(form.action, new FormData(form)).catch(() => null);
      if (!answer?.ok) {
        output.textContent = "Your answer could not be saved. Try again.";
        return;
      }
      const {success, attempts_used: attempts} = await answer.json();
      output.textContent = `${success === "correct" ? "Correct" : "Incorrect"} (attempt ${attempts})`;
    });
  }

  for (const [rel, name] of [["prev", "previous"], ["next", "next"]]) {
    lesson.querySelector(`a[rel=${rel}]`)?.addEventListener("click", () => {
      // The lesson has one unit: each step leads out of it.
      const place = {current_tab: 1, tab_count: 1, widget_placement: "top"};
      tell(`edx.ui.lms.sequence.${name}_selected`, {id: lesson.dataset.sequence, ...place});
    });
  }
})();
