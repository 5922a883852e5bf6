from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from learner_data_plugin.engagement.facts import Kind, facts_of

from .events import COURSE, MOMENT, PROBLEM, SEQUENCE, USAGE, VIDEO, check, logged, play, sent, visit

OLD_COURSE = "TestX/Old/2013"


def test_any_event_with_account_and_course_makes_active():
    facts = facts_of(logged("edx.course.enrollment.activated", {"mode": "audit"}))
    assert (facts.user_id, facts.username, facts.course_id, facts.day) == (7, "ada", COURSE, date(2026, 3, 2))
    assert (facts.kind, facts.item, facts.subsection) == (None, "", "")
    assert facts.moment == 1772446830405060


@pytest.mark.parametrize(
    "changes",
    [
        {"username": ""},
        {"username": "  "},
        {"username": None},
        {"username": ["ada"]},
        {"course_id": ""},
        {"course_id": None},
        {"course_id": "no course"},
        {"course_id": ["course-v1:A+B+C"]},
        {"course_id": "library-v1:TestX+Lib"},
        {"course_id": "course-v1:" + "a" * 300 + "+B+C"},
        {"course_id": "course-v1:A+\ud800+C"},
        {"time": None},
        {"time": ""},
        {"time": "yesterday"},
        {"time": "2026-02-30T00:00:00"},
        {"time": ["2026-03-02"]},
        {"time": "1960-01-01T00:00:00"},
        {"time": "0001-01-01T00:00:00+23:00"},
        {"data": None},
        {"data": 5},
        {"data": ["page_close"]},
        {"data": "[1]"},
        {"data": "not JSON"},
        {"data": "[" * 20_000},
    ],
    ids=repr,
)
def test_event_without_account_course_time_or_object_is_dropped(changes):
    values = {"name": "page_close", "data": "{}", **changes}
    assert facts_of(logged(values.pop("name"), values.pop("data"), **values)) is None


@pytest.mark.parametrize(
    "event", [{}, {"context": None}, {"context": []}, {"context": {}, "event_type": None}, logged(None), logged(5)]
)
def test_event_that_is_no_event_is_dropped(event):
    assert facts_of(event) is None


def test_empty_text_counts_as_empty_object():
    assert facts_of(logged("page_close", ""))
    assert facts_of(logged("page_close", {}))


def test_event_without_a_source_is_the_servers():
    event = check()
    del event["event_source"]
    assert facts_of(event).kind is Kind.PROBLEM_SOLVED


def test_events_of_tasks_are_ignored():
    assert facts_of(logged("edx.grades.problem.submitted", {}, event_source="task")) is None
    assert facts_of(sent("problem_rescore", event_source="task")) is None


@pytest.mark.parametrize(
    ("time", "day"),
    [
        ("2026-03-02T00:30:00+01:00", date(2026, 3, 1)),
        ("2026-03-01T23:30:00-01:00", date(2026, 3, 2)),
        ("2026-03-01T23:59:59.999999", date(2026, 3, 1)),
        ("2026-03-02T00:00:00Z", date(2026, 3, 2)),
    ],
)
def test_day_is_that_of_the_moment_in_utc(time, day):
    assert facts_of(logged("page_close", time=time)).day == day
    assert facts_of(sent("page_close", time=datetime.fromisoformat(time))).day == day


def test_mobile_event_happened_when_the_telephone_says():
    earlier = MOMENT - timedelta(days=2)
    assert facts_of(sent("edx.video.played", {"module_id": VIDEO}, timestamp=earlier)).day == date(2026, 2, 28)
    assert facts_of(sent("page_close", timestamp=earlier.astimezone(timezone(timedelta(hours=14))))).day == date(2026, 2, 28)


@pytest.mark.parametrize(
    ("days", "counts"), [(-90, True), (1, True), (-91, False), (2, False), (-20_000, False), (5_000, False)]
)
def test_telephone_whose_clock_is_wrong_says_nothing(days, counts):
    happened, data = MOMENT + timedelta(days=days), {"module_id": VIDEO}
    live = [sent("edx.video.played", data, timestamp=happened, **received) for received in ({}, {"received_at": MOMENT})]
    log = logged("play_video", {"id": "v1"}, time=happened)
    log["context"]["received_at"] = MOMENT.isoformat()
    assert [facts_of(event) is not None for event in (*live, log)] == [counts] * 3


def test_screen_of_the_app_counts_where_the_tracking_log_has_it():
    """The platform's processors let none but the views of discussion threads into the log."""
    assert facts_of(sent("edx.bi.app.navigation.screen", label="Forum: View Thread"))
    assert facts_of(sent("edx.bi.app.navigation.screen", label="Course Dashboard")) is None
    assert facts_of(sent("edx.bi.app.navigation.screen")) is None
    assert facts_of(logged("edx.forum.thread.viewed"))


@pytest.mark.parametrize("data", [{"module_id": "v1"}, {"module_id": ""}, {"module_id": 5}, {}])
def test_video_of_the_app_without_a_usage_key_is_dropped(data):
    """The log has no id of it."""
    assert facts_of(sent("edx.video.played", data)) is None


def test_video_of_the_app_is_that_of_the_usage_key():
    """The log has it in place of an id."""
    facts = facts_of(sent("edx.video.played", {"id": "other", "module_id": VIDEO}))
    assert (facts.kind, facts.item) == (Kind.VIDEO, "v1")
    assert facts_of(sent("edx.video.played", {"id": "v2", "module_id": "no key"})).item == "v2"


@pytest.mark.parametrize(
    ("user_id", "account"),
    [
        (7, 7),
        ("7", 7),
        (None, None),
        ("", None),
        ("seven", None),
        (0, None),
        (-3, None),
        (True, None),
        (2**31, None),
        ("9" * 30, None),
    ],
)
def test_account_is_the_number_or_else_the_name(user_id, account):
    assert facts_of(logged("page_close", user_id=user_id)).user_id == account


@pytest.mark.parametrize("username", ["half \ud800", "nul\0", "two\nlines"])
def test_account_that_can_only_be_told_by_a_broken_name_is_none(username):
    assert facts_of(logged("page_close", username=username, user_id=None)) is None
    assert facts_of(logged("page_close", username=username)).user_id == 7


@pytest.mark.parametrize(
    ("success", "kind"),
    [
        ("correct", Kind.PROBLEM_SOLVED),
        ("CORRECT", Kind.PROBLEM_SOLVED),
        ("incorrect", Kind.PROBLEM_TRIED),
        ("", Kind.PROBLEM_TRIED),
        (None, Kind.PROBLEM_TRIED),
    ],
)
def test_submission_is_solved_or_tried(success, kind):
    facts = facts_of(check(success=success))
    assert (facts.kind, facts.item) == (kind, PROBLEM)


def test_submission_without_success_was_not_correct():
    assert facts_of(logged("problem_check", {"problem_id": PROBLEM})).kind is Kind.PROBLEM_TRIED


@pytest.mark.parametrize(
    "problem_id",
    [
        None,
        "",
        5,
        [PROBLEM],
        "a" * 10_000,
        "nul\0",
        "half \ud800",
        "two\nlines",
    ],
    ids=lambda value: repr(value)[:40],
)
def test_submission_whose_problem_is_no_text_or_a_broken_one_is_dropped_wholly(problem_id):
    assert facts_of(check(problem_id)) is None


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(
    "problem_id",
    [
        "block-v1:TestX+Another+2026+type@problem+block@p1",
        "i4x://TestX/Another/problem/p1",
        "lib-block-v1:TestX+Lib+type@problem+block@p1",
        "lb:TestX:Lib:problem:p1",
    ],
)
def test_submission_to_a_problem_of_another_course_is_a_visit_and_no_problem(problem_id):
    facts = facts_of(check(problem_id))
    assert (facts.course_id, facts.kind, facts.item, facts.mark) == (COURSE, None, "", 0)
    assert facts_of(check(problem_id, success=["correct"])) is None


@pytest.mark.parametrize("problem_id", ["a\u00a0b", "a\u200db", "Aufgabe 1", "\U0001f600"])
def test_problem_that_is_no_usage_key_may_be_called_anything(problem_id):
    assert facts_of(check(problem_id)).item == problem_id


def test_submission_without_problem_or_from_a_browser_is_dropped_wholly():
    assert facts_of(logged("problem_check", {"success": "correct"})) is None
    assert facts_of(logged("problem_check", "input_p1=3", event_source="browser")) is None
    assert facts_of(logged("problem_check", {"problem_id": PROBLEM}, event_source="browser")) is None
    assert facts_of(check(success=["correct"])) is None


def test_problem_that_is_no_usage_key_is_a_problem_of_its_own():
    assert facts_of(check("p1")).item == "p1"


def test_problem_of_an_old_course_is_told_by_organization_and_course():
    event = check("i4x://TestX/Old/problem/p1")
    event["context"]["course_id"] = OLD_COURSE
    assert facts_of(event).item == "i4x://TestX/Old/problem/p1"


@pytest.mark.parametrize("name", ["play_video", "edx.video.played"])
@pytest.mark.parametrize("data", [{"id": "v1"}, {"id": VIDEO}, {"module_id": VIDEO}])
def test_video_is_one_in_browser_and_app(name, data):
    facts = facts_of(logged(name, json.dumps(data), event_source="mobile"))
    assert (facts.kind, facts.item, facts.mark) == (Kind.VIDEO, "v1", 0)
    assert facts_of(sent(name, data)).item == "v1"


def test_video_of_an_old_course_is_one_in_browser_and_app():
    ids = ["i4x-TestX-Old-video-v1", "i4x://TestX/Old/video/v1"]
    assert {facts_of(play(video, course_id=OLD_COURSE)).item for video in ids} == {"v1"}


@pytest.mark.parametrize("video", [None, "", 5, ["v1"], {"id": "v1"}, "v" * 10_000, "v\0", "v\udfff"])
def test_playing_without_a_video_is_dropped_wholly(video):
    assert facts_of(play(video)) is None


@pytest.mark.parametrize("data", ["{}", '{"code": "html5"}'])
def test_playing_nothing_is_dropped_wholly(data):
    assert facts_of(logged("play_video", data, event_source="browser")) is None


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("edx.forum.thread.created", Kind.THREAD),
        ("edx.forum.response.created", Kind.RESPONSE),
        ("edx.forum.comment.created", Kind.COMMENT),
        ("book", Kind.PAGE),
    ],
)
def test_posts_and_pages_count_each(name, kind):
    facts = facts_of(logged(name, {"id": "x"}))
    assert (facts.kind, facts.item) == (kind, "")
    assert facts.mark


def test_anonymous_post_is_told():
    assert facts_of(logged("edx.forum.thread.created", {"anonymous": True})).is_anonymous
    to_peers = {"anonymous": False, "anonymous_to_peers": True}
    assert not facts_of(logged("edx.forum.thread.created", to_peers)).is_anonymous


@pytest.mark.parametrize("thing", ["thread", "response", "comment"])
def test_votes_up_and_down_make_active(thing):
    name = f"edx.forum.{thing}.voted"
    assert facts_of(logged(name, {"vote_value": "up", "target_username": "bob"})).username == "ada"
    assert facts_of(logged(name, {"vote_value": "down"})).kind is None
    assert facts_of(logged(name, {"vote_value": "sideways"})) is None
    assert facts_of(logged(name, {})) is None


class TestMark:
    def test_same_event_has_the_same_live_and_logged(self):
        data = {"problem_id": PROBLEM, "success": "correct", "correct_map": {1: "é", 10: None, 2: 0.5}, "at": MOMENT}
        written = json.dumps({**data, "at": MOMENT.isoformat()})
        assert facts_of(sent("problem_check", data)) == facts_of(logged("problem_check", json.loads(written)))

    def test_page_of_a_browser_has_the_same_live_and_logged(self):
        data = {"type": "gotopage", "old": 1, "new": 2}
        live = sent("book", data, event_source="browser")
        assert facts_of(live) == facts_of(logged("book", json.dumps(data), event_source="browser"))

    def test_offset_and_order_of_fields_do_not_matter(self):
        one = logged("book", '{"old": 1, "new": 2}')
        other = logged("book", '{"new": 2, "old": 1}', time=MOMENT.astimezone(timezone(timedelta(hours=5))))
        assert facts_of(one) == facts_of(other)

    def test_different_events_of_the_same_second_differ(self):
        moments = [MOMENT, MOMENT + timedelta(microseconds=1)]
        assert len({facts_of(logged("book", "{}", time=moment)).mark for moment in moments}) == 2

    def test_different_events_of_the_same_microsecond_differ(self):
        assert len({facts_of(check(attempts=number)).mark for number in range(100)}) == 100


class TestSubsection:
    @pytest.mark.parametrize(
        "path",
        [
            f"/api/courseware/sequence/{SEQUENCE}",
            f"/api/courseware/sequence/{SEQUENCE}/",
            f"/courses/{COURSE}/xblock/{SEQUENCE}/handler/goto_position",
            f"/courses/{COURSE}/xblock/{SEQUENCE}/handler/goto_position/",
        ],
    )
    @pytest.mark.parametrize("course_id", [COURSE, "", None])
    def test_is_that_of_a_request(self, path, course_id):
        facts = facts_of(visit(path, course_id=course_id))
        assert (facts.course_id, facts.subsection) == (COURSE, SEQUENCE)

    @pytest.mark.parametrize(
        "name",
        [
            "edx.ui.lms.sequence.next_selected",
            "edx.ui.lms.sequence.previous_selected",
            "edx.ui.lms.sequence.tab_selected",
            "seq_next",
            "seq_prev",
            "seq_goto",
        ],
    )
    def test_is_the_one_that_navigation_names(self, name):
        data = {"id": SEQUENCE, "current_tab": 1, "tab_count": 3}
        assert facts_of(logged(name, json.dumps(data), event_source="browser")).subsection == SEQUENCE
        assert facts_of(sent(name, data, event_source="browser")).subsection == SEQUENCE

    @pytest.mark.parametrize(
        "key", [None, "", "s1", VIDEO, "block-v1:TestX+Another+2026+type@sequential+block@s1"]
    )
    def test_is_none_where_navigation_names_no_subsection_of_the_course(self, key):
        facts = facts_of(logged("seq_next", json.dumps({"id": key}), event_source="browser"))
        assert facts.subsection == ""

    @pytest.mark.parametrize("key", [5, [SEQUENCE], {"id": SEQUENCE}, "nul\0", "half \ud800", "s" * 10_000])
    def test_navigation_that_names_nothing_that_can_be_a_key_is_dropped_wholly(self, key):
        assert facts_of(logged("seq_next", json.dumps({"id": key}), event_source="browser")) is None

    @pytest.mark.parametrize("rest", ["chapter/section/", "chapter/section/1", "a/b/c/d", "Kapitel/Überblick/"])
    @pytest.mark.parametrize("course_id", [COURSE, OLD_COURSE])
    def test_is_the_path_of_an_old_page(self, rest, course_id):
        path = f"/courses/{course_id}/courseware/{rest}"
        assert facts_of(visit(path, course_id=course_id)).subsection == path

    @pytest.mark.parametrize(
        "path",
        [
            f"/courses/{COURSE}/courseware/",
            f"/courses/{COURSE}/courseware/chapter/",
            f"/courses/{COURSE}/courseware/chapter/section",
            f"/courses/{COURSE}/courseware//section/",
            f"/courses/{COURSE}/wiki/courseware/a/b/",
            f"/courses/{COURSE}/courseware/a/b/{'c' * 600}",
            f"/courses/{COURSE}/xblock/{VIDEO}/handler/goto_position",
            f"/courses/{COURSE}/xblock/{SEQUENCE}/handler/get_completion",
            f"/api/courseware/sequence/{VIDEO}",
            f"/api/courseware/sequence/{SEQUENCE}/more",
            f"/xblock/{SEQUENCE}",
        ],
    )
    def test_other_requests_are_visits_only(self, path):
        assert facts_of(visit(path)).subsection == ""

    def test_name_of_a_path_from_a_browser_is_no_request(self):
        path = f"/courses/{COURSE}/courseware/chapter/section/"
        assert facts_of(logged(path, "{}", event_source="browser")).subsection == ""


class TestVisit:
    @pytest.mark.parametrize(
        "path",
        [
            f"/api/course_home/course_metadata/{COURSE}",
            f"/api/course_home/outline/{COURSE}",
            f"/xblock/{USAGE}+type@vertical+block@u1",
            f"/xblock/aside-usage-v1:{USAGE}+type@vertical+block@u1",
        ],
    )
    def test_takes_course_from_the_path(self, path):
        assert facts_of(visit(path, course_id="")).course_id == COURSE
        assert facts_of(sent(path, "{}", course_id="", event_source="server")).course_id == COURSE

    def test_prefers_the_course_of_the_context(self):
        assert facts_of(visit("/xblock/block-v1:A+B+C+type@html+block@x")).course_id == COURSE

    @pytest.mark.parametrize("path", ["/dashboard", "/", "/courses/", "/api/x/ccx-block-v1:A+B+C+ccx@1+type@html+block@x"])
    def test_without_course_does_not_count(self, path):
        assert facts_of(visit(path, course_id="")) is None

    def test_of_another_event_takes_no_course_from_anywhere(self):
        event = logged("page_close", course_id="", page=f"http://lms/courses/{COURSE}/courseware/")
        event["context"]["path"] = f"/courses/{COURSE}/"
        assert facts_of(event) is None

    def test_counts_although_its_excerpt_is_cut(self):
        cut = json.dumps({"GET": {}, "POST": {"input": ["x" * 600]}})[:512]
        assert facts_of(visit(f"/courses/{COURSE}/xblock/{PROBLEM}/handler/xmodule_handler/problem_check", data=cut))

    @pytest.mark.parametrize(
        "path",
        [
            f"/courses/{COURSE}/instructor",
            f"/courses/{COURSE}/instructor/api/list_instructor_tasks",
            f"/courses/{COURSE}/instructor_task_status",
            f"/api/instructor/v1/tasks/{COURSE}",
            f"/api/instructor_task/v1/courses/{COURSE}/",
            "/instructor_task_status/",
            f"/learner_data/courses/{COURSE}/",
            f"/learner_data/api/v1/courses/{COURSE}/learners/",
        ],
    )
    def test_of_the_course_teams_pages_makes_nobody_active(self, path):
        assert facts_of(visit(path)) is None

    def test_of_the_gradebook_counts(self):
        assert facts_of(visit(f"/courses/{COURSE}/gradebook"))


def test_live_event_of_a_moment_without_zone_is_in_utc():
    assert facts_of(sent("page_close", time=datetime(2026, 3, 2, 23))).day == date(2026, 3, 2)
    assert facts_of(sent("page_close", time=datetime(2026, 3, 2, 23, tzinfo=UTC))).day == date(2026, 3, 2)
