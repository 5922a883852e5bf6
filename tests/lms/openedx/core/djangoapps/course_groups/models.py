"""Cohorts."""

from __future__ import annotations

from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey


class CourseUserGroup(models.Model):
    """A group of accounts in a course; cohorts are the only kind."""

    COHORT = "cohort"

    name = models.CharField(max_length=255)
    users = models.ManyToManyField(User, db_index=True, related_name="course_groups")
    course_id = CourseKeyField(max_length=255, db_index=True)
    group_type = models.CharField(max_length=20, choices=((COHORT, "Cohort"),))

    class Meta:
        unique_together = (("name", "course_id"),)

    def __str__(self) -> str:
        return self.name

    @classmethod
    def create(cls, name: str, course_id: CourseKey, group_type: str = COHORT) -> tuple[CourseUserGroup, bool]:
        return cls.objects.get_or_create(course_id=course_id, group_type=group_type, name=name)


class CohortMembership(models.Model):
    """Keeps a learner to one cohort a course; the group's ``users`` say the same."""

    course_user_group = models.ForeignKey(CourseUserGroup, on_delete=models.CASCADE)
    user = models.ForeignKey(User, on_delete=models.CASCADE)
    course_id = CourseKeyField(max_length=255)

    class Meta:
        unique_together = (("user", "course_id"),)

    def __str__(self) -> str:
        return f"account {self.user_id} in {self.course_user_group_id}"

    def clean(self) -> None:
        if self.course_user_group.course_id != self.course_id:
            raise ValidationError("Non-matching course_ids provided")

    def save(self, *args, **kwargs) -> None:
        self.full_clean(validate_unique=False)
        super().save(*args, **kwargs)

    @classmethod
    def assign(cls, cohort: CourseUserGroup, user: User) -> tuple[CohortMembership, CourseUserGroup | None]:
        """Put the learner into the cohort, out of another; raises ValueError if already in it."""
        with transaction.atomic():
            membership, is_new = cls.objects.select_for_update().get_or_create(
                user=user, course_id=cohort.course_id, defaults={"course_user_group": cohort}
            )
            previous = None if is_new else membership.course_user_group
            if previous == cohort:
                raise ValueError(f"User {user.username} already present in cohort {cohort.name}")
            if previous is not None:
                previous.users.remove(user)
                membership.course_user_group = cohort
                membership.save()
            cohort.users.add(user)
        return membership, previous


@receiver(pre_delete, sender=CohortMembership)
def remove_user_from_cohort(sender, instance: CohortMembership, **kwargs) -> None:
    """Take the learner out of the group as well."""
    instance.course_user_group.users.remove(instance.user)


class CourseCohortsSettings(models.Model):
    """Whether a course has cohorts."""

    is_cohorted = models.BooleanField(default=False)
    course_id = CourseKeyField(unique=True, max_length=255, db_index=True)
    _cohorted_discussions = models.TextField(db_column="cohorted_discussions", null=True, blank=True)
    always_cohort_inline_discussions = models.BooleanField(default=False)

    def __str__(self) -> str:
        return f"{self.course_id}: {self.is_cohorted}"


class CourseCohort(models.Model):
    """How learners get into a cohort."""

    RANDOM = "random"
    MANUAL = "manual"

    course_user_group = models.OneToOneField(
        CourseUserGroup, unique=True, related_name="cohort", on_delete=models.CASCADE
    )
    assignment_type = models.CharField(max_length=20, choices=((RANDOM, "Random"), (MANUAL, "Manual")), default=MANUAL)

    def __str__(self) -> str:
        return self.assignment_type

    @classmethod
    def create(
        cls,
        cohort_name: str | None = None,
        course_id: CourseKey | None = None,
        course_user_group: CourseUserGroup | None = None,
        assignment_type: str = MANUAL,
    ) -> CourseCohort:
        """The cohort with this name, or of this group, made if need be."""
        if course_user_group is None:
            course_user_group, _ = CourseUserGroup.create(cohort_name, course_id)
        return cls.objects.get_or_create(
            course_user_group=course_user_group, defaults={"assignment_type": assignment_type}
        )[0]
