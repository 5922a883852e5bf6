"""Texts that a spreadsheet might take for a formula, and strategies that make more of them."""

from __future__ import annotations

import io
import os
import re

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from learner_data_plugin.export.base import get_format
from learner_data_plugin.export.formulas import TRIGGERS

FINISHED_XML = '<r><t>x</t></r></is></c><c r="C9"><f>1+1</f><v>2</v></c><c r="D9" t="inlineStr"><is><r><t>y</t></r>'
"""What xlsxwriter would take for XML of its own."""
ATTACKS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1,1)", "\t=1+1", "\r=1+1", "\0=1+1", "=cmd|' /C calc'!A0", "＝1+1", "＋1", "－1", "＠x",
    "'=1+1", "''=1+1", " =1+1", "\n=1+1", "a\n=1+1\n", "x,=1+1,y", 'x",=1+1,"y', "x;=1+1;y", "x\t=1+1\ty", "{=1+1}", '"=1+1"',
    "\ufeff=1+1", "\u200b=1+1", "-", "'", "''", "'a", "", FINISHED_XML, "<r></r>",
)  # fmt: skip

texts = st.one_of(
    st.text(),
    st.text(st.characters(exclude_categories=())),  # surrogates, too
    st.builds(str.__add__, st.text("'=+-@\t\r\0＝＋－＠ \n", min_size=1, max_size=4), st.text(max_size=20)),
    st.text("=+-@'\"\t\r\n\0;,<>&_x0F ", max_size=30),
    st.builds("<r>{}</r>".format, st.text("<>/rtcisf= &", max_size=20)),
    st.builds("_x{:04X}_".format, st.integers(0, 0xFFFF)),
    st.sampled_from(ATTACKS),
)
rows = st.lists(st.tuples(st.one_of(texts, st.integers(-(10**14), 10**14)), texts, texts), max_size=4)
many = settings(
    max_examples=int(os.environ.get("EXAMPLES", "150")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


def written(file_format, header, *batches):
    """The content of a file of these batches, each a list of rows."""
    file = io.BytesIO()
    with get_format(file_format).open_writer(file, header) as writer:
        for batch in batches:
            writer.write([list(column) for column in zip(*batch, strict=True)])
    return file.getvalue()


def in_utf8(text):
    """The text as UTF-8 can hold it: half a surrogate pair becomes a question mark."""
    return text.encode("utf-8", "replace").decode()


def unguarded(cell):
    """The text that a cell of a CSV or XLSX file stands for."""
    return cell[1:] if re.match(f"'+[{re.escape(TRIGGERS)}]", cell) else cell
