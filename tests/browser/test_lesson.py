"""A lesson of the demo: what a learner does there can be watched on the page of the course team."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from .demo import SMALL
from .panels import PATIENCE, column_of_table, list_learners

COLUMNS = {
    "last_active": "Last active",
    "problems_tried": "Problems tried",
    "problems_correct": "Problems correct",
    "videos_played": "Videos played",
}


def open_lesson(page, demo):
    """From the front page to the latest lesson."""
    page.goto(f"{demo.address}/")
    page.locator("li", has_text=SMALL).get_by_role("link", name="Course", exact=True).click()
    expect(page.locator("h1")).to_have_text("Week 12: Telling others")


def answer(page, place, choice):
    """Submit a choice in one of the problems; answers the output."""
    problem = page.locator("form.problem").nth(place)
    problem.get_by_role("radio").nth(choice).check()
    problem.get_by_role("button", name="Submit").click()
    return problem.get_by_role("status")


def play(page):
    """Play the video for a moment; the event has arrived."""
    with page.expect_response("**/event") as told:
        page.get_by_role("button", name="Play").click()
    assert told.value.status == 200
    page.get_by_role("button", name="Pause").click()


def numbers_of(page, demo, username):
    """What the course team's table shows of a learner."""
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.locator("#learner-data-column-choice").evaluate("(element) => { element.open = true; }")
    for label in COLUMNS.values():
        page.locator("#learner-data-column-choice").get_by_label(label, exact=True).check()
    for key in COLUMNS:
        expect(page.locator(f".ld-learners thead [data-column={key}]")).to_be_visible()
    # What learners did comes after the rows.
    expect(page.locator(".ld-strip")).to_have_count(150, timeout=PATIENCE)
    place = column_of_table(page, "username").index(username)
    return {key: column_of_table(page, key)[place] for key in COLUMNS}


def test_what_a_learner_does_can_be_watched_in_the_table(window, demo):
    before = numbers_of(window("instructor"), demo, "learner")
    lesson = window("learner")
    open_lesson(lesson, demo)
    lesson.get_by_role("link", name="Previous").click()
    expect(lesson.locator("h1")).to_have_text("Week 11: A line through points")
    play(lesson)
    expect(answer(lesson, 0, 0)).to_have_text("Incorrect (attempt 1)")
    expect(answer(lesson, 0, 1)).to_have_text("Correct (attempt 2)")
    expect(answer(lesson, 1, 1)).to_have_text("Incorrect (attempt 1)")
    after = numbers_of(window("instructor"), demo, "learner")
    assert after["last_active"] == "today"
    for column, more in (("problems_tried", 2), ("problems_correct", 1), ("videos_played", 1)):
        assert int(after[column]) == int(before[column] or 0) + more, column


def test_answers_are_kept_with_their_history(window, demo):
    lesson = window("learner")
    open_lesson(lesson, demo)
    expect(answer(lesson, 0, 2)).to_have_text("Incorrect (attempt 1)")
    expect(answer(lesson, 0, 0)).to_have_text("Correct (attempt 2)")
    lesson.reload()
    expect(lesson.locator("form.problem").nth(0).get_by_role("radio").nth(0)).to_be_checked()
    key = f"{SMALL.replace('course-v1', 'block-v1')}+type@problem+block@problem_12_1"
    rows = demo.sql(
        "SELECT h.state FROM coursewarehistoryextended_studentmodulehistoryextended h "
        "JOIN courseware_studentmodule m ON m.id = h.student_module_id JOIN auth_user u ON u.id = m.student_id "
        "WHERE m.module_id = ? AND u.username = 'learner' ORDER BY h.id",
        key,
    )
    attempts = [json.loads(state)["attempts"] for (state,) in rows]
    assert attempts == [1, 2]


def test_somebody_who_is_not_enrolled_sees_no_lesson(window, demo, failing_calls):
    page = window("outsider")
    answered = page.goto(f"{demo.address}/courses/{SMALL}/course/")
    assert answered is not None
    assert answered.status == 404
