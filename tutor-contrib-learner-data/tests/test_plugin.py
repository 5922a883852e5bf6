"""The plugin in Tutor's own command line. Only Docker is played by a script, which writes down what it was asked for."""

from __future__ import annotations

import re
from importlib.metadata import files
from pathlib import Path
from typing import Any

import yaml


def test_tutor_finds_it(tutor):
    assert "learner-data" in tutor("plugins", "list")


def test_the_image_installs_the_plugin(enabled):
    assert "install 'learner-data-plugin[xlsx]>=1.0,<2'" in enabled.rendered("build/openedx/Dockerfile")


def test_the_image_installs_what_the_site_asks_for(enabled):
    enabled.save(LEARNER_DATA_REQUIREMENT="git+https://example.com/fork.git@main")

    assert "install 'git+https://example.com/fork.git@main'" in enabled.rendered("build/openedx/Dockerfile")


def test_static_files_of_the_plugin_are_collected_after_it_is_installed(enabled):
    dockerfile = enabled.rendered("build/openedx/Dockerfile")

    assert dockerfile.index("learner-data-plugin") < dockerfile.index("collectstatic")


def test_settings_are_left_alone_unless_something_was_set(enabled):
    settings = enabled.lms_settings()

    assert "LEARNER_DATA_PLUGIN" not in settings
    assert settings["GRADES_DOWNLOAD"]["STORAGE_KWARGS"]["location"] == "/openedx/media/grades"


def test_values_are_merged_into_those_of_the_plugin(enabled):
    enabled.save(LEARNER_DATA_SETTINGS='{"RETENTION_DAYS": 30, "CSV_BOM": false, "COLUMNS": null, "ROLES": ["staff"]}')

    assert enabled.plugin_setting({"LEARNER_DATA_PLUGIN": {"RETENTION_DAYS": 90, "QUEUE": None}}) == {
        "RETENTION_DAYS": 30,
        "QUEUE": None,
        "CSV_BOM": False,
        "COLUMNS": None,
        "ROLES": ["staff"],
    }


def test_an_image_without_the_plugin_still_starts(enabled):
    enabled.save(LEARNER_DATA_SETTINGS='{"RETENTION_DAYS": 30}')

    assert enabled.plugin_setting({}) == {"RETENTION_DAYS": 30}


def test_reports_can_be_kept_out_of_what_the_web_server_hands_out(enabled):
    enabled.save(LEARNER_DATA_PRIVATE_REPORTS="true")

    options = enabled.lms_settings()["GRADES_DOWNLOAD"]["STORAGE_KWARGS"]
    services = {}
    for file in ("docker-compose.yml", "docker-compose.prod.yml"):
        services |= yaml.safe_load(enabled.rendered(f"local/{file}"))["services"]
    assert options == {"location": "/openedx/media-private/grades"}
    for service in ("lms", "lms-worker"):
        assert "../../data/openedx-media-private:/openedx/media-private:z" in services[service]["volumes"]


def test_settings_of_the_cms_are_not_touched(enabled):
    enabled.save(LEARNER_DATA_SETTINGS='{"RETENTION_DAYS": 30}')

    assert "LEARNER_DATA" not in enabled.rendered("apps/openedx/settings/cms/production.py")


def test_init_runs_the_migrations_and_the_checks(enabled):
    enabled("local", "do", "init", "--limit", "learner-data")

    asked = enabled.asked_of_docker()
    assert "lms-job" in asked.splitlines()
    migrate, check = (f"./manage.py lms {command} learner_data_plugin" for command in ("migrate", "check --tag"))
    assert asked.index(migrate) < asked.index(check)


def test_retention_can_be_run_by_cron(enabled):
    enabled("local", "do", "learner-data-retention")

    assert "./manage.py lms learner_data_retention" in enabled.asked_of_docker()


def test_recurring_reports_can_be_made_by_cron(enabled):
    enabled("local", "do", "learner-data-schedules")

    assert "./manage.py lms learner_data_schedules" in enabled.asked_of_docker()


def test_engagement_reports_can_be_made_by_cron(enabled):
    enabled("local", "do", "learner-data-engagement", "--username", "o'hara")

    assert "./manage.py lms learner_data_engagement --all-courses --username" in enabled.asked_of_docker()


def kubernetes_jobs(tutor: Any) -> dict[str, Any]:
    documents = yaml.safe_load_all(tutor.rendered("k8s/deployments.yml"))
    return {document["metadata"]["name"]: document for document in documents if document and document["kind"] == "CronJob"}


def test_kubernetes_runs_retention_on_schedule(enabled):
    enabled.save(LEARNER_DATA_RETENTION_SCHEDULE="5 4 * * 0")

    jobs = kubernetes_jobs(enabled)
    assert "learner-data-engagement" not in jobs, "nobody was named in whose name the reports are made"
    job = jobs["learner-data-retention"]["spec"]
    [container] = job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert job["schedule"] == "5 4 * * 0"
    assert container["command"] == ["./manage.py", "lms", "learner_data_retention"]
    assert container["image"] in enabled.rendered("local/docker-compose.yml")


def test_kubernetes_without_a_schedule(enabled):
    enabled.save(LEARNER_DATA_RETENTION_SCHEDULE="", LEARNER_DATA_SCHEDULES_SCHEDULE="")

    assert kubernetes_jobs(enabled) == {}


def test_a_checkout_is_mounted_into_image_and_containers(enabled, tmp_path):
    checkout = tmp_path / "learner-data-plugin"
    checkout.mkdir()

    enabled("mounts", "add", str(checkout))

    [mount] = yaml.safe_load(enabled("mounts", "list"))
    assert {"service": "openedx", "container_path": "/mnt/learner-data-plugin"} in mount["compose_mounts"]
    assert mount["build_mounts"] != []


def test_nothing_is_left_when_it_is_disabled(enabled):
    enabled.save(LEARNER_DATA_SETTINGS='{"RETENTION_DAYS": 30}', LEARNER_DATA_PRIVATE_REPORTS="true")

    enabled("plugins", "disable", "learner-data")
    enabled.save()

    files = [path for path in (enabled.root / "env").rglob("*") if path.is_file()]
    texts = "".join(path.read_text(errors="replace") for path in files)
    assert "learner-data" not in texts
    assert "LEARNER_DATA" not in texts
    assert "media-private/grades" not in enabled.rendered("apps/openedx/settings/lms/production.py")


def test_the_version_is_that_of_the_plugin_itself():
    here = Path(__file__).parents[1]
    own = (here / "pyproject.toml").read_text()
    plugins = (here.parent / "learner_data_plugin" / "__init__.py").read_text()

    assert re.findall(r'^version = "(.+)"', own, re.MULTILINE) == re.findall(r'^__version__ = "(.+)"', plugins, re.MULTILINE)


def test_package_has_its_license():
    [found] = [path for path in files("tutor-contrib-learner-data") or () if path.name == "LICENSE"]

    assert "Apache License" in found.read_text()


def test_kubernetes_makes_recurring_reports_every_hour_unless_told_not_to(enabled):
    job = kubernetes_jobs(enabled)["learner-data-schedules"]["spec"]
    [container] = job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert job["schedule"] == "7 * * * *"
    assert container["command"] == ["./manage.py", "lms", "learner_data_schedules"]

    enabled.save(LEARNER_DATA_SCHEDULES_SCHEDULE="")
    assert "learner-data-schedules" not in kubernetes_jobs(enabled)


def test_kubernetes_makes_engagement_reports_on_schedule_once_an_account_is_named(enabled):
    enabled.save(LEARNER_DATA_ENGAGEMENT_USERNAME="nightly", LEARNER_DATA_ENGAGEMENT_SCHEDULE="5 5 * * *")

    job = kubernetes_jobs(enabled)["learner-data-engagement"]["spec"]
    [container] = job["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    assert job["schedule"] == "5 5 * * *"
    assert container["command"] == ["./manage.py", "lms", "learner_data_engagement", "--all-courses", "--username=nightly"]
