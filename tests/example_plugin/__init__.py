"""A plugin of a site's own that adds a column, a report and a file format; the how-to ``docs/how-tos/extend.rst`` shows it."""
