"""All charts of a course together."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

import pytest
from common.djangoapps.student.models import CourseEnrollment

from learner_data_plugin import statistics
from learner_data_plugin.exceptions import ChartNotFound

from . import factories

ALL = ("enrollments", "active_learners", "gender", "enrollment_track", "age", "education", "country")


def test_charts_in_order(course_key):
    factories.make_learners(course_key, 30)
    read = statistics.read_all(course_key)
    assert read.learner_count == 30
    assert tuple(chart.name for chart in read.charts) == ALL


def test_private_columns_have_no_chart(course_key, settings):
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = ["year_of_birth"]
    private = ["gender", "enrollment_mode", "enrollment_date"]
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"PRIVATE_COLUMNS": private})
    assert statistics.chart_names(course_key) == ("active_learners", "education", "country")
    with pytest.raises(ChartNotFound):
        statistics.read_chart(course_key, "age")


def test_a_site_s_minimum(course_key):
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"MIN_GROUP_SIZE": 5})
    factories.make_learners(course_key, 6)
    assert statistics.read_chart(course_key, "gender").rows[0].count == 6


def test_unknown_chart(course_key):
    with pytest.raises(ChartNotFound):
        statistics.read_chart(course_key, "shoe_size")


@pytest.mark.parametrize("learners", [15, 250])
def test_the_number_of_queries_does_not_depend_on_size(course_key, django_assert_num_queries, learners):
    factories.make_learners(course_key, learners)
    statistics.read_all(course_key)
    # Of these, three are for the configuration of sites and three for sources of activity.
    with django_assert_num_queries(14):
        statistics.read_all(course_key)


def test_csv(course_key):
    ids = factories.make_learners(course_key, 30, mode="=1+1")
    CourseEnrollment.objects.filter(user_id__in=ids).update(created=datetime(2026, 3, 4, tzinfo=UTC))
    assert written(statistics.read_chart(course_key, "enrollment_track")) == [
        ["key", "label", "count", "share"],
        ["'=1+1", "'=1+1", "30", "1.0"],
    ]
    assert written(statistics.read_chart(course_key, "enrollments")) == [
        ["key", "label", "count", "share", "total"],
        ["2026-03-02/2026-03-08", "March 2, 2026 – March 8, 2026", "30", "1.0", "30"],
    ]
    assert written(statistics.read_chart(course_key, "active_learners")) == [["key", "label", "count", "share"]]


def written(chart):
    file = io.BytesIO()
    statistics.write_csv(chart, file)
    return list(csv.reader(io.StringIO(file.getvalue().decode(), newline="")))
