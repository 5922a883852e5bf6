"""Every target of ``make help`` does its work in a fresh clone, in its quickest form, with its own prerequisites alone."""

from __future__ import annotations

import re
import secrets
import socket
import urllib.request
from contextlib import closing

import pytest

from tests.services import run as services

from .conftest import ROOT

ELSEWHERE = {
    "test": "make test",
    "test-services": "make test-services",
    "test-panel": "make test-panel",
    "quality": "quality",
    "docs": "docs",
    "test-api": "api",
}
"""Targets that CI makes as they are in a clean checkout: by these words in .ci/run, or in an environment of tox's own."""

NAME = f"learner_data_makefile_{secrets.token_hex(4)}"
MARIADB = "DATABASE_URL=mysql://{USER}:{PASSWORD}@{HOST}:{PORT}/".format(**services.DATABASE) + NAME


@pytest.fixture(scope="module")
def database():
    """A database for what measures, which is gone afterwards."""
    yield MARIADB
    services.drop_database(NAME)


def done(made):
    """Return what a target printed; fails with it if the target failed."""
    assert made.code == 0, made.output[-6000:]
    return made.output


def help_of(clone):
    return re.findall(r"^  ([a-z_-]+) ", done(clone.make("help")), re.MULTILINE)


def test_each_target_is_tried(clone):
    here = {name.removeprefix("test_make_").replace("_", "-") for name in globals() if name.startswith("test_make_")}
    targets = {target.replace("_", "-") for target in help_of(clone)}

    assert len(targets) > 20
    assert targets - {"help"} == here | ELSEWHERE.keys()


@pytest.mark.parametrize(("target", "words"), ELSEWHERE.items())
def test_what_is_not_tried_here_is_made_by_ci(target, words):
    script = (ROOT / ".ci/run").read_text(encoding="utf-8")
    environments = re.search(r"tox run-parallel .* -e (\S+)", script)[1].split(",")

    assert words in environments or re.search(rf"^((beside|both) | +|.* && )?{words}( &&|$)", script, re.MULTILINE)


def test_make_demo(clone):
    with closing(socket.socket()) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def answers(output):
        try:
            is_told = f"http://localhost:{port}" in output
            return is_told and urllib.request.urlopen(f"http://127.0.0.1:{port}/login", timeout=5).status == 200
        except OSError:
            return False

    made = clone.make("demo", f"PORT={port}", "LEARNERS=20", stop_when=answers)

    assert f"http://localhost:{port}" in made.output, made.output[-3000:]
    assert made.output.endswith("Stopped.\n")
    assert "Traceback" not in made.output


def lines(path):
    """The lines of a catalog, whose entries have another order where branches have met."""
    return sorted(path.read_text(encoding="utf-8").splitlines())


def test_make_extract_translations(clone):
    source = clone.directory / "learner_data_plugin/conf/locale/en/LC_MESSAGES/django.po"
    before = lines(source)
    done(clone.make("extract_translations"))

    assert lines(source) == before


def test_make_translations(clone):
    catalogs = sorted((clone.directory / "learner_data_plugin").rglob("*.po"))
    before = [lines(path) for path in catalogs]
    done(clone.make("translations"))

    assert len(catalogs) > 1
    assert [lines(path) for path in catalogs] == before


def test_make_fuzz(clone):
    assert re.search(r"\d+ passed", done(clone.make("fuzz", "EXAMPLES=1")))


def test_make_attack(clone):
    done(clone.make("attack", "TRIALS=80"))


def test_make_test_browser(clone):
    one = "OPTIONS=tests/browser/test_failures.py -k without_a_role_the_page"

    assert "passed" in done(clone.make("test-browser", one))


def test_make_screenshots(clone):
    pictures = clone.directory / "docs/images"
    for path in pictures.glob("*.png"):
        path.unlink()
    done(clone.make("screenshots", "OPTIONS=refused"))

    assert {path.name for path in pictures.glob("*.png")} == {"role-missing.png", "role-missing-narrow.png"}


def _says_what_it_lacks(clone, target):
    made = clone.make(target)

    assert made.code != 0
    assert "Give an edx-platform checkout as EDX_PLATFORM" in made.output
    assert "Traceback" not in made.output


def test_make_test_platform(clone):
    _says_what_it_lacks(clone, "test-platform")


def test_make_record_contract(clone):
    _says_what_it_lacks(clone, "record-contract")


def test_make_bench(clone, database):
    output = done(clone.make("bench", "OPTIONS=--database mariadb --learners 50 --repeats 1 --report anonymized_ids", database))

    assert re.search(r"^mariadb +50 ", output, re.MULTILINE)


def test_make_bench_million(clone, database):
    output = done(clone.make("bench-million", "MILLION=500", "OPTIONS=--report anonymized_ids", database))

    for measured in ("mariadb +500 ", "sqlite +500 ", r"mariadb \(reports in S3\) +5 ", r"mariadb \(reports in S3\) +500 "):
        assert re.search(f"^{measured}", output, re.MULTILINE), measured


def test_make_bench_engagement(clone, database):
    output = done(clone.make("bench-engagement", "ROUNDS=20", "LINES=2000", database))

    assert re.search(r"^wanted: a video begins to play +\d", output, re.MULTILINE)
    assert re.search(r"^LearnerDayItem +\d", output, re.MULTILINE)


def test_make_bench_engagement_reports(clone, database):
    output = done(clone.make("bench-engagement-reports", "LEARNERS=400", "REPEATS=1", database))

    assert re.search(r"^400 learners +4,\d{3} ", output, re.MULTILINE)
    assert re.search(r"^struggling +\d+ ", output, re.MULTILINE)


def test_make_load(clone):
    words = "OPTIONS=--seconds 2 --warm-up 1 --users 2 --courses 1 --learners 20"

    assert " 0 errors" in done(clone.make("load", words))


def test_make_load_courses(clone):
    output = done(clone.make("load-courses", "OPTIONS=--courses 4 --workers 2"))

    assert re.search(r"^ +2 +4 .* 0 +0$", output, re.MULTILINE)


def test_make_test_js(clone):
    assert re.search(r"^# fail 0$", done(clone.make("test-js")), re.MULTILINE)


def test_make_lint(clone):
    done(clone.make("lint"))


def test_make_changelog(clone):
    package = clone.directory / "learner_data_plugin/__init__.py"
    package.write_text(package.read_text(encoding="utf-8").replace('__version__ = "', '__version__ = "999.'), encoding="utf-8")
    fragments = clone.directory / "changelog.d"
    (fragments / "20000101_a_change.rst").write_text("Fixed\n=====\n\n* A change that is tried.\n", encoding="utf-8")
    done(clone.make("changelog"))

    assert "* A change that is tried." in (clone.directory / "CHANGELOG.rst").read_text(encoding="utf-8")
    assert sorted(path.name for path in fragments.iterdir()) == ["README.rst", "scriv.ini"]


def test_make_mutants(clone):
    output = done(clone.make("mutants", "MUTANTS=permissions.x_is_masquerading_as_learner*"))

    assert re.search(r"^permissions +[1-9]", output, re.MULTILINE)


def test_make_requirements(clone):
    listed = clone.directory / "requirements/pip-tools.txt"
    listed.write_text(listed.read_text(encoding="utf-8") + "# not made by make\n", encoding="utf-8")
    done(clone.make("requirements", "LISTS=pip-tools"))

    made = listed.read_text(encoding="utf-8")
    assert "# not made by make" not in made
    assert re.search(r"^pip-tools==[\d.]+ \\\n +--hash=sha256:", made, re.MULTILINE)


def test_make_clean(clone):
    done(clone.make("clean"))

    assert [name for name in ("build", ".demo", "mutants") if (clone.directory / name).exists()] == []
