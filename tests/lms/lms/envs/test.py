"""Settings of ``make test``: SQLite in memory, tasks run at once in the process that asks for them."""

from __future__ import annotations

import tempfile

from common.djangoapps.util.testing import patch_testcase
from edx_django_utils.plugins import add_plugins
from openedx.core.djangoapps.plugins.constants import ProjectType, SettingsType

from .common import *  # noqa: F403

patch_testcase()

DATABASES = {
    "default": {
        "ENGINE": "lms.sqlite",
        "NAME": ":memory:",
        "ATOMIC_REQUESTS": True,
    },
    "student_module_history": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"},
}
# The history of problems' states in a second database, as on large sites; demo and benchmarks have it as Tutor does.
DATABASE_ROUTERS = ["openedx.core.lib.django_courseware_routers.StudentModuleHistoryExtendedRouter"]
FEATURES = {**FEATURES, "ENABLE_CSMH_EXTENDED": True}  # noqa: F405
INSTALLED_APPS = [*INSTALLED_APPS, "lms.djangoapps.coursewarehistoryextended"]  # noqa: F405

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

CELERY_ALWAYS_EAGER = True
# Without this the result backend hears nothing of tasks that run at once, and progress cannot be read back.
CELERY_TASK_STORE_EAGER_RESULT = True
BROKER_URL = "memory://"

GRADES_DOWNLOAD = {
    "STORAGE_TYPE": "localfs",
    "BUCKET": "edx-grades",
    "ROOT_PATH": tempfile.gettempdir() + "/lms_stand_in_test_reports",
}

add_plugins(__name__, ProjectType.LMS, SettingsType.TEST)

