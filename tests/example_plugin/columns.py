"""A column: the domain of the learner's email address."""

from __future__ import annotations

from learner_data_plugin.extending import Column, LearnerBatch, Privacy


def domains(batch: LearnerBatch) -> list[str]:
    """One value for each learner of the batch, in their order."""
    return [(email or "").rpartition("@")[2] for email in batch.values["user__email"]]


EMAIL_DOMAIN = Column(
    key="email_domain",
    label="Email domain",
    description="What stands after the @ of the learner's email address.",
    source="auth_user.email",
    privacy=Privacy.DEMOGRAPHIC,
    compute=domains,
    fields=("user__email",),
)
