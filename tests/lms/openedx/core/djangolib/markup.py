"""What Mako templates escape, and what they print as it is."""

from __future__ import annotations

import markupsafe

Text = markupsafe.escape


def HTML(html: str) -> markupsafe.Markup:  # noqa: N802  (the platform's name)
    """Mark text as HTML, which a template with ``expression_filter="h"`` then prints as it is."""
    return markupsafe.Markup(html)
