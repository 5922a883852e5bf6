"""The errors of this plugin; each says what is wrong without naming a learner."""

from __future__ import annotations

from django.utils.translation import gettext as _


class LearnerDataError(Exception):
    """Base of every error that a caller is expected to handle; ``str()`` of it is safe to show."""

    error_code = "learner_data_error"


class CourseNotFound(LearnerDataError):
    """The course id is malformed, or no such course exists on this site."""

    error_code = "course_not_found"

    def __init__(self) -> None:
        super().__init__(_("There is no course with this ID."))


class InvalidSelection(LearnerDataError):
    """A column, filter or order was asked for that this course does not offer."""

    error_code = "invalid_selection"


class UnknownColumn(InvalidSelection):
    """A column was asked for that is not in the catalogue, or is private on this site."""

    error_code = "unknown_column"

    def __init__(self, key: str) -> None:
        super().__init__(_("There is no column '{key}' in this course's learner data.").format(key=key[:100]))
        self.key = key


class UnknownReport(LearnerDataError):
    """The report named is not one that this plugin makes."""

    error_code = "unknown_report"


class UnknownFormat(LearnerDataError):
    """The file format named is not one that this plugin writes."""

    error_code = "unknown_format"


class FormatUnavailable(LearnerDataError):
    """The file format is known, but the package that writes it is not installed on this site."""

    error_code = "format_unavailable"

    def __init__(self) -> None:
        super().__init__(_("XLSX files cannot be made on this site; use CSV, or ask its operators for XLSX."))


class TooManyLearners(LearnerDataError):
    """The course has too many learners to be answered within a request.

    ``count`` and ``limit`` are numbers of learners: answers are given *below* ``limit``.
    """

    error_code = "too_many_learners"

    def __init__(self, *, count: int, limit: int) -> None:
        super().__init__(
            _("This course has {count} learners. Fewer than {limit} can be shown here; use a report instead.").format(
                count=count, limit=limit
            )
        )
        self.count = count
        self.limit = limit


class QueueUnavailable(LearnerDataError):
    """The report could not be handed to the background workers."""

    error_code = "queue_unavailable"

    def __init__(self) -> None:
        super().__init__(_("Reports cannot be started at the moment. Nothing was started; please try again later."))


class ReportNotFound(LearnerDataError):
    """This course has no stored report of that name."""

    error_code = "report_not_found"

    def __init__(self) -> None:
        super().__init__(_("This course has no report file with this name."))


class ReportChanged(Exception):
    """A stored report was removed or stored again by another process meanwhile."""


class StorageUnavailable(LearnerDataError):
    """The platform's report storage does not answer."""

    error_code = "storage_unavailable"

    def __init__(self) -> None:
        super().__init__(_("The report files cannot be reached at the moment. Please try again later."))


class DeletionRefused(LearnerDataError):
    """The account may see this report, but not delete it."""

    error_code = "deletion_refused"

    def __init__(self) -> None:
        super().__init__(_("Only who asked for this report, and Admins of the course, can delete it."))


class ReportFailed(LearnerDataError):
    """A report could not be finished; ``code`` names the cause, see ``report_runs.FAILURE_SENTENCES``."""

    error_code = "report_failed"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ChartNotFound(LearnerDataError):
    """There is no chart of that name, or this site keeps its subject private."""

    error_code = "chart_not_found"

    def __init__(self) -> None:
        super().__init__(_("This course has no chart with this name."))


class AuditIsAppendOnly(Exception):
    """Something tried to change or delete an audit record; only retention removes old ones."""


class NotToBeStarted(LearnerDataError):
    """A task was delivered for a run that is in work, has ended, or was given up for ``failure`` ('' if it was not)."""

    error_code = "not_to_be_started"

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure
