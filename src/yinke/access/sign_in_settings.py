"""The bank's own ways to sign in, from the file that ``YINKE_SIGN_IN`` names (see docs/sign-in.md).

Who a person is comes from the staff file alone: an identity provider or a directory only proves that somebody is
the one with a staff number. It makes no staff and gives no role.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from yinke.common.errors import ConfigurationError


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class IdentityProvider(_Part):
    """One OpenID Connect provider."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
    name_zh: str
    name_en: str
    server: Annotated[str, Field(pattern=r"^https?://")]
    """Its issuer; ``/.well-known/openid-configuration`` is asked below it."""
    client_id: str
    client_secret_file: Path
    staff_claim: str
    """The claim that holds the staff number."""
    second_factor: Literal["ours", "theirs"] = "ours"
    """Whose second factor counts; ``theirs`` only if the provider always asks for one."""


class Directory(_Part):
    """An LDAP directory or Active Directory that checks passwords."""

    server: Annotated[str, Field(pattern=r"^ldaps?://")]
    start_tls: bool = False
    ca_file: Path | None = None
    bind_dn: str
    bind_password_file: Path
    search_base: str
    search_filter: Annotated[str, Field(pattern=r"%\(user\)s")] = "(employeeNumber=%(user)s)"
    timeout_seconds: int = 5


class SignInSettings(_Part):
    """All of it; without a file, staff sign in with passwords that are kept here."""

    oidc: tuple[IdentityProvider, ...] = ()
    directory: Directory | None = None
    local: frozenset[str] = frozenset()
    """Staff numbers whose passwords are kept here although there is a directory (应急账号)."""

    def kept_by_directory(self, emp_no: str) -> bool:
        """Whether the directory checks this person's password."""
        return self.directory is not None and emp_no not in self.local


def read_sign_in(path: Path | None, *, production: bool) -> SignInSettings:
    """Read and check the file.

    Raises:
        ConfigurationError: names the entry that is wrong. In production passwords and codes travel encrypted only.
    """
    if path is None:
        return SignInSettings()
    try:
        found = SignInSettings.model_validate(yaml.safe_load(path.read_text("utf-8")) or {})
    except (ValidationError, yaml.YAMLError, OSError) as problem:
        raise _wrong(path, problem) from None
    if production:
        for provider in found.oidc:
            if not provider.server.startswith("https://"):
                raise ConfigurationError(
                    f"{provider.id} is asked without encryption", place=str(path), remedy="Write https://"
                )
        if found.directory and found.directory.server.startswith("ldap://") and not found.directory.start_tls:
            raise ConfigurationError(
                "Passwords would travel to the directory in the clear", place=str(path),
                remedy="Write ldaps://, or start_tls: true",
            )  # fmt: skip
    return found


def _wrong(path: Path, problem: Exception) -> ConfigurationError:
    place, message = str(path), str(problem).splitlines()[0]
    if isinstance(problem, ValidationError):
        first = problem.errors()[0]
        place = f"{path}: {'.'.join(str(part) for part in first['loc'])}"
        message = first["msg"]
    return ConfigurationError(message, place=place, remedy="See docs/sign-in.md")


def secret_in(path: Path) -> str:
    """The secret that a file holds, without the line end.

    Raises:
        ConfigurationError: the file can't be read.
    """
    try:
        return path.read_text("utf-8").strip()
    except OSError as problem:
        raise ConfigurationError(
            f"{problem.strerror}", place=str(path), remedy="Name a file that Yinke may read"
        ) from None


def directory_settings(directory: Directory | None) -> dict[str, Any]:
    """What django-auth-ldap wants, as Django settings; the staff file stays the only source of who somebody is."""
    if directory is None:
        return {}
    import ldap
    from django_auth_ldap.config import LDAPSearch

    options: dict[int, Any] = {
        ldap.OPT_NETWORK_TIMEOUT: directory.timeout_seconds,
        ldap.OPT_TIMEOUT: directory.timeout_seconds,
        ldap.OPT_REFERRALS: 0,
    }
    if directory.ca_file:
        options[ldap.OPT_X_TLS_CACERTFILE] = str(directory.ca_file)
        options[ldap.OPT_X_TLS_NEWCTX] = 0
    return {
        "AUTH_LDAP_SERVER_URI": directory.server,
        "AUTH_LDAP_START_TLS": directory.start_tls,
        "AUTH_LDAP_BIND_DN": directory.bind_dn,
        "AUTH_LDAP_BIND_PASSWORD": secret_in(directory.bind_password_file),
        "AUTH_LDAP_USER_SEARCH": LDAPSearch(
            directory.search_base, ldap.SCOPE_SUBTREE, directory.search_filter
        ),
        "AUTH_LDAP_CONNECTION_OPTIONS": options,
        "AUTH_LDAP_NO_NEW_USERS": True,
        "AUTH_LDAP_ALWAYS_UPDATE_USER": False,
    }
