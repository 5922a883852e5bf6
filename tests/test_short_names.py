"""Short names for long texts."""

from __future__ import annotations

import pytest

from learner_data_plugin.platform.short_names import short_name


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("course-v1:TestX+Course1+2026|profile", "386c39e124b6552ec32be824022b4d58acaa6b0d"),
        ("course-v1:TestX+한+2026", "e3d7db3d7b6a9c791fb1b7d760f9e5988e472969"),
    ],
)
def test_is_the_same_in_each_release_since_it_is_stored(text, name):
    assert short_name(text) == name
