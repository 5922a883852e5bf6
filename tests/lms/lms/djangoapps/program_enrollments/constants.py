"""States of enrollments in programs."""


class ProgramEnrollmentStatuses:
    """States of a learner in a program."""

    ENROLLED = "enrolled"
    PENDING = "pending"
    SUSPENDED = "suspended"
    CANCELED = "canceled"
    ENDED = "ended"
    __ALL__ = (ENROLLED, PENDING, SUSPENDED, CANCELED, ENDED)


class ProgramCourseEnrollmentStatuses:
    """States of a learner in a course of a program."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    __ALL__ = (ACTIVE, INACTIVE)
