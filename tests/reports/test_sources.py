"""The stored reports that another one is made from."""

from __future__ import annotations

import pytest

from learner_data_plugin.exceptions import ReportNotFound
from learner_data_plugin.models import ReportRun
from learner_data_plugin.reports import sources
from tests import factories


def test_they_are_found_by_name_for_an_account_that_may_see_them(course_key, instructor):
    files = [factories.make_report(course_key, instructor) for _ in range(3)]
    ReportRun.objects.filter(file=files[0]).update(roles=" instructor ")
    names = (file.name for file in files[1::-1])
    assert sources.find(course_key, names, user=instructor) == files[1::-1]


@pytest.mark.parametrize("role", ["staff", None])
def test_not_for_another(course_key, instructor, role):
    file = factories.make_report(course_key, instructor)
    ReportRun.objects.update(roles=" instructor ")
    user = factories.make_team_member(role, course_key) if role else None
    with pytest.raises(ReportNotFound):
        sources.find(course_key, [file.name], user=user)


def test_not_those_of_another_course(course_key, instructor):
    file = factories.make_report(course_key, instructor)
    with pytest.raises(ReportNotFound):
        sources.find(factories.make_course(), [file.name], user=factories.make_user(is_staff=True))
