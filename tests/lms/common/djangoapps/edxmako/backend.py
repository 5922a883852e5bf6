"""The Mako engine: templates by name, rendered with the context processors' values, the settings and the CSRF token."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from crum import get_current_request
from django.conf import settings
from django.http import HttpRequest
from django.template import TemplateDoesNotExist
from django.template.backends.base import BaseEngine
from django.utils.module_loading import import_string
from mako.exceptions import TopLevelLookupException
from mako.lookup import TemplateLookup
from mako.template import Template as MakoTemplate


class Mako(BaseEngine):
    """A ``BACKEND`` for ``settings.TEMPLATES``; without ``expression_filter="h"`` a template escapes nothing."""

    app_dirname = "templates"

    def __init__(self, params: dict[str, Any]) -> None:
        params = params.copy()
        options = params.pop("OPTIONS").copy()
        # Mako and the engine share the settings' own list, to which plugins append.
        self._directories = params["DIRS"]
        super().__init__(params)
        self._context_processors = options.get("context_processors", [])

    @cached_property
    def lookup(self) -> TemplateLookup:
        """Mako's own look-up of templates in the configured directories, the first match wins."""
        return TemplateLookup(
            directories=[str(directory) for directory in self._directories],
            module_directory=settings.MAKO_MODULE_DIR,
            input_encoding="utf-8",
            output_encoding="utf-8",
            default_filters=["decode.utf8"],
            encoding_errors="replace",
        )

    @cached_property
    def context_processors(self) -> list[Any]:
        """The functions that add to the context of every template."""
        return [import_string(path) for path in self._context_processors]

    def from_string(self, template_code: str) -> Template:
        """Return a template of this text."""
        return Template(MakoTemplate(template_code, lookup=self.lookup, default_filters=["decode.utf8"]), self)

    def get_template(self, template_name: str) -> Template:
        """Return the template of this name. Raises TemplateDoesNotExist."""
        try:
            return Template(self.lookup.get_template(template_name), self)
        except TopLevelLookupException:
            raise TemplateDoesNotExist(template_name, backend=self) from None


class Template:
    """A Mako template that renders as Django's do."""

    def __init__(self, mako_template: MakoTemplate, engine: Mako) -> None:
        self.mako_template = mako_template
        self.engine = engine

    def render(self, context: dict[str, Any] | None = None, request: HttpRequest | None = None) -> str:
        """Return the text; the current request is used if none is given."""
        request = request or get_current_request()
        values: dict[str, Any] = {}
        if request is not None:
            for processor in self.engine.context_processors:
                values.update(processor(request))
            values["site"] = request.get_host()
            values["is_secure"] = request.is_secure()
        values.update(context or {})
        values["settings"] = settings
        values["EDX_ROOT_URL"] = settings.EDX_ROOT_URL
        if "csrf_token" in values:
            values["csrf_token"] = str(values["csrf_token"])
        return self.mako_template.render_unicode(**values)
