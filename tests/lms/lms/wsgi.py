"""The web application of the LMS."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lms.envs.demo")

application = get_wsgi_application()
