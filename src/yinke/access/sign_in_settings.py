"""The bank's own ways to sign in, from the file that ``YINKE_SIGN_IN`` names (see docs/sign-in.md).

Who a person is comes from the staff file alone: an identity provider or a directory only proves that somebody is
the one with a staff number. It makes no staff and gives no role.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal, Self

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from yinke.common.errors import ConfigurationError
from yinke.common.yaml_files import read_yaml


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Provider(_Part):
    """Whoever proves who somebody is, by whatever protocol."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,19}$")]
    name_zh: str
    name_en: str
    second_factor: Literal["ours", "theirs"] = "ours"
    """Whose second factor counts; ``theirs`` only if the provider always asks for one."""


class OidcProvider(Provider):
    """One OpenID Connect provider."""

    server: Annotated[str, Field(pattern=r"^https?://")]
    """Its issuer; ``/.well-known/openid-configuration`` is asked below it."""
    client_id: str
    client_secret_file: Path
    staff_claim: str
    """The claim that holds the staff number."""


class SamlProvider(Provider):
    """One SAML 2.0 identity provider."""

    address: Annotated[str, Field(pattern=r"^https?://[^/]+$")]
    """Where staff open Yinke. What the provider signs must name it, so no header of a request is asked for it."""
    metadata_file: Path
    """What the provider gives out about itself: its name, its address, its certificates. Read at each sign-in."""
    staff_attribute: str
    """The attribute that holds the staff number; ``NameID`` for the subject itself."""
    ask_again: bool = False
    """Whether the provider is to ask for the password although the person is signed in there (ForceAuthn)."""
    key_file: Path | None = None
    """Our key: with it, requests are signed, and the provider may encrypt assertions for us."""
    certificate_file: Path | None = None

    @property
    def entity_id(self) -> str:
        """Our name, and where our metadata is."""
        return f"{self.address}/sso/{self.id}/saml/metadata/"

    @property
    def acs(self) -> str:
        """Where assertions are to be sent."""
        return f"{self.address}/sso/{self.id}/saml/acs/"

    @model_validator(mode="after")
    def _key_and_certificate(self) -> Self:
        if (self.key_file is None) != (self.certificate_file is None):
            raise ValueError("key_file and certificate_file go together")
        return self


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

    oidc: tuple[OidcProvider, ...] = ()
    saml: tuple[SamlProvider, ...] = ()
    directory: Directory | None = None
    local: frozenset[str] = frozenset()
    """Staff numbers whose passwords are kept here although there is a directory (应急账号)."""

    @property
    def providers(self) -> tuple[Provider, ...]:
        """All of them, in the order of the sign-in page."""
        return (*self.oidc, *self.saml)

    @model_validator(mode="after")
    def _each_id_once(self) -> Self:
        ids = [provider.id for provider in self.providers]
        if twice := {each for each in ids if ids.count(each) > 1}:
            raise ValueError(f"two providers have the id {', '.join(sorted(twice))}")
        return self

    def kept_by_directory(self, emp_no: str) -> bool:
        """Whether the directory checks this person's password."""
        return self.directory is not None and emp_no not in self.local


def read_sign_in(path: Path | None, *, production: bool) -> SignInSettings:
    """Read and check the file, and the metadata of SAML providers that it names.

    Raises:
        ConfigurationError: names the entry that is wrong. In production passwords and codes travel encrypted only.
    """
    if path is None:
        return SignInSettings()
    try:
        found = SignInSettings.model_validate(read_yaml(path) or {})
    except (ValidationError, yaml.YAMLError, OSError) as problem:
        raise _wrong(path, problem) from None
    asked = {provider.id: [provider.server] for provider in found.oidc}
    if found.saml:
        from yinke.access import saml

        asked |= {provider.id: [provider.address, saml.asked_at(provider)] for provider in found.saml}
    if production:
        for number, addresses in asked.items():
            if not all(address.startswith("https://") for address in addresses):
                raise ConfigurationError(
                    f"{number} is asked without encryption", place=str(path), remedy="Write https://"
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
