"""The facts about the platform that we lean on, read from whichever host this runs in.

What is read follows from our own code: every name that the plugin and its tests' factories import. METHODS and
SETTINGS add what an import does not show.
"""

from __future__ import annotations

import ast
import importlib
import inspect
from collections.abc import Iterable
from pathlib import Path
from types import ModuleType
from typing import Any

from . import tracking

ROOT = Path(__file__).resolve().parents[2]
PLATFORM = ("common", "completion", "forum", "lms", "openedx", "xmodule")

METHODS = {
    "common.djangoapps.student.models.AnonymousUserId": ["objects"],
    "common.djangoapps.student.models.CourseEnrollment": ["objects"],
    "common.djangoapps.student.models.UserStanding": ["ACCOUNT_DISABLED"],
    "common.djangoapps.student.roles.BulkRoleCache": ["CACHE_KEY", "CACHE_NAMESPACE"],
    "common.djangoapps.student.roles.RoleCache": ["__init__", "all_roles_set"],
    "lms.djangoapps.instructor_task.models.InstructorTask": ["save_now"],
    "lms.djangoapps.instructor_task.models.ReportStore": ["from_config"],
    "lms.djangoapps.instructor_task.models.DjangoStorageReportStore": ["path_to"],
    "lms.djangoapps.instructor_task.tasks_base.BaseInstructorTask": ["on_failure", "on_success"],
    "lms.djangoapps.instructor_task.tasks_helper.runner.TaskProgress": ["__init__", "state", "update_task_state"],
    "lms.djangoapps.teams.models.CourseTeam": ["create"],
    "lms.djangoapps.verify_student.services.IDVerificationService": ["user_is_verified", "verification_status_for_user"],
    "openedx.core.djangoapps.content.course_overviews.models.CourseOverview": ["get_from_id", "load_from_module_store"],
    "openedx.core.djangoapps.course_groups.models.CohortMembership": ["assign"],
    "openedx.core.djangoapps.external_user_ids.models.ExternalId": ["add_new_user_id"],
    "openedx.core.djangoapps.site_configuration.models.SiteConfiguration": ["site_values"],
}
"""Classes, and what of them we use."""

FURTHER_NAMES = {
    "common.djangoapps.student.models": ["anonymous_id_for_user"],
    "common.djangoapps.track.contexts": ["course_context_from_course_id", "course_context_from_url"],
    "common.djangoapps.track.middleware": ["TrackMiddleware"],
    "common.djangoapps.track.shim": ["LegacyFieldMappingProcessor", "PrefixedEventProcessor"],
    "common.djangoapps.track.views": ["server_track", "user_track"],
    "common.djangoapps.util.db": ["outer_atomic"],
    "forum.backend": ["is_mysql_backend_enabled"],
    "forum.backends.mysql.models": ["Comment", "CommentThread"],
    "lms.djangoapps.ccx.models": ["CustomCourseForEdX"],
    "lms.djangoapps.courseware.models": ["StudentModule"],
    "lms.djangoapps.coursewarehistoryextended.models": ["StudentModuleHistoryExtended"],
    "lms.djangoapps.instructor.permissions": ["CAN_RESEARCH", "SHOW_TASKS", "VIEW_DASHBOARD"],
    "lms.djangoapps.instructor_analytics.basic": ["enrolled_students_features"],
    "lms.djangoapps.instructor_task.models": ["DjangoStorageReportStore"],
    "lms.djangoapps.instructor_task.views": ["get_task_completion_info"],
    "lms.djangoapps.verify_student.services": ["IDVerificationService"],
    "openedx.core.djangoapps.django_comment_common.signals": ["comment_created"],
    "openedx.core.djangoapps.discussions.config.waffle": ["is_forum_v2_enabled"],
    "openedx.core.djangoapps.external_user_ids.models": ["ExternalIdType"],
    "openedx.core.djangoapps.plugins.constants": ["ProjectType", "SettingsType"],
    "openedx.core.lib.celery": ["APP"],
}
"""What the platform reaches us by, and what our answers are compared with."""

SETTINGS = (
    "EVENT_TRACKING_BACKENDS", "EVENT_TRACKING_ENABLED", "RETIRED_USERNAME_PREFIX", "TRACKING_IGNORE_URL_PATTERNS",
    "ATOMIC_REQUESTS", "CELERY_RESULT_BACKEND", "CSRF_COOKIE_NAME", "DEFAULT_PRIORITY_QUEUE", "FEATURES", "GRADES_DOWNLOAD",
    "GRADES_DOWNLOAD_ROUTING_KEY", "HIGH_MEM_QUEUE", "LANGUAGE_CODE", "LMS_ROOT_URL", "LOGIN_URL", "MAKO_TEMPLATE_DIRS_BASE",
    "OPEN_EDX_FILTERS_CONFIG", "RETIRED_EMAIL_DOMAIN", "RETIRED_EMAIL_PREFIX", "RETIRED_USERNAME_PREFIX", "SECRET_KEY",
    "STATICFILES_FINDERS", "VERIFY_STUDENT",
)  # fmt: skip
URLS = ("instructor_dashboard", "learner_data_plugin:page", "student_progress")
FILTERS = ("InstructorDashboardRenderStarted", "InstructorDashboardTabsRequested")


def collect() -> dict[str, Any]:
    """Read all facts. Django has to be set up."""
    symbols = {name: _find(name) for name in names_we_import()}
    models = [found for found in symbols.values() if _is_model(found)]
    from django.contrib.auth import get_user_model

    user_group = next(model for model in models if model.__name__ == "CourseUserGroup")
    enrollment = next(model for model in models if model.__name__ == "CourseEnrollment")
    models += [get_user_model(), user_group.users.through, enrollment.history.model]
    return {
        "symbols": {name: _describe(name, found) for name, found in sorted(symbols.items())},
        "tables": {model._meta.db_table: _table(model) for model in sorted(models, key=lambda model: model._meta.db_table)},
        "permissions": _permissions(),
        "filters": _filters(),
        "settings": _settings(),
        "urls": _urls(),
        "tracking": tracking.collect(),
    }


def names_we_import() -> list[str]:
    """Full names of all that the plugin and the tests' factories import from the platform."""
    names = {f"{module}.{name}" for module, further in FURTHER_NAMES.items() for name in further}
    for file in ("learner_data_plugin/platform/api.py", "tests/factories.py"):
        for node in ast.walk(ast.parse((ROOT / file).read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and not node.level and str(node.module).split(".")[0] in PLATFORM:
                names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return sorted(names)


def _find(name: str) -> Any:
    module, _dot, attribute = name.rpartition(".")
    return getattr(importlib.import_module(module), attribute)


def _is_model(found: Any) -> bool:
    from django.db.models import Model

    return inspect.isclass(found) and issubclass(found, Model)


def _describe(name: str, found: Any) -> Any:
    """What a name stands for: the value of a constant, the parameters of a function, the used parts of a class."""
    if isinstance(found, (str, int)):
        return found
    if isinstance(found, ModuleType):
        return "module"
    if inspect.isclass(found):
        kind = "model" if _is_model(found) else "exception" if issubclass(found, Exception) else "class"
        parts = {part: _part(found, part) for part in METHODS.get(name, ())}
        return {kind: parts} if parts else kind
    if callable(found):
        return parameters(found)
    return f"a {type(found).__name__}"


def _part(owner: type, name: str) -> str:
    found = inspect.getattr_static(owner, name, None)
    if isinstance(found, (classmethod, staticmethod)) or inspect.isfunction(found):
        return parameters(getattr(owner, name))
    if isinstance(found, property):
        return "property"
    return "attribute" if hasattr(owner, name) else "absent"


def parameters(function: Any) -> str:
    """Names and defaults, without types: ``(request, task_type, depth=0, *args)``."""
    try:
        given = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return "(…)"
    words, only_by_name = [], False
    for parameter in given:
        if parameter.kind is parameter.KEYWORD_ONLY and not only_by_name:
            only_by_name = True
            words.append("*")
        star = {parameter.VAR_POSITIONAL: "*", parameter.VAR_KEYWORD: "**"}.get(parameter.kind, "")
        only_by_name = only_by_name or star == "*"
        default = "" if parameter.default is parameter.empty else f"={parameter.default!r}"
        words.append(f"{star}{parameter.name}{default}")
    return f"({', '.join(words)})"


def _table(model: Any) -> dict[str, Any]:
    meta = model._meta
    unique = {tuple(fields) for fields in meta.unique_together}
    unique |= {tuple(constraint.fields) for constraint in meta.constraints if getattr(constraint, "fields", None)}
    return {
        "model": f"{meta.app_label}.{meta.object_name}",
        "columns": {field.column: _column(field) for field in meta.local_concrete_fields},
        "unique": sorted(sorted(meta.get_field(field).column for field in fields) for fields in unique),
    }


def _column(field: Any) -> str:
    """Type, length and constraints of a column, such as ``CharField(255) null``."""
    words = [field.get_internal_type() + (f"({field.max_length})" if field.max_length else "")]
    if field.remote_field is not None and hasattr(field.remote_field.model, "_meta"):
        words.append(f"to {field.remote_field.model._meta.db_table}")
    if field.primary_key:
        words.append("primary key")
    elif field.unique:
        words.append("unique")
    if field.null:
        words.append("null")
    return " ".join(words)


def _permissions() -> list[str]:
    from bridgekeeper import perms

    return sorted(name for name in perms if name in ("instructor.dashboard", "instructor.research", "instructor.show_tasks"))


def _filters() -> dict[str, Any]:
    from openedx_filters.learning import filters

    found = {name: getattr(filters, name, None) for name in FILTERS}
    return {
        name: None if kind is None else {"type": kind.filter_type, "run_filter": parameters(kind.run_filter)}
        for name, kind in found.items()
    }


def _settings() -> dict[str, str]:
    from django.conf import settings

    return {name: _kind(getattr(settings, name)) for name in SETTINGS if hasattr(settings, name)}


def _kind(value: Any) -> str:
    kinds: Iterable[tuple[str, Any]] = (("dictionary", dict), ("list", (list, tuple)), ("text", str), ("number", int))
    return next((name for name, kind in kinds if isinstance(value, kind)), "text" if hasattr(value, "__str__") else "")


def _urls() -> dict[str, str]:
    from django.urls import reverse

    more = {"student_progress": {"student_id": 7}}
    return {name: reverse(name, kwargs={"course_id": "course-v1:A+B+C", **more.get(name, {})}) for name in URLS}
