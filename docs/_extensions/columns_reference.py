"""The directive ``learner-data-columns``: the columns of the profile report as the catalogue in the code describes them."""

from __future__ import annotations

from collections.abc import Iterable

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from sphinx.application import Sphinx

from learner_data_plugin.columns.base import CATALOGUE, Column, Requirement
from learner_data_plugin.columns.catalogue import GUIDE_COLUMNS

_ONLY_WITH = {
    Requirement.COHORTS: "Included only if the course has cohorts enabled.",
    Requirement.TEAMS: "Included only if the course has teams enabled.",
}
_COMPATIBILITY = "Included for backward compatibility only."


def described(column: Column) -> str:
    """What a column means, with what has to be known before it is used."""
    sentences = [str(column.description)]
    if column.requires is not None:
        sentences.append(_ONLY_WITH[column.requires])
    if column.kept_for_compatibility:
        sentences.append(_COMPATIBILITY)
    return " ".join(sentences)


class LearnerDataColumns(Directive):
    """A table of columns: key, description and, with ``:sources:``, where the value is stored.

    Its argument is ``guide`` for the columns of every report, or ``others`` for those that a site has to ask for.
    """

    required_arguments = 1
    option_spec = {"sources": directives.flag}

    def run(self) -> list[nodes.Node]:
        chosen = directives.choice(self.arguments[0], ("guide", "others"))
        columns = [column for key, column in CATALOGUE.items() if (key in GUIDE_COLUMNS) == (chosen == "guide")]
        with_sources = "sources" in self.options
        header = ["Column", "Description", *(["Stored in"] if with_sources else [])]
        rows = [_cells(column, with_sources=with_sources) for column in columns]
        widths = (22, 48, 30) if with_sources else (30, 70)
        return [_table(header, rows, widths)]


def _cells(column: Column, *, with_sources: bool) -> list[nodes.Node]:
    key, source = nodes.literal(text=column.key), nodes.literal(text=column.source)
    return [key, nodes.Text(described(column)), *([source] if with_sources else [])]


def _table(header: Iterable[str], rows: Iterable[Iterable[nodes.Node]], widths: tuple[int, ...]) -> nodes.table:
    specs = [nodes.colspec(colwidth=width) for width in widths]
    head = nodes.thead("", _row([nodes.Text(text) for text in header]))
    body = nodes.tbody("", *[_row(row) for row in rows])
    return nodes.table("", nodes.tgroup("", *specs, head, body, cols=len(widths)), classes=["colwidths-given"])


def _row(cells: Iterable[nodes.Node]) -> nodes.row:
    return nodes.row("", *[nodes.entry("", nodes.paragraph("", "", cell)) for cell in cells])


def setup(app: Sphinx) -> dict[str, bool]:
    """Make the directive known to Sphinx."""
    app.add_directive("learner-data-columns", LearnerDataColumns)
    return {"parallel_read_safe": True}
