"""What the plugin adds to Tutor: a requirement of the image, settings of the LMS, an init task and the retention job."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import click
from tutor import hooks

from .dashboard import put_page_into_dashboard

hooks.Filters.CONFIG_DEFAULTS.add_items(
    [
        ("LEARNER_DATA_REQUIREMENT", "learner-data-plugin[xlsx]>=1.0,<2"),
        ("LEARNER_DATA_SETTINGS", {}),
        ("LEARNER_DATA_IN_DASHBOARD", True),
        ("LEARNER_DATA_PANEL_PACKAGE", ""),
        ("LEARNER_DATA_PRIVATE_REPORTS", False),
        ("LEARNER_DATA_RETENTION_SCHEDULE", "17 3 * * *"),
        ("LEARNER_DATA_SCHEDULES_SCHEDULE", "7 * * * *"),
        ("LEARNER_DATA_ENGAGEMENT_SCHEDULE", "17 4 * * *"),
        ("LEARNER_DATA_ENGAGEMENT_USERNAME", ""),
    ]
)

# A checkout that is mounted takes the place of the release, in containers and when the image is built.
hooks.Filters.MOUNTED_DIRECTORIES.add_item(("openedx", "learner-data-plugin"))

# Tutor runs pip through PIP_COMMAND since its release 20.
IMAGE = """\
RUN --mount=type=cache,target=/openedx/.cache/pip,sharing=shared \\
    ${PIP_COMMAND:-pip} install '{{ LEARNER_DATA_REQUIREMENT }}'
"""

# Read after the platform's production settings and what the plugin made of them. The image may not have the plugin yet. The
# function that knows the new frontends is tutor-mfe's.
LMS_SETTINGS = """\
{% set learner_data_inside = LEARNER_DATA_IN_DASHBOARD and is_frontend_app_enabled is defined
  and is_frontend_app_enabled("instructor-dashboard") %}
{% set learner_data_settings = dict({"TAB_IN_DASHBOARD": True} if learner_data_inside else {}, **LEARNER_DATA_SETTINGS) %}
{% if learner_data_settings %}
LEARNER_DATA_PLUGIN = {**globals().get("LEARNER_DATA_PLUGIN", {}), **{{ learner_data_settings }}}
{% endif %}
{% if LEARNER_DATA_PRIVATE_REPORTS %}
GRADES_DOWNLOAD = {
    "STORAGE_TYPE": "",
    "STORAGE_CLASS": "django.core.files.storage.FileSystemStorage",
    "STORAGE_KWARGS": {"location": "/openedx/media-private/grades"},
}
{% endif %}
"""

ENGAGEMENT_COMMAND = "learner_data_engagement --all-courses --username"

# Of Tutor's own names for configuration maps and volumes.
KUBERNETES_JOB = """\
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: %(name)s
  labels:
    app.kubernetes.io/name: %(name)s
spec:
  schedule: "%(schedule)s"
  concurrencyPolicy: Forbid
  jobTemplate:
    spec:
      backoffLimit: 1
      template:
        spec:
          restartPolicy: Never
          securityContext:
            runAsUser: 1000
            runAsGroup: 1000
          containers:
            - name: %(name)s
              image: {{ DOCKER_IMAGE_OPENEDX }}
              command: ["./manage.py", "lms", %(command)s]
              env:
                - name: SERVICE_VARIANT
                  value: lms
                - name: DJANGO_SETTINGS_MODULE
                  value: lms.envs.tutor.production
              volumeMounts:
                - mountPath: /openedx/edx-platform/lms/envs/tutor/
                  name: settings-lms
                - mountPath: /openedx/edx-platform/cms/envs/tutor/
                  name: settings-cms
                - mountPath: /openedx/config
                  name: config
              securityContext:
                allowPrivilegeEscalation: false
          volumes:
            - name: settings-lms
              configMap:
                name: openedx-settings-lms
            - name: settings-cms
              configMap:
                name: openedx-settings-cms
            - name: config
              configMap:
                name: openedx-config
"""


def kubernetes_job(name: str, *, when: str, schedule: str, command: str) -> str:
    """Return the template of a job on Kubernetes, for an environment in which ``when`` holds."""
    words = ", ".join(f'"{word}"' for word in command.split())
    return f"{{% if {when} %}}\n" + KUBERNETES_JOB % {"name": name, "schedule": schedule, "command": words} + "{% endif %}\n"


KUBERNETES_JOBS = kubernetes_job(
    "learner-data-retention",
    when="LEARNER_DATA_RETENTION_SCHEDULE",
    schedule="{{ LEARNER_DATA_RETENTION_SCHEDULE }}",
    command="learner_data_retention",
) + kubernetes_job(
    "learner-data-schedules",
    when="LEARNER_DATA_SCHEDULES_SCHEDULE",
    schedule="{{ LEARNER_DATA_SCHEDULES_SCHEDULE }}",
    command="learner_data_schedules",
) + kubernetes_job(
    "learner-data-engagement",
    when="LEARNER_DATA_ENGAGEMENT_SCHEDULE and LEARNER_DATA_ENGAGEMENT_USERNAME",
    schedule="{{ LEARNER_DATA_ENGAGEMENT_SCHEDULE }}",
    command=f"{ENGAGEMENT_COMMAND}={{{{LEARNER_DATA_ENGAGEMENT_USERNAME}}}}",
)

hooks.Filters.ENV_PATCHES.add_items(
    [
        ("openedx-dockerfile-post-python-requirements", IMAGE),
        ("openedx-lms-common-settings", LMS_SETTINGS),
        ("k8s-deployments", KUBERNETES_JOBS),
    ]
)

put_page_into_dashboard()

INIT = """\
./manage.py lms migrate learner_data_plugin
./manage.py lms check --tag learner_data_plugin
"""

hooks.Filters.CLI_DO_INIT_TASKS.add_item(("lms", INIT))


@click.command("learner-data-retention", help="Delete expired learner data reports and old audit records")
def retention() -> Iterator[tuple[str, str]]:
    """Run the plugin's retention once; for the cron of the machine that Tutor runs on."""
    yield ("lms", "./manage.py lms learner_data_retention")


hooks.Filters.CLI_DO_COMMANDS.add_item(retention)


@click.command("learner-data-schedules", help="Have the recurring learner data reports made that are due")
def schedules() -> Iterator[tuple[str, str]]:
    """Have due reports made; for the cron of the machine that Tutor runs on, every hour."""
    yield ("lms", "./manage.py lms learner_data_schedules")


hooks.Filters.CLI_DO_COMMANDS.add_item(schedules)


@click.command("learner-data-engagement", help="Queue yesterday's engagement report for each course, and on Mondays the week's")
@click.option("--username", required=True, help="Account of global staff in whose name the reports are made")
def engagement(username: str) -> Iterator[tuple[str, str]]:
    """Queue the engagement reports; for the cron of the machine that Tutor runs on."""
    yield ("lms", f"./manage.py lms {ENGAGEMENT_COMMAND} {shlex.quote(username)}")


hooks.Filters.CLI_DO_COMMANDS.add_item(engagement)
