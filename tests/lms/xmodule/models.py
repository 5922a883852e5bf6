"""The courses themselves: one table in place of the platform's course store."""

from __future__ import annotations

from django.db import models
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import UsageKey
from openedx.core.lib.teams_config import TeamsConfig


class CourseBlock(models.Model):
    """A course as its authors made it, with the attributes of the platform's course block that learner data needs."""

    id = CourseKeyField(primary_key=True, max_length=255)
    display_name = models.CharField(max_length=255, default="Empty")
    is_cohorted = models.BooleanField(default=False)
    teams_settings = models.JSONField(default=dict, blank=True)
    start = models.DateTimeField(null=True, blank=True)
    end = models.DateTimeField(null=True, blank=True)
    language = models.CharField(max_length=16, null=True, blank=True)
    self_paced = models.BooleanField(default=False)
    max_student_enrollments_allowed = models.IntegerField(null=True, blank=True)

    auto_cohort_groups: tuple[str, ...] = ()
    visible_to_staff_only = False

    def __str__(self) -> str:
        return str(self.id)

    @property
    def location(self) -> UsageKey:
        return self.id.make_usage_key("course", "course")

    @property
    def org(self) -> str:
        return self.id.org

    @property
    def number(self) -> str:
        return self.id.course

    display_number_with_default = number
    display_org_with_default = org

    @property
    def display_name_with_default(self) -> str:
        return self.display_name

    @property
    def teams_configuration(self) -> TeamsConfig:
        return TeamsConfig(self.teams_settings)

    @property
    def teams_enabled(self) -> bool:
        return self.teams_configuration.is_enabled
