#!/usr/bin/env python
"""Runs Django's commands: ``manage.py lms [--settings demo] <command>``, or without ``lms``."""

from __future__ import annotations

import os
import sys
from pathlib import Path


def main(arguments: list[str]) -> None:
    """Choose the settings among ``lms.envs`` (``demo`` if nothing else is said) and run the command."""
    sys.path.insert(0, str(Path(__file__).resolve().parent))
    arguments = arguments[1:] if arguments[:1] == ["lms"] else arguments
    remaining = []
    settings = ""
    words = iter(arguments)
    for word in words:
        if word == "--settings":
            settings = next(words, "")
        elif word.startswith("--settings="):
            settings = word.partition("=")[2]
        else:
            remaining.append(word)
    if settings:
        os.environ["DJANGO_SETTINGS_MODULE"] = settings if "." in settings else f"lms.envs.{settings}"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.envs.demo")

    from django.core.management import execute_from_command_line

    execute_from_command_line([sys.argv[0], *remaining])


if __name__ == "__main__":
    main(sys.argv[1:])
