"""Users, their browser sessions and API tokens. Secrets are stored as hashes only."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from models.domain.states import Role
from models.tables.base import Base, Id, Sha256, choice


class UserRow(Base):
    """A person who signs in, or (role integration) the program behind an API token."""

    __tablename__ = "users"

    id: Mapped[Id]
    login: Mapped[str] = mapped_column(String(128), unique=True)
    name: Mapped[str] = mapped_column(String(255))
    role: Mapped[Role] = mapped_column(choice(Role))
    password_hash: Mapped[str] = mapped_column(String(255))       # argon2id
    is_active: Mapped[bool] = mapped_column(default=True)
    failed_logins: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    email: Mapped[str | None] = mapped_column(String(320))
    language: Mapped[str | None] = mapped_column(String(2))       # of the screens; None: as the browser asks
    preferences: Mapped[str] = mapped_column(Text, default="{}")  # JSON: keys the person moved, columns shown
    sealed_totp: Mapped[str | None] = mapped_column(Text)         # the second factor's secret; None: not set up
    totp_step: Mapped[int | None]                                 # the last 30 s step used, so that no code serves twice
    oidc_subject: Mapped[str | None] = mapped_column(String(255), unique=True)   # issuer and subject


class SessionRow(Base):
    """A signed-in browser; the cookie holds the secret, we keep its sha256."""

    __tablename__ = "sessions"

    token_sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    csrf: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]


class ApiTokenRow(Base):
    """A bearer token with scopes ("intake:write orders:read"); shown once, stored as sha256. It acts as its user."""

    __tablename__ = "api_tokens"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(String(128), unique=True)
    token_sha256: Mapped[Sha256] = mapped_column(unique=True)
    scopes: Mapped[str] = mapped_column(String(1_000))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
