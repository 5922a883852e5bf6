"""How teams are set up in a course."""

from __future__ import annotations

from functools import cached_property


class TeamsetConfig:
    """A team-set: learners are in at most one team of each."""

    def __init__(self, data: dict) -> None:
        self.teamset_id = data.get("id", "")
        self.name = data.get("name") or self.teamset_id


class TeamsConfig:
    """The teams part of a course's settings."""

    def __init__(self, data: dict | None) -> None:
        self._data = data if isinstance(data, dict) else {}

    @cached_property
    def source_data(self) -> dict:
        return self._data

    @cached_property
    def teamsets(self) -> list[TeamsetConfig]:
        return [TeamsetConfig(data) for data in self._data.get("team_sets") or self._data.get("topics") or []]

    @cached_property
    def is_enabled(self) -> bool:
        """The ``enabled`` flag where there is one, else whether there is a team-set."""
        enabled = self._data.get("enabled")
        return bool(self.teamsets) if enabled is None else bool(enabled)
