"""The platform's test settings with a real queue: a worker in the same process, a database in a file, no eager tasks."""

import os

from lms.envs.test import *  # noqa: F403


class _None(dict):
    """Says of every app that it has no migrations: the platform's own need MySQL."""

    def __contains__(self, app):
        return True

    def __getitem__(self, app):
        return None


MIGRATION_MODULES = _None()
_FOLDER = os.environ["LEARNER_DATA_FOLDER"]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"{_FOLDER}/lms.sqlite3",
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {"timeout": 60},
    },
    "student_module_history": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": f"{_FOLDER}/history.sqlite3",
        "OPTIONS": {"timeout": 60},
    },
}
CACHES = {
    name: {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": name}
    for name in CACHES  # noqa: F405
}
GRADES_DOWNLOAD = {"STORAGE_TYPE": "localfs", "BUCKET": "tests", "ROOT_PATH": f"{_FOLDER}/reports"}
CELERY_ALWAYS_EAGER = False
BROKER_URL = "memory://"
BROKER_USE_SSL = False
# The platform's router of tasks reads these two, which its production settings alone define.
EXPLICIT_QUEUES = {}
ALTERNATE_ENV_TASKS = {}
LEARNER_DATA_PLUGIN = {**LEARNER_DATA_PLUGIN, "BATCH_SIZE": 1}  # noqa: F405
