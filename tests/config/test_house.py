"""The house holds: layers, style, migrations, lock files, commands, scripts."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from django.core.management import call_command

from config import environment
from config.management.commands import prepare

CLONE = environment.CLONE
LOCKS = ("base.txt", "dev.txt")


def run(*command: str | Path, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(part) for part in command], cwd=CLONE, capture_output=True, text=True, **options
    )  # type: ignore[call-overload, no-any-return]


def test_imports_go_down_only() -> None:
    result = run(Path(sys.executable).with_name("lint-imports"), "--no-cache")
    assert result.returncode == 0, result.stdout


def test_style() -> None:
    result = run(sys.executable, "-m", "ruff", "check", ".")
    assert result.returncode == 0, result.stdout


@pytest.mark.django_db
def test_models_and_migrations_agree() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


@pytest.mark.parametrize("name", LOCKS)
def test_lock_files_hold_no_address(name: str) -> None:
    text = (CLONE / "requirements" / name).read_text()
    assert not re.findall(r"https?:|--(?:extra-)?index-url|--find-links", text)
    pins = re.findall(r"^([a-z0-9._-]+)==\S+ \\\n    --hash=sha256:", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z0-9._-]+==", text, re.MULTILINE)) > 20


def test_lock_files_hold_every_dependency() -> None:
    project = tomllib.loads((CLONE / "pyproject.toml").read_text())["project"]
    groups = {"base.txt": project["dependencies"], "dev.txt": project["optional-dependencies"]["dev"]}
    for name, wanted in groups.items():
        locked = {line.split("==")[0] for line in (CLONE / "requirements" / name).read_text().splitlines()}
        missing = {re.split(r"[\[<>=~! ]", one)[0].lower() for one in wanted} - locked
        assert not missing, name


def test_what_serves_is_also_what_is_tested() -> None:
    pins = [
        set(re.findall(r"^\S+==\S+", (CLONE / "requirements" / name).read_text(), re.M)) for name in LOCKS
    ]
    assert pins[0] <= pins[1]


def test_every_dependency_says_why() -> None:
    text = (CLONE / "pyproject.toml").read_text()
    dependencies = text[text.index("dependencies = [") : text.index("[project.optional-dependencies]")]
    assert not [line for line in dependencies.splitlines() if line.startswith('  "') and "# " not in line]


def test_make_help_lists_every_command() -> None:
    makefile = (CLONE / "Makefile").read_text()
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    listed = {line.split()[0] for line in run("make", "--silent", "help").stdout.splitlines()}
    assert listed == phony
    assert phony >= {"run", "test", "test-full", "lint", "clean", "help"}


@pytest.mark.parametrize(
    "name", ["scripts/prepare", "scripts/clean", "scripts/lint", "scripts/lock", ".ci/run"]
)
def test_shell_scripts_parse_and_may_be_run(name: str) -> None:
    assert run("bash", "-n", name).returncode == 0
    assert name == ".ci/run" or (CLONE / name).stat().st_mode & 0o111


@pytest.fixture
def bare_clone(tmp_path: Path) -> Path:
    """A copy of what ``scripts/prepare`` reads, beside a PATH that holds next to nothing."""
    (tmp_path / "requirements").mkdir()
    (tmp_path / "scripts").mkdir()
    for name in (
        "requirements/system.txt",
        "requirements/base.txt",
        "requirements/dev.txt",
        "scripts/prepare",
    ):
        shutil.copy(CLONE / name, tmp_path / name)
    (tmp_path / "bin").mkdir()
    for name in ("bash", "dirname", "readlink", "mkdir", "flock", "grep", "id", "sha256sum", "cat"):
        program = shutil.which(name)
        assert program
        (tmp_path / "bin" / name).symlink_to(program)
    return tmp_path


def test_elsewhere_than_debian_what_is_missing_is_named(bare_clone: Path) -> None:
    result = subprocess.run(
        [bare_clone / "scripts" / "prepare", "test"], env={"PATH": str(bare_clone / "bin")}, text=True,
        capture_output=True,
    )  # fmt: skip
    assert result.returncode == 1
    assert "no apt-get" in result.stderr
    assert "gettext" in result.stderr
    assert "chromium" in result.stderr
    assert "docker compose up" in result.stderr


def test_without_root_the_command_to_run_as_root_is_told(bare_clone: Path) -> None:
    (bare_clone / "bin" / "apt-get").symlink_to("/bin/false")
    (bare_clone / "bin" / "id").unlink()
    (bare_clone / "bin" / "id").write_text("#!/bin/sh\necho 1000\n")
    (bare_clone / "bin" / "id").chmod(0o755)
    result = subprocess.run(
        [bare_clone / "scripts" / "prepare", "run"], env={"PATH": str(bare_clone / "bin")}, text=True,
        capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    assert result.returncode == 1
    assert "apt-get install --no-install-recommends gettext" in result.stderr
    assert "chromium" not in result.stderr


@pytest.mark.django_db
def test_loads_france_only_when_communes_are_missing(
    monkeypatch: pytest.MonkeyPatch, settings: object
) -> None:
    calls: list[str] = []
    settings.LOAD_EXAMPLES = False  # type: ignore[attr-defined]
    monkeypatch.setattr(prepare, "call_command", lambda name, **_options: calls.append(name))
    prepare.Command().load()
    firsts = ["load_taxonomy", "load_questionnaires", "load_charter"]
    assert calls == ["migrate", "load_territories", *firsts, "count_figures"]
    monkeypatch.setattr(prepare, "france_is_missing", lambda: False)
    calls.clear()
    prepare.Command().load()
    assert calls == ["migrate", *firsts, "count_figures"]


@pytest.mark.django_db
def test_an_empty_database_lacks_france() -> None:
    assert prepare.france_is_missing()


def test_commands_tell_a_misconfiguration_in_one_line() -> None:
    result = run(
        sys.executable, "manage.py", "check", env={"PORT": "abc", "ENV_FILE": "", "PATH": "/usr/bin:/bin"}
    )
    assert result.returncode == 1
    assert result.stderr == "maillage: PORT: Not a valid integer.\n"


def test_a_busy_port_is_told_before_anything_is_loaded() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = str(door.getsockname()[1])
        environ = {"PORT": port, "ENV_FILE": "", "PATH": "/usr/bin:/bin"}
        result = run(sys.executable, "scripts/run.py", env=environ)
    assert result.returncode == 1
    assert f"cannot listen on 127.0.0.1 port {port}" in result.stderr
    assert "Traceback" not in result.stderr
    assert result.stdout == ""


@pytest.mark.slow
def test_the_suite_is_gathered_without_a_database() -> None:
    """Importing a test asks nothing of the database: what is wrong there fails one test, not all."""
    environ = os.environ | {"DATABASE_URL": "postgis://nobody@127.0.0.1:1/nowhere"}
    result = run(
        sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", env=environ
    )
    assert result.returncode == 0, result.stdout[-3000:]


def test_a_server_refuses_to_start_on_a_misconfiguration() -> None:
    """Even without the command line, which runs the checks by itself."""
    environ = {
        "ENV_FILE": "",
        "SECRET_KEY": "short",
        "ALLOWED_HOSTS": "a.example.org",
        "PATH": "/usr/bin:/bin",
    }
    result = run(sys.executable, "-c", "import config.wsgi", env=environ)
    assert result.returncode != 0
    assert "(maillage.E002)" in result.stderr
