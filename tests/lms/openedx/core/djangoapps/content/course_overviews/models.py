"""A course in one row, as the LMS keeps it beside the course store."""

from __future__ import annotations

from django.db import models
from lms.djangoapps.ccx.models import CustomCourseForEdX
from opaque_keys.edx.django.models import CourseKeyField, UsageKeyField
from opaque_keys.edx.keys import CourseKey, UsageKey
from xmodule.models import CourseBlock
from xmodule.modulestore.django import modulestore

from openedx.core.lib.cache_utils import request_cached


class CourseOverview(models.Model):
    """What the LMS knows of a course without opening it."""

    VERSION = 19

    version = models.IntegerField()
    id = CourseKeyField(db_index=True, primary_key=True, max_length=255)
    _location = UsageKeyField(max_length=255)
    org = models.TextField(max_length=255, default="outdated_entry")
    display_name = models.TextField(null=True)
    display_number_with_default = models.TextField()
    display_org_with_default = models.TextField()
    start = models.DateTimeField(null=True)
    end = models.DateTimeField(null=True)
    enrollment_start = models.DateTimeField(null=True)
    enrollment_end = models.DateTimeField(null=True)
    max_student_enrollments_allowed = models.IntegerField(null=True)
    self_paced = models.BooleanField(default=False)
    language = models.TextField(null=True)

    class Meta:
        app_label = "course_overviews"

    def __str__(self) -> str:
        return str(self.id)

    @property
    def location(self) -> UsageKey:
        return self._location

    @property
    def display_name_with_default(self) -> str:
        return self.display_name or self.id.course

    @property
    def teams_enabled(self) -> bool:
        """Whether teams are on; opens the course."""
        return modulestore().get_course(self.id).teams_enabled

    @classmethod
    @request_cached("course_overview")
    def get_from_id(cls, course_id: CourseKey) -> CourseOverview:
        """The stored overview, else one made from the course; raises ``DoesNotExist`` if there is no such course."""
        overview = cls.objects.filter(id=course_id).first()
        if overview is None or overview.version < cls.VERSION:
            return cls.load_from_module_store(course_id)
        return overview

    @classmethod
    def load_from_module_store(cls, course_id: CourseKey) -> CourseOverview:
        """Make or renew the overview from the course."""
        course = modulestore().get_course(course_id)
        if course is None:
            raise cls.DoesNotExist
        overview = cls._of(course)
        overview.save()
        return overview

    @classmethod
    def course_exists(cls, course_id: CourseKey) -> bool:
        return cls.objects.filter(id=course_id).exists() or modulestore().has_course(course_id)

    @classmethod
    def _of(cls, course: CourseBlock) -> CourseOverview:
        display_name = course.display_name
        if getattr(course.id, "ccx", None):
            # As on the platform, this fails for a custom course that is not there.
            display_name = CustomCourseForEdX.objects.filter(id=course.id.ccx).first().display_name
        return cls(
            version=cls.VERSION,
            id=course.id,
            _location=course.location,
            org=course.org,
            display_name=display_name,
            display_number_with_default=course.display_number_with_default,
            display_org_with_default=course.display_org_with_default,
            start=course.start,
            end=course.end,
            max_student_enrollments_allowed=course.max_student_enrollments_allowed,
            self_paced=course.self_paced,
            language=course.language,
        )
