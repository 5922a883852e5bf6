"""The panel with charts."""

from __future__ import annotations

import json
from xml.etree import ElementTree

from playwright.sync_api import expect

from .demo import SMALL
from .panels import charts_drawn, read_csv, safe_charts_drawn

PANEL = "#learner-data-statistics"
GENDER = "#learner-data-chart-gender"
DRAWN = f"{GENDER} .ld-plot .ld-svg-number"


def choice(page):
    return page.get_by_role("switch", name="Safe to share")


def drawn(page):
    """What stands at the bars of a chart."""
    return page.locator(DRAWN).all_text_contents()


def as_of(page):
    return page.locator(f"{PANEL} [data-charts-as-of] time").get_attribute("datetime")


def test_the_switch_brings_numbers_that_are_safe_to_share(page, demo):
    page.goto(demo.own_page(SMALL))
    charts_drawn(page)
    expect(choice(page)).not_to_be_checked()
    exact = drawn(page)
    hint = page.locator(f"{PANEL} [data-charts-hint]")
    expect(hint).to_contain_text("Exact")

    choice(page).check()
    safe_charts_drawn(page)

    expect(hint).to_contain_text("changed by up to 3, and groups under 10 are not shown")
    assert len(drawn(page)) < len(exact)
    assert page.url == demo.own_page(SMALL) + "?tab=overview&safe=1"
    expect(page.get_by_role("button", name="Refresh")).to_be_hidden()
    page.keyboard.press("Space")
    expect(choice(page)).not_to_be_checked()
    expect(page.locator(DRAWN)).to_have_text(exact)


def test_the_choice_is_kept_and_an_address_that_names_one_wins(page, demo):
    page.goto(demo.own_page(SMALL))
    choice(page).check()
    safe_charts_drawn(page)
    page.goto(demo.own_page(SMALL))
    safe_charts_drawn(page)
    expect(choice(page)).to_be_checked()
    page.goto(demo.own_page(SMALL) + "?safe=0")
    charts_drawn(page)
    expect(choice(page)).not_to_be_checked()


def test_the_switch_leaves_the_dashboards_section_alone(page, demo):
    page.goto(demo.dashboard(SMALL))
    charts_drawn(page)
    choice(page).check()
    safe_charts_drawn(page)
    assert page.url.endswith("?tab=overview&safe=1#view-learner_data")
    page.reload()
    safe_charts_drawn(page)


def test_files_hold_the_numbers_that_are_shown(page, demo, tmp_path):
    for safe in (False, True):
        page.goto(f"{demo.own_page(SMALL)}?safe={int(safe)}")
        (safe_charts_drawn if safe else charts_drawn)(page)
        with page.expect_download() as download:
            page.get_by_role("link", name="Download as CSV: Gender").click()
        assert download.value.suggested_filename.endswith("_gender_safe_to_share.csv" if safe else "_gender.csv")
        download.value.save_as(tmp_path / "chart.csv")
        numbers = [row[2] for row in read_csv(tmp_path / "chart.csv")[1:]]
        assert numbers == drawn(page)


def test_refresh_counts_anew(page, demo):
    page.goto(demo.own_page(SMALL) + "?safe=0")
    charts_drawn(page)
    before, moment = drawn(page), as_of(page)
    first_three = "id IN (SELECT id FROM student_courseenrollment WHERE course_id = ? AND is_active ORDER BY id LIMIT 3)"
    ids = demo.sql(f"SELECT id FROM student_courseenrollment WHERE {first_three}", SMALL)
    demo.sql(f"UPDATE student_courseenrollment SET is_active = 0 WHERE {first_three}", SMALL)
    try:
        page.get_by_role("button", name="Refresh").click()
        expect(page.locator(f"{PANEL} [data-charts-as-of] time")).not_to_have_attribute("datetime", moment)
        expect(page.locator(DRAWN)).not_to_have_text(before)
        expect(page.locator(f"{PANEL} > [data-message]")).to_be_hidden()
    finally:
        for (pk,) in ids:
            demo.sql("UPDATE student_courseenrollment SET is_active = 1 WHERE id = ?", pk)


def test_charts_that_are_being_prepared_appear_by_themselves(page, demo):
    asked = []
    nothing = {"course_id": SMALL, "safe": False, "generated": None, "refreshing": True, "numbers": None, "charts": []}

    def answer(route):
        asked.append(route.request.url)
        if len(asked) < 3:
            route.fulfill(status=202, content_type="application/json", body=json.dumps(nothing))
        else:
            route.continue_()

    page.route("**/overview/*", answer)
    page.goto(demo.own_page(SMALL) + "?safe=0")
    message = page.locator(f"{PANEL} > [data-message]")
    expect(message).to_contain_text("The charts are being prepared")
    expect(page.locator(f"{PANEL} [data-charts-age]")).to_be_hidden()
    charts_drawn(page)
    expect(message).to_be_hidden()
    assert len(asked) == 3


def test_whoever_sees_charts_alone_sees_those_that_are_safe_to_share(window, demo):
    demo.set_site_values(ROLES=["data_researcher"], STATISTICS_ROLES=["staff"])
    for place in (demo.own_page(SMALL) + "?safe=0", demo.dashboard(SMALL)):
        page = window("staff")
        page.goto(place)
        safe_charts_drawn(page)
        expect(page.locator(".learner-data [data-tab-panel]")).to_have_count(1)
        expect(page.locator(".ld-tile a")).to_have_count(0)
        expect(choice(page)).to_have_count(0)
        expect(page.get_by_role("button", name="Refresh")).to_have_count(0)


def test_each_tile_leads_to_as_many_learners_as_it_counts(page, demo):
    page.goto(demo.own_page(SMALL) + "?safe=0")
    charts_drawn(page)
    tile = page.locator(".ld-tile", has_text="Never started")
    tile.get_by_role("link").first.click()
    page.wait_for_url(demo.own_page(SMALL) + "?tab=learners&activity=never*")
    page.go_back()
    expect(tile).to_be_visible()
    counted = int(tile.locator(".ld-big").inner_text().split()[0])
    answer = page.request.get(f"{demo.address}/learner_data/api/v1/courses/{SMALL}/learners/?page=1&activity=never")
    assert answer.json()["count"] == counted > 0


def test_values_are_told_to_whoever_points_at_them_or_uses_the_arrow_keys(page, demo):
    page.goto(demo.own_page(SMALL) + "?safe=0")
    charts_drawn(page)
    plot = page.locator("#learner-data-chart-weekly_activity .ld-plot")
    plot.hover(position={"x": 100, "y": 60})
    expect(plot.locator(".ld-svg-tip")).to_contain_text("Week of")
    page.mouse.move(0, 0)
    expect(plot.locator(".ld-svg-tip")).to_have_count(0)
    plot.focus()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    expect(plot.locator(".ld-svg-tip")).to_have_count(1)
    told = page.locator("#learner-data-chart-weekly_activity").get_by_role("status").filter(has_text="Active:")
    expect(told).to_have_count(1)
    page.keyboard.press("Escape")
    expect(plot.locator(".ld-svg-tip")).to_have_count(0)


def test_a_map_shows_every_country_that_the_table_has(page, demo):
    page.goto(demo.own_page(SMALL) + "?safe=0")
    charts_drawn(page)
    place = page.locator("#learner-data-chart-country")
    place.scroll_into_view_if_needed()
    known = place.locator(".ld-svg-known")
    expect(known.first).to_be_visible()
    countries = [row for row in place.locator("tbody th").all_inner_texts() if row not in ("Not reported", "Other")]
    assert known.count() == len(countries) > 12
    known.first.hover()
    expect(place.locator(".ld-svg-tip")).to_contain_text("Learners")


def test_a_drawing_is_saved_as_a_picture(page, demo, saved):
    page.goto(demo.own_page(SMALL) + "?safe=0")
    charts_drawn(page)
    path = saved(page, page.get_by_role("button", name="Download as PNG: Gender").click)
    assert path.name == "course-v1_DemoX_Small_2026_gender.png"
    content = path.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) > 5_000
    source = saved(page, page.get_by_role("button", name="Download as SVG: Gender").click).read_text(encoding="utf-8")
    tree = ElementTree.fromstring(source)
    words = [text.text for text in tree.iter("{http://www.w3.org/2000/svg}text")]
    assert words[0] == "Gender"
    assert "Introduction to Learner Data" in words[1]
    assert {"Female", *drawn(page)} <= set(words)
    assert 'fill="rgb(0, 117, 180)"' in source


def test_a_track_is_counted_by_itself(page, demo):
    page.goto(demo.own_page(SMALL) + "?safe=0")
    charts_drawn(page)
    enrolled = page.locator(".ld-tile", has_text="Enrolled now").locator(".ld-big")
    everyone = enrolled.inner_text()
    page.get_by_label("Track").first.select_option("verified")
    expect(enrolled).not_to_have_text(everyone)
    assert "enrollment_mode=verified" in page.url
    page.reload()
    expect(page.get_by_label("Track").first).to_have_value("verified")
    choice(page).check()
    safe_charts_drawn(page)
    expect(page.get_by_label("Track").first).to_be_hidden()
