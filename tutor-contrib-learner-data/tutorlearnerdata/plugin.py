"""What the plugin adds to Tutor: a requirement of the image, settings of the LMS, an init task and the retention job."""

from __future__ import annotations

from collections.abc import Iterator

import click
from tutor import hooks

hooks.Filters.CONFIG_DEFAULTS.add_items(
    [
        ("LEARNER_DATA_REQUIREMENT", "learner-data-plugin[xlsx]>=1.0,<2"),
        ("LEARNER_DATA_SETTINGS", {}),
        ("LEARNER_DATA_PRIVATE_REPORTS", False),
        ("LEARNER_DATA_RETENTION_SCHEDULE", "17 3 * * *"),
    ]
)

# A checkout that is mounted takes the place of the release, in containers and when the image is built.
hooks.Filters.MOUNTED_DIRECTORIES.add_item(("openedx", "learner-data-plugin"))

# Tutor runs pip through PIP_COMMAND since its release 20.
IMAGE = """\
RUN --mount=type=cache,target=/openedx/.cache/pip,sharing=shared \\
    ${PIP_COMMAND:-pip} install '{{ LEARNER_DATA_REQUIREMENT }}'
"""

# Read after the platform's production settings and what the plugin made of them. The image may not have the plugin yet.
LMS_SETTINGS = """\
{% if LEARNER_DATA_SETTINGS %}
LEARNER_DATA_PLUGIN = {**globals().get("LEARNER_DATA_PLUGIN", {}), **{{ LEARNER_DATA_SETTINGS }}}
{% endif %}
{% if LEARNER_DATA_PRIVATE_REPORTS %}
GRADES_DOWNLOAD = {
    "STORAGE_TYPE": "",
    "STORAGE_CLASS": "django.core.files.storage.FileSystemStorage",
    "STORAGE_KWARGS": {"location": "/openedx/media-private/grades"},
}
{% endif %}
"""

KUBERNETES_RETENTION = """\
{% if LEARNER_DATA_RETENTION_SCHEDULE %}
---
apiVersion: batch/v1
kind: CronJob
metadata:
  name: learner-data-retention
  labels:
    app.kubernetes.io/name: learner-data-retention
spec:
  schedule: "{{ LEARNER_DATA_RETENTION_SCHEDULE }}"
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
            - name: learner-data-retention
              image: {{ DOCKER_IMAGE_OPENEDX }}
              command: ["./manage.py", "lms", "learner_data_retention"]
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
{% endif %}
"""

hooks.Filters.ENV_PATCHES.add_items(
    [
        ("openedx-dockerfile-post-python-requirements", IMAGE),
        ("openedx-lms-common-settings", LMS_SETTINGS),
        ("k8s-deployments", KUBERNETES_RETENTION),
    ]
)

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
