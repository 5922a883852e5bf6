"""The platform's import path of the course block."""

from .models import CourseBlock

__all__ = ["CourseBlock"]
