from __future__ import annotations

import gzip
import json
import random
from datetime import UTC, date, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command

from learner_data_plugin.engagement import coverage, importing, store, tracking_log
from learner_data_plugin.engagement.batch import Batch
from learner_data_plugin.engagement.facts import facts_of
from learner_data_plugin.engagement.writing import Writer
from learner_data_plugin.models import ImportedDays, LearnerDay, LearnerDayItem
from tests import factories

from .events import check, logged, play, visit

pytestmark = pytest.mark.django_db

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
WEEK = {"first": date(2026, 3, 2), "last": date(2026, 3, 8)}


@pytest.fixture
def learner(course_key: Any) -> Any:
    return factories.make_learner(course_key)


@pytest.fixture
def event(course_key: Any, learner: Any) -> Any:
    """Makes events of the learner in the course, so many hours after Monday began."""

    def make(kind: Any = logged, *values: Any, hours: float = 0, **more: Any) -> dict[str, Any]:
        made = kind(*(values or (["page_close"] if kind is logged else [])))
        made["context"] |= {"course_id": str(course_key), "user_id": learner.pk}
        made["time"] = (MONDAY + timedelta(hours=hours)).isoformat()
        for key in more.keys() & {"course_id", "user_id"}:
            made["context"][key] = more.pop(key)
        return made | more

    return make


@pytest.fixture
def write_log(tmp_path: Path) -> Any:
    def write(*lines: Any, name: str = "tracking.log", compressed: bool = False) -> Path:
        path = tmp_path / name
        texts = [
            line if isinstance(line, bytes) else (line if isinstance(line, str) else json.dumps(line)).encode()
            for line in lines
        ]
        content = b"".join(text + b"\n" for text in texts)
        path.write_bytes(gzip.compress(content) if compressed else content)
        return path

    return write


def run(*paths: Path, **options: Any) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("learner_data_import_tracking_log", *map(str, paths), stdout=out, stderr=err, **options)
    return out.getvalue(), err.getvalue()


def everything() -> Any:
    days = LearnerDay.objects.order_by("course", "day", "user_id")
    items = LearnerDayItem.objects.order_by("course", "day", "user_id", "kind", "item", "mark")
    return (
        list(days.values_list("course", "day", "user_id", "subsection_id", "subsection_moment")),
        list(items.values_list("course", "day", "user_id", "kind", "item_id", "mark")),
    )


@pytest.fixture
def sample(course_key: Any, event: Any) -> list[dict[str, Any]]:
    """A week of what a learner does."""
    chance = random.Random(5)
    usage = str(course_key).replace("course-v1", "block-v1")
    events = []
    for hour in range(24 * 7):
        at = hour + chance.random() * 0.9
        block = chance.randint(1, 4)
        events += [
            event(hours=at),
            event(check, f"{usage}+type@problem+block@p{block}", chance.choice(["correct", "incorrect"]), hours=at),
            event(play, f"v{block}", hours=at),
            event(visit, f"/api/courseware/sequence/{usage}+type@sequential+block@s{block}", hours=at),
            event(logged, "book", json.dumps({"new": block}), hours=at, event_source="browser"),
            event(logged, "edx.forum.thread.created", {"id": f"t{hour}"}, hours=at),
        ]
    return events


def test_what_learners_did_is_counted(course_key, event, write_log, learner):
    log = write_log(event(check, "p1"), event(play), event(play, hours=30), event(logged, "book", "{}", hours=31))
    out, err = run(log)
    assert list(store.counts(course_key, **WEEK)) == [(learner.pk, 1, 1, 1, 1, 0, 0, 0, 1)]
    assert [row.day.day for row in store.active_days(course_key, **WEEK)] == [2, 3]
    assert out == f"{log}: 4 lines, 4 events that count, 0 broken lines.\n"
    assert err == ""


def test_same_file_again_changes_nothing(sample, write_log):
    log = write_log(*sample)
    run(log)
    before = everything()
    assert len(before[1]) > 500
    run(log)
    run(log, write_log(*sample, name="again.gz", compressed=True))
    assert everything() == before


@pytest.mark.parametrize("rows_at_once", [7, 20_000])
def test_order_of_lines_and_of_files_does_not_matter(rows_at_once, sample, write_log, monkeypatch):
    run(write_log(*sample))
    expected = everything()
    for model in (LearnerDay, LearnerDayItem):
        model.objects.all().delete()
    monkeypatch.setattr(importing, "ROWS_AT_ONCE", rows_at_once)
    monkeypatch.setattr(importing, "ROWS_IN_TRANSACTION", 5)
    random.Random(7).shuffle(sample)
    run(write_log(*sample[:400], name="a"), write_log(*sample[300:], name="b"))
    assert everything() == expected


def test_subsections_of_the_same_moment_do_not_depend_on_the_order(course_key, event, write_log):
    paths = [f"/courses/{course_key}/courseware/chapter/{name}/" for name in ("b", "a", "c")]
    for order in ([0, 1, 2], [2, 1, 0], [1, 2, 0]):
        LearnerDay.objects.all().delete()
        for place in order:
            run(write_log(event(visit, paths[place])))
        [(_user_id, _days, opened)] = store.days_and_subsections(course_key, **WEEK)
        assert store.addresses([opened]) == {opened: paths[1]}


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("name", ["tracking.log", "tracking.log-20260302.gz"])
def test_compressed_files_are_known_by_their_content(compressed, name, event, write_log):
    run(write_log(event(), name=name, compressed=compressed))
    assert LearnerDay.objects.count() == 1


def test_files_of_several_compressed_parts_are_read_to_the_end(event, tmp_path):
    log = tmp_path / "joined.gz"
    log.write_bytes(b"".join(gzip.compress(json.dumps(event(hours=24 * day)).encode() + b"\n") for day in range(3)))
    run(log)
    assert LearnerDay.objects.count() == 3


def test_last_line_needs_no_end(event, tmp_path):
    log = tmp_path / "log"
    log.write_text(json.dumps(event()))
    run(log)
    assert LearnerDay.objects.count() == 1


def test_what_stands_before_an_event_is_passed_over(event, write_log):
    before = "Mar  2 10:20:30 ip-10-0-0-1 [service_variant=lms][tracking][env:prod] INFO [x 1] [tracking.py:1] - "
    assert "1 events that count" in run(write_log(before + json.dumps(event())))[0]


def test_broken_lines_are_counted_and_named(event, write_log):
    broken = [
        "no event",
        "{",
        '{"a": 1} and more',
        "{" * 20_000,
        '{"a": ' + "[" * 20_000,
        b"\xff\xfe{\x00",
        '{"time": "\udc80"'.encode("utf-8", "surrogatepass"),
    ]
    log = write_log(event(), "", *broken, "  ", event(hours=30))
    out, err = run(log)
    assert LearnerDay.objects.count() == 2
    assert out == f"{log}: 11 lines, 2 events that count, 7 broken lines.\n"
    assert err.splitlines() == [f"{log}:{number}: no event stands here." for number in range(3, 10)]


def test_only_the_first_of_many_broken_lines_are_named(write_log):
    log = write_log(*["x"] * 1_234)
    lines = run(log)[1].splitlines()
    assert len(lines) == importing.MOST_NAMED + 1
    assert lines[-1] == f"{log}: and in 1,214 further lines."


def test_line_without_end_is_one_broken_line(event, tmp_path, monkeypatch):
    monkeypatch.setattr(tracking_log, "LONGEST_LINE", 5_000)
    log = tmp_path / "log"
    log.write_bytes(
        b"\n".join(
            [json.dumps(event()).encode(), b'{"a": "' + b"x" * 22_000, json.dumps(event(hours=24)).encode(), b"y" * 5_000]
        )
    )
    out, err = run(log)
    assert "4 lines, 2 events that count, 2 broken lines" in out
    assert [line.split(":")[1] for line in err.splitlines()] == ["2", "4"]


def test_line_of_any_content_does_no_harm(event, write_log):
    wrong = [None, True, 5, "x" * 10_000, "nul\0", "half \ud800", [], ["a"], {}, {"a": "b"}, float("inf"), 10**400]
    lines = []
    for value in wrong:
        for field in ("time", "username", "event", "event_type", "event_source", "context", "name"):
            lines.append(json.dumps({**event(check, "p1"), field: value}))
        for field in ("course_id", "user_id"):
            lines.append(json.dumps(event(check, "p1", **{field: value})))
        for field in ("problem_id", "success"):
            lines.append(json.dumps({**event(), "event_type": "problem_check", "event": {"problem_id": "p", field: value}}))
    out, _err = run(write_log(*lines, event(play)))
    assert f"{len(lines) + 1} lines" in out
    assert LearnerDayItem.objects.filter(kind=3).count() == 1


class TestDamagedFile:
    @pytest.fixture
    def damaged(self, sample: Any, write_log: Any) -> Path:
        log: Path = write_log(*sample, compressed=True)
        log.write_bytes(log.read_bytes()[: log.stat().st_size * 2 // 3])
        return log

    def test_ends_with_an_error_after_what_was_whole_is_kept(self, damaged, write_log, event):
        other = write_log(event(logged, "book", '{"of": "the other file"}', hours=200), name="other")
        err = StringIO()
        with pytest.raises(CommandError, match="1 of 2 files could not be read to the end"):
            call_command("learner_data_import_tracking_log", str(damaged), str(other), stdout=StringIO(), stderr=err)
        assert "is damaged or cut off after line" in err.getvalue()
        assert LearnerDayItem.objects.count() > 100
        assert LearnerDay.objects.filter(day=date(2026, 3, 10)).exists()

    def test_says_of_no_day_that_all_of_it_is_known(self, damaged):
        for options in ({}, {"first": "2026-03-02", "last": "2026-03-08"}):
            with pytest.raises(CommandError):
                run(damaged, **options)
        assert not ImportedDays.objects.exists()

    def test_with_a_wrong_checksum_is_damaged(self, sample, write_log):
        log = write_log(*sample, compressed=True)
        content = bytearray(log.read_bytes())
        content[-8] ^= 1
        log.write_bytes(content)
        with pytest.raises(CommandError):
            run(log)
        assert LearnerDay.objects.count() == 7


def test_file_that_is_not_there_is_said_before_anything_is_imported(event, write_log, tmp_path):
    with pytest.raises(CommandError, match="Nothing has been imported"):
        run(write_log(event()), tmp_path / "absent")
    with pytest.raises(CommandError, match="Nothing has been imported"):
        run(tmp_path)
    assert not LearnerDay.objects.exists()


class TestCourse:
    def test_only_its_events_are_taken(self, course_key, event, write_log):
        other = factories.make_course()
        log = write_log(event(), event(course_id=str(other), hours=24), event(hours=72))
        out, _err = run(log, course=str(other))
        assert "1 events that count" in out
        assert list(LearnerDay.objects.values_list("course__course_id", flat=True)) == [other]
        known = coverage.known_days(course_key, **WEEK)
        assert not any(day.is_complete for day in known.values())
        assert [day.day for day, known in coverage.known_days(other, **WEEK).items() if known.is_complete] == [3, 4]

    @pytest.mark.parametrize("course_id", ["nonsense", "course-v1:Not+Here+1"])
    def test_has_to_be_on_this_site(self, course_id, write_log, event):
        with pytest.raises(CommandError, match=course_id.replace("+", r"\+")):
            run(write_log(event()), course=course_id)


class TestDays:
    def known(self, course_key: Any) -> list[int]:
        return [day.day for day, known in coverage.known_days(course_key, **WEEK).items() if known.is_complete]

    def test_those_strictly_between_first_and_last_event_are_known(self, course_key, event, write_log):
        run(write_log(event(hours=100), event(hours=0), event(hours=30)))
        assert self.known(course_key) == [3, 4, 5]

    def test_events_that_do_not_count_say_how_far_a_file_reaches_too(self, course_key, event, write_log):
        run(write_log(event(username=""), event(hours=60), event(course_id="", hours=100)))
        assert self.known(course_key) == [3, 4, 5]

    def test_clocks_of_telephones_say_nothing(self, course_key, event, write_log):
        mobile = {"event_source": "mobile"}
        run(write_log(event(hours=-500, **mobile), event(hours=48), event(hours=100), event(hours=5_000, **mobile)))
        assert self.known(course_key) == [5]

    def test_those_asked_for_are_known_and_alone_taken(self, course_key, event, write_log):
        logs = [write_log(event(hours=24 * day + 5), name=f"log{day}") for day in range(7)]
        run(*logs, first="2026-03-03", last="2026-03-05")
        assert self.known(course_key) == [3, 4, 5]
        assert [row.day.day for row in store.active_days(course_key, **WEEK)] == [3, 4, 5]

    def test_files_that_follow_each_other_are_known_from_the_day_asked_for_to_the_last_whole_one(
        self, course_key, event, write_log
    ):
        logs = [write_log(event(hours=24 * day + 3), event(hours=24 * day + 27), name=f"log{day}") for day in range(4)]
        run(*logs)
        assert self.known(course_key) == []
        run(*logs, first="2026-03-03")
        assert self.known(course_key) == [3, 4, 5]

    @pytest.mark.parametrize(
        "options", [{"first": "2026-3-2"}, {"last": "soon"}, {"first": "2026-03-03", "last": "2026-03-02"}]
    )
    def test_have_to_be_days_in_their_order(self, options, write_log, event):
        with pytest.raises(CommandError, match=r"--from|--until"):
            run(write_log(event()), **options)

    def test_of_an_empty_file_are_none(self, write_log):
        run(write_log())
        assert not ImportedDays.objects.exists()


def test_accounts_and_courses_that_are_not_here_are_told(event, write_log, learner, settings):
    gone = {"user_id": 2_000_000}
    retired = factories.make_user()
    get_user_model().objects.filter(pk=retired.pk).update(username=f"{settings.RETIRED_USERNAME_PREFIX}x")
    log = write_log(
        event(),
        event(**gone),
        event(user_id=retired.pk),
        event(user_id=None, username="nobody"),
        event(course_id="course-v1:A+B+C"),
        event(user_id="", username=learner.username, hours=24),
    )
    out, _err = run(log)
    assert out.splitlines()[1] == f"{log}: 4 days of learners are left out, whose account or course is not on this site."
    assert list(LearnerDay.objects.order_by("day").values_list("user_id", "day__day")) == [(learner.pk, 2), (learner.pk, 3)]


def test_anonymous_posts_are_left_out_unless_the_site_asks_for_them(course_key, event, write_log):
    log = write_log(event(logged, "edx.forum.thread.created", {"anonymous": True, "id": "t"}))
    run(log)
    assert not LearnerDay.objects.exists()
    factories.configure_site(course_key.org, LEARNER_DATA_PLUGIN={"ANONYMOUS_POSTS": True})
    run(log)
    assert LearnerDayItem.objects.count() == 1


def test_what_was_recorded_live_is_not_counted_again(course_key, learner, write_log, sample):
    batch = Batch()
    for record in sample:
        data = json.loads(record["event"]) if record["event_source"] == "browser" else record["event"]
        context = {**record["context"], "username": record["username"], "event_source": record["event_source"]}
        live = {"name": record["name"], "timestamp": datetime.fromisoformat(record["time"]), "data": data, "context": context}
        batch.add(facts_of(live))
    Writer().write(batch)
    before = everything()
    run(write_log(*sample))
    assert everything() == before
