"""The index of the learners in a stored report."""

from __future__ import annotations

import pytest

from learner_data_plugin.models import LearnerIndex, ReportFile, ReportRun
from learner_data_plugin.reports import learner_index, runs
from learner_data_plugin.reports.learner_index import Digests, find_digest, forget, held
from tests.reading import NOBODY, claim_profile


@pytest.fixture
def file(course_key, instructor):
    return file_of(claim_profile(course_key, instructor))


def file_of(run):
    name = f"{run.report}.csv"
    return ReportFile.objects.create(
        run=run, course_id=run.course_id, name=name, path=name, size_bytes=1, rows=1, sha256="0" * 64
    )


def index(file, *user_ids):
    digests = Digests(file.run)
    digests.add(user_ids[: len(user_ids) // 2])
    digests.add(user_ids[len(user_ids) // 2 :])
    digests.store(file)
    return ReportFile.objects.get(pk=file.pk)


def test_holds_those_entered_and_nobody_else(file):
    entered = [1, 15, 16, 17, 31, 32, 2_000_000_000, 5]
    file = index(file, *entered)
    assert held(file, entered) == set(entered)
    assert held(file, range(1_000)) == {1, 5, 15, 16, 17, 31, 32}
    assert held(file, []) == set()


def test_says_nothing_without_an_index_or_with_another_key(file, settings):
    assert held(file, [1]) is None
    file = index(file, 1, 2)
    settings.SECRET_KEY = "another"
    assert held(file, [1]) is None


def test_an_index_of_one_report_says_nothing_of_another(file, instructor, course_key):
    with_them = index(file, *range(100))
    other = file_of(runs.claim(course_key, report="anonymized_ids", file_format="csv", selection={}, by=NOBODY))
    LearnerIndex.objects.create(file=other, key_check=with_them.learner_index.key_check, digests=b"")
    assert held(other, [1]) is None


def test_bytes_that_lie_across_two_digests_are_no_match(file):
    """Four bytes that begin within one learner's digest and end in the next one's are nobody's."""
    file = index(file, 1, 2)
    digest = learner_index.digests_of(learner_index._key(file.run_id), (7,)).tobytes()
    LearnerIndex.objects.update(digests=b"\0\0" + digest + b"\0\0")
    assert held(file, [7]) == set()
    LearnerIndex.objects.update(digests=b"\0\0" + digest + b"\0\0" + digest)
    assert held(file, [7]) == {7}


def test_forgets_one_account_wherever_it_stands_and_no_other(file):
    file = index(file, 1, 2, 3, 1)
    forget(file, [1])
    assert held(file, [1, 2, 3]) == {2, 3}
    assert len(LearnerIndex.objects.get().digests) == 2 * 4
    forget(file, [4])
    assert len(LearnerIndex.objects.get().digests) == 2 * 4


def test_forgetting_where_there_is_no_index_is_harmless(file):
    forget(file, [1])
    assert not LearnerIndex.objects.exists()


def test_a_report_that_is_too_large_has_none(file, monkeypatch):
    monkeypatch.setattr(learner_index, "MOST_LEARNERS", 3)
    assert held(index(file, 1, 2, 3), [3]) == {3}
    LearnerIndex.objects.all().delete()
    assert held(index(file, 1, 2, 3, 4), [3]) is None


def test_the_same_accounts_look_different_in_another_report(file):
    run = runs.claim(file.course_id, report="anonymized_ids", file_format="csv", selection={}, by=NOBODY)
    first, second = (bytes(index(one, 1, 2).learner_index.digests) for one in (file, file_of(run)))
    assert len(first) == len(second) == 8
    assert not {first[:4], first[4:]} & {second[:4], second[4:]}


def test_an_index_is_read_as_earlier_releases_wrote_it(file, settings):
    """What is stored is made in the same way for ever, or has another mark."""
    settings.SECRET_KEY = "a secret key"
    digests = Digests(ReportRun(pk=7))
    digests.add([1, 2_000_000_000])
    digests.store(file)
    stored = LearnerIndex.objects.get()
    assert bytes(stored.key_check).hex() == "c00556a3b419b1053b427ee8faa85baa"
    assert bytes(stored.digests).hex() == "726f3244695f8f42"


@pytest.mark.parametrize(
    ("digests", "place"),
    [
        (b"abcdefghijkl", 4),
        (b"efghefgh", 0),
        (b"..efgh..efgh", 8),
        (b".efghefghefghefg", -1),
        (b"...efghefgh.", -1),
        (b"efg", -1),
        (b"", -1),
    ],
)
def test_a_digest_is_found_where_one_stands(digests, place):
    assert find_digest(digests, b"efgh") == place
