"""What a learner's page says beside a book kept of random reports: each made, read, downloaded and deleted as people do it."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
from collections import Counter
from dataclasses import dataclass, field
from random import Random
from typing import Any

import pytest
from common.djangoapps.student.models import AnonymousUserId
from django.contrib.auth import get_user_model
from django.core.management import call_command

from learner_data_plugin import api
from learner_data_plugin.data import Actor, Selection
from learner_data_plugin.models import ReportFile
from tests.erasing import erase

from .. import factories
from ..reading import csv_rows, rows_of

# With fewer, not every kind of report is among them.
REPORTS = max(60, int(os.environ.get("EXAMPLES", "60")))
LEARNERS = 12
CELL = re.compile(r'<td role="cell" data-label="(?:Course|File|Purpose|Downloads)"[^>]*>(?:<bdi>)?(.*?)(?:</bdi>)?</td>', re.S)
TITLES = {
    "profile": "Profile information",
    "anonymized_ids": "Anonymized IDs",
    "research": "Research export",
    "engagement_daily": "Learner engagement (day)",
    "deanonymized": "File deanonymized",
    "pseudonymized": "File pseudonymized",
}


@dataclass
class Entry:
    """One file in the book: who was in it, and how often it was taken."""

    course: str
    what: str
    purpose: str
    inside: set[int]
    name: str = ""
    downloads: int = 1
    is_there: bool = field(default=False)


class Book:
    """A course team at random work."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.courses = [factories.make_course(name=f"Course <{number}>") for number in range(2)]
        self.people = [factories.make_user() for _ in range(LEARNERS)]
        for course_key in self.courses:
            for user in self.people:
                if self.chance.random() < 0.8:
                    mode, is_active = self.chance.choice(["audit", "verified"]), self.chance.random() < 0.8
                    factories.enroll(user, course_key, mode=mode, is_active=is_active)
        researchers = [factories.make_team_member("data_researcher", course_key) for course_key in self.courses]
        self.by = [Actor(user.pk, user.username, "192.0.2.1") for user in researchers]
        self.entries: list[Entry] = []

    def do_something(self) -> None:
        """Make one file, and perhaps take or delete earlier ones."""
        number = self.chance.randrange(len(self.courses))
        course_key, by = self.courses[number], self.by[number]
        purpose = self.chance.choice(["", "To see who needs help", "Research & <teaching>"])
        kind = self.chance.choice([self.report] * 4 + [self.ids_at_once, self.deanonymized, self.pseudonymized])
        kind(course_key, by, purpose)
        for entry in self.chance.sample(self.entries, min(3, len(self.entries))):
            if entry.is_there and entry.course == str(course_key):
                if self.chance.random() < 0.6:
                    api.open_report(course_key, entry.name, by=by)[1].close()
                    entry.downloads += 1
                else:
                    user = get_user_model().objects.get(pk=by.user_id)
                    assert api.delete_report(course_key, entry.name, user=user, by=by)
                    entry.is_there = False

    def report(self, course_key: Any, by: Actor, purpose: str) -> None:
        what = self.chance.choice(["profile", "profile", "anonymized_ids", "research", "engagement_daily"])
        selection: dict[str, Any] = {}
        if what in ("profile", "research") and self.chance.random() < 0.5:
            selection = Selection(enrollment_mode=self.chance.choice(["audit", "verified"])).stored()
        file_format = self.chance.choice(["csv", "jsonl", "xlsx"])
        before = set(ReportFile.objects.values_list("pk", flat=True))
        api.request_report(course_key, what, file_format=file_format, selection=selection, purpose=purpose, by=by)
        [file] = ReportFile.objects.exclude(pk__in=before).select_related("run")
        header, *rows = rows_of(file)
        inside = {self.whose(str(row[key]), header[key]) for row in rows for key in [self.key_of(header)]}
        self.entries.append(Entry(str(course_key), what, purpose, inside, file.name, downloads=0, is_there=True))

    def ids_at_once(self, course_key: Any, by: Actor, purpose: str) -> None:
        with api.open_anonymized_ids(course_key, purpose=purpose, by=by) as content:
            inside = {int(row[0]) for row in csv_rows(content.read())[1:]}
        self.entries.append(Entry(str(course_key), "anonymized_ids", purpose, inside))

    def deanonymized(self, course_key: Any, by: Actor, purpose: str) -> None:
        asked = self.chance.sample(self.people, 4)
        keys = [factories.anonymous_id(user, self.chance.choice([None, course_key])) for user in asked]
        purpose = purpose or "Return the grades"
        with api.deanonymize(course_key, keys, columns=["id"], purpose=purpose, by=by).content as content:
            inside = {int(cell) for _key, cell in csv_rows(content.read())[1:] if cell not in ("", "retired")}
        self.entries.append(Entry(str(course_key), "deanonymized", purpose, inside))

    def pseudonymized(self, course_key: Any, by: Actor, purpose: str) -> None:
        asked = self.chance.sample(self.people, 4)
        text = "username\n" + "".join(f"{user.username}\n" for user in asked)
        with api.pseudonymize(course_key, io.BytesIO(text.encode()), by=by).content as content:
            rows = csv.reader(io.StringIO(content.read().decode()))
            inside = {self.whose(row[0], "anonymized_id") for row in rows if row[0] not in ("", "anonymized_id")}
        self.entries.append(Entry(str(course_key), "pseudonymized", "", inside))

    @staticmethod
    def key_of(header: list[str]) -> int:
        return next(header.index(name) for name in ("anonymized_id", "id", "User ID", "Username") if name in header)

    @staticmethod
    def whose(cell: str, name: str) -> int:
        if name == "anonymized_id":
            return AnonymousUserId.objects.get(anonymous_user_id=cell).user_id
        return get_user_model().objects.get(username=cell).pk if name == "Username" else int(cell)


def on_the_page(client: Any) -> Counter:
    """What a learner reads, on all pages."""
    rows: Counter = Counter()
    for number in range(1, 1_000):
        text = client.get(f"/learner_data/mine/?page={number}").content.decode()
        cells = [html.unescape(cell) for cell in CELL.findall(text)]
        rows.update(zip(cells[::4], cells[1::4], cells[2::4], cells[3::4], strict=True))
        if f"page={number + 1}" not in text:
            break
    return rows


@pytest.mark.fuzz
def test_page_and_command_agree_with_what_happened(db, sign_in, settings):
    settings.LEARNER_DATA_PLUGIN = {**settings.LEARNER_DATA_PLUGIN, "DISCLOSURES_PAGE": True}
    book = Book(14)
    for _report in range(REPORTS):
        book.do_something()
    names = {str(key): api.get_course(str(key)).display_name for key in book.courses}
    gone = book.people[-1]
    erase(gone)
    assert len({entry.what for entry in book.entries}) == len(TITLES)
    for user in book.people:
        mine = [entry for entry in book.entries if user.pk in entry.inside and user is not gone]
        expected = Counter(
            (names[entry.course], TITLES[entry.what], entry.purpose or "not stated", str(entry.downloads)) for entry in mine
        )
        assert on_the_page(sign_in(user)) == expected
        output = io.StringIO()
        call_command("learner_data_disclosures", user.username, stdout=output)
        told = json.loads(output.getvalue())
        found = Counter((one["course_key"], one["what"], one["purpose"], one["downloads"]) for one in told)
        assert found == Counter((entry.course, entry.what, entry.purpose, entry.downloads) for entry in mine)
