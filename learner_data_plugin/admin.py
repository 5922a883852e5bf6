"""The audit in Django admin: to read, filter and export, not to change."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from .models import AuditRecord, SiteStatus
from .platform.compatibility import missing_part

if missing_part() is None:  # Django imports this module of every app, whatever is missing
    from . import audit
    from .status import collecting, words


class ActionFilter(admin.SimpleListFilter):
    """The kinds of action, in words."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [(action.value, str(label)) for action, label in audit.LABELS.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[AuditRecord]) -> QuerySet[AuditRecord]:
        return queryset if self.value() is None else queryset.filter(action=self.value())


class ReadOnlyAdmin(admin.ModelAdmin):
    """What can be looked at, and by nobody changed."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(AuditRecord)
class AuditRecordAdmin(ReadOnlyAdmin):
    """Records of what was done with learner data."""

    list_display = ("created", "action_label", "course_id", "username", "address", "report", "file_name", "rows", "detail")
    list_filter = (ActionFilter, "report", "created")
    search_fields = ("course_id", "username", "file_name", "sha256")
    date_hierarchy = "created"
    actions = ("export_as_csv",)

    @admin.display(description=_("action"), ordering="action")
    def action_label(self, record: AuditRecord) -> str:
        return str(audit.LABELS.get(audit.Action(record.action), record.action))

    @admin.action(description=_("Export the selected records as CSV"), permissions=["view"])
    def export_as_csv(self, request: HttpRequest, queryset: QuerySet[AuditRecord]) -> StreamingHttpResponse:
        response = StreamingHttpResponse(audit.as_csv(queryset.order_by("id")), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="learner_data_audit.csv"'
        response["Cache-Control"] = "no-store"
        return response


@admin.register(SiteStatus)
class SiteStatusAdmin(ReadOnlyAdmin):
    """The operators' view on one page, of whoever may view the status."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        status = collecting.collect(most_courses=100)
        context = {
            **self.admin_site.each_context(request),
            "title": _("Status of learner data"),
            "sections": words.sections(status),
            "as_of": status.as_of,
            **(extra_context or {}),
        }
        response = TemplateResponse(request, "learner_data_plugin/admin/status.html", context)
        response["Cache-Control"] = "no-store"
        return response
