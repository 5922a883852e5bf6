"""What each call of the API takes and answers, told as OpenAPI with the platform's own tools."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from edx_api_doc_tools import ParameterLocation, openapi, query_parameter, schema, string_parameter

from ...data import FileFormat, Report

COURSE_ID = string_parameter(
    "course_id",
    ParameterLocation.PATH,
    "ID of the course run, such as course-v1:DemoX+Small+2026; the plus sign may be encoded.",
)
REPORT_NAME = string_parameter("name", ParameterLocation.PATH, "Name of the file, as the list of reports has it.")
CHART_NAME = string_parameter("name", ParameterLocation.PATH, "Name of the chart, as the list of charts has it.")
BOM = string_parameter(
    "bom", ParameterLocation.QUERY, "1 for a CSV that starts with a byte order mark, without which Excel misreads it."
)
COLUMNS = string_parameter(
    "columns", ParameterLocation.QUERY, "Keys of columns, separated by commas; without it all that are offered."
)
PAGE = query_parameter("page", int, "Number of the page, from 1; without page and page_size all reports are answered.")
PAGE_SIZE = query_parameter("page_size", int, "Reports on a page, from 1 to 1000; 50 unless given.")

_SELECTION = {
    "search": "Part of the username, the name or the email address.",
    "cohort": "Name of a cohort; [unassigned] for learners without one.",
    "team": "Name of a team; [unavailable] for learners without one.",
    "enrollment_mode": "Slug of an enrollment track, such as verified.",
    "sort": "Key of a column, with - before it for descending order; small courses only. By username unless given.",
}
SELECTION = [string_parameter(name, ParameterLocation.QUERY, meaning) for name, meaning in _SELECTION.items()]


def documented(
    answers: Mapping[int, Any],
    *,
    parameters: Sequence[Any] = (),
    body: Any = None,
    errors: Mapping[int, str] | None = None,
) -> Callable[[Callable], Callable]:
    """Decorate a view's method with what it takes and answers; every call has the course's ID and the errors of access."""
    told = {status: openapi.Response(meaning, _ERROR) for status, meaning in {**_ACCESS, **(errors or {})}.items()}
    return schema(parameters=[COURSE_ID, *parameters], body=body, responses={**answers, **told})


def _text(description: str, choices: Sequence[str] | None = None, **more: Any) -> Any:
    enum = None if choices is None else [str(choice) for choice in choices]
    return openapi.Schema(type=openapi.TYPE_STRING, description=description, enum=enum, **more)


def _moment(description: str) -> Any:
    return _text(description, format=openapi.FORMAT_DATETIME)


def _number(description: str, **more: Any) -> Any:
    return openapi.Schema(type=openapi.TYPE_INTEGER, description=description, **more)


def _yes_or_no(description: str) -> Any:
    return openapi.Schema(type=openapi.TYPE_BOOLEAN, description=description)


def _object(properties: Mapping[str, Any], *, required: Sequence[str] | None = None) -> Any:
    return openapi.Schema(type=openapi.TYPE_OBJECT, properties=dict(properties), required=required)


def _list(items: Any) -> Any:
    return openapi.Schema(type=openapi.TYPE_ARRAY, items=items)


_ERROR = _object(
    {"error_code": _text("Which error it is."), "developer_message": _text("What is wrong, in a sentence.")}
)
_ACCESS = {
    401: "not_authenticated: nobody is signed in.",
    403: "permission_denied: the account has no role in this course that is allowed; csrf_failed: the CSRF token is wrong.",
    404: "course_not_found: the ID is malformed, or there is no such course.",
}
NOT_FOUND = "course_not_found, or there is no file or chart of this name."
UNKNOWN_PARAMETER = "unknown_parameter or invalid_parameter: the message names it."
TOO_MANY_LEARNERS = "too_many_learners: the course has count learners, and answers are given below limit."
THROTTLED = "throttled: the account had too many files made; Retry-After says for how many seconds to wait."
STORAGE_UNAVAILABLE = "storage_unavailable: the report store does not answer."

REPORT_NAMES, FORMATS = list(Report), list(FileFormat)
_TASK = {
    "task_id": _text("ID of the task."),
    "report": _text("What is made.", REPORT_NAMES),
    "state": _text("The platform's task state."),
}

FILE = {200: openapi.Response("The file, as an attachment.", openapi.Schema(type=openapi.TYPE_FILE))}
DELETED = {204: "The file was deleted."}

LEARNERS = {
    200: openapi.Response(
        "Columns, and the learners with a value for each of them.",
        _object(
            {
                "course_id": _text("ID of the course run."),
                "count": _number("Learners in the answer."),
                "columns": _list(_object({"key": _text("Key in each learner."), "label": _text("Name for people.")})),
                "learners": _list(openapi.Schema(type=openapi.TYPE_OBJECT, additional_properties=True)),
            }
        ),
    )
}

REPORT_BODY = _object(
    {
        "report": _text("What is to be made.", REPORT_NAMES),
        "format": _text("csv unless given; xlsx where the site can make it.", FORMATS),
        "columns": _list(_text("Key of a column.")),
        **{name: _text(meaning) for name, meaning in _SELECTION.items()},
    },
    required=["report"],
)
REQUESTED = {
    202: openapi.Response(
        "The report is queued or running.",
        _object({**_TASK, "already_running": _yes_or_no("Whether an earlier request started it.")}),
    )
}

REPORTS = {
    200: openapi.Response(
        "The stored reports, newest first; count, num_pages and current_page if a page was asked for.",
        _object(
            {
                "reports": _list(
                    _object(
                        {
                            "name": _text("Name of the file."),
                            "report": _text("What it is.", REPORT_NAMES),
                            "format": _text("How it is written.", FORMATS),
                            "created": _moment("When it was made."),
                            "size_bytes": _number("Its size."),
                            "rows": _number("Its rows, without the header."),
                            "requester": _text("Username of who asked for it; empty if the account is gone."),
                            "selection": _yes_or_no("Whether columns, learners or an order were chosen for it."),
                            "can_delete": _yes_or_no("Whether the account that asks may delete it."),
                            "url": _text("Where it is downloaded."),
                        }
                    )
                ),
                "count": _number("Reports on all pages."),
                "num_pages": _number("How many pages there are."),
                "current_page": _number("Number of this page."),
            }
        ),
    )
}

TASKS = {
    200: openapi.Response(
        "Tasks that are queued or running, and those that ended in the last hour, newest first.",
        _object(
            {
                "tasks": _list(
                    _object(
                        {
                            **_TASK,
                            "format": _text("How the file is written.", FORMATS),
                            "requester": _text("Username of who asked for it."),
                            "created": _moment("When it was asked for."),
                            "done": _number("Rows done.", x_nullable=True),
                            "total": _number("Rows in all.", x_nullable=True),
                            "percent": _number("How far it is, 0 to 100.", x_nullable=True),
                            "message": _text("How far it is, or why it failed, in a sentence."),
                            "age_seconds": _number("How long ago it was asked for."),
                            "stale": _yes_or_no("Whether nothing has been heard of it for longer than it should take."),
                            "report_name": _text("Name of the finished file.", x_nullable=True),
                        }
                    )
                )
            }
        ),
    )
}

_CHART_ROW = _object(
    {
        "key": _text("Key of the group, the week or the period."),
        "label": _text("Its name."),
        "count": _number("Learners; null where withheld.", x_nullable=True),
        "share": openapi.Schema(type=openapi.TYPE_NUMBER, description="Part of all enrolled, 0 to 1.", x_nullable=True),
        "mark": _text("What is known of a number that is withheld."),
        "total": _number("Running total, in the chart of enrollments only.", x_nullable=True),
    }
)
STATISTICS = {
    200: openapi.Response(
        "The charts that the site shows.",
        _object(
            {
                "course_id": _text("ID of the course run."),
                "learner_count": _number("Active enrollments."),
                "generated": _moment("When the numbers were read."),
                "charts": _list(
                    _object(
                        {
                            "name": _text("Name of the chart."),
                            "title": _text("Its title."),
                            "description": _text("What it shows."),
                            "note": _text("Why there are no rows."),
                            "rows": _list(_CHART_ROW),
                            "svg": _text("The drawing; empty without rows."),
                            "csv_url": _text("Where its numbers are downloaded.", x_nullable=True),
                        }
                    )
                ),
            }
        ),
    )
}
