"""Settings of the stand-in LMS: the platform's names and values, as far as the plugin meets them.

Plugins are found and installed exactly as the platform does it: through their entry points and ``edx_django_utils.plugins``.
"""

from __future__ import annotations

import json
import tempfile
from importlib.util import find_spec
from pathlib import Path

from edx_django_utils.plugins import add_plugins, get_plugin_apps
from openedx.core.constants import COURSE_ID_PATTERN, COURSE_KEY_PATTERN, COURSE_KEY_REGEX  # noqa: F401
from openedx.core.djangoapps.plugins.constants import ProjectType, SettingsType

from .celery_settings import *  # noqa: F403
from .celery_settings import HIGH_MEM_QUEUE
from .data_apps import DATA_APPS, DATA_SETTINGS, NoMigrations

PROJECT_ROOT = Path(__file__).resolve().parent.parent
REPO_ROOT = PROJECT_ROOT.parent

DEBUG = False
SECRET_KEY = "a key for tests and the demo only"
ALLOWED_HOSTS = ["*"]
SITE_ID = 1
SITE_NAME = "localhost"
PLATFORM_NAME = "Your Platform Name Here"
LMS_BASE = "localhost:8000"
LMS_ROOT_URL = "http://localhost:8000"
EDX_ROOT_URL = ""
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"
ROOT_URLCONF = "lms.urls"
WSGI_APPLICATION = "lms.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
TIME_ZONE = "UTC"
USE_TZ = True
LANGUAGE_CODE = "en"
USE_I18N = True
X_FRAME_OPTIONS = "DENY"
INSTRUCTOR_MICROFRONTEND_URL = ""
CORS_ORIGIN_WHITELIST: list[str] = []
DASHBOARD_SITE = ""
CSRF_COOKIE_NAME = "csrftoken"
SESSION_SERIALIZER = "openedx.core.lib.session_serializers.PickleSerializer"

# .. pii annotations and toggles of the platform's own features are not part of the stand-in.
FEATURES = {
    "ENABLE_INSTRUCTOR_BACKGROUND_TASKS": True,
    "CUSTOM_COURSES_EDX": True,
    "ENABLE_COURSE_FILENAME_CCX_SUFFIX": False,
    "ENABLE_CSMH_EXTENDED": False,
    "ENABLE_MASQUERADE": True,
    "ENABLE_TEAMS": True,
    "MAX_ENROLLMENT_INSTR_BUTTONS": 200,
}

# There is no proxy before it.
SILENCED_SYSTEM_CHECKS = ["learner_data_plugin.W012"]

# Defines VERIFY_STUDENT, RETIRED_USERNAME_PREFIX and other values that the data apps read.
vars().update(DATA_SETTINGS)

DATABASES = {
    "default": {
        "ENGINE": "lms.sqlite",
        "NAME": REPO_ROOT / "lms.sqlite3",
        "ATOMIC_REQUESTS": True,
        "OPTIONS": {"timeout": 30},
    }
}
MIGRATION_MODULES = NoMigrations(but=["learner_data_plugin"])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.sites",
    "django.contrib.staticfiles",
    "django.contrib.admin",
    "common.djangoapps.edxmako",
    "django_celery_results",
    "edx_ace",
    "django_sites_extensions",
    "eventtracking.django",
    "oauth2_provider",
    "rest_framework",
    "waffle",
    *DATA_APPS,
    "lms.djangoapps.instructor_task",
    "openedx.core.djangoapps.heartbeat",
]

MIDDLEWARE = [
    "lms.cors.CrossOriginMiddleware",
    "crum.CurrentRequestUserMiddleware",
    "edx_django_utils.cache.middleware.RequestCacheMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.sites.middleware.CurrentSiteMiddleware",
    "edx_rest_framework_extensions.auth.jwt.middleware.JwtAuthCookieMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "common.djangoapps.track.middleware.TrackMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "waffle.middleware.WaffleMiddleware",
    "edx_django_utils.cache.middleware.TieredCacheMiddleware",
    "edx_rest_framework_extensions.auth.jwt.middleware.EnsureJWTAuthSettingsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

# As on the platform, people can sign in before they have confirmed their email address.
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.AllowAllUsersModelBackend",
    "bridgekeeper.backends.RulePermissionBackend",
]

CONTEXT_PROCESSORS = [
    "django.template.context_processors.request",
    "django.template.context_processors.static",
    "django.template.context_processors.i18n",
    "django.contrib.auth.context_processors.auth",
    "django.template.context_processors.csrf",
    "django.template.context_processors.media",
    "django.template.context_processors.tz",
    "django.contrib.messages.context_processors.messages",
]
# Of this checkout alone: templates of another one would be taken for these where they were changed at the same time.
MAKO_MODULE_DIR = str(Path(tempfile.gettempdir()) / "mako_lms_stand_in" / str(REPO_ROOT).strip("/").replace("/", "-"))
MAKO_TEMPLATE_DIRS_BASE = [PROJECT_ROOT / "templates"]
TEMPLATES = [
    {
        "NAME": "django",
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [PROJECT_ROOT / "django_templates"],
        "OPTIONS": {"context_processors": CONTEXT_PROCESSORS},
    },
    {
        "NAME": "mako",
        "BACKEND": "common.djangoapps.edxmako.backend.Mako",
        "APP_DIRS": False,
        # The same list object, so that a plugin can append to MAKO_TEMPLATE_DIRS_BASE even after this.
        "DIRS": MAKO_TEMPLATE_DIRS_BASE,
        "OPTIONS": {"context_processors": CONTEXT_PROCESSORS},
    },
]

STATIC_URL = "/static/"
STATICFILES_DIRS = [PROJECT_ROOT / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
MEDIA_ROOT = str(Path(tempfile.gettempdir()) / "lms_stand_in_media")
MEDIA_URL = "/media/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

GRADES_DOWNLOAD_ROUTING_KEY = HIGH_MEM_QUEUE
GRADES_DOWNLOAD = {
    "STORAGE_TYPE": "",
    "STORAGE_CLASS": "django.core.files.storage.FileSystemStorage",
    "STORAGE_KWARGS": {"location": str(Path(tempfile.gettempdir()) / "lms_stand_in_reports")},
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "openedx.core.djangolib.default_auth_classes.DefaultJwtAuthentication",
        "openedx.core.djangolib.default_auth_classes.DefaultSessionAuthentication",
    ],
    "DEFAULT_PAGINATION_CLASS": "edx_rest_framework_extensions.paginators.DefaultPagination",
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "PAGE_SIZE": 10,
    "URL_FORMAT_OVERRIDE": None,
    "DEFAULT_THROTTLE_RATES": {"user": "60/minute", "service_user": "800/minute"},
}

OAUTH2_PROVIDER_APPLICATION_MODEL = "oauth2_provider.Application"
# Without its own migrations, which these settings switch off, makemigrations looks for the models by these names.
OAUTH2_PROVIDER_ACCESS_TOKEN_MODEL = "oauth2_provider.AccessToken"
OAUTH2_PROVIDER_GRANT_MODEL = "oauth2_provider.Grant"
OAUTH2_PROVIDER_ID_TOKEN_MODEL = "oauth2_provider.IDToken"
OAUTH2_PROVIDER_REFRESH_TOKEN_MODEL = "oauth2_provider.RefreshToken"
JWT_AUTH = {
    "JWT_VERIFY_EXPIRATION": True,
    "JWT_PAYLOAD_GET_USERNAME_HANDLER": lambda payload: payload.get("username"),
    "JWT_LEEWAY": 1,
    "JWT_DECODE_HANDLER": "edx_rest_framework_extensions.auth.jwt.decoder.jwt_decode_handler",
    "JWT_AUTH_COOKIE": "edx-jwt-cookie",
    "JWT_AUTH_COOKIE_HEADER_PAYLOAD": "edx-jwt-cookie-header-payload",
    "JWT_AUTH_COOKIE_SIGNATURE": "edx-jwt-cookie-signature",
    "JWT_AUTH_HEADER_PREFIX": "JWT",
    "JWT_EXPIRATION": 30,
    "JWT_SUPPORTED_VERSION": "1.2.0",
    "JWT_ALGORITHM": "HS256",
    "JWT_SECRET_KEY": SECRET_KEY,
    "JWT_SIGNING_ALGORITHM": "RS512",
    # The public half of a key that was thrown away. An empty set would let any signature pass.
    "JWT_PUBLIC_SIGNING_JWK_SET": json.dumps(
        {
            "keys": [
                {
                    "kty": "RSA",
                    "kid": "stand-in",
                    "e": "AQAB",
                    "n": "wej2aCMEAc3DUsjLA-hgxKFoQXbgiAx19ZIX4Kcih53QmHNjWsVdZFm8k_A1QGqbloZHHcwd4tG6_5PxFq1wMOhGrzm1HrOxx"
                    "-JCbmTQJgvh3CftLmg54vz8GyWKG7KCm_0wvNdjc-VrpVCPk1CNsz9YD87KO6WLeOvpBDcgXjG9CGg7bWtIcXmtVLLkqs-TZpuOA4fa"
                    "H-dY6wgLgLwvDGGqxqNLjCv_VfVN8X9oI1LK8h5hPTzlIKBYSC44xg1KgNCzqH_mAXH4BntoMzhuwWIqaELdfvSrXunFSUsxV54BmT-"
                    "eBmJB92-nT058eXEzITH4O7xa8VMWOD0es0qzSw",
                }
            ]
        }
    ),
    "JWT_ISSUER": "http://127.0.0.1:8000/oauth2",
    "JWT_AUDIENCE": "change-me",
    "JWT_ISSUERS": [
        {"ISSUER": "http://127.0.0.1:8000/oauth2", "AUDIENCE": "change-me", "SECRET_KEY": SECRET_KEY}
    ],
}
EDX_DRF_EXTENSIONS = {
    "JWT_PAYLOAD_USER_ATTRIBUTE_MAPPING": {},
    "VERIFY_LMS_USER_ID_PROPERTY_NAME": "id",
}

TRACK_MAX_EVENT = 50000
TRACKING_IGNORE_URL_PATTERNS = [r"^/event", r"^/login", r"^/heartbeat", r"^/segmentio/event", r"^/performance"]
EVENT_TRACKING_ENABLED = True
EVENT_TRACKING_BACKENDS = {
    "tracking_logs": {
        "ENGINE": "eventtracking.backends.routing.RoutingBackend",
        "OPTIONS": {
            "backends": {
                "logger": {
                    "ENGINE": "eventtracking.backends.logger.LoggerBackend",
                    "OPTIONS": {"name": "tracking", "max_event_size": TRACK_MAX_EVENT},
                }
            },
            "processors": [
                {"ENGINE": "common.djangoapps.track.shim.LegacyFieldMappingProcessor"},
                {"ENGINE": "common.djangoapps.track.shim.PrefixedEventProcessor"},
            ],
        },
    }
}
# As the platform has them; the policy of its own that it names besides denies emails of other kinds.
ACE_ENABLED_CHANNELS = ["django_email"]
ACE_ENABLED_POLICIES: list[str] = []
ACE_CHANNEL_DEFAULT_EMAIL = "django_email"
ACE_CHANNEL_TRANSACTIONAL_EMAIL = "django_email"
DEFAULT_FROM_EMAIL = "registration@example.com"

EVENT_TRACKING_PROCESSORS: list[dict[str, str]] = []

# The pause of TaskProgress in the demo's worker, in seconds; see the README's "make demo".
DEMO_PACE_SECONDS = 0.0

# Of the platform since Verawood; it installs itself as a plugin, as this one does.
if find_spec("openedx_authz") is not None:
    INSTALLED_APPS += ["organizations", "openedx.core.djangoapps.content_libraries"]

INSTALLED_APPS.extend(get_plugin_apps(ProjectType.LMS))
add_plugins(__name__, ProjectType.LMS, SettingsType.COMMON)
