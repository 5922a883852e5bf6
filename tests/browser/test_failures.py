"""What the page says when something does not work, and the way on that it offers."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from .demo import LARGE, SMALL
from .panels import charts_drawn, list_learners, open_tab, ready, request

pytestmark = pytest.mark.usefixtures("failing_calls")


def test_no_worker_is_said_and_the_report_is_made_when_one_comes(page, demo):
    page.goto(demo.own_page(SMALL))
    with demo.worker_stopped():
        request(page)
        task = page.locator("#learner-data-tasks [data-task-id]")
        expect(task).to_contain_text("Waiting to start")
        demo.make_runs_older(minutes=2)
        page.reload()
        expect(task).to_contain_text("Still waiting to start")
        expect(task).to_contain_text("contact site support")
    expect(page.locator("#learner-data-files [data-file]")).to_have_count(1, timeout=30_000)


def test_a_worker_that_went_silent_is_said_and_trying_again_helps(page, demo):
    page.goto(demo.own_page(LARGE))
    request(page)
    task = page.locator("#learner-data-tasks [data-task-id]")
    expect(task).to_contain_text("of 1,000 rows")
    with demo.worker_stopped():
        demo.make_runs_older(minutes=30)
        page.reload()
        expect(task).to_contain_text("The report was interrupted.")
        again = task.get_by_role("button", name="Try again")
        expect(again).to_be_visible()
        again.click()
        expect(task).to_contain_text("Waiting to start")
    expect(page.locator("#learner-data-files [data-file]")).to_have_count(1, timeout=30_000)


def test_no_broker_is_said_and_nothing_is_left_waiting(page, demo):
    page.goto(demo.own_page(SMALL))
    message = page.locator("#learner-data-reports [data-message]").first
    with demo.broker_gone():
        request(page)
        expect(message).to_have_class("ld-message ld-message-error")
        expect(message.get_by_role("button", name="Try again")).to_be_visible()
        expect(page.locator("#learner-data-tasks progress")).to_have_count(0)
        assert not demo.sql("SELECT 1 FROM learner_data_plugin_reportrun WHERE ended IS NULL")
    message.get_by_role("button", name="Try again").click()
    ready(page)


def test_a_failed_report_is_told_and_tried_again(page, demo):
    page.goto(demo.own_page(SMALL))
    with demo.report_store_refusing():
        request(page, "xlsx")
        message = page.locator("#learner-data-reports [data-message]").first
        expect(message).to_contain_text("The report failed", timeout=30_000)
        page.reload()
        task = page.locator("#learner-data-tasks [data-task-id]")
        expect(task).to_contain_text("Failed")
    task.get_by_role("button", name="Try again").click()
    expect(page.locator("#learner-data-files [data-file]")).to_have_count(1, timeout=30_000)
    expect(page.locator("#learner-data-files [data-file]")).to_contain_text("XLSX")
    expect(page.locator("#learner-data-tasks-empty")).to_be_visible()


@pytest.mark.parametrize("course", [SMALL, LARGE])
def test_without_a_role_the_page_says_which_one_and_whom_to_ask(window, demo, course):
    page = window("outsider")
    assert page.goto(demo.own_page(course)).status == 403
    note = page.get_by_role("note")
    expect(note).to_contain_text("Admin, Staff, Course Data Researcher")
    expect(note).to_contain_text("Membership tab")
    expect(page.locator(".ld-panel")).to_have_count(0)


def test_without_a_role_the_section_of_the_dashboard_says_so_and_opens(window, demo):
    demo.set_site_values(ROLES=["data_researcher"])
    page = window("staff")
    page.goto(demo.dashboard(SMALL).partition("#")[0])
    for name in ("Learner Data", "Membership", "Learner Data"):
        page.get_by_role("button", name=name).click()
    expect(page.get_by_role("note")).to_contain_text("Course Data Researcher")
    assert page.url.endswith("#view-learner_data")
    page.reload()
    expect(page.get_by_role("note")).to_be_visible()


def test_an_ended_session_leads_to_sign_in_and_back(page, demo):
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    page.context.clear_cookies()
    request(page)
    message = page.locator("#learner-data-reports [data-message]").first
    expect(message).to_contain_text("Your session has ended.")
    open_tab(page, "Learners")
    expect(page.locator("#learner-data-learners [data-message]")).to_contain_text("Your session has ended.")
    open_tab(page, "Reports")
    message.get_by_role("link", name="Sign in").click()
    page.get_by_label("Username").fill("instructor")
    page.get_by_label("Password").fill("edx")
    page.keyboard.press("Enter")
    page.wait_for_url(f"{demo.own_page(SMALL)}?tab=reports")
    list_learners(page)


def test_a_role_taken_away_is_noticed_at_the_next_click(window, demo):
    page = window("staff")
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    demo.set_site_values(ROLES=["data_researcher"])
    open_tab(page, "Learners")
    expect(page.locator("#learner-data-learners [data-message]")).to_contain_text("To see learner data you need")


def test_a_lost_connection_is_said_and_what_runs_is_found_again(page, demo):
    page.goto(demo.own_page(LARGE))
    request(page)
    expect(page.locator("#learner-data-tasks [data-task-id]")).to_have_count(1)
    with demo.worker_stopped():
        page.context.set_offline(True)
        expect(page.locator("#learner-data-tasks-message")).to_contain_text("Trying again in")
        page.context.set_offline(False)
    expect(page.locator("#learner-data-files [data-file]")).to_have_count(1, timeout=30_000)
    expect(page.locator("#learner-data-tasks-message")).to_be_hidden()


def test_a_file_that_a_colleague_deleted_meanwhile(window, demo):
    page, colleague = window(), window("admin")
    page.goto(demo.own_page(SMALL))
    request(page)
    ready(page)
    colleague.goto(demo.own_page(SMALL))
    open_tab(colleague, "Reports")
    for tab in (colleague, page):
        tab.locator("#learner-data-files").get_by_role("button", name="Delete").click()
        tab.get_by_role("button", name="Delete file").click()
        expect(tab.locator("#learner-data-files [data-file]")).to_have_count(0)
    expect(page.locator("#learner-data-files-message")).to_have_class("ld-message ld-message-error")


def test_a_report_to_which_nothing_is_added_is_said_before_it_is_given_up(page, demo):
    page.goto(demo.own_page(LARGE))
    request(page)
    task = page.locator("#learner-data-tasks [data-task-id]")
    expect(task).to_contain_text(re.compile("[1-9]\\d* of 1,000 rows"))
    site = page.url.partition("/learner_data/")[0]
    answer = page.request.get(f"{site}/learner_data/api/v1/courses/{LARGE}/tasks/").text()
    page.clock.install()
    page.route("**/tasks/", lambda route: route.fulfill(body=answer, content_type="application/json"))
    page.reload()
    expect(task).to_contain_text("left")
    page.clock.run_for(45_000)
    expect(task).to_contain_text("No progress for 30 seconds.")
    expect(task).not_to_contain_text(" left")
    page.unroute("**/tasks/")
    page.clock.run_for(15_000)
    expect(page.locator("#learner-data-files [data-file]")).to_have_count(1, timeout=30_000)
