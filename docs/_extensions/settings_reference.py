"""The directive ``learner-data-settings``: the plugin's settings as they stand in the code, with the comments there."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx

from learner_data_plugin.settings import common

_KEY = re.compile(r'    "(?P<key>[A-Z_]+)": ')


def described_settings(source: str) -> dict[str, str]:
    """The comment above each key of DEFAULTS."""
    [defaults] = [node for node in ast.parse(source).body if isinstance(node, ast.AnnAssign)]
    descriptions, comment = {}, []
    for line in source.splitlines()[defaults.lineno : defaults.end_lineno]:
        if line.startswith("    # "):
            comment.append(line.removeprefix("    # "))
        elif found := _KEY.match(line):
            descriptions[found["key"]] = " ".join(comment)
            comment = []
    return descriptions


class LearnerDataSettings(Directive):
    """Lists key, default and description of every setting."""

    def run(self) -> list[nodes.Node]:
        descriptions = described_settings(Path(common.__file__).read_text(encoding="utf-8"))
        if descriptions.keys() != common.DEFAULTS.keys() or not all(descriptions.values()):
            raise self.error("Every key of DEFAULTS needs a comment above it.")
        listed = nodes.definition_list()
        for key, default in common.DEFAULTS.items():
            parsed, messages = self.state.inline_text(descriptions[key], self.lineno)
            standing = (nodes.Text(" (default: "), nodes.literal(text=repr(default)), nodes.Text(")"))
            term = nodes.term("", "", nodes.literal(text=key), *standing)
            listed += nodes.definition_list_item("", term, nodes.definition("", nodes.paragraph("", "", *parsed), *messages))
        return [listed]


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the directive known to Sphinx."""
    app.add_directive("learner-data-settings", LearnerDataSettings)
    return {"parallel_read_safe": True}
