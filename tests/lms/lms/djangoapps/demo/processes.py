"""Processes of the demo: started together, watched, and stopped with nothing left behind."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from pathlib import Path
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PATIENCE = 20
"""Seconds that a process has to end after it was asked to."""


class Stopped(BaseException):
    """Somebody asked the demo to end."""


class Process:
    """A process in a session of its own, so that Ctrl-C reaches the launcher alone."""

    def __init__(
        self, name: str, command: Sequence[str], *, directory: Path, environment: Mapping[str, str], log: Path | None
    ) -> None:
        self.name = name
        self.log = log
        with log.open("wb") if log else nullcontext() as output:
            self._process = subprocess.Popen(
                [sys.executable, *command],
                cwd=directory,
                env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT if output else None,
                start_new_session=True,
                preexec_fn=_end_with_parent,
            )

    @property
    def exit_code(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    @property
    def pid(self) -> int:
        """Its number."""
        return self._process.pid

    def wait(self) -> int:
        """Wait for its end, and answer its exit code."""
        return self._process.wait()

    def last_lines(self, count: int = 15) -> str:
        """The end of its log."""
        if self.log is None:
            return ""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:])

    def ask_to_end(self) -> None:
        """Send SIGTERM: both Celery and gunicorn finish what they are doing, but take no more."""
        with suppress(ProcessLookupError):
            self._process.terminate()

    def end(self) -> None:
        """Kill whatever is left of it, children included."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()


def stop(processes: Sequence[Process]) -> None:
    """Let processes finish for some seconds, then end them; a second Ctrl-C ends them at once."""
    impatient = False

    def hurry(number: int, frame: FrameType | None) -> None:
        nonlocal impatient
        impatient = True

    for number in SIGNALS:
        signal.signal(number, hurry)
    for process in processes:
        process.ask_to_end()
    began = time.monotonic()
    told = False
    while (running := [process for process in processes if process.exit_code is None]) and not impatient:
        waited = time.monotonic() - began
        if waited > PATIENCE:
            break
        if waited > 6 and not told:
            print(f"Waiting for what the {running[0].name} is doing; Ctrl-C again does not wait.", flush=True)
            told = True
        time.sleep(0.1)
    for process in processes:
        process.end()


@contextmanager
def stop_signals_raised() -> Iterator[None]:
    """Turn the signals that ask a program to end into ``Stopped``."""

    def raise_stopped(number: int, frame: FrameType | None) -> None:
        raise Stopped

    before = {number: signal.signal(number, raise_stopped) for number in SIGNALS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _end_with_parent() -> None:
    """Ask the kernel for SIGTERM should the launcher be killed; systems other than Linux do without."""
    if sys.platform == "linux":
        signal_on_parent_death = 1
        ctypes.CDLL(None).prctl(signal_on_parent_death, signal.SIGTERM)
