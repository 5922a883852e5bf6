"""The tab Learners: the table, who is shown in it, what can be done with them, and taking along exactly what it shows."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import openpyxl
import pytest
from playwright.sync_api import expect

from .accessibility import assert_accessible
from .chromium import NARROW, PHONE, WIDE
from .demo import LARGE, RUNS, SMALL, until
from .panels import PATIENCE, column_of_table, columns_shown, found, list_learners, list_profiles, read_csv, ready

FIRST_COLUMNS = ["username", "name", "email", "enrollment_mode", "cohort", "team", "grade", "last_active"]


def answer(page):
    return page.locator("#learner-data-learners [data-answer]")


def takers(page):
    return page.locator(":is([data-export], [data-copy], [data-print])")


def shown(page):
    return page.locator("#learner-data-table .ld-range")


def box_of(locator):
    return locator.evaluate("(element) => element.getBoundingClientRect().toJSON()")


def without_guard(cell):
    """A cell of a CSV without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@\t\r") else cell


def choose_column(page, name, *, on):
    menu = page.locator("#learner-data-column-choice")
    if menu.get_attribute("open") is None:
        menu.locator("summary").click()
    box = menu.get_by_label(name, exact=True)
    (box.check if on else box.uncheck)()
    found(page)


def no_answer_by_itself(page):
    """Files are offered, and not downloaded at once."""
    page.locator("#learner-data-tabs").get_by_role("link", name="Reports").click()
    page.get_by_label("Download a report that I request here as soon as it is ready").uncheck()
    page.locator("#learner-data-tabs").get_by_role("link", name="Learners").click()


def test_a_small_course_is_shown_whole_in_the_order_of_usernames(page, demo):
    page.goto(demo.own_page(SMALL))
    rows = list_learners(page)
    expect(rows).to_have_count(150)
    assert column_of_table(page, "username") == demo.usernames(SMALL)
    expect(shown(page)).to_have_text("Showing 150 of 150 learners")
    assert columns_shown(page) == [None, "who", "enrollment_mode", "cohort", "team", "grade", "weeks", "last_active"][1:]


def test_the_list_of_the_guide_has_words_for_codes(page, demo):
    page.goto(demo.own_page(SMALL))
    list_profiles(page)
    columns = columns_shown(page)
    assert {"gender", "level_of_education", "goals", "country", "city"} <= set(columns)
    assert not {"id", "language", "location", "mailing_address"} & set(columns)
    degrees = set(column_of_table(page, "level_of_education"))
    assert "Bachelor's degree" in degrees
    assert not {"b", "m", "hs"} & degrees
    assert "India" in column_of_table(page, "country")
    tracks = set(column_of_table(page, "enrollment_mode"))
    assert "Audit" in tracks
    assert not {"audit", "verified", "honor"} & tracks


def test_activity_and_progress_stand_in_each_row(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    expect(page.locator(".ld-strip")).to_have_count(150, timeout=PATIENCE)
    expect(page.locator(".ld-learners").get_by_text("Never started", exact=True).first).to_be_visible()
    known = dict(demo.sql(
        "SELECT username, MAX(day) FROM (SELECT user_id, date AS day, course_key FROM course_goals_useractivity UNION ALL "
        "SELECT user_id, day, c.course_id FROM learner_data_plugin_learnerday AS d "  # the course team looks around meanwhile
        "JOIN learner_data_plugin_engagementcourse AS c ON c.id = d.course_id) AS a "
        "JOIN auth_user ON auth_user.id = a.user_id WHERE course_key = ? GROUP BY username", SMALL,
    ))  # fmt: skip
    shown_days = page.evaluate(
        "() => Object.fromEntries([...document.querySelectorAll('.ld-learners tbody tr')].map((row) => "
        "[row.dataset.username, row.querySelector('time')?.dateTime ?? null]))"
    )
    assert shown_days == {name: known.get(name) for name in shown_days}
    grades = dict(demo.sql(
        "SELECT username, percent_grade FROM grades_persistentcoursegrade AS g JOIN auth_user ON auth_user.id = g.user_id "
        "WHERE course_id = ?", SMALL,
    ))  # fmt: skip
    told = dict(zip(column_of_table(page, "username"), column_of_table(page, "grade"), strict=True))
    assert {name for name, grade in told.items() if grade} == set(grades) & set(told)
    name, percent = next((name, grades[name]) for name in told if name in grades)
    assert float(told[name].removesuffix("%")) == pytest.approx(100 * percent, abs=0.06)
    page.locator("tr[data-username=instructor] a").click()
    expect(page.get_by_role("heading", name="Progress")).to_be_visible()
    expect(page.locator("main")).to_contain_text("instructor")


@pytest.mark.parametrize(("course", "whole"), [(SMALL, 150), (LARGE, 1_000)])
def test_presets_say_how_many_and_show_them(page, demo, course, whole):
    page.goto(demo.own_page(course))
    list_learners(page)
    count = page.locator("[data-preset=inactive_14] .ld-chip-count")
    expect(count).to_have_text(re.compile(r"^[\d,]+$"))
    number = int(count.inner_text().replace(",", ""))
    assert 0 < number < whole
    page.locator("[data-preset=inactive_14]").click()
    found(page)
    expect(shown(page)).to_contain_text(f"of {number if course == LARGE else whole:,} learners")
    expect(page.locator("[data-preset=inactive_14]")).to_have_attribute("aria-pressed", "true")
    assert page.url.endswith("?tab=learners&activity=inactive_14")
    page.reload()
    found(page)
    expect(shown(page)).to_contain_text(f"{number:,}" if course == LARGE else f"Showing {number} of")
    limit = datetime.now(UTC).date().toordinal() - 14
    expect(page.locator(".ld-strip").first).to_be_visible(timeout=PATIENCE)
    days = page.locator(".ld-learners time").evaluate_all("(times) => times.map((time) => time.dateTime)")
    assert all(datetime.fromisoformat(day).toordinal() <= limit for day in days)


def test_who_has_not_come_for_two_weeks_in_a_spreadsheet(page, demo, saved):
    """What a course team wants on Monday: four clicks from the page."""
    page.goto(demo.own_page(LARGE))
    page.locator("#learner-data-tabs").get_by_role("link", name="Learners").click()
    page.get_by_role("button", name="Not active for 14 days").click()
    found(page)
    lines = read_csv(saved(page, page.get_by_role("button", name="Export as CSV").click))
    assert lines[0] == [key for key in FIRST_COLUMNS if key != "team"]
    number = int(page.locator("[data-preset=inactive_14] .ld-chip-count").inner_text().replace(",", ""))
    assert len(lines) - 1 == number
    assert all("@" in line[2] for line in lines[1:])


def test_a_click_sorts_and_another_one_turns_the_order(page, demo):
    page.goto(demo.own_page(SMALL))
    list_profiles(page)
    head = page.get_by_role("columnheader", name="Year of birth")
    sort = head.get_by_role("button")
    sort.click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(sort).to_be_focused()
    found(page)
    years = column_of_table(page, "year_of_birth")
    told = [int(year) for year in years if year]
    assert told == sorted(told)
    assert years[: len(told)] == [str(year) for year in told], "Empty cells come last."
    sort.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    found(page)
    assert [year for year in column_of_table(page, "year_of_birth") if year] == [str(year) for year in reversed(told)]


def test_searching_and_filtering_narrow_the_table(page, demo):
    page.goto(demo.own_page(SMALL))
    rows = list_learners(page)
    search = page.get_by_label("Search by username, name or email")
    search.press_sequentially("INSTRUCTOR@")
    expect(rows).to_have_count(1)
    assert column_of_table(page, "username") == ["instructor"]
    assert "INSTRUCTOR" not in page.url.upper()
    search.fill("nobody has this name")
    expect(page.get_by_text("No learners match.")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(150)
    expect(search).to_be_focused()
    for key in ("enrollment_mode", "cohort", "team"):
        choice = page.locator(f"#learner-data-filter-{key}")
        wanted = choice.locator("option").nth(1).inner_text()
        choice.select_option(label=wanted)
        found(page)
        assert set(column_of_table(page, key)) == {wanted}
        choice.select_option("")
    expect(rows).to_have_count(150)


def test_the_choice_of_columns_is_remembered_for_the_person(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    summary = page.locator("#learner-data-column-choice summary")
    expect(summary).to_have_text(re.compile(r"Columns \(9 of \d+\)"))
    choose_column(page, "Cohort", on=False)
    choose_column(page, "Country", on=True)
    choose_column(page, "Email", on=False)
    page.reload()
    list_learners(page)
    assert columns_shown(page) == ["who", "enrollment_mode", "team", "country", "grade", "weeks", "last_active"]
    assert "@" not in page.locator(".ld-learners tbody").inner_text()
    summary.click()
    page.get_by_role("button", name="Usual columns").click()
    found(page)
    expect(summary).to_have_text(re.compile(r"Columns \(9 of \d+\)"))


def test_each_row_is_headed_by_who_it_is(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    header = page.get_by_role("rowheader").filter(has_text="instructor@example.com")
    expect(header).to_have_count(1)
    assert header.evaluate("(cell) => cell.scope") == "row"


@pytest.mark.parametrize(
    ("options", "shown"),
    [({}, 150), ({"viewport": NARROW}, 50), ({"locale": "ar"}, 150)],
    ids=["wide", "narrow", "right to left"],
)
def test_nothing_goes_over_the_edge(window, demo, options, shown):
    page = window(**options)
    page.goto(demo.own_page(SMALL) + "?tab=learners")
    expect(page.locator(".ld-strip")).to_have_count(shown, timeout=PATIENCE)
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    region = page.locator("#learner-data-table .ld-region")
    assert region.evaluate("(region) => region.scrollWidth <= region.clientWidth + 1"), "All columns are in sight."


def test_on_a_phone_each_row_is_a_card(window, demo):
    page = window(viewport=NARROW)
    page.goto(demo.own_page(SMALL) + "?tab=learners")
    expect(page.locator(".ld-strip").first).to_be_visible(timeout=PATIENCE)
    page.get_by_label("Search by username, name or email").fill("instructor@")
    found(page)
    row = page.locator("tr[data-username=instructor]")
    assert box_of(row)["width"] <= NARROW["width"]
    expect(row).to_have_role("row")
    who, cohort = row.get_by_role("rowheader"), row.locator("[data-key=cohort]")
    assert box_of(cohort)["top"] >= box_of(who)["bottom"] - 1


def test_on_a_phone_filters_are_folded_and_the_first_learner_is_near(window, demo):
    page = window(viewport=PHONE)
    page.goto(demo.own_page(SMALL) + "?tab=learners")
    rows = list_learners(page)
    expect(rows).to_have_count(50)
    expect(shown(page)).to_have_text("Showing 1 to 50 of 150 learners")
    assert box_of(rows.first)["top"] < PHONE["height"]
    track = page.locator("#learner-data-filter-enrollment_mode")
    expect(track).to_be_hidden()
    fold = page.get_by_role("button", name="Filters", exact=True)
    fold.press("Enter")
    track.select_option("verified")
    found(page)
    assert set(column_of_table(page, "enrollment_mode")) == {"Verified Certificate"}
    fold = page.get_by_role("button", name="Filters (1)")
    expect(fold).to_have_attribute("aria-expanded", "true")
    assert_accessible(page)
    fold.click()
    expect(track).to_be_hidden()


@pytest.mark.parametrize("options", [{}, {"locale": "ar"}], ids=["left to right", "right to left"])
def test_on_a_phone_the_chosen_preset_stays_in_sight(window, demo, options):
    page = window(viewport=PHONE, **options)
    page.goto(demo.own_page(SMALL) + "?tab=learners&activity=joined_7")
    chip = page.locator("[data-preset=joined_7]")
    expect(chip).to_be_in_viewport(ratio=1, timeout=PATIENCE)
    expect(chip.locator(".ld-chip-count")).to_have_text(re.compile(r"."))
    expect(chip).to_be_in_viewport(ratio=1)
    expect(page.locator("[data-preset='']")).not_to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")


@pytest.mark.parametrize(("tile", "preset"), [("Active last week", "active_last_week"), ("Last 7 days", "joined_7")])
def test_a_tile_leads_to_those_whom_it_counts_and_who_are_enrolled(page, demo, tile, preset):
    page.goto(demo.own_page(SMALL))
    box = page.locator(".ld-tile", has=page.get_by_text(tile, exact=True))
    number = int(box.locator("a.ld-big").inner_text().split()[0].lstrip("+"))
    box.locator("a.ld-big").click()
    expect(page).to_have_url(re.compile(f"tab=learners&activity={preset}$"))
    rows = list_learners(page)
    expect(page.locator(f"[data-preset={preset}]")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(f"[data-preset={preset}] .ld-chip-count")).to_have_text(str(rows.count()))
    assert 0 < rows.count() <= number
    assert page.url.endswith(f"?tab=learners&activity={preset}")


def test_the_bulk_email_tool_opens_in_a_tab_of_its_own(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.locator(".ld-learners tbody input").first.check()
    bar = page.get_by_role("group", name="Selected learners")
    link = bar.get_by_role("link", name="Open the bulk email tool")
    expect(link).to_have_accessible_description(re.compile("not to selected learners"))
    assert_accessible(page)
    with page.context.expect_page() as opened:
        link.click()
    tool = opened.value
    expect(tool.get_by_role("heading", name="Email", exact=True)).to_be_visible()
    assert tool.url == f"{demo.address}/courses/{SMALL}/instructor#view-send_email"
    expect(bar).to_contain_text("1 selected")


def test_the_bulk_email_tool_is_not_offered_to_data_researchers(window, demo):
    page = window("researcher")
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.locator(".ld-learners tbody input").first.check()
    bar = page.get_by_role("group", name="Selected learners")
    expect(bar.get_by_role("button", name="Copy addresses")).to_be_visible()
    expect(bar.get_by_role("link")).to_have_count(0)


def test_a_shortened_value_is_opened_by_keyboard(page, demo):
    page.goto(demo.own_page(SMALL))
    list_profiles(page)
    longest = max(column_of_table(page, "goals"), key=len)
    assert len(longest) > 1_000
    cell = page.locator(".ld-long", has_text=longest[:60].strip()).first
    assert cell.evaluate("(button) => button.scrollWidth > button.clientWidth"), "It is shortened."
    cell.focus()
    page.keyboard.press("Enter")
    expect(cell).to_have_attribute("aria-expanded", "true")
    assert cell.evaluate("(button) => button.scrollWidth <= button.clientWidth")
    assert cell.text_content() == longest
    frame = page.locator(".ld-long-frame", has=page.locator("[aria-expanded=true]"))
    inside, outside = box_of(frame), box_of(page.locator("td", has=page.locator("[aria-expanded=true]")))
    assert inside["height"] < 200
    assert outside["left"] <= inside["left"] <= inside["right"] <= outside["right"]
    page.keyboard.press("ArrowDown")
    until(lambda: frame.evaluate("(frame) => frame.scrollTop"), what="Scrolling by keyboard")
    page.keyboard.press("Escape")
    expect(cell).to_have_attribute("aria-expanded", "false")
    expect(cell).to_be_focused()


def test_what_is_seen_is_what_is_exported(page, demo, saved):
    page.goto(demo.own_page(SMALL))
    rows = list_learners(page)
    no_answer_by_itself(page)
    page.locator("#learner-data-filter-enrollment_mode").select_option("audit")
    page.get_by_label("Search by username, name or email").fill("an")
    found(page)
    sort = page.locator(".ld-sort[data-sort=name]")
    sort.click()
    sort.click()
    found(page)
    assert 2 < rows.count() < 110
    names = column_of_table(page, "username")

    page.get_by_role("button", name="Export as CSV").click()
    exported = read_csv(saved(page, ready(page, "learners").click))
    assert exported[0] == FIRST_COLUMNS
    assert [without_guard(line[0]) for line in exported[1:]] == names
    assert {line[3] for line in exported[1:]} == {"audit"}, "The file has codes."

    page.get_by_role("button", name="Export as XLSX").click()
    link = answer(page).get_by_role("link", name=".xlsx")
    expect(link).to_be_visible(timeout=30_000)
    book = openpyxl.load_workbook(saved(page, link.click))
    lines = [["" if cell is None else str(cell) for cell in line] for line in book.active.iter_rows(values_only=True)]
    assert [line[0] for line in lines] == ["username", *names]
    assert book.active.title == "Profile information"
    assert book.active.auto_filter.ref == f"A1:H{len(lines)}"
    assert (book.properties.title, book.properties.subject) == ("Profile information", SMALL)


def test_what_is_seen_is_what_is_copied(page, demo):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.get_by_label("Search by username, name or email").fill("instructor")
    page.get_by_role("button", name="Copy table").click()
    expect(answer(page)).to_contain_text("The table was copied")
    heads, line = (text.split("\t") for text in page.evaluate("navigator.clipboard.readText()").splitlines())
    assert heads == FIRST_COLUMNS
    assert line[:3] == ["instructor", *page.locator(".ld-who-name").all_inner_texts(), "instructor@example.com"]


def test_ticked_learners_are_copied_and_exported(page, demo, saved):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(demo.own_page(LARGE))
    list_learners(page)
    bar = page.get_by_role("group", name="Selected learners")
    expect(bar).to_be_hidden()
    boxes = page.locator(".ld-learners tbody input")
    for number in (1, 3):
        boxes.nth(number).check()
    expect(bar).to_contain_text("2 selected")
    bar.get_by_role("button", name="Copy addresses").click()
    expect(answer(page)).to_contain_text("Addresses copied: 2")
    addresses = page.evaluate("navigator.clipboard.readText()").splitlines()
    names = [column_of_table(page, "username")[number] for number in (1, 3)]
    lines = read_csv(saved(page, bar.get_by_role("button", name="Export selected as CSV").click))
    assert [(line[0], line[2]) for line in lines[1:]] == list(zip(names, addresses, strict=True))
    page.get_by_role("button", name="Next").click()
    found(page)
    expect(bar).to_contain_text("2 selected")
    page.get_by_label("Select all on this page").check()
    expect(bar).to_contain_text("52 selected")
    bar.get_by_role("button", name="Select all 1,000").click()
    expect(bar).to_contain_text("1,000 selected")
    bar.get_by_role("button", name="Copy addresses").click()
    expect(answer(page)).to_contain_text("Addresses copied: 1,000")
    bar.get_by_role("button", name="Clear selection").click()
    expect(bar).to_be_hidden()
    expect(page.locator(".ld-learners input:checked")).to_have_count(0)


def test_a_saved_view_is_there_for_the_team_at_its_address(page, window, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.locator("[data-preset=inactive_7]").click()
    page.locator("#learner-data-filter-enrollment_mode").select_option("verified")
    choose_column(page, "Cohort", on=False)
    page.keyboard.press("Escape")
    names = column_of_table(page, "username")
    page.get_by_role("button", name="Save view").click()
    dialog = page.get_by_role("dialog", name="Save view")
    dialog.get_by_role("textbox").fill("Verified and gone")
    dialog.get_by_role("button", name="Save view").click()
    expect(answer(page)).to_contain_text("The view was saved: Verified and gone")
    assert "view=" in page.url

    colleague = window("staff")
    colleague.goto(page.url)
    expect(colleague.locator(".ld-learners tbody tr")).to_have_count(len(names), timeout=PATIENCE)
    assert column_of_table(colleague, "username") == names
    assert "cohort" not in columns_shown(colleague)
    expect(colleague.locator("#learner-data-table h3").first).to_have_text("Verified and gone")
    expect(colleague.get_by_role("button", name="Delete view")).to_have_count(0)
    colleague.get_by_role("button", name="All learners").click()
    found(colleague)
    expect(colleague.locator(".ld-learners tbody tr")).to_have_count(150)
    colleague.get_by_role("link", name="Verified and gone").click()
    found(colleague)
    assert column_of_table(colleague, "username") == names

    page.get_by_role("button", name="Delete view").click()
    expect(answer(page)).to_contain_text("The view was deleted")
    colleague.reload()
    expect(answer(colleague)).to_contain_text("This view no longer exists.")


@pytest.mark.parametrize("size", [WIDE, {"width": 1280, "height": 800}, PHONE])
def test_nothing_moves_under_the_hand_while_numbers_and_rows_arrive(window, demo, size):
    page = window(viewport=size)
    held = []
    page.route("**/presets/**", lambda route: held.append(route))  # playwright keeps an attribute on it
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    chooser = page.locator("#learner-data-column-choice summary")
    place = box_of(chooser)
    for route in held:
        route.continue_()
    expect(page.locator("[data-preset=''] .ld-chip-count")).to_have_text("150")
    assert box_of(chooser) == place
    page.locator("[data-preset=inactive_7]").click()
    found(page)
    expect(page.get_by_role("button", name="Clear filters")).to_be_visible()
    assert box_of(chooser) == place
    page.get_by_role("button", name="Clear filters").click()
    found(page)
    expect(page.get_by_role("button", name="Clear filters")).to_be_hidden()
    assert box_of(chooser) == place


def test_who_was_active_is_neither_listed_nor_counted_where_it_is_private(page, demo):
    demo.set_site_values(PRIVATE_COLUMNS=["last_active"])
    page.goto(demo.own_page(SMALL) + "?tab=learners&activity=inactive_7")
    found(page)
    expect(shown(page)).to_have_text("Showing 150 of 150 learners")
    chips = page.locator("[data-preset]").evaluate_all("(chips) => chips.map((chip) => chip.dataset.preset)")
    assert chips == ["", "joined_7"]
    page.locator("#learner-data-tabs").get_by_role("link", name="Overview").click()
    expect(page.locator(".ld-tile").first).to_be_visible()
    assert page.locator("#learner-data-statistics [href*='activity=']").evaluate_all(
        "(links) => [...new Set(links.map((link) => new URL(link.href).searchParams.get('activity')))]"
    ) == ["joined_7"]


def test_what_becomes_of_the_view_is_told_above_the_table(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    with demo.worker_stopped():
        page.get_by_role("button", name="Export as CSV").click()
        expect(answer(page)).to_contain_text("The file is being generated.")
        expect(answer(page)).to_be_in_viewport(ratio=1)
        expect(page.locator("#learner-data-table progress")).to_be_visible()
    link = ready(page, "learners")
    expect(link).to_be_in_viewport()
    assert 0 < box_of(answer(page))["top"] - box_of(takers(page).last)["bottom"] < 20
    expect(page.locator("#learner-data-table progress")).to_have_count(0)
    expect(answer(page)).to_have_attribute("role", "status")


def test_nobody_is_neither_exported_nor_copied_nor_printed(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.get_by_label("Search by username, name or email").fill("nobody has this name")
    expect(page.get_by_text("No learners match.")).to_be_visible()
    for button in takers(page).all():
        expect(button).to_have_attribute("aria-disabled", "true")
        button.dispatch_event("click")
    expect(answer(page)).to_be_hidden()
    assert not page.evaluate("window.printed")
    assert not demo.sql(f"SELECT 1 FROM {RUNS}")
    page.get_by_role("button", name="Clear filters").click()
    for button in takers(page).all():
        expect(button).to_be_enabled()


def test_one_view_is_taken_along_at_a_time(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    held = []
    page.route("**/reports/", lambda route: held.append(route))  # playwright keeps an attribute on it
    page.get_by_role("button", name="Export as CSV").click()
    search = page.get_by_label("Search by username, name or email")
    for term in ("nobody has this name", ""):
        search.fill(term)
        for button in takers(page).all():
            expect(button).to_have_attribute("aria-disabled", "true")
    until(lambda: held, what="The request for the report")
    held[0].continue_()
    expect(takers(page).first).to_be_enabled()


def test_the_table_is_printed_alone(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.evaluate("window.print = () => {}")
    page.locator("[data-print]").click()
    expect(page.locator(".learner-data-sheet")).to_have_count(1)
    page.emulate_media(media="print")
    sheet = page.locator(".learner-data-sheet")
    expect(sheet).to_be_visible()
    expect(page.locator("#learner-data-learners")).to_be_hidden()
    expect(sheet.get_by_role("heading")).to_have_text("Introduction to Learner Data: All learners")
    expect(sheet).to_contain_text("Confidential: for the course team only. 150 learners, printed")
    assert sheet.locator("tbody tr").count() == 150
    assert sheet.evaluate("(sheet) => sheet.scrollWidth <= document.documentElement.clientWidth")
    empty = sheet.evaluate(
        "(sheet) => [...sheet.querySelectorAll('th')].filter((head, place) => "
        "[...sheet.querySelectorAll('tbody tr')].every((row) => !row.cells[place].textContent)).length"
    )
    assert empty == 0, "No column is empty."
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(sheet).to_have_count(0)


def test_a_large_course_is_turned_page_by_page(page, demo):
    page.goto(demo.own_page(LARGE))
    rows = list_learners(page)
    expect(page.get_by_role("button", name="List enrolled students' profile information")).to_have_count(0)
    expect(page.locator("#learner-data-too-many")).to_contain_text("fewer than 200")
    expect(page.locator("#learner-data-learners")).to_contain_text("1,000 people are enrolled right now.")
    expect(rows).to_have_count(50)
    assert column_of_table(page, "username") == demo.usernames(LARGE)[:50]
    page.get_by_role("button", name="Next").click()
    expect(shown(page)).to_have_text("Showing 51 to 100 of 1,000 learners")
    assert column_of_table(page, "username") == demo.usernames(LARGE)[50:100]
    assert page.url.endswith("?tab=learners&page=2")
    page.reload()
    expect(shown(page)).to_have_text("Showing 51 to 100 of 1,000 learners")


def test_the_table_answers_while_somebody_types(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    milliseconds = page.evaluate(
        """() => {
            const search = document.getElementById('learner-data-search');
            const started = performance.now();
            ['a', 'an', 'ana', ''].forEach((text) => {
                search.value = text;
                search.dispatchEvent(new Event('input'));
                document.body.getBoundingClientRect();
            });
            return (performance.now() - started) / 4;
        }"""
    )
    assert milliseconds < 200
