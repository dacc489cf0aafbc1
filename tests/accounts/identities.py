"""A provider of OpenID Connect on this machine: a real server, which signs with a key of its own."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "maillage", "un-secret-de-client-assez-long-pour-signer"


def key() -> rsa.RSAPrivateKey:
    return rsa.generate_private_key(public_exponent=65_537, key_size=2_048)


@cache
def own_key() -> rsa.RSAPrivateKey:
    """That of every provider here: making one takes a tenth of a second."""
    return key()


@dataclass
class Provider:
    """What it says next; a test changes it."""

    port: int = 0
    private: rsa.RSAPrivateKey = field(default_factory=own_key)
    signs_with: Any = None  # else its own key
    algorithm: str = "RS256"
    claims: dict[str, Any] = field(default_factory=dict)  # over those of the identity
    person: dict[str, Any] = field(default_factory=dict)
    signed_person: bool = False
    token: dict[str, Any] = field(default_factory=dict)  # over the answer of the token endpoint
    nonce: str = ""
    broken: str = ""  # the path that answers 500
    asked: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sign(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.signs_with or self.private, self.algorithm, headers={"kid": "k1"})

    def answer(self, path: str) -> tuple[str, str]:
        """Kind and text of what it answers at this path."""
        now = int(time.time())
        person = {"sub": "42"} | self.person
        identity = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "42",
            "iat": now,
            "exp": now + 60,
            "nonce": self.nonce,
        }
        if path == "/.well-known/openid-configuration":
            places = {"authorization_endpoint": "/authorize", "token_endpoint": "/token",
                      "userinfo_endpoint": "/userinfo", "jwks_uri": "/keys"}  # fmt: skip
            told: dict[str, Any] = {"issuer": self.url} | {name: self.url + at for name, at in places.items()}
        elif path == "/keys":
            public = jwt.algorithms.RSAAlgorithm.to_jwk(self.private.public_key(), as_dict=True)
            told = {"keys": [public | {"kid": "k1", "alg": "RS256", "use": "sig"}]}
        elif path == "/token":
            signed = self.sign({k: v for k, v in (identity | self.claims).items() if v is not None})
            told = {"access_token": "acces", "token_type": "Bearer", "id_token": signed} | self.token
        elif self.signed_person:
            return "application/jwt", self.sign(person | {"iss": self.url, "aud": CLIENT, "exp": now + 60})
        else:
            told = person
        return "application/json", json.dumps(
            {name: value for name, value in told.items() if value is not None}
        )


@contextmanager
def serving() -> Iterator[Provider]:
    provider = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            provider.asked.append(path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            kind, text = provider.answer(path)
            self.send_response(500 if path == provider.broken else 200)
            self.send_header("Content-Type", kind)
            self.end_headers()
            self.wfile.write(text.encode())

        do_POST = do_GET

        def log_message(self, *args: Any) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.port = server.server_port
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()


def asked_for(location: str) -> dict[str, str]:
    """What the address that people are sent to asks for."""
    return {name: values[0] for name, values in parse_qs(urlsplit(location).query).items()}
