"""Which database holds the history of problems' states."""

from __future__ import annotations

from typing import Any


class StudentModuleHistoryExtendedRouter:
    """Sends the extended history, and nothing else, to a database of its own."""

    DATABASE_NAME = "student_module_history"

    def db_for_read(self, model: Any, **_hints: Any) -> str | None:
        return self.DATABASE_NAME if _is_history(model) else None

    db_for_write = db_for_read

    def allow_relation(self, one: Any, other: Any, **_hints: Any) -> bool | None:
        if _is_history(other) and one._meta.label == "courseware.StudentModule":
            return True
        return False if _is_history(one) or _is_history(other) else None

    def allow_migrate(self, db: str, app_label: str, model_name: str | None = None, **hints: Any) -> bool | None:
        if model_name is not None and _is_history(hints.get("model")):
            return db == self.DATABASE_NAME
        return False if db == self.DATABASE_NAME else None


def _is_history(model: Any) -> bool:
    return model is not None and model._meta.label == "coursewarehistoryextended.StudentModuleHistoryExtended"
