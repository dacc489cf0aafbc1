"""Static files: hashed names down to the imports between modules, compressed, served for ever."""

import gzip
import json
from pathlib import Path

import brotli
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import Client, override_settings

from config import environment
from config.management.commands import prepare


@pytest.fixture
def collected(tmp_path: Path) -> Path:
    """A room with two modules, one of which imports the other, collected as in production."""
    source, root = tmp_path / "source", tmp_path / "collected"
    (source / "js").mkdir(parents=True)
    (source / "vendor").mkdir()
    (source / "js" / "map.js").write_text(
        'import { list } from "./list.js";\nexport { list };\nimport("./late.js");\n' + "// \n" * 400
    )
    (source / "js" / "list.js").write_text("export const list = 1;\n")
    (source / "js" / "late.js").write_text("export const late = 1;\n")
    (source / "vendor" / "library.js").write_text('// import x from "./absent.js";\nvar a;\n')
    (source / "style.css").write_text("a { background: url(dot.svg) }\n")
    (source / "dot.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    storages = settings.STORAGES | {"staticfiles": {"BACKEND": "config.static.StaticStorage"}}
    with override_settings(
        STATICFILES_DIRS=[source], STATIC_ROOT=root, STORAGES=storages,
        STATICFILES_FINDERS=["django.contrib.staticfiles.finders.FileSystemFinder"],
    ):  # fmt: skip
        call_command("collectstatic", interactive=False, verbosity=0)
    return root


def hashed(root: Path, name: str) -> Path:
    return root / json.loads((root / "staticfiles.json").read_text())["paths"][name]


def test_imports_between_our_modules_are_hashed(collected: Path) -> None:
    text = hashed(collected, "js/map.js").read_text()
    assert f'"./{hashed(collected, "js/list.js").name}"' in text
    assert f'"./{hashed(collected, "js/late.js").name}"' in text
    assert '"./list.js"' not in text


def test_libraries_are_left_as_they_came(collected: Path) -> None:
    assert "./absent.js" in hashed(collected, "vendor/library.js").read_text()


def test_addresses_in_style_sheets_are_hashed(collected: Path) -> None:
    assert hashed(collected, "dot.svg").name in hashed(collected, "style.css").read_text()


def test_compressed_beforehand(collected: Path) -> None:
    file = hashed(collected, "js/map.js")
    assert brotli.decompress(file.with_name(file.name + ".br").read_bytes()) == file.read_bytes()
    assert gzip.decompress(file.with_name(file.name + ".gz").read_bytes()) == file.read_bytes()


@pytest.mark.django_db  # closing the answer ends the request, which looks at the connections
def test_served_for_ever_under_its_hashed_name(client: Client) -> None:
    name = hashed(settings.STATIC_ROOT, "leaflet/leaflet.js").relative_to(settings.STATIC_ROOT)
    response = client.get(f"/static/{name}")
    assert response.status_code == 200
    assert "immutable" in response["Cache-Control"]
    response.close()


def test_collected_anew_only_when_a_source_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    calls: list[str] = []
    sources = {"now": "first"}
    settings.STATIC_ROOT = tmp_path  # type: ignore[attr-defined]
    monkeypatch.setattr(prepare, "call_command", lambda name, **_options: calls.append(name))
    monkeypatch.setattr(prepare, "fingerprint", lambda: sources["now"])
    prepare.Command().collect()
    prepare.Command().collect()
    assert calls == ["collectstatic"]
    sources["now"] = "second"
    prepare.Command().collect()
    assert calls == ["collectstatic"] * 2


def test_every_module_of_ours_imports_hashed_names() -> None:
    """The real modules: each import ends in a name that was collected."""
    modules = [
        Path(name) for name in json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]
    ]
    ours = {name for name in modules if name.parts[0] == "js" and name.suffix == ".js"}
    written = set((environment.CLONE / "frontend" / "static" / "js").glob("*.js"))
    assert {name.name for name in ours} >= {path.name for path in written}
    for name in ours:
        text = hashed(settings.STATIC_ROOT, str(name)).read_text()
        assert not [other for other in ours if f'"./{other.name}"' in text], name
