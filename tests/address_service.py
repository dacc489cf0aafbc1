"""A stand-in for the national address service, on this machine: documented answers, and failures."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

Answering = Callable[[BaseHTTPRequestHandler], None]


def feature(name: str, lon: Any, lat: Any, **more: Any) -> dict[str, Any]:
    """One address as GeoCodeJSON has it."""
    told = {
        "label": f"{name} 23500 Felletin",
        "score": 0.9,
        "id": "23079_0001",
        "name": name,
        "postcode": "23500",
        "citycode": "23079",
        "city": "Felletin",
        "context": "23, Creuse, Nouvelle-Aquitaine",
        "type": "street",
        "importance": 0.4,
    }
    place = {"type": "Point", "coordinates": [lon, lat]}
    return {"type": "Feature", "geometry": place, "properties": {**told, **more}}


STREETS = [
    feature("12 Rue du Moulin", 2.173456, 45.883456, type="housenumber", housenumber="12"),
    feature("Rue du Moulin", 2.174, 45.884),
    feature("Felletin", 2.17, 45.88, type="municipality"),
]


@dataclass
class AddressService:
    """``asked`` holds the parameters of each request; ``answering`` what is done with the next ones."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    answering: Answering = lambda handler: give(handler, collection(STREETS))
    stopped: threading.Event = field(default_factory=threading.Event)


def collection(features: Any) -> str:
    return json.dumps({"type": "FeatureCollection", "features": features, "query": "…"})


def give(handler: BaseHTTPRequestHandler, body: str | bytes, status: int = 200, **headers: str) -> None:
    sent = body.encode() if isinstance(body, str) else body
    handler.send_response(status)
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(len(sent)),
        **headers,
    }.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(sent)


@contextmanager
def address_service() -> Iterator[AddressService]:
    service = AddressService()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            address = urlsplit(self.path)
            given = {name: values[0] for name, values in parse_qs(address.query).items()}
            service.asked.append({"path": address.path, **given})
            with suppress(BrokenPipeError, ConnectionResetError):  # nobody waits any more
                service.answering(self)

        def log_message(self, *told: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    service.url = f"http://127.0.0.1:{server.server_port}/geocodage"
    try:
        yield service
    finally:
        service.stopped.set()
        server.shutdown()
        server.server_close()
        thread.join()
