"""What the calls of the API take and answer; the OpenAPI description is made from this."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.urls import reverse
from rest_framework import serializers

from ...export.base import formats
from ...learners.parameters import COLUMNS, SELECTION_TEXTS, USERNAMES, TextField
from ...privacy import name_requests
from ...privacy.deanonymize import KINDS
from ...privacy.resolving import COURSE, SITE
from ...reports.base import Report, reports
from ...schedules.keeping import MOST_RECIPIENTS
from ...schedules.rhythm import EVERY
from .parameters import KeysField

MOST_ON_A_PAGE = 1_000


class MomentField(serializers.DateTimeField):
    """A moment in ISO 8601, with its offset."""

    def to_representation(self, value: datetime) -> str:
        return value.isoformat()


_KEYS = KeysField(max_length=None, help_text=f"Separated by commas. {COLUMNS.help_text}")
LEARNERS_ON_A_PAGE = 200
_PAGE = {
    "page": serializers.IntegerField(
        min_value=1,
        max_value=10**9,
        required=False,
        help_text="From 1, of a course of any size; without it a small course's table.",
    ),
    "page_size": serializers.IntegerField(
        min_value=1, max_value=LEARNERS_ON_A_PAGE, required=False, help_text="Learners on a page; 50 unless given."
    ),
}
_WORDS = {
    "words": serializers.BooleanField(required=False, help_text="Whether to answer what the codes in the table are called.")
}
LearnersQuery = type(
    "LearnersQuery", (serializers.Serializer,), {"columns": _KEYS, **SELECTION_TEXTS, **_PAGE, **_WORDS}
)
"""Which columns and learners of the table, and which page of it."""

LearnersRequest = type(
    "LearnersRequest",
    (serializers.Serializer,),
    {"columns": COLUMNS, "usernames": USERNAMES, **SELECTION_TEXTS, **_PAGE, **_WORDS},
)
"""The same in a body, where the keys are a list."""

_GROUPS = {name: SELECTION_TEXTS[name] for name in ("cohort", "team", "enrollment_mode")}
PresetsQuery = type("PresetsQuery", (serializers.Serializer,), _GROUPS)
"""Of whom the presets are counted."""

_VIEW = {name: field for name, field in SELECTION_TEXTS.items() if name != "search"}
ViewRequest = type(
    "ViewRequest",
    (serializers.Serializer,),
    {
        "name": serializers.CharField(max_length=64, help_text="What the course team will call it."),
        "columns": COLUMNS,
        **_VIEW,
    },
)
"""A view of the table and its name."""


PURPOSE = TextField(help_text="What the data is for, which the audit keeps; some sites require it (10 characters or more).")


class AnonymizedIdsQuery(serializers.Serializer):
    """What the anonymized IDs are for."""

    purpose = PURPOSE


class PageQuery(serializers.Serializer):
    """Which reports of the list."""

    page = serializers.IntegerField(
        min_value=1, max_value=10**9, required=False, help_text="From 1; without page and page_size all reports are answered."
    )
    page_size = serializers.IntegerField(
        min_value=1, max_value=MOST_ON_A_PAGE, required=False, help_text="Reports on a page; 50 unless given."
    )


class DownloadQuery(serializers.Serializer):
    """How a CSV file begins."""

    bom = serializers.ChoiceField(
        ["1"], required=False, help_text="1 for a byte order mark at the beginning, without which Excel misreads a CSV."
    )


class ChartsQuery(serializers.Serializer):
    """Which numbers the charts have."""

    safe = serializers.ChoiceField(
        ["1"],
        required=False,
        help_text="1 for numbers that are safe to share: each is changed by at most 3, and groups under MIN_GROUP_SIZE are not "
        "shown. Accounts that only have a role of STATISTICS_ROLES get no others.",
    )


class OverviewQuery(ChartsQuery):
    """Which numbers the overview has, and of whom."""

    cohort = SELECTION_TEXTS["cohort"]
    enrollment_mode = SELECTION_TEXTS["enrollment_mode"]


class ChartDownloadQuery(DownloadQuery, ChartsQuery):
    """How a CSV file begins, and which numbers it has."""


class OverviewDownloadQuery(DownloadQuery, OverviewQuery):
    """The same for a file of the overview, and of whom."""


class NothingRequest(serializers.Serializer):
    """A body without fields."""


def report_request(*wanted: Report) -> type[serializers.Serializer]:
    """Return the serializer of a request for one of these reports, with the parameters of all of them."""
    fields: dict[str, Any] = {
        "report": serializers.ChoiceField([report.name for report in reports()], help_text="What is to be made."),
        "format": serializers.ChoiceField(
            [file_format.name for file_format in formats()],
            default="csv",
            help_text="How the file is written, where the site can.",
        ),
        "purpose": PURPOSE,
    }
    for report in wanted:
        fields |= report.parameters
    return type("ReportRequest", (serializers.Serializer,), fields)


def schedule_request(*wanted: Report) -> type[serializers.Serializer]:
    """Return the serializer of a request for a recurring report, with the parameters that it can keep."""
    fields: dict[str, Any] = {
        "report": serializers.ChoiceField([report.name for report in reports()], help_text="What is to be made."),
        "format": serializers.ChoiceField(
            [file_format.name for file_format in formats()], default="csv", help_text="How the files are written."
        ),
        "every": serializers.ChoiceField(EVERY, help_text="Every day, every week (Mondays) or every month (the first); UTC."),
        "recipients": serializers.ListField(
            child=TextField(max_length=150),
            required=False,
            max_length=MOST_RECIPIENTS,
            help_text="Usernames of who gets an email; whoever asks unless given.",
        ),
        "changes": serializers.BooleanField(default=False, help_text="Make the difference to the report before as well."),
        "skip_empty": serializers.BooleanField(
            default=False, help_text="Send no email about a report without rows, or without differences."
        ),
        "purpose": PURPOSE,
    }
    for report in wanted:
        fields |= {name: field for name, field in report.parameters.items() if name not in report.period_parameters}
    return type("ScheduleRequest", (serializers.Serializer,), fields)


class ScheduleChange(serializers.Serializer):
    """What is to become of a recurring report."""

    paused = serializers.BooleanField(help_text="true to pause it, false to have it go on with its next due time.")


class ChangesAnswer(serializers.Serializer):
    """How many learners are in a difference."""

    joined = serializers.IntegerField(help_text="In the later report alone.")
    left = serializers.IntegerField(help_text="In the earlier report alone.")
    changed = serializers.IntegerField(help_text="In both, with another value in a column at least.")


class ScheduledReportAnswer(serializers.Serializer):
    """What became of the latest due time of a recurring report."""

    day = serializers.DateField(help_text="The day (UTC) on which it was due.")
    state = serializers.CharField(help_text="waiting, running, compare, comparing, ready, done, empty or failed.")
    report_name = serializers.CharField(allow_null=True, help_text="Name of the file.")
    rows = serializers.IntegerField(allow_null=True, help_text="Its rows.")
    changes_name = serializers.CharField(allow_null=True, help_text="Name of the file with the differences.")
    changes = ChangesAnswer(allow_null=True, help_text="What changed since the report before.")


class ScheduleAnswer(serializers.Serializer):
    """A recurring report."""

    id = serializers.IntegerField(source="number", help_text="Its number.")
    report = serializers.CharField(help_text="What is made.")
    format = serializers.CharField(source="file_format", help_text="How the files are written.")
    every = serializers.CharField(help_text="day, week or month.")
    recipients = serializers.ListField(child=serializers.CharField(), help_text="Usernames of who gets an email.")
    selection = serializers.DictField(help_text="What was chosen.")
    changes = serializers.BooleanField(help_text="Whether the difference to the report before is made as well.")
    skip_empty = serializers.BooleanField(help_text="Whether nobody is told of a report without rows, or without differences.")
    purpose = serializers.CharField(help_text="What the data is for.")
    requester = serializers.CharField(help_text="Username of who set it up.")
    created = MomentField(help_text="When that was.")
    state = serializers.CharField(help_text="active, paused or stopped.")
    reason = serializers.CharField(help_text="Why it is paused or was stopped, in a sentence.")
    next_due = MomentField(allow_null=True, help_text="When it is due next; null while it is not active.")
    can_change = serializers.BooleanField(help_text="Whether the account that asks may pause, resume and delete it.")
    last = ScheduledReportAnswer(allow_null=True, help_text="The latest due time that something was made for.")


class SchedulesAnswer(serializers.Serializer):
    """The recurring reports of a course, the oldest first."""

    schedules = ScheduleAnswer(many=True)


class IdsField(serializers.ListField):
    """A list of texts of any length, read faster than one by one."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, list) or not all(isinstance(text, str) for text in data):
            self.fail("not_a_list", input_type=type(data).__name__)
        return data


class KeyListField(serializers.ListField):
    """Keys: a list, or in a form also one text with commas."""

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, list) and all(isinstance(text, str) for text in data):
            data = [key.strip() for text in data for key in text.split(",") if key.strip()]
        return super().to_internal_value(data)


class PreviewRequest(serializers.Serializer):
    """A file of anonymized IDs, or the IDs themselves."""

    file = serializers.FileField(
        required=False, allow_empty_file=True, help_text="CSV, TSV, XLSX or a JSON list; the body is a form then."
    )
    ids = IdsField(child=serializers.CharField(), required=False, help_text="In place of a file: a list of texts.")
    id_column = TextField(help_text="Header of the column with the IDs, or its number from 1 on; found unless given.")
    kind = serializers.RegexField(
        f"^({'|'.join(KINDS)})?$", required=False, allow_blank=True, help_text="Kind of the IDs to resolve; all unless given."
    )


class DeanonymizeRequest(PreviewRequest):
    """The same file, what is to be added to it, and why."""

    columns = KeyListField(
        child=TextField(),
        default=["username"],
        allow_empty=False,
        help_text="Keys of the columns to add, such as username, name and email.",
    )
    purpose = serializers.CharField(
        min_length=10, max_length=1_000, help_text="Why names are needed. It is recorded, and learners may read it."
    )
    approval = TextField(max_length=200, help_text="Reference of an approval, such as that of an ethics committee.")


class PreviewAnswer(serializers.Serializer):
    """How many rows of a file belong to whom, without anybody's name."""

    id_column = serializers.CharField(help_text="Where the IDs are: a header, or a number from 1 on.")
    file_columns = serializers.ListField(child=serializers.CharField(), help_text="What id_column can be.")
    kind = serializers.CharField(help_text="Kind of most of the IDs; empty if none is known here.")
    total = serializers.IntegerField(help_text="Rows under the header.")
    matched = serializers.IntegerField(help_text="Rows of somebody who ever enrolled in this course.")
    not_in_course = serializers.IntegerField(help_text="Rows with an ID of another course, or of somebody who never enrolled.")
    retired = serializers.IntegerField(help_text="Rows of somebody whose account is retired.")
    unknown = serializers.IntegerField(help_text="Rows with an ID that is not of this site, or with none.")
    duplicates = serializers.IntegerField(help_text="Rows with an ID that stood in an earlier row.")


class DecisionRequest(serializers.Serializer):
    """What somebody decides about a request of somebody else."""

    decision = serializers.ChoiceField(["grant", "decline"], help_text="Whether names may be given.")


class NameRequestAnswer(serializers.Serializer):
    """A request for names. ``user_id`` of the context says who asks."""

    id = serializers.IntegerField(source="pk", help_text="Its number.")
    requester = serializers.CharField(source="username", help_text="Username of the person who requested names.")
    created = MomentField(help_text="When it was entered.")
    purpose = serializers.CharField(help_text="Why names are needed.")
    approval = serializers.CharField(help_text="Reference of an approval.")
    columns = serializers.ListField(
        source="asked_for.columns", child=serializers.CharField(), help_text="What is to be added to the file."
    )
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="The counts of its preview.")
    state = serializers.SerializerMethodField(help_text="waiting, granted, declined or expired.")
    decided_by = serializers.CharField(help_text="Username of who decided; empty until then.")
    valid_until = MomentField(help_text="Until when it can be decided, or is granted.")
    can_decide = serializers.SerializerMethodField(help_text="Whether the account that asks can decide it.")

    def get_state(self, request: Any) -> str:
        return name_requests.state_of(request)

    def get_can_decide(self, request: Any) -> bool:
        return self.get_state(request) == name_requests.WAITING and request.user_id != self.context["user_id"]


class NameRequestsAnswer(serializers.Serializer):
    """The requests for names of a course, the newest hundred first."""

    requests = NameRequestAnswer(many=True)


class PseudonymizeRequest(serializers.Serializer):
    """A file with learners in it."""

    file = serializers.FileField(allow_empty_file=True, help_text="CSV, TSV or XLSX; the body is a form.")
    kind = serializers.ChoiceField([COURSE, SITE], default=COURSE, help_text="IDs for this course or for the whole site.")
    column = TextField(help_text="Header of the column with usernames, email addresses or account IDs; found unless given.")


class VerifyRequest(serializers.Serializer):
    """The hash of a file that somebody has."""

    sha256 = serializers.RegexField(r"^[0-9a-fA-F]{64}$", help_text="Of the whole file, as 64 hexadecimal digits.")
    name = TextField(help_text="Name of the file, by which one that was changed is told from one that is not from here.")


class VerifyAnswer(serializers.Serializer):
    """What is known of a file that was made in this course and is unchanged."""

    report = serializers.CharField(
        source="what", help_text="Which report; or anonymized_ids, deanonymized or pseudonymized for a file made at once."
    )
    course_id = serializers.CharField(source="course_key", help_text="ID of the course run.")
    name = serializers.CharField(source="file_name", help_text="Its name; empty for a file made at once.")
    created = MomentField(help_text="When it was made.")
    requester = serializers.CharField(source="made_by", help_text="Username of the person who requested it.")
    rows = serializers.IntegerField(allow_null=True, help_text="Its rows, without the header.")
    columns = serializers.ListField(child=serializers.CharField(), help_text="Its columns, or those that were added.")
    selection = serializers.DictField(help_text="What was chosen; of a search only that there was one.")
    without_erased = serializers.BooleanField(help_text="Whether it is as it was after a learner had been taken out of it.")


class ErrorAnswer(serializers.Serializer):
    """What every error answers."""

    error_code = serializers.CharField(help_text="Which error it is.")
    developer_message = serializers.CharField(help_text="What is wrong, in a sentence.")
    count = serializers.IntegerField(required=False, help_text="Learners, of too_many_learners.")
    limit = serializers.IntegerField(required=False, help_text="Answers are given below this number of learners.")


class ColumnAnswer(serializers.Serializer):
    """A column of the table."""

    key = serializers.CharField(help_text="Key in each learner.")
    label = serializers.CharField(help_text="Name for people.")
    words = serializers.DictField(
        required=False, help_text="With words, of a column of codes: what those in the answer are called."
    )


class DetailsRequest(serializers.Serializer):
    """Whose activity is asked for."""

    usernames = serializers.ListField(
        child=TextField(), max_length=LEARNERS_ON_A_PAGE, help_text="Usernames, at most those of a page."
    )


class LearnerDetailsAnswer(serializers.Serializer):
    """What a learner did in the last weeks."""

    username = serializers.CharField(help_text="Who it is.")
    weeks = serializers.ListField(
        child=serializers.IntegerField(), help_text="Days active in each of the weeks, as far as they are known."
    )
    last_active = serializers.DateField(allow_null=True, help_text="Last day (UTC) known to be active; null for none.")
    struggling = serializers.BooleanField(
        source="is_struggling", help_text="Whether problems were tried in the last 14 days, and none correctly."
    )
    progress_url = serializers.CharField(help_text="Where the platform shows the learner's progress; empty for nowhere.")


class DetailsAnswer(serializers.Serializer):
    """What learners did in the last weeks."""

    weeks = serializers.ListField(child=serializers.DateField(), help_text="The Mondays of the weeks, oldest first.")
    learners = LearnerDetailsAnswer(many=True)


class LearnersAnswer(serializers.Serializer):
    """The table of a small course, or a page of any course's."""

    course_id = serializers.CharField(help_text="ID of the course run.")
    count = serializers.IntegerField(help_text="Learners in the answer, or on all pages.")
    current_page = serializers.IntegerField(required=False, help_text="Number of this page, if one was asked for.")
    num_pages = serializers.IntegerField(required=False, help_text="How many pages there are, if one was asked for.")
    columns = ColumnAnswer(many=True)
    learners = serializers.ListField(child=serializers.DictField(), help_text="A value for each column's key.")


class PresetAnswer(serializers.Serializer):
    """How many learners a preset of activity keeps."""

    activity = serializers.CharField(help_text="Name of the preset; empty for all learners.")
    count = serializers.IntegerField(help_text="Learners.")


class PresetsAnswer(serializers.Serializer):
    """How many learners there are in all, and by each preset of activity."""

    presets = PresetAnswer(many=True)


class ViewAnswer(serializers.Serializer):
    """A view of the table that has a name. ``user_id`` and ``may_delete_any`` of the context say who asks."""

    id = serializers.IntegerField(help_text="Number of the view.")
    name = serializers.CharField(help_text="What the course team calls it.")
    selection = serializers.DictField(help_text="Columns, filters and order, as learners/ takes them.")
    creator = serializers.SerializerMethodField(help_text="Username of who saved it; empty if the account is gone.")
    created = MomentField(help_text="When it was saved.")
    can_delete = serializers.SerializerMethodField(help_text="Whether the account that asks may delete it.")

    def get_creator(self, view: Any) -> str:
        return view.creator.username if view.creator else ""

    def get_can_delete(self, view: Any) -> bool:
        return self.context["may_delete_any"] or view.creator_id == self.context["user_id"]


class ViewsAnswer(serializers.Serializer):
    """The saved views of a course, in the order of their names."""

    views = ViewAnswer(many=True)


class ReportAnswer(serializers.Serializer):
    """A stored report. ``course_id``, ``username`` and ``may_delete_any`` of the context say who asks."""

    name = serializers.CharField(help_text="Name of the file.")
    report = serializers.CharField(help_text="What it is.")
    format = serializers.CharField(source="file_format", help_text="How it is written.")
    created = MomentField(help_text="When it was made.")
    size_bytes = serializers.IntegerField(help_text="Its size.")
    rows = serializers.IntegerField(help_text="Its rows, without the header.")
    requester = serializers.CharField(help_text="Username of the person who requested it; empty if the account is gone.")
    selection = serializers.BooleanField(
        source="is_selection", help_text="Whether columns, learners or an order were chosen for it."
    )
    title = serializers.CharField(help_text="What it is, for people.")
    contents = serializers.ListField(child=serializers.CharField(), help_text="What was chosen for it, in words.")
    changes = serializers.DictField(
        child=serializers.IntegerField(),
        allow_null=True,
        help_text="Of a difference: how many learners joined, left and changed; null for other reports.",
    )
    can_delete = serializers.SerializerMethodField(help_text="Whether the account that asks may delete it.")
    url = serializers.SerializerMethodField(help_text="Where it is downloaded.")
    codebook_url = serializers.SerializerMethodField(help_text="Where the codebook of its columns is; null without one.")

    def get_can_delete(self, report: Any) -> bool:
        return self.context["may_delete_any"] or (bool(report.requester) and report.requester == self.context["username"])

    def get_url(self, report: Any) -> str:
        return self._address("report", report)

    def get_codebook_url(self, report: Any) -> str | None:
        return self._address("codebook", report) if report.has_codebook else None

    def _address(self, view: str, report: Any) -> str:
        names = {"course_id": self.context["course_id"], "name": report.name}
        return reverse(f"learner_data_plugin:{view}", kwargs=names)


class ReportsAnswer(serializers.Serializer):
    """The stored reports, newest first; the numbers if a page was asked for."""

    reports = ReportAnswer(many=True)
    count = serializers.IntegerField(required=False, help_text="Reports on all pages.")
    num_pages = serializers.IntegerField(required=False, help_text="How many pages there are.")
    current_page = serializers.IntegerField(required=False, help_text="Number of this page.")


class RequestedAnswer(serializers.Serializer):
    """A report that is queued or running."""

    task_id = serializers.CharField(help_text="ID of the task.")
    report = serializers.CharField(help_text="What is made.")
    state = serializers.CharField(help_text="The platform's task state.")
    already_running = serializers.BooleanField(help_text="Whether an earlier request started it.")


class WithdrawnAnswer(serializers.Serializer):
    """A report that nobody gets any more, although the store has not deleted it yet."""

    name = serializers.CharField(help_text="Name of the file.")
    message = serializers.CharField(help_text="What has become of it, in a sentence.")


class TaskAnswer(serializers.Serializer):
    """How far a report is."""

    task_id = serializers.CharField(help_text="ID of the task.")
    report = serializers.CharField(help_text="What is made.")
    format = serializers.CharField(source="file_format", help_text="How the file is written.")
    state = serializers.CharField(help_text="The platform's task state.")
    requester = serializers.CharField(help_text="Username of the person who requested it.")
    created = MomentField(help_text="When it was asked for.")
    done = serializers.IntegerField(allow_null=True, help_text="Rows done; null while unknown.")
    total = serializers.IntegerField(allow_null=True, help_text="Rows in all; null while unknown.")
    percent = serializers.IntegerField(allow_null=True, help_text="Progress, 0 to 100; null while unknown.")
    message = serializers.CharField(help_text="Progress, or why it failed, in a sentence.")
    age_seconds = serializers.IntegerField(help_text="How long ago it was requested.")
    stale = serializers.BooleanField(help_text="Whether it has stopped responding.")
    waits = serializers.BooleanField(help_text="Whether the same report in another format, or of others, is made first.")
    silent_seconds = serializers.IntegerField(
        allow_null=True, help_text="Seconds since its last sign of life, where it runs; null elsewhere."
    )
    may_cancel = serializers.BooleanField(help_text="Whether the account that asks may cancel it.")
    report_name = serializers.CharField(allow_null=True, help_text="Name of the finished file.")


class TasksAnswer(serializers.Serializer):
    """Tasks that are queued or running, and those that ended in the last hour, newest first."""

    tasks = TaskAnswer(many=True)


class ChartRowAnswer(serializers.Serializer):
    """A group, a week or a period of a chart."""

    key = serializers.CharField(help_text="Key of the group, the week or the period.")
    label = serializers.CharField(help_text="Its name.")
    count = serializers.IntegerField(allow_null=True, help_text="Learners; null where too few to be shown.")
    share = serializers.FloatField(allow_null=True, help_text="Part of all enrolled, 0 to 1.")
    mark = serializers.CharField(help_text="What is known of a number that is not shown.")
    total = serializers.IntegerField(
        source="drawn", allow_null=True, required=False, help_text="Running total, in the chart of enrollments only."
    )
    left = serializers.IntegerField(
        allow_null=True,
        required=False,
        help_text="How many have left since, in the chart of enrollments only; null where safe to share.",
    )


class ChartAnswer(serializers.Serializer):
    """A chart with the numbers behind it."""

    name = serializers.CharField(help_text="Name of the chart.")
    title = serializers.CharField(help_text="Its title.")
    description = serializers.CharField(help_text="What it shows.")
    note = serializers.CharField(help_text="What is not shown, or why there are no rows.")
    rows = ChartRowAnswer(many=True)
    svg = serializers.CharField(help_text="The drawing; empty without rows.")
    csv_url = serializers.CharField(allow_null=True, help_text="Where its numbers are downloaded.")


class StatisticsAnswer(serializers.Serializer):
    """The charts that the site shows."""

    course_id = serializers.CharField(help_text="ID of the course run.")
    safe = serializers.BooleanField(help_text="Whether the numbers are safe to share.")
    learner_count = serializers.IntegerField(allow_null=True, help_text="Active enrollments; null where too few to be shown.")
    generated = serializers.DateTimeField(
        allow_null=True, help_text="As of when the numbers are; null while a large course is counted for the first time."
    )
    refreshing = serializers.BooleanField(help_text="Whether newer numbers are being counted.")
    charts = ChartAnswer(many=True)


class OverviewNumbers(serializers.Serializer):
    """Learners at a glance; null where not known, private on this site, or not shown."""

    enrolled = serializers.IntegerField(allow_null=True, help_text="Enrolled now.")
    ever_enrolled = serializers.IntegerField(allow_null=True, help_text="Enrolled now or earlier.")
    joined_7 = serializers.IntegerField(allow_null=True, help_text="First enrolled in the last 7 days.")
    joined_30 = serializers.IntegerField(allow_null=True, help_text="First enrolled in the last 30 days.")
    left_7 = serializers.IntegerField(allow_null=True, help_text="Left in the last 7 days, and did not come back.")
    left_30 = serializers.IntegerField(allow_null=True, help_text="Left in the last 30 days, and did not come back.")
    active = serializers.IntegerField(allow_null=True, help_text="Active in the last complete week.")
    active_before = serializers.IntegerField(allow_null=True, help_text="Active in the week before that one.")
    verified = serializers.IntegerField(allow_null=True, help_text="In the verified track; null where nobody is.")
    never = serializers.IntegerField(allow_null=True, help_text="Enrolled and never active.")
    inactive_14 = serializers.IntegerField(allow_null=True, help_text="Not active for 14 days, those who never were included.")
    struggling = serializers.IntegerField(allow_null=True, help_text="Tried problems in the last 14 days, none correctly.")
    median_age = serializers.FloatField(allow_null=True, help_text="Median of the age reached this year.")


class OverviewSentences(serializers.Serializer):
    """Whom to look after first, in the reader's language."""

    struggling = serializers.CharField(help_text="How many are struggling.")
    away = serializers.CharField(help_text="How many have not been active for 14 days.")


class OverviewWeek(serializers.Serializer):
    """A week: distinct learners, null where not known or not shown."""

    week = serializers.DateField(help_text="Its Monday (UTC).")
    label = serializers.CharField(help_text="The same in words.")
    complete = serializers.BooleanField(help_text="Whether the week is over.")
    active = serializers.IntegerField(allow_null=True, help_text="Did anything at all.")
    watched_video = serializers.IntegerField(allow_null=True, help_text="Played a video.")
    tried_problem = serializers.IntegerField(allow_null=True, help_text="Submitted an answer.")
    discussed = serializers.IntegerField(allow_null=True, help_text="Wrote in discussions.")


class OverviewPeriod(serializers.Serializer):
    """A week or month of enrollments; where safe to share, those who joined are of those enrolled now."""

    first = serializers.CharField(help_text="First day; empty where not told.")
    last = serializers.CharField(help_text="Last day.")
    label = serializers.CharField(help_text="The same in words.")
    joined = serializers.IntegerField(help_text="First enrolled in it.")
    left = serializers.IntegerField(allow_null=True, help_text="Left in it; null where safe to share.")
    enrolled = serializers.IntegerField(help_text="Enrolled at its end.")


class OverviewGroup(serializers.Serializer):
    """A group of a chart."""

    key = serializers.CharField(help_text="Key of the group.")
    label = serializers.CharField(help_text="Its name.")
    count = serializers.IntegerField(allow_null=True, help_text="Learners.")
    share = serializers.FloatField(allow_null=True, help_text="Part of all enrolled, 0 to 1.")
    muted = serializers.BooleanField(help_text="Whether it is no answer: not reported, or groups combined.")


class OverviewChart(serializers.Serializer):
    """Learners by what their profile says, or by track."""

    name = serializers.CharField(help_text="Name of the chart.")
    title = serializers.CharField(help_text="Its title.")
    description = serializers.CharField(help_text="What it shows.")
    note = serializers.CharField(help_text="What is not shown, or why there are no rows.")
    median = serializers.CharField(help_text="The group in the middle, of ordered groups only; else empty.")
    rows = OverviewGroup(many=True)
    csv_url = serializers.CharField(help_text="Where its numbers are downloaded.")


class OverviewAnswer(serializers.Serializer):
    """A course at a glance."""

    course_id = serializers.CharField(help_text="ID of the course run.")
    safe = serializers.BooleanField(help_text="Whether the numbers are safe to share.")
    generated = serializers.DateTimeField(
        allow_null=True, help_text="As of when the numbers are; null while a large course is counted for the first time."
    )
    refreshing = serializers.BooleanField(help_text="Whether newer numbers are being counted.")
    sentences = OverviewSentences(allow_null=True)
    numbers = OverviewNumbers(allow_null=True)
    week = serializers.CharField(help_text="Monday of the last complete week; empty if there is none.")
    weeks = OverviewWeek(many=True)
    weeks_csv_url = serializers.CharField(help_text="Where the weeks are downloaded.")
    members = OverviewPeriod(many=True)
    members_csv_url = serializers.CharField(help_text="Where those who joined and left are downloaded.")
    left_unknown = serializers.IntegerField(help_text="How many have left of whom it is not known when.")
    charts = OverviewChart(many=True)


class RefreshedAnswer(serializers.Serializer):
    """The numbers of the charts are counted anew."""

    refreshing = serializers.BooleanField(help_text="Whether that goes on in the background.")


class EngagementKnownAnswer(serializers.Serializer):
    """Since when each number of a week is known completely."""

    active = serializers.DateField(allow_null=True)
    watched_video = serializers.DateField(allow_null=True)
    tried_problem = serializers.DateField(allow_null=True)
    discussed = serializers.DateField(allow_null=True)


class EngagementWeekAnswer(serializers.Serializer):
    """A week: distinct learners, null where not known."""

    week = serializers.DateField(source="monday", help_text="Its Monday (UTC).")
    complete = serializers.BooleanField(source="is_complete", help_text="Whether the week is over.")
    active = serializers.IntegerField(source="counts.active", allow_null=True, help_text="Did anything at all.")
    watched_video = serializers.IntegerField(source="counts.watched_video", allow_null=True, help_text="Played a video.")
    tried_problem = serializers.IntegerField(source="counts.tried_problem", allow_null=True, help_text="Submitted an answer.")
    discussed = serializers.IntegerField(source="counts.discussed", allow_null=True, help_text="Wrote in the discussions.")
    known_since = EngagementKnownAnswer(help_text="First day from which on each number is known completely; null if it is not.")


class EngagementWeeksAnswer(serializers.Serializer):
    """The weeks since the course began."""

    weeks = EngagementWeekAnswer(many=True)


def chosen(report: Report, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a request chose of a report's parameters, as JSON keeps it; an empty text chooses nothing."""
    fields = report.parameters
    return {name: fields[name].to_representation(value) for name, value in values.items() if name in fields and value != ""}
