"""Django's settings, all derived from the environment (see common/env.py)."""

from __future__ import annotations

import os
from pathlib import Path

import pghistory
from csp.constants import NONCE, NONE, SELF

from yinke.access.sign_in_settings import directory_settings, read_sign_in
from yinke.common.database import database_address, django_database
from yinke.common.env import read_environment

YINKE = read_environment()

DEBUG = False
SECRET_KEY = YINKE.secret_key
ALLOWED_HOSTS = list(YINKE.allowed_hosts)

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "procrastinate.contrib.django",
    "pgtrigger",
    "pghistory",
    "yinke.access",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "yinke.customers",
    "yinke.segments",
    "yinke.scoring",
    "yinke.privacy",
    "yinke.care",
    "yinke.effect",
    "yinke.outreach",
    "yinke.nightly",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "yinke.access.middleware.OneTransaction",
]
ROOT_URLCONF = "yinke.urls"
TEMPLATES = [{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}]

DATABASES = {
    "default": django_database(database_address(YINKE, web=os.environ.get("YINKE_PROCESS") == "web"))
}
PGHISTORY_CONTEXT_FIELD = pghistory.ContextJSONField()  # who changed it: common/history.py
PGHISTORY_APPEND_ONLY = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["yinke.access.backends.StaffBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]

# allauth keeps second factors and speaks to identity providers; every way in is ours (access/services/sessions.py)
ACCOUNT_USER_MODEL_USERNAME_FIELD = "emp_no"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
SOCIALACCOUNT_ADAPTER = "yinke.access.sso.SsoAdapter"
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "yinke.access.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Yinke"
MFA_TOTP_TOLERANCE = 1  # a step of 30 seconds before and after: a phone's clock is not the server's
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not YINKE.production  # a trial runs on http://localhost
YINKE_SIGN_IN = read_sign_in(YINKE.sign_in, production=YINKE.production)
globals().update(directory_settings(YINKE_SIGN_IN.directory))

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

STATIC_URL = "/static/"
WEB_DIST = Path(__file__).parents[2] / "web" / "dist"
WHITENOISE_ROOT = WEB_DIST if WEB_DIST.is_dir() else None
WHITENOISE_INDEX_FILE = False
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/assets/"  # their names hold a hash of their content

PROCRASTINATE_IMPORT_PATHS = [
    "yinke.nightly.schedule",
    "yinke.nightly.housekeeping",
    "yinke.privacy.schedule",
    "yinke.scoring.schedule",
    "yinke.care.schedule",
    "yinke.outreach.schedule",
]  # the worker's tasks: the watch of the nights, reruns, alerts, trainings, messages, and the deletion of what is past its time

SESSION_ENGINE = "django.contrib.sessions.backends.db"  # a cache per process would keep a dead session alive
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_SAMESITE = "Strict"
SECURE_CONTENT_TYPE_NOSNIFF = True
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF, NONCE],  # antd writes its styles as the page runs: web/src/app/styleNonce.ts
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
if YINKE.production:
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 31_536_000

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {"psycopg.pool": {"level": "ERROR"}},  # it warns at each of many tries; the end is told once
}
