"""A pytest plugin for ``make mutants``: runs on each broken place the tests that reach it, until one fails.

Each place has a process of its own, forked when the tests are collected and the databases made: neither is done again. The
first such process runs all the tests on what is not broken, and tells which functions each of them reaches.
"""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from _pytest.runner import runtestprotocol
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state
from mutmut.utils.format_utils import mangled_name_from_mutant_name

SECONDS = 25.0
"""The tests of one place take so long at most: its room's own come first, and then the quickest."""

MANY_TIMES, MORE_SECONDS = 8, 12
"""A test that takes so much longer than before has noticed, too."""

Reached = tuple[float, list[str]]
"""How long a test took, and which functions it reached."""


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: Any) -> bool:
    """Try every place of the plan."""
    if session.testsfailed:
        raise session.Interrupted("the tests could not be collected")
    folder = Path(os.environ["MUTANTS_IN"])
    make_databases(session.items)
    (folder / "noticed").mkdir(exist_ok=True)
    os.waitpid(in_a_fork(partial(look, session.items, folder / "reached.json")), 0)
    reached: dict[str, Reached] = json.loads((folder / "reached.json").read_text(encoding="utf-8"))
    if len(reached) < len(session.items):
        pytest.exit("a test fails where nothing is broken", returncode=1)
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    by_function: dict[str, list[str]] = {}
    for test, (_seconds, functions) in reached.items():
        for function in functions:
            by_function.setdefault(function, []).append(test)
    items = {item.nodeid: item for item in session.items}
    seconds = {test: taken for test, (taken, _functions) in reached.items()}
    unbroken = [(items[test], seconds[test]) for test in affordable(seconds, seconds, "")]
    if os.waitpid(in_a_fork(partial(try_one, "", unbroken, folder / "noticed/nothing")), 0)[1]:
        pytest.exit("a test fails in a fork where nothing is broken", returncode=1)
    under_way: dict[int, tuple[str, Path, float]] = {}
    with (folder / "outcomes.jsonl").open("w", encoding="utf-8") as outcomes:
        for name, own in plan.items():
            tests = by_function.get(mangled_name_from_mutant_name(name), [])
            chosen = affordable(tests, seconds, own)
            if len(under_way) == int(os.environ.get("PROCESSES") or os.cpu_count() or 1):
                note(under_way, outcomes)
            noticed_by = folder / "noticed" / name
            pid = in_a_fork(partial(try_one, name, [(items[test], seconds[test]) for test in chosen], noticed_by))
            under_way[pid] = (name, noticed_by, time.monotonic())
        while under_way:
            note(under_way, outcomes)
    return True


def make_databases(items: list[Any]) -> None:
    """Run the first test that uses them; the fixtures of the session stay."""
    first = next(item for item in items if "db" in item.fixturenames)
    reports = runtestprotocol(first, nextitem=_Elsewhere(first.session), log=False)
    assert not any(report.failed for report in reports)


def look(items: list[Any], found: Path) -> int:
    """Run all tests, and write down for each that passes how long it takes and which functions it reaches."""
    set_mutant_under_test("stats")
    reached: dict[str, Reached] = {}
    for item, failed, seconds in run((item, 600) for item in items):
        if failed:
            os.write(1, f"\n{item.nodeid}\n{failed}\n".encode())
        else:
            reached[item.nodeid] = seconds, sorted(state()._stats)
        state()._stats.clear()
    found.write_text(json.dumps(reached), encoding="utf-8")
    return 0


def affordable(tests: Iterable[str], seconds: dict[str, float], own: str) -> list[str]:
    """The tests that are to run, in their order."""
    left, chosen = SECONDS, []
    for test in sorted(tests, key=lambda test: (not test.startswith(own), seconds[test])):
        if seconds[test] <= left:
            left -= seconds[test]
            chosen.append(test)
    return chosen


def try_one(name: str, tests: list[tuple[Any, float]], noticed_by: Path) -> int:
    """Run tests until one fails, and write down which; 0 if none does."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    set_mutant_under_test(name)
    for item, failed, _seconds in run(tests):
        if failed:
            noticed_by.write_text(item.nodeid, encoding="utf-8")
            return 1
    return 0 if tests else 5


def run(tests: Iterable[tuple[Any, float]]) -> Iterator[tuple[Any, str, float]]:
    """Run tests one after the other; yields each with what failed of it ('' for nothing) and the seconds it took."""
    for item, seconds in tests:
        signal.alarm(int(seconds * MANY_TIMES) + MORE_SECONDS)
        started = time.monotonic()
        item._initrequest()  # one of them has run before
        # Without a next test all but the session's fixtures would end, and with them these.
        reports = runtestprotocol(item, nextitem=_Elsewhere(item.session), log=False)
        failed = "".join(report.longreprtext for report in reports if report.failed)
        yield item, failed, time.monotonic() - started


class _Elsewhere:
    """A next test that shares the session alone with the one before."""

    def __init__(self, session: Any) -> None:
        self._session = session

    def listchain(self) -> list[Any]:
        return [self._session]


def in_a_fork(work: Callable[[], int]) -> int:
    """Do something in a process of its own; returns its id."""
    pid = os.fork()
    if pid == 0:
        code = 1
        with suppress(BaseException):
            code = work()
        os._exit(code)
    return pid


def note(under_way: dict[int, tuple[str, Path, float]], outcomes: Any) -> None:
    """Wait for one of the processes, and write down what came of it."""
    pid, status = os.wait()
    name, noticed_by, started = under_way.pop(pid)
    code = os.waitstatus_to_exitcode(status)
    outcome = {0: "survived", 5: "no tests", -signal.SIGALRM: "timeout"}.get(code, "noticed")
    test = noticed_by.read_text(encoding="utf-8") if noticed_by.exists() else ""
    noticed_by.unlink(missing_ok=True)
    outcomes.write(json.dumps([name, outcome, test, round(time.monotonic() - started, 1)]) + "\n")
    outcomes.flush()
