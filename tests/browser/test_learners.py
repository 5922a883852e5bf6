"""The panel Learners: the table, and taking along exactly what it shows."""

from __future__ import annotations

import openpyxl
import pytest
from playwright.sync_api import expect

from .chromium import NARROW
from .demo import LARGE, RUNS, SMALL, until
from .panels import column_of_table, list_learners, read_csv, ready, shown_table


def without_guard(cell):
    """A cell of a CSV without the apostrophe that keeps it from being a formula."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in tuple("=+-@\t\r") else cell


def shown(page):
    return page.locator("#learner-data-table [role=status]")


def answer(page):
    return page.locator("#learner-data-learners > [data-answer]")


def takers(page):
    return page.locator(":is([data-export], [data-copy], [data-print])")


def box_of(locator):
    return locator.evaluate("(element) => element.getBoundingClientRect().toJSON()")


def hide_column(page, name):
    page.locator("#learner-data-column-choice").get_by_label(name, exact=True).uncheck()


def test_everyone_is_listed_in_the_order_of_usernames(page, demo):
    page.goto(demo.own_page(SMALL))
    rows = list_learners(page)
    expect(rows).to_have_count(150)
    assert column_of_table(page, "username") == demo.usernames(SMALL)
    expect(shown(page)).to_have_text("Learners shown: 150 of 150")


def test_a_click_sorts_and_another_one_turns_the_order(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    head = page.get_by_role("columnheader", name="Year of birth")
    sort = head.get_by_role("button")
    sort.click()
    expect(head).to_have_attribute("aria-sort", "ascending")
    expect(sort).to_be_focused()
    years = column_of_table(page, "year_of_birth")
    told = [int(year) for year in years if year]
    assert told == sorted(told)
    assert years[: len(told)] == [str(year) for year in told], "Empty cells come last."
    sort.press("Enter")
    expect(head).to_have_attribute("aria-sort", "descending")
    assert [year for year in column_of_table(page, "year_of_birth") if year] == [str(year) for year in reversed(told)]


def test_searching_and_filtering_narrow_the_table(page, demo):
    page.goto(demo.own_page(SMALL))
    rows = list_learners(page)
    search = page.get_by_label("Search by username, name or email")
    search.press_sequentially("INSTRUCTOR@")
    expect(rows).to_have_count(1)
    assert column_of_table(page, "username") == ["instructor"]
    search.fill("nobody has this name")
    expect(page.get_by_text("No learner fits this search")).to_be_visible()
    page.get_by_role("button", name="Clear filters").click()
    expect(rows).to_have_count(150)
    expect(search).to_be_focused()
    for key in ("enrollment_mode", "cohort", "team"):
        choice = page.locator(f"#learner-data-filter-{key}")
        wanted = choice.locator("option").nth(1).inner_text()
        choice.select_option(wanted)
        values = set(column_of_table(page, key))
        assert values == {wanted}
        choice.select_option("")
    expect(rows).to_have_count(150)


def test_the_choice_of_columns_is_remembered_for_the_person(page, window, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.locator("#learner-data-column-choice summary").click()
    summary = page.locator("#learner-data-column-choice summary")
    expect(summary).to_have_text("Columns (17 of 17)")
    hide_column(page, "Email")
    hide_column(page, "Goals")
    expect(page.locator(".ld-learners thead th")).to_have_count(15)
    page.reload()
    list_learners(page)
    expect(summary).to_have_text("Columns (15 of 17)")
    expect(shown(page)).to_have_text("Learners shown: 150 of 150 · Columns hidden: 2")
    heads = shown_table(page)[0]
    assert len(heads) == 15
    assert not {"email", "goals"} & set(heads)
    page.locator("#learner-data-column-choice summary").click()
    page.get_by_role("button", name="Show all columns").click()
    expect(page.locator(".ld-learners thead th")).to_have_count(17)
    expect(summary).to_have_text("Columns (17 of 17)")
    expect(shown(page)).to_have_text("Learners shown: 150 of 150")


def test_each_row_is_headed_by_the_username(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    header = page.get_by_role("rowheader", name="instructor", exact=True)
    expect(header).to_have_count(1)
    assert header.evaluate("(cell) => cell.scope") == "row"
    page.locator("#learner-data-column-choice summary").click()
    hide_column(page, "Username")
    expect(page.get_by_role("rowheader")).to_have_count(0)


@pytest.mark.parametrize("options", [{}, {"viewport": NARROW}, {"locale": "ar"}], ids=["wide", "narrow", "right to left"])
def test_usernames_stay_in_view(window, demo, options):
    page = window(**options)
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    region = page.get_by_role("region", name="Learners enrolled right now")
    is_from_right = region.evaluate("(region) => getComputedStyle(region).direction") == "rtl"
    region.evaluate("(region, far) => region.scrollTo(far, 200)", -10_000 if is_from_right else 10_000)
    region.evaluate("(region) => region.scrollIntoView()")
    frame = box_of(region)
    for cell in (page.locator("th[data-column=username]"), page.locator(".ld-learners tbody th").nth(12)):
        box = box_of(cell)
        begin = frame["right"] - box["right"] if is_from_right else box["left"] - frame["left"]
        assert 0 <= begin < 3
        assert box["width"] < 0.6 * frame["width"]
        assert cell.evaluate(
            "(cell, [x, y]) => cell.contains(document.elementFromPoint(x, y))",
            [box["left"] + box["width"] / 2, box["top"] + box["height"] / 2],
        ), "Nothing covers it."


def test_what_has_the_focus_is_beside_the_usernames(window, demo):
    page = window(viewport=NARROW)
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.locator(".ld-region").first.evaluate("(region) => region.scrollTo(10_000, 10_000)")
    page.locator(".ld-long").first.focus()
    assert box_of(page.locator(".ld-long").first)["left"] >= box_of(page.locator(".ld-learners tbody th").first)["right"] - 1
    page.keyboard.press("Enter")
    frame, region = box_of(page.locator(".ld-long-frame").first), box_of(page.locator(".ld-region").first)
    assert frame["right"] <= region["right"] + 1
    assert frame["bottom"] <= region["bottom"] + 1


def test_a_shortened_value_is_opened_by_keyboard(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
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
    style = frame.evaluate("(frame) => ((style) => [style.outlineStyle, style.outlineOffset])(getComputedStyle(frame))")
    assert style == ["solid", "-3px"], "The outline is within the cell."
    page.keyboard.press("ArrowDown")
    until(lambda: frame.evaluate("(frame) => frame.scrollTop"), what="Scrolling by keyboard")
    page.keyboard.press("Space")
    expect(cell).to_have_attribute("aria-expanded", "false")
    page.keyboard.press("Space")
    expect(cell).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("Escape")
    expect(cell).to_have_attribute("aria-expanded", "false")
    expect(cell).to_be_focused()


def test_what_is_seen_is_what_is_exported(page, demo, saved):
    page.goto(demo.own_page(SMALL))
    rows = list_learners(page)
    page.locator("#learner-data-column-choice summary").click()
    hide_column(page, "Email")
    hide_column(page, "Location")
    page.locator("#learner-data-filter-enrollment_mode").select_option("audit")
    page.get_by_label("Search by username, name or email").fill("an")
    sort = page.get_by_role("columnheader", name="Name", exact=True).get_by_role("button")
    sort.click()
    sort.click()
    assert 2 < rows.count() < 110
    seen = shown_table(page)

    page.get_by_role("button", name="Export this view as CSV").click()
    exported = read_csv(saved(page, ready(page, "learners").click))
    assert [[without_guard(cell) for cell in line] for line in exported] == seen

    page.get_by_role("button", name="Export this view as XLSX").click()
    link = answer(page).get_by_role("link", name=".xlsx")
    expect(link).to_be_visible(timeout=30_000)
    sheet = openpyxl.load_workbook(saved(page, link.click)).active
    lines = [["" if cell is None else str(cell) for cell in line] for line in sheet.iter_rows(values_only=True)]
    assert [line[1] for line in lines] == [line[1] for line in seen]
    assert lines[0] == seen[0]


def test_what_is_seen_is_what_is_copied(page, demo):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.get_by_label("Search by username, name or email").fill("instructor")
    page.get_by_role("button", name="Copy").click()
    expect(answer(page)).to_contain_text("The table was copied")
    lines = [line.split("\t") for line in page.evaluate("navigator.clipboard.readText()").splitlines()]
    assert lines == shown_table(page)


def test_what_becomes_of_the_view_is_told_below_the_buttons(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    with demo.worker_stopped():
        page.get_by_role("button", name="Export this view as CSV").click()
        expect(answer(page)).to_contain_text("This view is being exported.")
        expect(answer(page)).to_be_in_viewport(ratio=1)
    link = ready(page, "learners")
    expect(link).to_be_in_viewport()
    assert 0 < box_of(answer(page))["top"] - box_of(takers(page).last)["bottom"] < 20
    expect(page.locator("#learner-data-learners > [data-message]")).to_be_hidden()
    expect(answer(page)).to_have_attribute("role", "status")


def test_nobody_is_neither_exported_nor_copied_nor_printed(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.evaluate("() => { window.print = () => { window.printed = true; }; }")
    page.get_by_label("Search by username, name or email").fill("nobody has this name")
    expect(page.get_by_text("No learner fits this search")).to_be_visible()
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
    page.get_by_role("button", name="Export this view as CSV").click()
    search = page.get_by_label("Search by username, name or email")
    for term in ("nobody has this name", ""):
        search.fill(term)
        for button in takers(page).all():
            expect(button).to_have_attribute("aria-disabled", "true")
    held[0].continue_()
    expect(takers(page).first).to_be_enabled()


def test_a_page_printed_by_the_browser_is_without_the_table(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.emulate_media(media="print")
    expect(page.locator("#learner-data-learners-title")).to_be_visible()
    expect(page.locator(".ld-learners")).to_be_hidden()
    expect(page.locator("#learner-data-search")).to_be_hidden()


def test_the_table_is_printed_alone(page, demo):
    page.goto(demo.own_page(SMALL))
    list_learners(page)
    page.evaluate("window.print = () => {}")
    page.get_by_role("button", name="Print").click()
    page.emulate_media(media="print")
    sheet = page.locator(".learner-data-sheet")
    expect(sheet).to_be_visible()
    expect(page.locator("#learner-data-reports")).to_be_hidden()
    assert sheet.locator("tbody tr").count() == 150
    assert sheet.evaluate("(sheet) => sheet.scrollWidth <= document.documentElement.clientWidth")
    heights = sheet.locator("tr").evaluate_all("(rows) => rows.map((row) => row.getBoundingClientRect().height)")
    assert heights[0] < 60, "Headings are broken between words."
    assert max(heights) < 140, "Each row fits on a sheet."
    page.evaluate("window.dispatchEvent(new Event('afterprint'))")
    expect(sheet).to_have_count(0)


def test_a_large_course_has_no_table_and_says_why(page, demo):
    page.goto(demo.own_page(LARGE))
    expect(page.locator("#learner-data-too-many")).to_contain_text("fewer than 200")
    expect(page.locator("#learner-data-learners")).to_contain_text("1,000 people are enrolled right now.")
    expect(page.get_by_role("button", name="List enrolled students' profile information")).to_have_count(0)


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
