"""The errors of this plugin; each says what is wrong without naming a learner."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.formats import number_format
from django.utils.translation import gettext_lazy as _

from .failures import FAILURES

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

LEAST_PURPOSE = 10
"""Characters of a purpose."""

VIEWS_AS_LEARNER = _(
    "You are viewing this course as a learner, and learners see no learner data. Switch back to the Staff view to see it."
)


class LearnerDataError(Exception):
    """Base of every error that a caller is expected to handle; ``str()`` of it is safe to show.

    Its text is ``message`` with what is given by keyword filled in, which its attributes are, too; or what is given instead.
    """

    error_code = "learner_data_error"
    message: ClassVar[str | _StrPromise] = ""

    def __init__(self, text: str | _StrPromise = "", **given: Any) -> None:
        super().__init__(str(self.message).format(**given) if given else str(text or self.message))
        self.__dict__ |= given


class AccessRefused(LearnerDataError):
    """The account has no role that lets it see learner data of this course, or does not make use of it at this moment."""

    error_code = "permission_denied"
    message = _("You have no role in this course that lets you see its learner data.")

    def __init__(self, *, views_as_learner: bool = False) -> None:
        super().__init__(VIEWS_AS_LEARNER if views_as_learner else "")


class CourseNotFound(LearnerDataError):
    """The course id is malformed, or no such course exists on this site."""

    error_code = "course_not_found"
    message = _("There is no course with this ID.")


class InvalidSelection(LearnerDataError):
    """A column, filter or order was asked for that this course does not offer."""

    error_code = "invalid_selection"


class UnknownColumn(InvalidSelection):
    """A column was asked for, with this ``key``, that is not in the catalogue, or is private on this site."""

    error_code = "unknown_column"
    message = _("There is no column '{key}' in this course's learner data.")


class PeriodNotOver(InvalidSelection):
    """A report was asked for of a day or week that has not ended yet."""

    error_code = "period_not_over"
    message = _("This day or week is not over yet (UTC).")


class UnknownReport(LearnerDataError):
    """The report named is none of those that are registered, which are ``names``."""

    error_code = "unknown_report"
    message = _("'report' must be one of {names}.")


class UnknownFormat(LearnerDataError):
    """The file format named is none of those that are registered, which are ``names``."""

    error_code = "unknown_format"
    message = _("'format' must be one of {names}.")


class FormatUnavailable(LearnerDataError):
    """The file ``format`` is known, but the package that writes it is not installed on this site."""

    error_code = "format_unavailable"
    message = _("{format} files cannot be made here. Choose another format, or contact site support.")


class TooManyLearners(LearnerDataError):
    """The course has too many learners to be answered within a request.

    ``count`` and ``limit`` are numbers of learners: answers are given *below* ``limit``.
    """

    error_code = "too_many_learners"
    message = _("This course has {count} learners. Fewer than {limit} can be shown here; use a report instead.")
    count: int
    limit: int


class UnreadableFile(LearnerDataError):
    """An uploaded file is no table that can be read, or not written again; the message says why."""

    error_code = "unreadable_file"


class FileTooLarge(LearnerDataError):
    """An uploaded file has more bytes or rows than are read; ``limit`` is the most."""

    error_code = "file_too_large"

    def __init__(self, sentence: str, limit: int) -> None:
        super().__init__(sentence.format(limit=number_format(limit, force_grouping=True)))
        self.limit = limit


class NoIdColumn(LearnerDataError):
    """An uploaded file has no column of IDs, or not the one that was named."""

    error_code = "no_id_column"


class TooManyUnknownIds(LearnerDataError):
    """More IDs were asked for that do not belong to the course than somebody who works with its data would have.

    How many were known is not told.
    """

    error_code = "too_many_unknown_ids"
    message = _(
        "More than {limit} of the IDs that you asked for today do not belong to learners of this course. Keep only the "
        "rows of this course, or contact site support."
    )

    def __init__(self, limit: int) -> None:
        super().__init__(limit=number_format(limit, force_grouping=True))


class DeanonymizationRefused(AccessRefused):
    """The account may see learner data, but not lead anonymized IDs back to people."""

    message = _("Your role in this course does not let you deanonymize files.")


class RequestUndecidable(LearnerDataError):
    """A request for names is the account's own, is decided already, or has expired; the message says which."""

    error_code = "request_undecidable"


class RequestNotFound(LearnerDataError):
    """This course has no request for names of that number."""

    error_code = "request_not_found"
    message = _("This course has no request for names with this number.")


class ViewNotFound(LearnerDataError):
    """This course has no saved view of that number."""

    error_code = "view_not_found"
    message = _("This course has no saved view with this number.")


class QueueUnavailable(LearnerDataError):
    """The report could not be handed to the background workers."""

    error_code = "queue_unavailable"
    message = _("Reports cannot be started at the moment. Nothing was started; please try again later.")


class ReportNotFound(LearnerDataError):
    """This course has no stored report of that name."""

    error_code = "report_not_found"
    message = _("This course has no report file with this name.")


class ReportChanged(Exception):
    """A stored report was removed or stored again by another process meanwhile."""


class FileNotFromHere(LearnerDataError):
    """A file was not made in this course, or it was changed since."""

    error_code = "file_not_from_here"
    message = _("This file was not made in this course.")


class FileChanged(FileNotFromHere):
    """A file has the name of one that was made in this course, and not its content."""

    error_code = "file_changed"
    message = _("A file of this name was made in this course, and was changed since.")


class ReportDamaged(Exception):
    """What stands in the report store is not what was stored there."""


class StorageUnavailable(LearnerDataError):
    """The platform's report storage does not answer."""

    error_code = "storage_unavailable"
    message = _("The report files cannot be reached at the moment. Please try again later.")


class ReportChanging(LearnerDataError):
    """A learner has yet to be taken out of the report."""

    error_code = "report_changing"
    wait = 60
    """Seconds after which to try again."""

    message = _("A learner is being removed from this report. Please try again in a few minutes.")


class PurposeRequired(LearnerDataError):
    """This site wants to know what learner data is for."""

    error_code = "purpose_required"

    message = _("Say what you need this data for, in 'purpose': {least} characters or more.")

    def __init__(self) -> None:
        super().__init__(least=LEAST_PURPOSE)


class ScheduleNotFound(LearnerDataError):
    """This course has no recurring report of that number."""

    error_code = "schedule_not_found"
    message = _("This course has no recurring report with this number.")


class ScheduleRefused(LearnerDataError):
    """The account may see this recurring report, but not change it; or it cannot be resumed."""

    error_code = "schedule_refused"
    message = _("Only the person who set up this recurring report or a course Admin can change it.")


class DeletionRefused(LearnerDataError):
    """The account may see this report, but not delete it."""

    error_code = "deletion_refused"
    message = _("Only the person who requested this report or a course Admin can delete it.")


class TaskNotFound(LearnerDataError):
    """This course has no report of that task which is queued or running."""

    error_code = "task_not_found"
    message = _("There is no such report to cancel. It may have finished already.")


class CancellationRefused(LearnerDataError):
    """The account may see this report, but not cancel it."""

    error_code = "cancellation_refused"
    message = _("Only the person who requested this report or a course Admin can cancel it.")


class ReportFailed(LearnerDataError):
    """A report could not be finished; ``code`` names the cause, one of FAILURES."""

    error_code = "report_failed"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    def __str__(self) -> str:
        return str(FAILURES.get(self.code) or FAILURES["unexpected"])


class ChartNotFound(LearnerDataError):
    """There is no chart of that name, or this site keeps its subject private."""

    error_code = "chart_not_found"
    message = _("This course has no chart with this name.")


class AuditIsAppendOnly(Exception):
    """Something tried to change or delete an audit record; only retention removes old ones."""


class NotToBeStarted(Exception):
    """A task was delivered for a run that is in work, has ended, or was given up for ``failure`` ('' if it was not)."""

    def __init__(self, failure: str) -> None:
        super().__init__(failure)
        self.failure = failure


def frames(error: BaseException) -> str:
    """Say where an error was raised, for a log: file, line and function of each frame, without any value."""
    return "\n".join(
        f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(error.__traceback__)
    )
