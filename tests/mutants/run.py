"""``make mutants``: break the code in one place at a time, and see whether a test notices. Fails below 85 % in any room.

``MUTANTS`` narrows it, in the names of modules and functions below the package: ``MUTANTS="permissions export.sorting.*"``.
``SAMPLE=100`` draws so many places of each room by lot, others with another ``SEED``.

mutmut breaks the code, in a copy of the package below ``build/mutants``. Survivors are listed in
``build/mutants/survivors.txt``; look at one with ``mutmut show NAME`` in that folder.
"""

from __future__ import annotations

import fnmatch
import json
import os
import random
import shutil
import subprocess
import sys
from collections import Counter
from contextlib import chdir
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = "learner_data_plugin"
BUILD = ROOT / "build/mutants"
COPY = BUILD / "mutants"
MINIMUM = 0.85
SURVIVED = ("survived", "no tests")

TESTS = {
    "engagement": ["tests/engagement", "tests/reports/test_engagement.py", "tests/learners", "tests/charts/test_activity.py"],
    "export": ["tests/export", "tests/reports", "tests/privacy", "tests/audit"],
    "permissions": ["tests/test_permissions.py", "tests/dashboard"],
    "privacy": ["tests/privacy", "tests/rest_api", "tests/test_commands.py", "tests/test_receivers.py"],
    "reports": [
        "tests/reports", "tests/rest_api", "tests/privacy", "tests/schedules", "tests/test_main_job.py", "tests/test_tasks.py"
    ],
}  # fmt: skip
"""Which tests are to notice what breaks in a room; the first are its own."""

LEFT_OUT = [
    "tests/export/test_libreoffice.py",
    "tests/reports/test_building.py::test_memory_does_not_grow_with_the_number_of_learners",
    "tests/reports/test_queue_unavailable.py",
]
"""Tests of several seconds, which would run for each survivor, and notice nothing that others do not."""


def main() -> int:
    """Break what is asked for; 1 if too little of it was noticed."""
    asked: dict[str, list[str]] = {}
    for word in sys.argv[1:] or TESTS:
        asked.setdefault(word.partition(".")[0], []).append(word)
    if unknown := asked.keys() - TESTS.keys():
        sys.exit(f"mutants: {', '.join(sorted(unknown))} is none of the rooms {', '.join(TESTS)}.")
    names = break_everything()
    chosen = {room: choose(room, words, names) for room, words in asked.items()}
    sys.stdout.write(f"mutants: {sum(map(len, chosen.values()))} of {len(names)} places ...\n")
    sys.stdout.flush()
    outcomes = dict(try_all(chosen))
    counts = {room: Counter(outcomes[name] for name in of_room) for room, of_room in chosen.items()}
    survivors = [f"{outcome:10} {name}" for name, outcome in outcomes.items() if outcome in SURVIVED]
    (BUILD / "survivors.txt").write_text("".join(f"{line}\n" for line in survivors), encoding="utf-8")
    sys.stdout.write("\n".join([f"{'room':14}{'broken':>8}{'noticed':>9}{'':>7}", *map(row, counts.items()), *survivors, ""]))
    return int(any(share(count) < MINIMUM for count in counts.values()))


def break_everything() -> list[str]:
    """Make the copy of the package that holds every broken function beside the right one; returns the names of the places."""
    BUILD.mkdir(parents=True, exist_ok=True)
    for name in (PACKAGE, "tests"):
        if not (BUILD / name).is_symlink():
            (BUILD / name).symlink_to(ROOT / name)
    shutil.rmtree(COPY / "tests", ignore_errors=True)
    settings = {
        "source_paths": [PACKAGE],
        "only_mutate": [f"{PACKAGE}/{room}{rest}" for room in TESTS for rest in (".py", "/*")],
        # What stands in the log is for operators; tests hold what must not stand there.
        "do_not_mutate_patterns": [r"\blog\.\w+\("],
    }
    lines = ["[tool.mutmut]", *(f"{name} = {json.dumps(value)}" for name, value in settings.items()), ""]
    own = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    (BUILD / "pyproject.toml").write_text("\n".join([own, *lines]), encoding="utf-8")
    with chdir(BUILD), (BUILD / "mutmut.log").open("w", encoding="utf-8") as log:
        COPY.mkdir(exist_ok=True)
        # What `mutmut run` does first; it goes on with one start of pytest for each place, which takes longer than the tests.
        subprocess.run([sys.executable, "-c", _BREAK], stdout=log, stderr=log, check=True)
    metas = sorted((COPY / PACKAGE).rglob("*.py.meta"))
    return [name for meta in metas for name in json.loads(meta.read_text(encoding="utf-8"))["exit_code_by_key"]]


_BREAK = """
import os
from mutmut import __main__ as mutmut
mutmut.set_mutant_under_test("mutant_generation")
mutmut.copy_src_dir()
mutmut.copy_also_copy_files()
mutmut.create_mutants(int(os.environ.get("PROCESSES") or os.cpu_count()))
"""


def choose(room: str, words: list[str], names: list[str]) -> list[str]:
    """The places of a room that are asked for, or as many of them as SAMPLE says, drawn by lot."""
    patterns = [f"{PACKAGE}.{word}.*" if word == room else f"{PACKAGE}.{word}" for word in words]
    found = [name for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]
    size = int(os.environ.get("SAMPLE") or len(found))
    lot = random.Random(f"{room} {os.environ.get('SEED') or 1}")
    return sorted(lot.sample(found, min(size, len(found))))


def try_all(chosen: dict[str, list[str]]) -> list[tuple[str, str]]:
    """Run the tests on each place; returns what came of it."""
    tests = list(dict.fromkeys(test for room in chosen for test in TESTS[room]))
    plan = {name: TESTS[room][0] for room, names in chosen.items() for name in names}
    (BUILD / "plan.json").write_text(json.dumps(plan), encoding="utf-8")
    outcomes = BUILD / "outcomes.jsonl"
    outcomes.unlink(missing_ok=True)
    options = ["-q", "-p", "no:randomly", "-p", "no:cacheprovider", "--rootdir=.", "-p", "tests.mutants.trying"]
    left_out = [f"--deselect={test}" for test in LEFT_OUT]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *left_out, *tests],
        cwd=COPY,
        env={**os.environ, "MUTANTS_IN": str(BUILD), "MUTANT_UNDER_TEST": ""},
        check=False,
    )
    if ran.returncode:
        sys.exit("mutants: the tests fail where nothing is broken.")
    return [tuple(json.loads(line)[:2]) for line in outcomes.read_text(encoding="utf-8").splitlines()]


def row(counted: tuple[str, Counter[str]]) -> str:
    """A line of the table."""
    room, count = counted
    return f"{room:14}{count.total():8}{noticed(count):9}{share(count):7.0%}"


def share(count: Counter[str]) -> float:
    """The part of what was broken that a test noticed; all of it where nothing was broken."""
    return noticed(count) / count.total() if count else 1.0


def noticed(count: Counter[str]) -> int:
    """How many were noticed."""
    return count.total() - sum(count[outcome] for outcome in SURVIVED)


if __name__ == "__main__":
    sys.exit(main())
