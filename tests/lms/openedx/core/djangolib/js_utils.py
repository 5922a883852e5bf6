"""Values for scripts inside Mako templates."""

from __future__ import annotations

import json
from typing import Any

from django.utils.html import escapejs

_ESCAPED = {ord("<"): "\\u003C", ord(">"): "\\u003E", ord("&"): "\\u0026", 0x2028: "\\u2028", 0x2029: "\\u2029"}


def dump_js_escaped_json(obj: Any, cls: type[json.JSONEncoder] | None = None) -> str:
    """Return JSON that cannot end the ``<script>`` element around it."""
    return json.dumps(obj, ensure_ascii=True, cls=cls).translate(_ESCAPED)


def js_escaped_string(string_for_js: str | None) -> str:
    """Escape text for use between quotes in a script."""
    return escapejs(string_for_js or "")
