"""What ``manage.py lms check`` tells operators."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import ERROR, CheckMessage, Tags, run_checks
from django.core.files.base import ContentFile, File
from django.core.files.storage import FileSystemStorage, InMemoryStorage

import learner_data_plugin

from . import factories

TAG = "learner_data_plugin"
SECTION_FILTER = "org.openedx.learning.instructor.dashboard.render.started.v1"
TAB_FILTER = "org.openedx.learning.instructor.dashboard.tabs.requested.v1"
SECTION_STEP = "learner_data_plugin.dashboard.pipeline.AddLearnerDataSection"
FILE_SYSTEM = "django.core.files.storage.FileSystemStorage"
S3 = "storages.backends.s3boto3.S3Boto3Storage"


class ForgetfulStorage(InMemoryStorage):
    """Keeps another content than it was given."""

    def _save(self, name: str, content: File) -> str:
        return super()._save(name, ContentFile(b"something else"))


def findings(code: str, *, deploy: bool = False, databases: list[str] | None = None) -> list[CheckMessage]:
    found = run_checks(tags=[TAG], include_deployment_checks=deploy, databases=databases)
    return [finding for finding in found if finding.id == f"{TAG}.{code}"]


def store_on_disk(settings: Any, **options: Any) -> None:
    settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": "", "STORAGE_CLASS": FILE_SYSTEM, "STORAGE_KWARGS": options}


def store_on_s3(settings: Any, bucket: str, **options: Any) -> None:
    # A bucket of each test's own: the platform keeps storages by their options.
    settings.GRADES_DOWNLOAD = {
        "STORAGE_TYPE": "",
        "STORAGE_CLASS": S3,
        "STORAGE_KWARGS": {"bucket_name": bucket, "access_key": "key", "secret_key": "secret", **options},
    }


def test_nothing_to_say_about_a_sound_installation(settings):
    settings.CLOSEST_CLIENT_IP_FROM_HEADERS = [{"name": "X-Forwarded-For", "index": -1}]
    assert run_checks(tags=[TAG], include_deployment_checks=True) == []


def test_every_finding_but_a_wrong_setting_lets_management_commands_run(settings):
    settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": None}
    settings.OPEN_EDX_FILTERS_CONFIG = {}
    settings.LEARNER_DATA_PLUGIN = {"QUEUE": "nobody"}
    settings.CELERY_ALWAYS_EAGER = False
    settings.CELERY_RESULT_BACKEND = None

    found = run_checks(tags=[TAG])

    assert {finding.id.rpartition(".")[2] for finding in found} == {"W002", "W004", "W005", "W006"}
    assert [finding for finding in found if finding.level >= ERROR] == []


def test_every_finding_of_the_installation_says_what_to_do(settings):
    settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": None}
    settings.OPEN_EDX_FILTERS_CONFIG = {}
    settings.LEARNER_DATA_PLUGIN = {"QUEUE": "nobody"}

    assert all(finding.msg.endswith(".") and finding.hint for finding in run_checks(tags=[TAG], include_deployment_checks=True))


class TestSettings:
    def test_each_wrong_value_is_an_error_that_names_its_key(self, settings):
        settings.LEARNER_DATA_PLUGIN = {"RETENTION_DAYS": "ninety", "COLOR": "red", "CSV_BOM": False}

        found = findings("E001")

        assert [finding.obj for finding in found] == ["RETENTION_DAYS", "COLOR"]
        assert all(finding.level == ERROR for finding in found)
        assert "LEARNER_DATA_PLUGIN['RETENTION_DAYS']" in found[0].msg

    def test_a_setting_that_is_no_dictionary_is_an_error(self, settings):
        settings.LEARNER_DATA_PLUGIN = ["COLUMNS"]

        assert len(findings("E001")) == 1


class TestSiteConfigurations:
    @pytest.fixture(autouse=True)
    def _sites(self, db):
        self.configuration = factories.configure_site("TestX", LEARNER_DATA_PLUGIN={"RETENTION_DAYS": -1, "CSV_BOM": True})
        factories.configure_site("OtherX", LEARNER_DATA_PLUGIN={"RETENTION_DAYS": 7})
        factories.configure_site("ThirdX")

    def test_a_wrong_value_is_a_warning_that_names_site_and_key(self):
        [found] = findings("W001", databases=["default"])

        assert found.obj == "RETENTION_DAYS"
        assert self.configuration.site.domain in found.msg

    def test_a_configuration_that_is_switched_off_is_not_looked_at(self):
        self.configuration.enabled = False
        self.configuration.save()

        assert findings("W001", databases=["default"]) == []

    def test_they_are_not_read_unless_databases_are_checked(self, django_assert_num_queries):
        with django_assert_num_queries(0):
            assert findings("W001") == []

    def test_they_are_among_the_checks_of_databases(self):
        found = run_checks(tags=[Tags.database], databases=["default"])

        assert f"{TAG}.W001" in [finding.id for finding in found]


@pytest.mark.django_db
class TestSiteConfigurationsThatNothingReads:
    VALUES = {"RETENTION_DAYS": 30}

    def test_organizations_sites_and_the_default_site_are_read(self):
        factories.configure_default_site(LEARNER_DATA_PLUGIN=self.VALUES)
        factories.configure_site("TestX", LEARNER_DATA_PLUGIN=self.VALUES)
        factories.configure_site(None, platform_name="A site with other values only")

        assert findings("W009", databases=["default"]) == []

    @pytest.mark.parametrize("of_org", [[], "", None])
    def test_site_that_names_no_organization_is_read_for_its_own_address_alone(self, of_org):
        site = factories.configure_site(None, course_org_filter=of_org, LEARNER_DATA_PLUGIN=self.VALUES)

        [found] = findings("W009", databases=["default"])

        assert site.site.domain in found.msg
        assert "course_org_filter" in found.hint

    def test_configuration_that_is_not_enabled(self):
        site = factories.configure_site("TestX", enabled=False, LEARNER_DATA_PLUGIN=self.VALUES)

        [found] = findings("W009", databases=["default"])

        assert site.site.domain in found.msg
        assert "not enabled" in found.msg

    def test_value_that_is_for_the_installation(self):
        factories.configure_site("TestX", LEARNER_DATA_PLUGIN={**self.VALUES, "QUEUE": "edx.lms.core.high"})

        [found] = findings("W009", databases=["default"])

        assert "'QUEUE'" in found.msg


class TestReportStore:
    def test_storage_type_none_which_the_platforms_common_settings_have(self, settings):
        settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": None}

        [found] = findings("W002")

        assert "AttributeError" in found.msg
        assert findings("W003") == []

    def test_storage_class_that_does_not_exist(self, settings):
        settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": "", "STORAGE_CLASS": "nowhere.Storage"}

        [found] = findings("W002")

        assert "ModuleNotFoundError" in found.msg

    def test_directory_of_its_own_is_private(self, settings, tmp_path):
        settings.MEDIA_ROOT = str(tmp_path / "media")
        store_on_disk(settings, location=str(tmp_path / "media-private" / "grades"))

        assert findings("W003") == []

    def test_directory_within_media_root_is_served(self, settings, tmp_path):
        settings.MEDIA_ROOT = str(tmp_path / "media") + "/"
        store_on_disk(settings, location=str(tmp_path / "media" / "grades"), base_url="/media/grades/")

        [found] = findings("W003")

        assert "MEDIA_ROOT" in found.msg

    def test_link_into_media_root_is_seen_through(self, settings, tmp_path):
        (tmp_path / "media" / "grades").mkdir(parents=True)
        (tmp_path / "reports").symlink_to(tmp_path / "media" / "grades")
        settings.MEDIA_ROOT = str(tmp_path / "media")
        store_on_disk(settings, location=str(tmp_path / "reports"))

        assert len(findings("W003")) == 1

    def test_directory_with_a_base_url_is_served(self, settings, tmp_path):
        settings.MEDIA_ROOT = str(tmp_path / "media")
        store_on_disk(settings, location=str(tmp_path / "reports"), base_url="/reports/")

        [found] = findings("W003")

        assert "base_url" in found.msg

    def test_bucket_with_private_objects_and_signed_addresses_is_private(self, settings):
        settings.AWS_DEFAULT_ACL = "public-read"
        settings.AWS_QUERYSTRING_AUTH = True
        store_on_s3(settings, "private-bucket", default_acl="private", custom_domain=None)

        assert findings("W003") == []

    def test_bucket_inherits_the_platforms_public_acl(self, settings):
        settings.AWS_DEFAULT_ACL = "public-read"
        settings.AWS_QUERYSTRING_AUTH = True
        store_on_s3(settings, "inheriting-bucket", custom_domain=None)

        [found] = findings("W003")

        assert "public-read" in found.msg

    def test_bucket_with_unsigned_addresses(self, settings):
        store_on_s3(settings, "unsigned-bucket", default_acl="private", querystring_auth=False, custom_domain=None)

        [found] = findings("W003")

        assert "AWS_QUERYSTRING_AUTH" in found.msg

    def test_bucket_behind_an_unsigned_domain(self, settings):
        store_on_s3(settings, "cdn-bucket", default_acl="private", querystring_auth=True, custom_domain="cdn.example.com")

        [found] = findings("W003")

        assert "cdn.example.com" in found.msg


class TestStoring:
    def test_only_a_deployment_check_touches_the_store(self, settings, tmp_path):
        store_on_disk(settings, location=str(tmp_path / "reports"))

        run_checks(tags=[TAG])

        assert not (tmp_path / "reports").exists()

    def test_nothing_is_left_in_a_store_that_works(self, settings, tmp_path):
        store_on_disk(settings, location=str(tmp_path / "reports"))

        assert findings("E002", deploy=True) == []
        assert [path for path in (tmp_path / "reports").rglob("*") if path.is_file()] == []
        assert (tmp_path / "reports").exists()

    def test_store_that_refuses_a_file_is_an_error(self, settings, tmp_path):
        (tmp_path / "file").write_text("no directory")
        store_on_disk(settings, location=str(tmp_path / "file" / "reports"))

        [found] = findings("E002", deploy=True)

        assert found.level == ERROR
        assert "Error" in found.msg

    def test_store_that_keeps_something_else_is_an_error(self, settings):
        settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": "", "STORAGE_CLASS": f"{__name__}.ForgetfulStorage"}

        assert len(findings("E002", deploy=True)) == 1

    def test_store_that_cannot_be_made_is_an_error(self, settings):
        settings.GRADES_DOWNLOAD = {"STORAGE_TYPE": None}

        assert len(findings("E002", deploy=True)) == 1


class TestFilters:
    def test_a_pipeline_without_our_step(self, settings):
        settings.OPEN_EDX_FILTERS_CONFIG = {
            **settings.OPEN_EDX_FILTERS_CONFIG,
            SECTION_FILTER: {"pipeline": ["elsewhere.Step"], "fail_silently": True},
        }

        [found] = findings("W004")

        assert SECTION_FILTER in found.msg
        assert SECTION_STEP in found.msg

    def test_no_filters_at_all(self, settings):
        del settings.OPEN_EDX_FILTERS_CONFIG

        assert [SECTION_FILTER in found.msg for found in findings("W004")] == [True, False]
        assert TAB_FILTER in findings("W004")[1].msg

    def test_our_step_twice(self, settings):
        settings.OPEN_EDX_FILTERS_CONFIG = {**settings.OPEN_EDX_FILTERS_CONFIG, SECTION_FILTER: [SECTION_STEP, SECTION_STEP]}

        [found] = findings("W004")

        assert "2 times" in found.msg

    def test_our_step_alone_as_a_bare_name_is_enough(self, settings):
        settings.OPEN_EDX_FILTERS_CONFIG = {**settings.OPEN_EDX_FILTERS_CONFIG, SECTION_FILTER: SECTION_STEP}

        assert findings("W004") == []


class TestProgress:
    LOCAL = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    NONE = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
    SHARED = {"BACKEND": "django.core.cache.backends.filebased.FileBasedCache", "LOCATION": "/nonexistent"}

    @pytest.fixture(autouse=True)
    def _worker(self, settings):
        settings.CELERY_ALWAYS_EAGER = False
        settings.CELERY_RESULT_BACKEND = "django-cache"
        settings.CELERY_CACHE_BACKEND = None

    @pytest.mark.parametrize("cache", [LOCAL, NONE])
    def test_a_cache_that_processes_do_not_share(self, settings, cache):
        settings.CACHES = {"default": cache, "celery": self.SHARED}

        [found] = findings("W005")

        assert cache["BACKEND"] in found.msg

    def test_the_cache_named_for_celery_is_the_one_that_counts(self, settings):
        settings.CACHES = {"default": self.LOCAL, "celery": self.SHARED}
        settings.CELERY_CACHE_BACKEND = "celery"

        assert findings("W005") == []

    def test_a_shared_cache(self, settings):
        settings.CACHES = {"default": self.SHARED}

        assert findings("W005") == []

    @pytest.mark.parametrize("backend", [None, "disabled://", "rpc://", "cache+memory://"])
    def test_a_backend_that_keeps_nothing_for_others(self, settings, backend):
        settings.CELERY_RESULT_BACKEND = backend

        [found] = findings("W005")

        assert repr(backend) in found.msg

    def test_a_backend_of_redis(self, settings):
        settings.CELERY_RESULT_BACKEND = "redis://127.0.0.1:6379/0"

        assert findings("W005") == []

    def test_tasks_that_run_at_once_need_none(self, settings):
        settings.CELERY_ALWAYS_EAGER = True
        settings.CELERY_RESULT_BACKEND = None

        assert findings("W005") == []


class TestQueue:
    @pytest.mark.parametrize("queues", [{"edx.lms.core.default": {}}, ["edx.lms.core.default"], None])
    def test_a_queue_that_is_not_declared(self, settings, queues):
        settings.CELERY_QUEUES = queues
        settings.LEARNER_DATA_PLUGIN = {"QUEUE": "reports"}

        [found] = findings("W006")

        assert "'reports'" in found.msg

    @pytest.mark.parametrize("queues", [{"reports": {}}, ["edx.lms.core.default", "reports"]])
    def test_a_queue_that_is_declared(self, settings, queues):
        settings.CELERY_QUEUES = queues
        settings.LEARNER_DATA_PLUGIN = {"QUEUE": "reports"}

        assert findings("W006") == []


def test_the_default_storage_of_django_is_told_to_lie_in_media_root(settings, tmp_path):
    settings.MEDIA_ROOT = str(tmp_path)
    store_on_disk(settings, file_permissions_mode=0o600)

    assert FileSystemStorage().location == str(tmp_path)
    assert len(findings("W003")) == 1


def test_the_documentation_tells_of_every_finding():
    package = Path(learner_data_plugin.__file__).parent
    documented = (package.parent / "docs" / "how-tos" / "check.rst").read_text()
    sources = "".join(path.read_text() for path in (package / "checks").glob("*.py"))

    assert set(re.findall(rf"``{TAG}\.(\w\d+)``", documented)) == set(re.findall(rf'"{TAG}\.(\w\d+)"', sources)) != set()


def test_platform_that_does_not_know_its_proxies_is_told_before_a_deployment(settings):
    settings.CLOSEST_CLIENT_IP_FROM_HEADERS = []
    assert findings("W012") == []
    [found] = findings("W012", deploy=True)
    assert "CLOSEST_CLIENT_IP_FROM_HEADERS" in found.msg
    assert found.level < ERROR
    settings.CLOSEST_CLIENT_IP_FROM_HEADERS = [{"name": "X-Forwarded-For", "index": -2}]
    assert findings("W012", deploy=True) == []
