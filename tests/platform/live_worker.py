"""Have both reports made by a real worker, watching from outside; prints what was seen as one line of JSON.

Run by test_worker.py in a process of its own, because the tests' own settings run every task at once.
"""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

from . import mongo

LEARNERS = 1_500


def main() -> None:
    """Prepare the platform, request, poll, download."""
    mongo.stand_in_if_needed()
    sys.path.insert(0, os.getcwd())
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.platform.worker_settings"
    import django

    django.setup()
    from celery.contrib.testing.worker import start_worker
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connections
    from openedx.core.lib.celery import APP
    from xmodule.modulestore.tests.factories import XMODULE_FACTORY_LOCK

    XMODULE_FACTORY_LOCK.enable()
    for database in settings.DATABASES:
        call_command("migrate", run_syncdb=True, database=database, verbosity=0, interactive=False)
        # A report is read on a connection of its own, beside which another writes how far it is.
        connections[database].cursor().execute("PRAGMA journal_mode = WAL")
    with start_worker(APP, pool="solo", perform_ping_check=False, queues=[settings.DEFAULT_PRIORITY_QUEUE]):
        sys.stdout.write(json.dumps(_watch()) + "\n")


def _watch() -> dict[str, Any]:
    from django.test import Client

    from .. import factories
    from ..rest_api.paths import api_path

    course_key = factories.make_course()
    factories.make_learners(course_key, LEARNERS)
    user = factories.make_team_member("instructor", course_key)
    client = Client()
    assert client.login(username=user.username, password=factories.PASSWORD)
    client.get(api_path(course_key, "tasks/"))  # the first request is slow
    seen: dict[str, Any] = {}
    for report in ("profile", "anonymized_ids"):
        answer = client.post(api_path(course_key, "reports/"), {"report": report}, content_type="application/json")
        polls = [{"posted": answer.status_code, **answer.json()}]
        until = time.monotonic() + 60
        while polls[-1].get("state") not in ("SUCCESS", "FAILURE") and time.monotonic() < until:
            time.sleep(0.05)
            tasks = client.get(api_path(course_key, "tasks/")).json()["tasks"]
            polls.append(next(task for task in tasks if task["report"] == report))
        files = client.get(api_path(course_key, "reports/")).json()["reports"]
        url = next((file["url"] for file in files if file["report"] == report), None)
        content = b"".join(client.get(url).streaming_content).decode("utf-8-sig") if url else ""
        seen[report] = {"polls": polls, "content": content}
    return seen


if __name__ == "__main__":
    main()
