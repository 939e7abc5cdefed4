"""All of Suture's settings: environment variables with the prefix SUTURE_, or `suture.toml` in SUTURE_HOME.

The manufacturer's policies (risk table, own deadlines, roles) are not settings but signed records: a verdict must be
able to name the version it used.
"""

from __future__ import annotations

import os
import re
import secrets
from datetime import datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Literal, Self
from urllib.parse import unquote, urlsplit

import platformdirs
from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource

from suture.core.errors import InvalidValue


def _default_home() -> Path:
    return Path(platformdirs.user_data_dir("suture", appauthor=False))


class Options(BaseSettings):
    """What an operator may set. `suture serve` works with none of it."""

    model_config = SettingsConfigDict(env_prefix="SUTURE_", extra="ignore")

    home: Path = Field(default_factory=_default_home, description="database, blobs, keys and logs")
    database_url: str = Field(default="sqlite", description="'sqlite' (a file in home) or postgresql://user@host/name")
    public_url: str = Field(default="http://localhost:8000", description="used in mails, VEX ids and links")
    allowed_hosts: list[str] = Field(default=["localhost", "127.0.0.1", "[::1]"])
    offline: bool = Field(default=False, description="true: no outbound call at all")
    mail_host: str = Field(default="", description="the mail server (SMTP); '' sends nothing")
    mail_port: int = Field(default=0, ge=0, le=65535, description="0: 587 for starttls, 465 for tls, 25 for none")
    mail_security: Literal["starttls", "tls", "none"] = Field(default="starttls", description="'none' on loopback only")
    mail_user: str = ""
    mail_password: SecretStr = SecretStr("")
    mail_password_file: Path | None = Field(default=None, description="a file that holds the password, instead")
    mail_from: str = Field(default="", description="the sender, e.g. 'Northlake Medical <psirt@northlake.example>'")
    mail_ca_file: Path | None = Field(default=None, description="certificates trusted for the mail server")
    mail_timeout: float = Field(default=30.0, gt=0, le=60, description="seconds of silence of the mail server")
    clock: datetime | None = Field(default=None, description="for the demo and tests only: pretend it is this instant")
    proxies: int = Field(default=0, ge=0, le=9, description="proxies in front whose X-Forwarded-For is believed")
    debug: bool = False

    @field_validator("database_url")
    @classmethod
    def _known_engine(cls, value: str) -> str:
        if value == "sqlite" or value.startswith(("postgresql://", "postgres://")):
            return value
        raise ValueError("write 'sqlite' or postgresql://user:password@host:port/name")

    @field_validator("mail_from")
    @classmethod
    def _a_sender(cls, value: str) -> str:
        address = parseaddr(value)[1]
        whole = value.isprintable() and re.fullmatch(r"[!-?A-~]{1,64}@[A-Za-z0-9.-]{1,190}", address)
        if value and not whole:
            raise ValueError("write an address, or a name and an address: Firm <psirt@example.org>")
        return value

    @model_validator(mode="after")
    def _mail_stays_private(self) -> Self:
        local = self.mail_host in ("localhost", "127.0.0.1", "::1")
        if self.mail_host and self.mail_security == "none" and not local:
            raise ValueError("mail_security 'none' is for a server on this machine; write 'starttls' or 'tls'")
        if self.mail_user and self.mail_security == "none":
            raise ValueError("mail_user with mail_security 'none' would send the password in the clear")
        return self

    @field_validator("clock")
    @classmethod
    def _with_zone(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("give the offset too, e.g. 2026-11-23T12:00:00+00:00")
        return value

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        home = Path(os.environ.get("SUTURE_HOME") or _default_home())
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, toml_file=home / "suture.toml")

    def database(self) -> dict[str, object]:
        """Django's DATABASES entry."""
        if self.database_url == "sqlite":
            return {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": self.home / "suture.sqlite3",
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "timeout": 30,
                    "init_command": (
                        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA recursive_triggers=ON; "
                        "PRAGMA temp_store=MEMORY; PRAGMA cache_size=-65536; PRAGMA mmap_size=1073741824;"
                    ),
                },
            }
        parts = urlsplit(self.database_url)
        query = dict(pair.split("=", 1) for pair in parts.query.split("&") if "=" in pair)
        return {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(parts.path.lstrip("/")) or "suture",
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": unquote(query.get("host", parts.hostname or "")),
            "PORT": str(parts.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }

    def mail_secret(self) -> str:
        """The password at the mail server, from its file where one is named.

        Raises:
            InvalidValue: the file cannot be read.
        """
        if self.mail_password_file is None:
            return self.mail_password.get_secret_value()
        try:
            return self.mail_password_file.read_text(encoding="utf-8").strip()
        except OSError as error:
            raise InvalidValue(f"SUTURE_MAIL_PASSWORD_FILE: {error.strerror or error}") from error

    def secret_key(self) -> str:
        """The web server's signing secret: made once, kept in SUTURE_HOME/keys, never in the database."""
        keys = self.home / "keys"
        keys.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = keys / "web-secret"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return path.read_text(encoding="ascii")
        secret = secrets.token_urlsafe(50)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secret)
        return secret


def read_options() -> Options:
    """Read the settings, or stop with the name of the wrong one, what was found and what is allowed.

    Raises:
        InvalidValue: one line for each wrong setting.
    """
    try:
        return Options()
    except ValidationError as error:
        lines = [
            f"SUTURE_{str(e['loc'][0]).upper()}: {e['msg'].removeprefix('Value error, ')} (found {e['input']!r})"
            if e["loc"]
            else e["msg"].removeprefix("Value error, ")
            for e in error.errors()
        ]
        raise InvalidValue("\n".join(lines)) from error
