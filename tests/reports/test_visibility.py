"""Who sees a stored report: those whom the site at which it was requested would have let see the learner data then."""

from __future__ import annotations

import pytest

from learner_data_plugin.models import ReportFile, ReportRun
from learner_data_plugin.reports import files
from learner_data_plugin.reports.visibility import as_words, is_visible, narrowed, visible_files
from tests import factories


@pytest.mark.parametrize(
    ("kept", "roles", "seen"),
    [
        ("", {"staff"}, True),  # of a release that did not keep them
        ("", set(), True),
        (as_words(["staff", "instructor"]), {"staff"}, True),
        (as_words(["staff"]), {"instructor", "beta_testers"}, False),
        (as_words(["limited_staff"]), {"staff"}, False),
        (as_words(["staff"]), set(), False),
        (as_words([]), {"staff"}, False),
        (as_words([]), None, True),
        (as_words(["staff"]), None, True),
    ],
)
def test_a_report_is_seen_by_the_roles_that_were_kept_with_it_in_lists_and_alone(course_key, instructor, kept, roles, seen):
    factories.make_report(course_key, instructor)
    ReportRun.objects.update(roles=kept)
    assert visible_files(ReportFile.objects.all(), roles).exists() is seen
    assert is_visible(ReportRun.objects.get(), roles) is seen


def test_the_list_leaves_out_what_the_roles_may_not_see(course_key, instructor):
    factories.make_report(course_key, instructor)
    ReportRun.objects.update(roles=as_words(["instructor"]))
    assert files.list_files(course_key, roles={"instructor"}).exists()
    assert not files.list_files(course_key, roles={"staff"}).exists()
    assert files.list_files(course_key).exists()


@pytest.mark.parametrize(
    ("roles", "of_files", "kept"),
    [
        (["staff", "instructor"], [], ("staff", "instructor")),
        (["staff", "instructor"], [""], ("staff", "instructor")),
        (["staff", "instructor", "data_researcher"], [" staff instructor ", " instructor "], ("instructor",)),
        (["staff"], [" limited_staff "], ()),
        (["staff", "instructor"], ["", " - "], ()),
    ],
)
def test_what_is_made_from_other_reports_is_for_the_roles_that_may_see_all_of_them(roles, of_files, kept):
    files = [ReportFile(run=ReportRun(roles=words)) for words in of_files]
    assert narrowed(roles, files) == kept
