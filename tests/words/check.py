"""Find words and phrases that this project does not use (``phrases.txt``); part of ``make lint``.

``[everywhere]`` holds for all text in the repository, ``[names]`` for whole names in its code, ``[page]`` for what course teams
read. A phrase is found across line breaks, comment signs and the quotes of texts that go on in the next line.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PHRASES = Path(__file__).with_name("phrases.txt")
SUFFIXES = (".css", ".html", ".in", ".js", ".md", ".mjs", ".po", ".py", ".rst", ".toml", ".txt", ".yaml", ".yml")
NAMES = (".html", ".js", ".mjs", ".py", ".rst")
PAGE = ("learner_data_plugin/templates/", "learner_data_plugin/dashboard/js_messages.py")
LEFT_OUT = (
    "tests/words/",  # says what is not said
    "tests/test_words.py",
    "tests/privacy/csv_spectrum/",  # files of others
    "learner_data_plugin/locale/",  # other languages; their English is in conf/locale
    "requirements/",
)
BETWEEN_WORDS = r"[\s\"'#*|/]+"


def main() -> int:
    """Print each place with what is said there instead; 1 if there is one."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    found = [line for name in filter(None, listed.split("\0")) for line in check_file(name)]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return int(bool(found))


def check_file(name: str) -> Iterator[str]:
    """Yield a line for each place in a file of the repository; nothing for files that hold no text of ours."""
    path = ROOT / name
    if name.startswith(LEFT_OUT) or path.suffix not in SUFFIXES or not path.is_file():
        return
    text = path.read_text(encoding="utf-8")
    for number, was, instead in sorted(findings(text, sections_for(name))):
        yield f"{name}:{number}: {was!r}: say {instead!r}"


def sections_for(name: str) -> tuple[str, ...]:
    """Return which parts of the list hold for a file."""
    names = ("names",) if name.endswith(NAMES) else ()
    return ("everywhere", *names, *(("page",) if name.startswith(PAGE) else ()))


def findings(text: str, sections: tuple[str, ...]) -> Iterator[tuple[int, str, str]]:
    """Yield line number, phrase and what to say instead."""
    for section in sections:
        for was, instead in phrases()[section]:
            pattern = BETWEEN_WORDS.join(map(re.escape, was.split()))
            flags = 0 if section == "names" or was[0].isupper() else re.IGNORECASE
            for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, flags):
                yield text.count("\n", 0, match.start()) + 1, was, instead


def phrases() -> dict[str, list[tuple[str, str]]]:
    """Read the list: the pairs of each section."""
    read: dict[str, list[tuple[str, str]]] = {}
    for line in PHRASES.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            section = read.setdefault(line.strip("[]"), [])
        elif line and not line.startswith("#"):
            was, _, instead = line.partition(" -> ")
            section.append((was, instead))
    return read


if __name__ == "__main__":
    sys.exit(main())
