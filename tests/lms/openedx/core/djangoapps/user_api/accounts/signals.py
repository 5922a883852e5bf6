"""What the platform announces while a learner is retired; the arguments stand behind each."""

from django.dispatch import Signal

USER_RETIRE_MAILINGS = Signal()  # email, new_email, user
USER_RETIRE_LMS_CRITICAL = Signal()  # user
USER_RETIRE_LMS_MISC = Signal()  # user
