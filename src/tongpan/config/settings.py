"""Settings, read from the environment through typed readers that refuse what they cannot read."""

import os
import sys
from pathlib import Path
from typing import Any

import dj_database_url

from tongpan.config import databases, embedded

ROOT = Path(__file__).resolve().parents[3]


def _text(name: str, default: str) -> str:
    return os.environ.get(name, default)


def _flag(name: str, default: bool) -> bool:
    value = os.environ.get(name, "1" if default else "0")
    if value not in ("0", "1"):
        sys.exit(f"{name} must be 0 or 1, not {value!r}.")
    return value == "1"


def _path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name, str(default))).resolve()


def _one_of(name: str, choices: tuple[str, ...]) -> str:
    value = os.environ.get(name, choices[0])
    if value not in choices:
        sys.exit(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


DATA = _path("TONGPAN_DATA", ROOT / "data")
DEBUG = _flag("TONGPAN_DEBUG", False)
DATABASE_ROLE = _one_of("TONGPAN_DATABASE_ROLE", ("app", "owner"))
DEFAULT_COMPANY = _text("TONGPAN_COMPANY", "main")  # the schema served to hosts nobody claimed


def _secret() -> str:
    """The key that signs sessions: from the environment, else kept in the data folder."""
    if "TONGPAN_SECRET" in os.environ:
        return os.environ["TONGPAN_SECRET"]
    kept = DATA / "secret"
    if not kept.exists():
        DATA.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(os.urandom(48).hex())
    return kept.read_text()


def _database() -> dict[str, Any]:
    role = databases.OWNER if DATABASE_ROLE == "owner" else databases.APP
    given: dict[str, Any]
    if url := os.environ.get("DATABASE_URL"):
        given = dict(dj_database_url.parse(url))
        secret = databases.password_of(role, str(given["PASSWORD"] or ""))
        given.update(USER=role, PASSWORD=secret)
    else:
        given = {
            "NAME": _text("TONGPAN_DATABASE", embedded.DATABASE),
            "USER": role,
            "HOST": str(embedded.socket_dir(DATA)),
            "PORT": str(embedded.PORT),
        }
    return {
        **given,
        "ENGINE": "django_tenants.postgresql_backend",
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            # Statements are prepared where `kernel.companies.calls` asks for it.
            "prepare_threshold": 5,
            **given.get("OPTIONS", {}),
            "application_name": "tongpan",
        },
    }


SECRET_KEY = _secret()
DATABASES = {"default": _database()}
DATABASE_ROUTERS = ["django_tenants.routers.TenantSyncRouter"]
TENANT_MODEL = "companies.Company"
TENANT_DOMAIN_MODEL = "companies.Domain"
TENANT_LIMIT_SET_CALLS = True
WEBHOOKS_PRIVATE = _flag("TONGPAN_WEBHOOKS_PRIVATE", False)  # may be sent to our own network
PAYMENTS_SIMULATOR = _flag("TONGPAN_PAYMENTS_SIMULATOR", False)  # money that nobody pays
SMS = _text("TONGPAN_SMS", "")  # a gateway's address, "simulator", or none
SMS_KEY = _text("TONGPAN_SMS_KEY", "")  # signs what the gateway is sent
PAYMENTS_WAIT_S = float(_text("TONGPAN_PAYMENTS_WAIT_S", "5"))  # until a provider is asked again
ALLOWED_HOSTS = _text("TONGPAN_HOSTS", "127.0.0.1,localhost,[::1]").split(",")

SHARED_APPS = [
    "django_tenants",
    "tongpan.kernel.companies",
    "procrastinate.contrib.django",
]
TENANT_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "tongpan.kernel.org",
    "tongpan.kernel.events",
    "tongpan.kernel.ledger",
    "tongpan.kernel.documents",
    "tongpan.masters.taxes",
    "tongpan.masters.items",
    "tongpan.masters.places",
    "tongpan.masters.parties",
    "tongpan.masters.prices",
    "tongpan.business.stock",
    "tongpan.business.finance",
    "tongpan.business.membership",
    "tongpan.business.pricing",
    "tongpan.business.promotions",
    "tongpan.business.coupons",
    "tongpan.business.punchcards",
    "tongpan.business.purchasing",
    "tongpan.business.sales",
    "tongpan.business.franchise",
    "tongpan.business.till",
    "tongpan.business.treasury",
    "tongpan.business.shifts",
    "tongpan.business.campaigns",
    "tongpan.business.stored_value",
    "tongpan.business.selfservice",
    "tongpan.engines.imports",
    "tongpan.engines.webhooks",
    "tongpan.engines.prints",
    "tongpan.engines.payments",
    "tongpan.engines.printers",
    "tongpan.engines.messages",
]
FACES = [
    "django.contrib.staticfiles",
    "django_htmx",
    "tongpan.faces.kit",
    "tongpan.faces.backoffice",
    "tongpan.faces.pos",
    "tongpan.faces.api",
    "tongpan.faces.files",
    "tongpan.faces.customers",
    "tongpan.faces.live",
    "tongpan.faces.help",
]
INSTALLED_APPS = [*SHARED_APPS, *TENANT_APPS, *FACES]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "tongpan.faces.kit.middleware.Headers",
    "tongpan.config.company_of_host.CompanyOfHost",  # before everything that reads a company's rows
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "tongpan.faces.kit.middleware.ActingPerson",
    "tongpan.faces.kit.middleware.Noes",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.csrf",
            ],
        },
    }
]

AUTH_USER_MODEL = "org.Person"
AUTHENTICATION_BACKENDS = ["tongpan.kernel.org.backend.PersonBackend"]
PASSWORD_HASHERS = ["tongpan.kernel.org.hashing.PasswordHasher"]
CSRF_FAILURE_VIEW = "tongpan.faces.kit.errors.not_allowed"
SESSION_ENGINE = "tongpan.kernel.org.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_NUMBER_FIELDS = 40_000  # a document of two thousand lines is one form
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 2**20  # and so many bytes; files do not count
IS_BEHIND_TLS = _flag("TONGPAN_TLS", False)  # a proxy before us speaks https
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_BEHIND_TLS
if IS_BEHIND_TLS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
if _flag("TONGPAN_PSEUDO", False):
    LANGUAGES.append(("xx", "⟦⟧"))  # every text in brackets, to find what nobody wrapped
LOCALE_PATHS = [ROOT / "src" / "tongpan" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

ROOT_URLCONF = "tongpan.config.urls"
STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "build" / "static"
# "collected": gathered once under names with a hash, for serving; "found": as they lie, for tests.
STATIC_IS_COLLECTED = _one_of("TONGPAN_STATIC", ("found", "collected")) == "collected"
WHITENOISE_USE_FINDERS = WHITENOISE_AUTOREFRESH = not STATIC_IS_COLLECTED
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if STATIC_IS_COLLECTED
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
MEDIA_ROOT = DATA / "files"
