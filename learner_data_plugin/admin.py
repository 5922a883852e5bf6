"""The audit in Django admin: to read, filter and export, not to change."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, StreamingHttpResponse
from django.utils.translation import gettext_lazy as _

from .models import AuditRecord
from .platform_support import missing_part

if missing_part() is None:  # Django imports this module of every app, whatever is missing
    from . import audit


@admin.register(AuditRecord)
class AuditRecordAdmin(admin.ModelAdmin):
    """Records of what was done with learner data."""

    list_display = ("created", "action", "course_id", "username", "address", "report", "file_name", "rows", "detail")
    list_filter = ("action", "report", "created")
    search_fields = ("course_id", "username", "file_name", "sha256")
    date_hierarchy = "created"
    actions = ("export_as_csv",)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: AuditRecord | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: AuditRecord | None = None) -> bool:
        return False

    @admin.action(description=_("Export the selected records as CSV"), permissions=["view"])
    def export_as_csv(self, request: HttpRequest, queryset: QuerySet[AuditRecord]) -> StreamingHttpResponse:
        response = StreamingHttpResponse(audit.as_csv(queryset.order_by("id")), content_type="text/csv; charset=utf-8")
        response["Content-Disposition"] = 'attachment; filename="learner_data_audit.csv"'
        response["Cache-Control"] = "no-store"
        return response
