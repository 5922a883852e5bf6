"""Teams of learners in a course."""

from __future__ import annotations

from uuid import uuid4

from common.djangoapps.student.models import CourseEnrollment
from django.contrib.auth.models import User
from django.db import models
from django.utils.text import slugify
from django.utils.timezone import now
from django_countries.fields import CountryField
from opaque_keys.edx.django.models import CourseKeyField
from opaque_keys.edx.keys import CourseKey

from .errors import AlreadyOnTeamInTeamset, ImmutableMembershipFieldException, NotEnrolledInCourseForTeam


class CourseTeam(models.Model):
    """A team of one team-set (``topic_id``) of a course."""

    team_id = models.SlugField(max_length=255, unique=True)
    discussion_topic_id = models.SlugField(max_length=255, unique=True)
    name = models.CharField(max_length=255, db_index=True)
    course_id = CourseKeyField(max_length=255, db_index=True)
    topic_id = models.CharField(default="", max_length=255, db_index=True, blank=True)
    date_created = models.DateTimeField(auto_now_add=True)
    description = models.CharField(max_length=300)
    country = CountryField(default="", blank=True)
    language = models.CharField(max_length=16, default="", blank=True)
    last_activity_at = models.DateTimeField(default=now, db_index=True)
    users = models.ManyToManyField(User, db_index=True, related_name="teams", through="CourseTeamMembership")
    team_size = models.IntegerField(default=0, db_index=True)
    organization_protected = models.BooleanField(default=False)

    class Meta:
        app_label = "teams"

    def __str__(self) -> str:
        return f"{self.name} in {self.course_id}"

    @classmethod
    def create(
        cls,
        name: str,
        course_id: CourseKey,
        description: str,
        topic_id: str = "",
        country: str = "",
        language: str = "",
        organization_protected: bool = False,
    ) -> CourseTeam:
        """A team with identifiers of its own, not yet saved."""
        unique_id = uuid4().hex
        return cls(
            team_id=f"{slugify(name)[:20]}-{unique_id}",
            discussion_topic_id=unique_id,
            name=name,
            course_id=course_id,
            topic_id=topic_id,
            description=description,
            country=country,
            language=language,
            organization_protected=organization_protected,
        )

    def add_user(self, user: User) -> CourseTeamMembership:
        """Let an enrolled learner join; raises if not enrolled, or in another team of the team-set."""
        if not CourseEnrollment.is_enrolled(user, self.course_id):
            raise NotEnrolledInCourseForTeam
        if CourseTeamMembership.user_in_team_for_teamset(user, self.course_id, self.topic_id):
            raise AlreadyOnTeamInTeamset
        return CourseTeamMembership.objects.create(user=user, team=self)

    def reset_team_size(self) -> None:
        self.team_size = self.membership.count()
        self.save()


class CourseTeamMembership(models.Model):
    """One learner in one team."""

    immutable_fields = ("user", "team", "date_joined")

    user = models.ForeignKey(User, on_delete=models.CASCADE)
    team = models.ForeignKey(CourseTeam, related_name="membership", on_delete=models.CASCADE)
    date_joined = models.DateTimeField(auto_now_add=True)
    last_activity_at = models.DateTimeField()

    class Meta:
        app_label = "teams"
        unique_together = (("user", "team"),)

    def __str__(self) -> str:
        return f"member {self.user_id} of team {self.team_id}"

    def __setattr__(self, name: str, value: object) -> None:
        is_stored = name != "_state" and not self._state.adding
        if is_stored and name in self.immutable_fields:
            current = getattr(self, name, None)
            if current is not None and current != value:
                raise ImmutableMembershipFieldException(f"Field {name!r} does not change")
        super().__setattr__(name, value)

    def save(self, *args, **kwargs) -> None:
        is_new = self.pk is None
        if not self.last_activity_at:
            self.last_activity_at = now()
        super().save(*args, **kwargs)
        if is_new:
            self.team.reset_team_size()

    def delete(self, *args, **kwargs) -> tuple[int, dict[str, int]]:
        answer = super().delete(*args, **kwargs)
        self.team.reset_team_size()
        return answer

    @classmethod
    def user_in_team_for_teamset(cls, user: User, course_id: CourseKey, topic_id: str) -> bool:
        return cls.objects.filter(user=user, team__course_id=course_id, team__topic_id=topic_id).exists()
