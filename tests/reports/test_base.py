"""What a report has to be to be registered."""

from __future__ import annotations

import pytest

from learner_data_plugin.reports import base
from learner_data_plugin.reports.profile import ProfileReport


class Another(ProfileReport):
    """A report of another plugin."""


def named(name):
    report = Another()
    report.name = name
    return report


@pytest.fixture(autouse=True)
def _registry(monkeypatch):
    monkeypatch.setattr(base, "_REPORTS", dict(base._REPORTS))


@pytest.mark.parametrize("name", ["two words", "", "1st", "n" * 33, "profile"])
def test_a_name_that_is_taken_too_long_or_no_identifier_is_refused(name):
    with pytest.raises(ValueError, match="identifier"):
        base.register_report(named(name))


@pytest.mark.parametrize("name", ["n" * 32, "newcomers"])
def test_any_other_name_is_known_from_then_on(name):
    report = named(name)
    base.register_report(report)
    assert base.get_report(name) is report
    base.register_report(named(name))  # as when an app is loaded twice
