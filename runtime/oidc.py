"""OpenID Connect: the code flow with PKCE, state and nonce (OpenID Connect Core 1.0; RFC 7636), against one provider.

The provider is the operator's own setting; nothing else is asked, no redirect is followed, every answer is checked: signature by
the provider's keys, issuer, audience, time and nonce.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import httpx
from authlib.common.security import generate_token
from authlib.common.urls import add_params_to_uri
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from models.errors import InputError, TransientError

TIMEOUT_S = 10.0
LEEWAY_S = 60
SCOPE = "openid email profile"
ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "ES256", "ES384", "ES512"]


class ProviderDown(TransientError):
    """The provider did not answer, or not as a provider does."""

    code = "sign_in_provider_down"

    def __init__(self, why: str) -> None:
        super().__init__(f"The company sign-in does not answer ({why}). Try again in a moment, or sign in with a password.")


class ProviderRefused(InputError):
    """What the provider said about the person does not hold, or it said no."""

    code = "sign_in_provider_refused"


@dataclass(frozen=True, slots=True)
class Start:
    """A sign-in under way: where to send the browser, and the three secrets that the answer must fit."""

    url: str
    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Person:
    """Whom the provider vouches for. `email` is None unless the provider has verified it."""

    subject: str               # issuer and subject, which together never mean another person
    login: str
    name: str
    email: str | None


class Provider:
    """One provider, by its issuer address."""

    def __init__(self, issuer: str, client_id: str, client_secret: str) -> None:
        self._issuer, self._client_id, self._client_secret = issuer.rstrip("/"), client_id, client_secret

    def begin(self, redirect_uri: str) -> Start:
        """A new sign-in. Raises ProviderDown."""
        nonce, verifier, state = generate_token(32), generate_token(64), generate_token(32)
        with _client() as client:
            where = self._metadata(client)
        url = add_params_to_uri(where["authorization_endpoint"], [
            ("response_type", "code"), ("client_id", self._client_id), ("redirect_uri", redirect_uri), ("scope", SCOPE),
            ("state", state), ("nonce", nonce), ("code_challenge", create_s256_code_challenge(verifier)),
            ("code_challenge_method", "S256")])
        return Start(url, state, nonce, verifier)

    def finish(self, redirect_uri: str, code: str, start: Start) -> Person:
        """The person the code stands for. Raises ProviderDown or ProviderRefused."""
        with _client() as client:
            where = self._metadata(client)
            try:
                answer = self._exchange(client, where["token_endpoint"], redirect_uri, code, start.verifier)
                keys = _keys(_json(client.get(where["jwks_uri"])))
                claims = self._claims(str(answer.get("id_token", "")), str(answer.get("access_token", "")), keys, start.nonce)
            except httpx.HTTPError as e:
                raise ProviderDown(type(e).__name__) from e
            except (JoseError, ValueError) as e:
                raise ProviderRefused(
                    f"The company sign-in's answer does not hold ({type(e).__name__}). Start the sign-in again.") from e
        return self._person(claims)

    def _exchange(self, client: httpx.Client, endpoint: str, redirect_uri: str, code: str, verifier: str) -> dict[str, Any]:
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri, "code_verifier": verifier}
        # RFC 6749, 2.3.1: both halves are form-encoded before they become the Basic credentials.
        answer = client.post(endpoint, data=form, auth=(quote(self._client_id, safe=""), quote(self._client_secret, safe="")))
        if 400 <= answer.status_code < 500:
            raise ProviderRefused("The company sign-in does not know this code any more. Start the sign-in again.")
        return _json(answer)

    def _metadata(self, client: httpx.Client) -> dict[str, Any]:
        try:
            found = _json(client.get(f"{self._issuer}/.well-known/openid-configuration"))
        except (httpx.HTTPError, ValueError) as e:
            raise ProviderDown(type(e).__name__) from e
        needed = ("authorization_endpoint", "token_endpoint", "jwks_uri")
        if str(found.get("issuer", "")).rstrip("/") != self._issuer or not all(isinstance(found.get(k), str) for k in needed):
            raise ProviderDown("it describes itself as another issuer")
        return found

    def _claims(self, id_token: str, access_token: str, keys: KeySet, nonce: str) -> dict[str, Any]:
        decoded = jwt.decode(id_token, keys, algorithms=ALGORITHMS)
        claims = CodeIDToken(
            decoded.claims, decoded.header,
            options={"iss": {"values": [self._issuer, f"{self._issuer}/"]}, "aud": {"value": self._client_id}},
            params={"nonce": nonce, "client_id": self._client_id, "access_token": access_token})
        claims.validate(leeway=LEEWAY_S)
        return dict(claims)

    def _person(self, claims: dict[str, Any]) -> Person:
        subject = f"{self._issuer} {claims['sub']}"
        email = claims.get("email") if claims.get("email_verified") is True else None
        login = str(claims.get("preferred_username") or email or claims["sub"])
        return Person(subject[:255], login[:128], str(claims.get("name") or login)[:255], email)


def _keys(found: Any) -> KeySet:
    return KeySet.import_key_set(found)


def _client() -> httpx.Client:
    return httpx.Client(timeout=TIMEOUT_S, follow_redirects=False, trust_env=False)


def _json(answer: httpx.Response) -> dict[str, Any]:
    answer.raise_for_status()
    found = json.loads(answer.content)
    if not isinstance(found, dict):
        raise ValueError("not an object")
    return found
