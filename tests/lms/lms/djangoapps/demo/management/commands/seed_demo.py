"""``manage.py lms seed_demo``: the accounts, courses and learners of the demo."""

from __future__ import annotations

from typing import Any

from common.djangoapps.student.models import CourseEnrollment
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lms.djangoapps.demo import courses, seeding
from lms.djangoapps.demo.courses import DemoCourse

REPORT_EVERY = 10_000


class Command(BaseCommand):
    """Fills the database; a second time it changes nothing."""

    help = "Makes the demo's accounts, courses and learners, as far as they are missing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--learners", type=int, default=5_000, help="learners enrolled in the large course")

    def handle(self, *args: Any, learners: int, **options: Any) -> None:
        if learners < 0:
            raise CommandError(f"--learners {learners}: the large course cannot have fewer than no learners.")
        seeded = seeding.seed(learners=learners, on_progress=self._tell)
        if seeded.added or seeded.removed:
            self.stdout.write(f"Seeded: {seeded.added} learners added, {seeded.removed} removed.")
        else:
            self.stdout.write("Seeded before: nothing was changed.")
        for course in courses.COURSES:
            enrollments = CourseEnrollment.objects.filter(course_id=course.key)
            enrolled = enrollments.filter(is_active=True).count()
            self.stdout.write(f"  {course.key}: {enrolled} enrolled, {enrollments.count() - enrolled} left")

    def _tell(self, course: DemoCourse, added: int) -> None:
        if added % REPORT_EVERY == 0:
            self.stdout.write(f"  {course.key}: {added} learners added")
