"""What the tests of columns have in common."""

from __future__ import annotations

import pytest

from learner_data_plugin.columns.catalogue import GUIDE_COLUMNS


@pytest.fixture(autouse=True)
def _columns(settings):
    settings.PROFILE_INFORMATION_REPORT_PRIVATE_FIELDS = []
    extra = ["date_joined", "last_login", "enrollment_date", "is_staff", "first_name", "external_user_key", "meta.shoe"]
    settings.LEARNER_DATA_PLUGIN = {"COLUMNS": [*GUIDE_COLUMNS, *extra]}
