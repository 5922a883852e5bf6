"""All charts of a course together."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from common.djangoapps.student.models import CourseEnrollment

from learner_data_plugin import api
from learner_data_plugin.charts import catalogue, store
from learner_data_plugin.exceptions import ChartNotFound
from tests import factories

WEEKS = ("active_learners", "learners_watching_videos", "learners_trying_problems", "learners_in_discussions")
ALL = ("enrollments", *WEEKS, "gender", "enrollment_track", "age", "education", "country")


def draw(course_key, name, *, safe=False):
    store.refresh(course_key)
    stored = store.read(course_key, safe=safe)
    return catalogue.draw(name, stored.numbers, track_names=stored.track_names)


@pytest.mark.parametrize("safe", [False, True])
def test_charts_in_order(course_key, safe):
    factories.make_learners(course_key, 30)
    read = api.read_statistics(course_key, safe=safe)
    assert (read.learner_count == 30) or (safe and abs(read.learner_count - 30) <= 3)
    assert tuple(chart.name for chart in read.charts) == ALL


@pytest.mark.parametrize("safe", [False, True])
def test_private_columns_have_no_chart_from_the_moment_they_are_private(course_key, settings, safe):
    factories.make_learners(course_key, 30)
    api.read_statistics(course_key, safe=safe)  # counted and stored while nothing was private
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = ["year_of_birth"]
    private = ["gender", "enrollment_mode", "enrollment_date"]
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"PRIVATE_COLUMNS": private})
    read = api.read_statistics(course_key, safe=safe)
    assert tuple(chart.name for chart in read.charts) == (*WEEKS, "education", "country")
    with pytest.raises(ChartNotFound):
        api.open_chart_csv(course_key, "age", safe=safe)


def test_a_site_s_minimum(course_key):
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"MIN_GROUP_SIZE": 2})
    factories.make_learners(course_key, 6)
    assert abs(draw(course_key, "gender", safe=True).rows[0].count - 6) <= 1


def test_a_minimum_of_one_has_nothing_to_tell(course_key):
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"MIN_GROUP_SIZE": 1})
    factories.make_learners(course_key, 2)
    chart = draw(course_key, "gender", safe=True)
    assert ([row.count for row in chart.rows], chart.note) == ([2], "")


def test_unknown_chart(course_key):
    with pytest.raises(ChartNotFound):
        catalogue.require_chart(course_key, "shoe_size")


@pytest.mark.parametrize("safe", [False, True])
def test_csv(course_key, safe):
    ids = factories.make_learners(course_key, 30, mode="=1+1")
    left = factories.make_learners(course_key, 2)
    CourseEnrollment.objects.filter(user_id__in=[*ids, *left]).update(created=datetime(2026, 3, 4, tzinfo=UTC))
    CourseEnrollment.objects.filter(user_id__in=left).update(is_active=False)
    header, row = written(draw(course_key, "enrollment_track", safe=safe))
    assert header == ["key", "label", "count", "share"]
    assert row[:2] == ["'=1+1", "'=1+1"]
    header, period = written(draw(course_key, "enrollments", safe=safe))
    if safe:
        assert abs(int(row[2]) - 30) <= 3
        assert header == ["key", "label", "count", "share", "total"]
        assert period[:2] == ["../2026-03-08", "Until March 8, 2026"]
    else:
        assert row[2:] == ["30", "1.0"]
        assert header == ["key", "label", "count", "share", "total", "left"]
        assert period == ["2026-03-02/2026-03-08", "March 2, 2026 – March 8, 2026", "30", "1.0", "30", "2"]
    assert written(draw(course_key, "active_learners", safe=safe)) == [["key", "label", "count", "share"]]


def written(chart):
    file = io.BytesIO()
    catalogue.write_csv(chart, file)
    return list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))
