"""Scratch folders: gone when their process is, and never taken from one that is at work."""

from __future__ import annotations

import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from learner_data_plugin.scratch import ScratchFolder, remove_abandoned


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_folder_in_use_stays(folder):
    scratch = ScratchFolder()
    remove_abandoned()
    assert Path(scratch.name).is_dir()
    scratch.cleanup()
    assert list(folder.iterdir()) == []


def test_folder_of_a_process_that_is_gone_is_removed(folder):
    abandoned = folder / "learner_data_abandoned"
    abandoned.mkdir()
    (abandoned / "in_use").touch()
    (abandoned / "rows").write_text("Ada")
    remove_abandoned()
    assert list(folder.iterdir()) == []


def test_many_at_once_never_take_each_others():
    def work(_number):
        scratch = ScratchFolder()
        kept = Path(scratch.name).is_dir()
        scratch.cleanup()
        return kept

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(work, range(600)))
