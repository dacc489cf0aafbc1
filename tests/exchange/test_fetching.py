"""Files are fetched from the public network only, within bounds, and said to be as they were."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from urllib3.util import connection as connecting

from exchange import fetching
from exchange.fetching import Unfetched, fetch
from tests.exchange.web import Web, give, serving, versioned


@pytest.fixture
def web(settings: Any) -> Iterator[Web]:
    with serving() as found:
        settings.HARVEST_ALLOWED = [found.place]
        yield found


def refusal(address: str, path: Path) -> Unfetched:
    with pytest.raises(Unfetched) as told:
        fetch(address, path / "file")
    assert str(told.value)
    return told.value


@pytest.mark.parametrize(
    "address",
    ["", "ftp://example.org/a", "file:///etc/passwd", "//example.org/a", "http://", "https:///a",
     "example.org", "http://user:secret@example.org/", "http://example.org:port/", "http://exam ple.org/", "http://[::1/",
     "http://a\x00b/", "http://example.org/" + "a" * 2_000, "javascript:alert(1)", "gopher://example.org/"],
)  # fmt: skip
def test_what_is_no_address_of_the_web_is_refused(address: str, tmp_path: Path) -> None:
    assert refusal(address, tmp_path).code == "address"


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "localhost", "0.0.0.0", "10.1.2.3",
     "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "192.0.2.1", "224.0.0.1",
     "240.0.0.1", "255.255.255.255", "[::]", "[::1]", "[fe80::1]", "[fc00::1]", "[fec0::1]", "[ff02::1]",
     "[::ffff:127.0.0.1]", "[::ffff:10.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "[2001:db8::1]"],
)  # fmt: skip
def test_no_private_network_is_asked(host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connecting, "create_connection", lambda *args, **kwargs: pytest.fail("connected"))
    assert refusal(f"http://{host}:8080/list.csv", tmp_path).code == "private"
    assert refusal(f"https://{host}/list.csv", tmp_path).code == "private"


def test_a_name_is_resolved_once_and_that_address_connected_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that is public when it is looked at, and private when it is connected to, gains nothing."""
    resolved, connected = [], []

    def resolve(host: str, port: Any, *args: Any, **kwargs: Any) -> Any:
        resolved.append(host)
        address = "93.184.215.14" if len(resolved) == 1 else "127.0.0.1"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    def connect(address: Any, *args: Any, **kwargs: Any) -> Any:
        connected.append(address[0])
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    monkeypatch.setattr(connecting, "create_connection", connect)
    assert refusal("http://rebinding.example.org/list.csv", tmp_path).code == "unreachable"
    assert resolved == ["rebinding.example.org"] and connected == ["93.184.215.14"]


def test_redirects_are_looked_at_one_by_one(web: Web, tmp_path: Path) -> None:
    web.pages["/list.csv"] = give("a;b\n")
    web.pages["/old"] = give(status=301, Location="/list.csv")
    web.pages["/loop"] = give(status=302, Location="/loop")
    web.pages["/inside"] = give(status=302, Location="http://127.0.0.1:1/secret")
    web.pages["/metadata"] = give(status=307, Location="http://169.254.169.254/latest/meta-data/")
    web.pages["/file"] = give(status=302, Location="file:///etc/passwd")
    found = fetch(web.url("/old"), tmp_path / "a")
    assert found and found.name == "list.csv" and found.path.read_text() == "a;b\n"
    assert refusal(web.url("/loop"), tmp_path).code == "redirects"
    assert refusal(web.url("/inside"), tmp_path).code == "private"
    assert refusal(web.url("/metadata"), tmp_path).code == "private"
    assert refusal(web.url("/file"), tmp_path).code == "address"


def test_what_has_not_changed_is_not_sent_again(web: Web, tmp_path: Path) -> None:
    web.pages["/list.csv"] = versioned("a;b\n1;2\n", '"one"')
    first = fetch(web.url("/list.csv"), tmp_path / "a")
    assert first and (first.etag, first.size) == ('"one"', 8)
    assert fetch(web.url("/list.csv"), tmp_path / "b", etag=first.etag) is None
    web.pages["/list.csv"] = versioned("a;b\n3;4\n", '"two"')
    again = fetch(web.url("/list.csv"), tmp_path / "b", etag=first.etag)
    assert again and again.path.read_text() == "a;b\n3;4\n"


def test_nothing_of_this_machine_is_sent(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password secret")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    web.pages["/list.csv"] = give("a", Set_Cookie="seen=1")
    assert fetch(web.url("/list.csv"), tmp_path / "a")
    headers = web.asked[0][1]
    assert headers["User-Agent"].startswith("Maillage") and "Authorization" not in headers
    assert "Cookie" not in headers


def test_the_name_of_a_file_is_a_name(web: Web, tmp_path: Path) -> None:
    for header, name in [
        ('attachment; filename="liste 2026.csv"', "liste 2026.csv"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ("attachment; filename*=UTF-8''adh%C3%A9rents.csv", "adhérents.csv"),
        ("inline", "export"),
    ]:
        web.pages["/export"] = give("a", Content_Disposition=header)
        found = fetch(web.url("/export"), tmp_path / "a")
        assert found and found.name == name


def test_errors_of_the_server(web: Web, tmp_path: Path) -> None:
    web.pages["/busy"] = give("later", 503, Retry_After="120")
    busy = refusal(web.url("/busy"), tmp_path)
    assert (busy.code, busy.retry_after, busy.said) == ("status", 120, {"status": 503})
    assert refusal(web.url("/none"), tmp_path).said == {"status": 404}
    assert refusal(web.url("/none").replace("http:", "https:"), tmp_path).code == "certificate"
    web.pages["/cut"] = give("half", Content_Length="1000")
    assert refusal(web.url("/cut"), tmp_path).code == "cut"
    web.pages["/bad"] = give(b"no gzip", Content_Encoding="gzip")
    assert refusal(web.url("/bad"), tmp_path).code == "cut"


def test_a_file_as_large_as_may_be_and_one_larger(
    web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "MOST_BYTES", 2**20)
    web.pages["/most"] = give(b"x" * 2**20)
    found = fetch(web.url("/most"), tmp_path / "a")
    assert found and found.size == 2**20
    web.pages["/more"] = give(b"x" * (2**20 + 1))
    assert refusal(web.url("/more"), tmp_path).code == "too-large"
    web.pages["/bomb"] = give(gzip.compress(bytes(2**26)), Content_Encoding="gzip")
    assert refusal(web.url("/bomb"), tmp_path).code == "too-large"
    assert (tmp_path / "file").stat().st_size <= 2**20


@pytest.mark.parametrize("slow", ["headers", "body"])
def test_what_drips_is_left(web: Web, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, slow: str) -> None:
    monkeypatch.setattr(fetching, "IN_ALL", 0.4)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.wfile.write(b"HTTP/1.0 200 OK\r\n" + (b"\r\n" if slow == "body" else b""))
        while not web.stopped.wait(0.02):
            handler.wfile.write(b"X" if slow == "body" else b"X: 1\r\n")
            handler.wfile.flush()

    web.pages["/drip"] = drip
    assert refusal(web.url("/drip"), tmp_path).code == "too-long"
