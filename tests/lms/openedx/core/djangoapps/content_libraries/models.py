"""Content libraries, of which openedx-authz wants to know that there are such."""

from __future__ import annotations

from django.db import models


class ContentLibrary(models.Model):
    """A library of course content."""

    slug = models.SlugField(allow_unicode=True)

    class Meta:
        app_label = "content_libraries"

    def __str__(self) -> str:
        return self.slug
