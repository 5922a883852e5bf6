/*
 * Following the reports that are being generated.
 *
 * Asks quickly at first, then ever less often, sooner again shortly before the expected end, and not at all when nothing
 * runs or nobody looks.
 */
(function (ld) {
  'use strict';

  const QUICKEST = 250; // milliseconds
  const SLOWEST = 5000;
  const SUSPICIOUS = 3; // seconds of silence after which the next look is soon: a lost worker is told within fifteen
  const SOON = 1000;
  const SLOWEST_WITHOUT_NETWORK = 30000;
  const LONG_WITHOUT_PROGRESS = 30; // seconds
  const ENDED = ['SUCCESS', 'FAILURE', 'REVOKED'];

  ld.hasEnded = (task) => ENDED.includes(task.state);

  /**
   * `onTasks(tasks)` gets every answer, `onEnd(task)` each task that ended while this page followed it, `onTrouble(failure,
   * wait)` a failed call and the seconds until the next try (null: no further).
   */
  ld.createTaskFollower = function ({page, api, presence, onTasks, onEnd, onTrouble}) {
    const followed = new Map(); // task id -> {first: first sample, done, since: when that was first seen}
    const others = window.BroadcastChannel ? new BroadcastChannel('learner_data ' + page.course_id) : null;
    let timer = null;
    let asking = false;
    let since = 0;
    let failures = 0;

    /** Adds `seconds_left` from the pace seen so far, if there is one, or `stuck` where nothing was done for too long. */
    function estimate(task) {
      if (task.done === null || ld.hasEnded(task)) {
        return task;
      }
      const memory = followed.get(task.task_id);
      const now = Date.now() / 1000;
      if (memory.done !== task.done) {
        Object.assign(memory, {done: task.done, since: now});
      } else if (now - memory.since > LONG_WITHOUT_PROGRESS) {
        return {...task, stuck: true};
      }
      if (!task.total || !task.done) {
        return task;
      }
      memory.first = memory.first || {at: now, done: task.done};
      const seconds = now - memory.first.at;
      const rows = task.done - memory.first.done;
      const pace = seconds > 1 && rows > 0 ? rows / seconds : task.done / Math.max(1, task.age_seconds);
      return {...task, seconds_left: (task.total - task.done) / pace};
    }

    function wait(tasks) {
      const elapsed = Date.now() - since;
      const soonest = Math.min(...tasks.map((task) => (task.seconds_left || Infinity) * 500));
      const isSilent = tasks.some((task) => (task.silent_seconds || 0) >= SUSPICIOUS);
      return Math.max(QUICKEST, Math.min(isSilent ? SOON : SLOWEST, elapsed / 20, soonest));
    }

    function schedule(milliseconds) {
      clearTimeout(timer);
      timer = setTimeout(ask, milliseconds);
    }

    function take(answer) {
      const ended = [];
      const tasks = answer.map((task) => {
        if (!ld.hasEnded(task)) {
          if (!followed.has(task.task_id)) {
            followed.set(task.task_id, {});
            since = Date.now();
          }
        } else if (followed.delete(task.task_id)) {
          ended.push(task);
        }
        return estimate(task);
      });
      [...followed.keys()].filter((id) => !tasks.some((task) => task.task_id === id)).forEach((id) => {
        if (followed.get(id).missed) { // ended so long ago that it is no longer told
          followed.delete(id);
        } else {
          followed.get(id).missed = true;
        }
      });
      onTasks(tasks);
      ended.forEach(onEnd);
      return tasks;
    }

    async function ask() {
      clearTimeout(timer);
      if (asking || !presence.isPresent()) {
        return;
      }
      asking = true;
      try {
        const answer = await api.read(page.urls.tasks);
        failures = 0;
        onTrouble(null); // before what the answer tells, which may stand in the same place
        const tasks = take(answer.tasks);
        if (followed.size) {
          schedule(wait(tasks.filter((task) => !ld.hasEnded(task))));
        }
      } catch (failure) {
        const passing = failure.kind === 'network' || failure.kind === 'server' || failure.kind === 'throttled';
        failures += 1;
        const pause = Math.min(SLOWEST_WITHOUT_NETWORK, 1000 * 2 ** failures);
        onTrouble(failure, passing ? pause / 1000 : null);
        if (passing) {
          schedule(pause);
        }
      } finally {
        asking = false;
      }
    }

    presence.onChange((present) => (present ? ask() : clearTimeout(timer)));
    if (others) {
      others.onmessage = ask;
    }

    return {
      ask,
      /** Follows a task that was just requested, quickly, and tells other tabs that there is something to follow. */
      follow(taskId) {
        followed.set(taskId, {});
        since = Date.now();
        failures = 0;
        ask();
        if (others) {
          others.postMessage('requested');
        }
      },
    };
  };
}(window.learnerData));
