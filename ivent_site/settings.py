"""The settings of every stage.

Every value comes from a typed environment reader. On the laptop (``IVENT_STAGE`` unset or
``local``) each has a default that points at the local AWS; anywhere else a missing one
stops the process at start, by name. README lists them.
"""

import json
import os
from collections import ChainMap
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF, UNSAFE_INLINE
from django.conf.locale import LANG_INFO
from django.core.exceptions import ImproperlyConfigured
from django.templatetags.static import static

from ivent_site.env import Env
from ivent_site.languages import DEFAULT_LANGUAGE, browser_fallbacks
from ivent_site.languages import LANGUAGES as _LANGUAGES
from ivent_site.secret_key import read_secret_keys

BASE_DIR = Path(__file__).resolve().parent.parent

STAGE = os.environ.get("IVENT_STAGE", "local")
LOCAL = STAGE == "local"
if LOCAL and "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    raise ImproperlyConfigured("IVENT_STAGE is not set: a Lambda never runs as local.")

# What `make run` made (the user pool's id, for one) is known only at run time.
LOCAL_DIR = Path(os.environ.get("IVENT_LOCAL_DIR", BASE_DIR / ".local"))
LOCAL_OUTPUTS = LOCAL_DIR / "outputs.json"
_outputs: dict[str, str] = (
    json.loads(LOCAL_OUTPUTS.read_text()) if LOCAL and LOCAL_OUTPUTS.exists() else {}
)
env = Env(ChainMap(dict(os.environ), _outputs), local=LOCAL)

# --- Web ------------------------------------------------------------------------------
SECRET_KEY_ARN = env.text("SECRET_KEY_ARN", default="")
if SECRET_KEY_ARN:
    SECRET_KEY, SECRET_KEY_FALLBACKS = read_secret_keys(SECRET_KEY_ARN)
else:
    SECRET_KEY = env.secret("SECRET_KEY", local="local-secret-key-that-is-no-secret-at-all")
    SECRET_KEY_FALLBACKS = env.listing("SECRET_KEY_FALLBACKS", default="", local="")
PUBLIC_URL = env.url("PUBLIC_URL", local="http://localhost:8000")
_PUBLIC = urlsplit(PUBLIC_URL)
# For addresses whose path `reverse` makes: it begins with the path of PUBLIC_URL, if any.
PUBLIC_ORIGIN = f"{_PUBLIC.scheme}://{_PUBLIC.netloc}"
# API Gateway's own address has the stage as its path, another domain has none: Zappa's guess,
# by the Host header, is not needed.
FORCE_SCRIPT_NAME = None if LOCAL else _PUBLIC.path
DEBUG = LOCAL and env.boolean("DEBUG", default=False)
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", local="localhost,127.0.0.1,[::1],testserver")
CSRF_TRUSTED_ORIGINS = [PUBLIC_ORIGIN]

# The function that answers HTTP, or the one that handles queues, streams and the schedule.
WORKER = env.choice("IVENT_ROLE", ("web", "worker"), default="web", local="web") == "worker"
_DOMAIN_APPS = [
    "ivent_site.counters",
    "ivent_site.preferences",
    "events",
    "subscriptions",
    "notifications",
]
_WORKER_APPS = ["ivent_site.dynamodb", *_DOMAIN_APPS]
_WEB_APPS = [
    "ivent_site.dynamodb",
    "ivent_site.cognito",
    "ivent_site.local",
    "unfold.apps.BasicAppConfig",
    "ivent_site.cognito.admin_site.StaffAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "ivent_site.api",
    "ivent_site.deployment",
    *_DOMAIN_APPS,
]
# What the worker does not need is not loaded by it.
INSTALLED_APPS = _WORKER_APPS if WORKER else _WEB_APPS
_WEB_MIDDLEWARE = [
    # The outermost, so that it sees the errors of all others.
    "ivent_site.caching.NoStoreMiddleware",
    "ivent_site.gateway.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ivent_site.cognito.middleware.CognitoUnavailableMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ivent_site.clock.StaffClockMiddleware",
]
MIDDLEWARE = [] if WORKER else _WEB_MIDDLEWARE
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "ivent_site" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
            "libraries": {
                "admin_pages": "ivent_site.admin_tags",
                "numbers": "ivent_site.number_tags",
                "public": "ivent_site.public_tags",
            },
        },
    }
]
ROOT_URLCONF = "ivent_site.urls"
WSGI_APPLICATION = "ivent_site.wsgi.application"
APPEND_SLASH = True
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Sessions need no table: the cookie is signed, and a staff row's session_epoch revokes it.
SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
MESSAGE_STORAGE = "django.contrib.messages.storage.cookie.CookieStorage"
_SECURE = _PUBLIC.scheme == "https"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _SECURE
if not LOCAL:
    # API Gateway ends TLS and passes the scheme on.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60

STATIC_URL = f"{_PUBLIC.path}/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "ivent_site" / "static"]
# The laptop serves static files from where they are; elsewhere they are collected.
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = LOCAL
if not LOCAL:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        "staticfiles": {"BACKEND": "ivent_site.static_files.TextStaticFilesStorage"},
    }

# --- Languages and zones ----------------------------------------------------------------
USE_I18N = True
USE_TZ = True
# 10,000 or 10.000, as the language has it; where a program reads a number, templates say so.
USE_THOUSAND_SEPARATOR = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = DEFAULT_LANGUAGE
FORMAT_MODULE_PATH = "ivent_site.formats"
LOCALE_PATHS = [BASE_DIR / "ivent_site" / "locale"]
LANGUAGES = [*_LANGUAGES]
LANG_INFO.update(browser_fallbacks())
# The zone of an event whose author names none, and of a subscriber who chose none.
DEFAULT_TIMEZONE = env.text("DEFAULT_TIMEZONE", default="UTC")

# --- AWS ----------------------------------------------------------------------------------
AWS_REGION = env.text("AWS_REGION", local="eu-central-1")
# On the laptop every call goes to the local AWS, with keys that open nothing else.
AWS_ENDPOINT_URL = env.url("AWS_ENDPOINT_URL", local="http://127.0.0.1:4566") if LOCAL else None
AWS_LOCAL_KEYS = {"aws_access_key_id": "test", "aws_secret_access_key": "test"} if LOCAL else {}
RESOURCE_PREFIX = env.text("RESOURCE_PREFIX", local="ivent-local")
_ACCOUNT = "000000000000"


def _queue_url(name: str) -> str:
    return env.url(
        f"{name.upper()}_QUEUE_URL", local=f"{AWS_ENDPOINT_URL}/{_ACCOUNT}/{RESOURCE_PREFIX}-{name}"
    )


# Events as JSON, for programs.
EVENTS_TOPIC_ARN = env.arn(
    "EVENTS_TOPIC_ARN", local=f"arn:aws:sns:{AWS_REGION}:{_ACCOUNT}:{RESOURCE_PREFIX}-events"
)
# One message per shard of an announcement.
FANOUT_QUEUE_URL = _queue_url("fanout")
# One message per request to subscribe.
REQUESTS_QUEUE_URL = _queue_url("requests")
# SES's events: what is unknown waits while this is not empty.
FEEDBACK_QUEUE_URL = _queue_url("feedback")

# --- DynamoDB: no SQL database anywhere ------------------------------------------------
DATABASES = {"default": {"ENGINE": "ivent_site.dynamodb", "NAME": RESOURCE_PREFIX}}
DATABASE_ROUTERS = ["ivent_site.dynamodb.router.NoMigrations"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Cognito ------------------------------------------------------------------------------
COGNITO_USER_POOL_ID = env.text("COGNITO_USER_POOL_ID", local="")
# The app clients whose tokens the API takes; staff sign in with the first.
COGNITO_CLIENT_IDS = env.listing("COGNITO_CLIENT_IDS", local="")
# A local AWS, too, signs with AWS's own issuer, but serves the keys where all its services are:
# on the laptop, and where the SDK is told so. `check --deploy` refuses that.
COGNITO_ISSUER = f"https://cognito-idp.{AWS_REGION}.amazonaws.com/{COGNITO_USER_POOL_ID}"
_LOCAL_AWS = AWS_ENDPOINT_URL or os.environ.get("AWS_ENDPOINT_URL", "")
COGNITO_JWKS_URL = (
    f"{_LOCAL_AWS}/{COGNITO_USER_POOL_ID}" if _LOCAL_AWS else COGNITO_ISSUER
) + "/.well-known/jwks.json"
# The hosted login page is offered when its domain is set.
COGNITO_HOSTED_URL = env.text("COGNITO_HOSTED_URL", default="").rstrip("/")
AUTH_USER_MODEL = "cognito.StaffUser"
AUTHENTICATION_BACKENDS = ["ivent_site.cognito.backends.CognitoBackend"]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"

# --- What a page may load ----------------------------------------------------------------
# Nothing from elsewhere but pictures, and no script that stands in the page. The
# sign-out form may lead on to Cognito's page. The laptop's mailbox frames mails as they came.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/local/"] if LOCAL else [],
    "DIRECTIVES": {
        "default-src": [SELF],
        "style-src": [SELF, UNSAFE_INLINE],
        "img-src": [SELF, "data:", "https:"],
        "font-src": [SELF, "data:"],
        "form-action": [SELF, *filter(None, [COGNITO_HOSTED_URL])],
        "object-src": [NONE],
        "base-uri": [SELF],
        "frame-ancestors": [NONE],
    },
}

# --- Mail -----------------------------------------------------------------------------------
ORGANISATION = env.line("ORGANISATION", local="Ivent Community")
POSTAL_ADDRESS = env.text("POSTAL_ADDRESS", local="1 Example Street, Example City")
SENDER_EMAIL = env.address("SENDER_EMAIL", local="events@ivent.example")
REPLY_TO_EMAIL = env.address("REPLY_TO_EMAIL", default=SENDER_EMAIL)
# A mailbox that people read; it is the mailto half of List-Unsubscribe.
UNSUBSCRIBE_EMAIL = env.address("UNSUBSCRIBE_EMAIL", local="unsubscribe@ivent.example")
# The local AWS loses the headers and tags of bulk calls.
MAIL_TRANSPORT = env.choice(
    "MAIL_TRANSPORT", ("ses_bulk", "ses_raw"), default="ses_bulk", local="ses_raw"
)
SES_CONFIGURATION_SET = env.text("SES_CONFIGURATION_SET", local=RESOURCE_PREFIX)

# --- Delivery -------------------------------------------------------------------------------
# Partitions of the confirmed subscribers. Set once: a subscription keeps its shard for life.
SHARD_COUNT = env.integer("SHARD_COUNT", default=16, low=1, high=256)
# From the claim of a chunk to the last moment its owner may send it.
CHUNK_LEASE_S = env.integer("CHUNK_LEASE_S", default=120, local=10, low=5, high=900)
# How long an unknown send may still be proven by an event: the longest worker life + event lag.
UNKNOWN_WAIT_S = env.integer("UNKNOWN_WAIT_S", default=1800, local=60, low=5, high=86400)

# Workers that send at the same time: the fan-out's MaximumConcurrency, which share the rate.
FANOUT_CONCURRENCY = env.integer("FANOUT_CONCURRENCY", default=10, local=1, low=1, high=1000)
# Mails per second of all workers; 0: as many as SES says. The local SES says 14.
MAIL_RATE = env.integer("MAIL_RATE", default=0, local=1000, low=0, high=100_000)
# Whether a reader's log tells of each delivery, too: two write units per e-mail.
KEEP_DELIVERIES = env.boolean("KEEP_DELIVERIES", default=LOCAL)

# How long a publication waits, so that it can be taken back; admins may set another.
UNDO_WINDOW_S = env.integer("UNDO_WINDOW_S", default=60, local=10, low=0, high=3600)

# --- REST API -------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "ivent_site.cognito.authentication.CognitoAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_SCHEMA_CLASS": "ivent_site.api.schema.Schema",
    "DEFAULT_PARSER_CLASSES": ["ivent_site.api.parsers.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "rest_framework.renderers.BrowsableAPIRenderer",
    ],
    "EXCEPTION_HANDLER": "ivent_site.api.errors.exception_handler",
    "DEFAULT_PAGINATION_CLASS": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SPECTACULAR_SETTINGS = {
    "PREPROCESSING_HOOKS": ["ivent_site.api.schema.only_root"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "ivent_site.api.schema.with_errors",
    ],
    "ENUM_NAME_OVERRIDES": {
        "EventStatusEnum": ["draft", "published", "cancelled"],
        "SubscriptionStatusEnum": "subscriptions.enums.SubscriptionStatus",
    },
    "TITLE": "Ivent",
    "DESCRIPTION": (
        "Publish events, and manage who gets an e-mail about them.\n\n"
        "- **Errors** have one shape: a list that names the field, parameter or header. An unknown "
        "or repeated query parameter, and an unknown field, is an error (400).\n"
        "- **Reading**: every GET has an `ETag`; with `If-None-Match`, the reply is 304 as long as "
        "it holds. HEAD replies with the headers of a GET.\n"
        "- **Writing**: send `If-Match` with the ETag you saw, and nothing is overwritten: 412 "
        "says that somebody else was first. An event's `version` in the body does the same (409). "
        "Neither is required; without them the latest state is changed.\n"
        "- **Repeating**: with an `Idempotency-Key`, a request that you repeat creates one event."
    ),
    "VERSION": "1.0.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    # None: the sidecar's is a picture, and API Gateway passes text alone.
    "SWAGGER_UI_FAVICON_HREF": "data:,",
}

# --- Admin ----------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "Ivent",
    "SITE_HEADER": "Ivent",
    "SITE_SYMBOL": "campaign",
    "SITE_FAVICONS": [
        {
            "rel": "icon",
            "type": "image/svg+xml",
            "href": lambda _request: static("ivent/icon.svg"),
        }
    ],
    "SHOW_VIEW_ON_SITE": True,
    "SHOW_LANGUAGES": True,
    "STYLES": [lambda _request: static("ivent/admin.css")],
    "SCRIPTS": [lambda _request: static("ivent/admin.js")],
    "SIDEBAR": {"navigation": "ivent_site.navigation.navigation"},
    "DASHBOARD_CALLBACK": "notifications.dashboard.dashboard",
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "ivent_site.logging.JsonFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        # At each start it says that it has no settings file of its own.
        "pynamodb": {"level": "WARNING"},
        # Of each client it says where credentials and endpoint come from.
        "botocore": {"level": "WARNING"},
        # A line per request, with the reader's IP address.
        "zappa": {"level": "WARNING"},
        # On the laptop, a line per request with its URL: tokens of links, addresses searched for.
        "django.server": {"level": "CRITICAL"},
    },
}
