"""A small OpenID Connect provider over loopback, made of authlib's server side: code flow, PKCE required, RS256."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from authlib.oauth2.rfc6749 import AuthorizationServer, ClientMixin, OAuth2Request
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo
from joserfc.jwk import KeySet, RSAKey

CLIENT_ID, CLIENT_SECRET = "ordermill desk", "a secret: 50% & more"
CALLBACK = "/sign-in/provider/back"


class _Client(ClientMixin):
    id_token_signed_response_alg = "RS256"

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return urlsplit(redirect_uri).path == CALLBACK

    def check_client_secret(self, client_secret: str) -> bool:
        return client_secret == CLIENT_SECRET

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == "client_secret_basic"

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class _Code:
    redirect_uri: str
    scope: str
    nonce: str
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(time.time())

    def get_acr(self) -> str:
        return ""

    def get_amr(self) -> list[str]:
        return []


@dataclass
class Provider(AuthorizationServer):                               # type: ignore[misc]
    """The provider. `person` are the claims about whoever signs in; the rest are ways to lie about them."""

    person: dict[str, Any] = field(default_factory=lambda: {
        "sub": "s-1", "name": "Paula Provider", "preferred_username": "paula", "email": "paula@millbrook.example",
        "email_verified": True})
    issuer: str = ""
    claimed_issuer: str = ""
    nonce: str = ""
    audience: str = CLIENT_ID
    lasts_s: int = 300
    signing_key: Any = None
    codes: dict[str, _Code] = field(default_factory=dict)
    token_requests: list[dict[str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(scopes_supported=["openid", "email", "profile"])
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "use": "sig"})
        self.signing_key = self.key
        self.register_token_generator("default", lambda **_: {"token_type": "Bearer", "access_token": "at", "scope": "openid"})
        self.register_grant(_grant(self), [CodeChallenge(required=True), _id_token(self)])

    def query_client(self, client_id: str) -> _Client | None:
        return _Client() if client_id == CLIENT_ID else None

    def save_token(self, token: Any, request: Any) -> None:
        return None

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        return None

    def create_oauth2_request(self, request: Any) -> OAuth2Request:
        return request

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, Any, list[tuple[str, str]]]:
        return status, body, list(headers)


def _grant(provider: Provider) -> type:
    class Grant(AuthorizationCodeGrant):                           # type: ignore[misc]
        TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic"]      # noqa: RUF012

        def save_authorization_code(self, code: str, request: Any) -> None:
            sent = request.payload.data
            provider.codes[code] = _Code(
                sent["redirect_uri"], sent["scope"], sent["nonce"], sent["code_challenge"], sent["code_challenge_method"])

        def query_authorization_code(self, code: str, client: Any) -> _Code | None:
            return provider.codes.get(code)

        def delete_authorization_code(self, authorization_code: _Code) -> None:
            provider.codes = {k: v for k, v in provider.codes.items() if v is not authorization_code}

        def authenticate_user(self, authorization_code: _Code) -> dict[str, Any]:
            return provider.person

    return Grant


def _id_token(provider: Provider) -> OpenIDCode:
    class IdToken(OpenIDCode):                                     # type: ignore[misc]
        def exists_nonce(self, nonce: str, request: Any) -> bool:
            return any(code.nonce == nonce for code in provider.codes.values())

        def resolve_client_private_key(self, client: Any) -> Any:
            return provider.signing_key

        def get_encode_header(self, client: Any) -> dict[str, str]:
            return {"alg": "RS256", "kid": "k1"}

        def get_client_claims(self, client: Any) -> dict[str, Any]:
            at = int(time.time())
            return {
                "iss": provider.claimed_issuer or provider.issuer, "aud": [provider.audience], "iat": at,
                "exp": at + provider.lasts_s}

        def get_compatible_claims(self, request: Any) -> dict[str, Any]:
            return self.get_client_claims(request.client)

        def get_authorization_code_claims(self, authorization_code: Any) -> dict[str, Any]:
            return {"nonce": provider.nonce or authorization_code.get_nonce()}

        def generate_user_info(self, user: dict[str, Any], scope: str) -> UserInfo:
            return UserInfo(**user)

    return IdToken(require_nonce=True)


def _handler(provider: Provider) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path)
            if path.path == "/.well-known/openid-configuration":
                self._answer(200, {
                    "issuer": provider.issuer, "authorization_endpoint": f"{provider.issuer}/authorize",
                    "token_endpoint": f"{provider.issuer}/token", "jwks_uri": f"{provider.issuer}/keys"})
            elif path.path == "/keys":
                self._answer(200, KeySet([provider.key]).as_dict(private=False))
            else:
                request = self._request(dict(parse_qsl(path.query)))
                grant = provider.get_consent_grant(request, provider.person)
                self._answer(*provider.create_authorization_response(request, provider.person, grant))

        def do_POST(self) -> None:
            form = dict(parse_qsl(self.rfile.read(int(self.headers["Content-Length"])).decode()))
            provider.token_requests.append(form)
            self._answer(*provider.create_token_response(self._request(form)))

        def _request(self, sent: dict[str, str]) -> OAuth2Request:
            request = OAuth2Request(self.command, f"https://provider.test{self.path}", headers=self.headers)
            request.payload = BasicOAuth2Payload(sent)
            request._body = sent
            return request

        def _answer(self, status: int, body: Any, headers: Any = ()) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            return None

    return Handler


@contextmanager
def provider_at_loopback() -> Iterator[Provider]:
    """The provider, listening; `issuer` is its address."""
    provider = Provider()
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(provider))
    provider.issuer = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
