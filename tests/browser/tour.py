"""The tour: an animated picture that goes through the tabs, each step with a caption below it."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Locator, Page, expect

from . import panels
from .demo import SMALL, Demo

VIEWPORT = {"width": 1280, "height": 780}
SECONDS = 5
"""For which each step is shown."""
SIZE = (900, 548)
BAR = 54
COLORS = 192
"""Of the whole tour, so that nothing flickers from one step to the next."""
DARK, PALE, MARK = "#1a2128", "#ffffff", "#d1482d"


def walk(demo: Demo, page: Page) -> Iterator[Image.Image]:
    """Go through the page as a course team does, and yield each step."""
    page.goto(demo.own_page(SMALL) + "?safe=0")
    panels.charts_drawn(page)
    away = page.get_by_role("link", name="have been away for 14 days")
    yield step(page, "The overview: how the course is doing, in one sentence and in charts.")
    yield step(page, "Some have been away for 14 days. Select them.", away)
    away.click()
    panels.found(page)
    expect(page.locator(".ld-strip").first).to_be_visible(timeout=panels.PATIENCE)
    preset = page.locator("[data-preset=inactive_14]")
    yield step(page, "The list: who they are, and what they did in the last twelve weeks.", preset)
    page.get_by_label("Select all on this page").check()
    bar = page.get_by_role("group", name="Selected learners")
    copy = bar.get_by_role("button", name="Copy addresses")
    yield step(page, "Select some of them, or all.", bar)
    copy.click()
    expect(page.locator("#learner-data-learners [data-answer]")).to_contain_text("Addresses copied")
    yield step(page, "Copy addresses, to write to them.", copy)
    export = bar.get_by_role("button", name="Export selected as CSV")
    yield step(page, "Or export them, with the columns that you see.", export)
    with page.expect_download(timeout=30_000):
        export.click()
    link = panels.ready(page, "learners")
    yield step(page, "The file is made in the background, and downloaded.", link)
    panels.open_tab(page, "Reports")
    file = page.locator("#learner-data-files [data-file]").first
    expect(file).to_be_visible()
    yield step(page, "The course team finds it under Reports.", file)
    recurring = page.locator("#learner-data-schedules")
    recurring.get_by_text("Set up a recurring report").click()
    yield step(page, "Recurring reports come every day, week or month, with an email.", recurring.locator("form").first)
    panels.open_tab(page, "Overview")
    switch = page.get_by_role("switch", name="Safe to share")
    yield step(page, "Before you show charts to others: Safe to share.", switch)
    switch.check()
    panels.safe_charts_drawn(page)
    hint = page.locator("[data-charts-hint]")
    yield step(page, "Now the numbers are changed a little, and small groups are not shown.", hint)
    panels.open_tab(page, "Anonymized IDs")
    yield step(page, "Anonymized IDs: for surveys and external graders, without names.")


def step(page: Page, caption: str, marked: Locator | None = None) -> Image.Image:
    """Take what is in sight, with a frame around what the caption is about."""
    if marked is None:
        page.evaluate("window.scrollTo(0, 0)")
    else:
        marked.evaluate("(element) => element.scrollIntoView({block: 'nearest'})")
    page.wait_for_timeout(300)
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    if marked is not None:
        box = marked.bounding_box()
        edges = [
            max(box["x"] - 6, 2), max(box["y"] - 6, 2),
            min(box["x"] + box["width"] + 6, VIEWPORT["width"] - 3), min(box["y"] + box["height"] + 6, VIEWPORT["height"] - 3),
        ]  # fmt: skip
        ImageDraw.Draw(picture).rounded_rectangle(edges, radius=8, outline=MARK, width=4)
    return captioned(picture.resize(SIZE, Image.Resampling.LANCZOS), caption)


def captioned(picture: Image.Image, caption: str) -> Image.Image:
    """Return a picture with a bar below it that holds a sentence."""
    whole = Image.new("RGB", (SIZE[0], SIZE[1] + BAR), DARK)
    whole.paste(picture, (0, 0))
    draw = ImageDraw.Draw(whole)
    draw.text((24, SIZE[1] + BAR // 2), caption, fill=PALE, font=ImageFont.load_default(21), anchor="lm")
    return whole


def write(steps: Iterable[Image.Image], path: Path) -> None:
    """Write the steps as one animated picture that begins again."""
    pictures = list(steps)
    height = pictures[0].height
    # It ends with so much of the mark's color that the palette has it.
    everything = Image.new("RGB", (SIZE[0], height * len(pictures) + BAR), MARK)
    for place, picture in enumerate(pictures):
        everything.paste(picture, (0, place * height))
    palette = everything.quantize(COLORS)
    first, *others = [picture.quantize(palette=palette, dither=Image.Dither.NONE) for picture in pictures]
    first.save(path, save_all=True, append_images=others, duration=SECONDS * 1_000, loop=0, optimize=True)
