"""What other plugins build on to add reports, columns and file formats, from their ``AppConfig.ready()``.

It can be imported whatever platform it is, and before or after this plugin is ready. Stable like :mod:`.api`.
"""

from __future__ import annotations

from .columns.base import Column, LearnerBatch, Privacy, Requirement, register_column
from .export.base import Batch, Format, Writer, register_format
from .export.formulas import guard
from .platform.streaming import read_in_order
from .reports.base import Report, ReportColumn, StoredSelection, register_report

__all__ = [
    "Batch",
    "Column",
    "Format",
    "LearnerBatch",
    "Privacy",
    "Report",
    "ReportColumn",
    "Requirement",
    "StoredSelection",
    "Writer",
    "guard",
    "read_in_order",
    "register_column",
    "register_format",
    "register_report",
]
