"""Dockerfile and compose files, by configuration: no engine is needed to see these faults."""

import re
from typing import Any

import pytest
import yaml

from config import environment

CLONE = environment.CLONE
DOCKERFILE = (CLONE / "Dockerfile").read_text("utf-8")


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    return yaml.safe_load((CLONE / "docker-compose.yml").read_text("utf-8"))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def public() -> dict[str, Any]:
    return yaml.safe_load((CLONE / "docker-compose.public.yml").read_text("utf-8"))  # type: ignore[no-any-return]


def instructions(word: str, text: str = DOCKERFILE) -> list[str]:
    joined = text.replace("\\\n", " ")
    return [line.removeprefix(word).strip() for line in joined.splitlines() if line.startswith(word + " ")]


def test_the_image_is_made_in_stages_and_serves_as_nobody_special() -> None:
    assert len(instructions("FROM")) == 2
    last = DOCKERFILE[DOCKERFILE.rindex("FROM ") :]
    assert instructions("USER", last) == ["maillage"]
    assert last.index("USER maillage") < last.index("CMD [")
    assert "python -m gunicorn" in instructions("CMD", last)[0].replace('", "', " ")


def test_the_image_tells_its_health() -> None:
    assert "scripts/healthcheck.py" in instructions("HEALTHCHECK")[0]
    assert (CLONE / "scripts" / "healthcheck.py").exists()


def test_the_image_installs_what_the_lock_file_says() -> None:
    assert "--require-hashes --no-deps -r requirements/base.txt" in DOCKERFILE


def test_no_secret_and_no_local_state_enters_the_image() -> None:
    ignored = (CLONE / ".dockerignore").read_text("utf-8").split()
    assert {".env", ".local", ".venv", ".git"} <= set(ignored)
    assert not any("SECRET_KEY" in line for line in [*instructions("ENV"), *instructions("ARG")])


def test_services(compose: dict[str, Any]) -> None:
    assert set(compose["services"]) == {"db", "prepare", "web", "worker", "proxy"}


@pytest.mark.parametrize("service", ["db", "web", "worker", "proxy"])
def test_what_stays_up_tells_its_health_and_comes_back(compose: dict[str, Any], service: str) -> None:
    assert compose["services"][service]["healthcheck"]["test"][0] == "CMD"
    assert compose["services"][service]["restart"] == "unless-stopped"


def test_each_waits_for_what_it_needs(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert services["prepare"]["depends_on"] == {"db": {"condition": "service_healthy"}}
    assert services["prepare"]["command"] == ["python", "manage.py", "prepare", "--data"]
    assert services["web"]["depends_on"]["prepare"] == {"condition": "service_completed_successfully"}
    assert services["proxy"]["depends_on"] == {"web": {"condition": "service_healthy"}}


def test_only_the_proxy_is_reached_from_outside(compose: dict[str, Any]) -> None:
    open_to = {name: service["ports"] for name, service in compose["services"].items() if "ports" in service}
    assert open_to == {"proxy": ["127.0.0.1:8000:8000"]}


def test_data_outlives_the_containers(compose: dict[str, Any]) -> None:
    named = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }
    assert named == set(compose["volumes"])
    files = [v for s in compose["services"].values() for v in s.get("volumes", []) if v.startswith(".")]
    assert all((CLONE / file.split(":")[0]).exists() for file in files)


@pytest.mark.parametrize("service", ["web", "worker"])
def test_web_server_and_worker_have_no_more_rights_than_they_need(
    compose: dict[str, Any], service: str
) -> None:
    one = compose["services"][service]
    assert one["read_only"] is True
    assert one["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in one["security_opt"]


def test_the_worker_is_that_of_make_run_and_gets_the_time_to_end(compose: dict[str, Any]) -> None:
    from django.conf import settings

    from scripts.run import WORKER

    worker = compose["services"]["worker"]
    assert worker["command"] == ["python", *WORKER]
    patience = settings.PROCRASTINATE_WORKER_DEFAULTS["shutdown_graceful_timeout"]
    assert float(worker["stop_grace_period"].removesuffix("s")) > patience
    assert worker["depends_on"] == compose["services"]["web"]["depends_on"]


def test_the_database_is_postgresql_15_with_postgis_and_its_address_agrees(compose: dict[str, Any]) -> None:
    database, web = compose["services"]["db"], compose["services"]["web"]
    assert database["image"].startswith("postgis/postgis:15-")
    given = database["environment"]
    expected = (
        f"postgis://{given['POSTGRES_USER']}:{given['POSTGRES_PASSWORD']}@db:5432/{given['POSTGRES_DB']}"
    )
    assert web["environment"]["DATABASE_URL"] == expected


def test_every_variable_is_one_that_is_read(compose: dict[str, Any], public: dict[str, Any]) -> None:
    known = {*environment.NAMES, *environment.CONTAINER_NAMES}
    for file in ("docker-compose.yml", "docker-compose.public.yml"):
        used = set(re.findall(r"\$\{([A-Z_]+)", (CLONE / file).read_text("utf-8")))
        assert used <= known, file
    assert set(compose["services"]["web"]["environment"]) <= known
    caddy = (CLONE / "deploy" / "Caddyfile").read_text("utf-8")
    assert set(re.findall(r"\{\$([A-Z_]+)", caddy)) == set(compose["services"]["proxy"]["environment"])
    image = {name for line in instructions("ENV") for name in re.findall(r"(\w+)=", line)}
    assert image - known == {"PATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE"}


def test_the_public_site_only_changes_the_proxy(public: dict[str, Any]) -> None:
    assert set(public["services"]) == {"proxy"}
    assert public["services"]["proxy"]["ports"] == ["80:80", "443:443"]
    assert public["services"]["proxy"]["environment"]["SITE_ADDRESS"].startswith("${SITE_ADDRESS:?")


def test_the_proxy_leads_to_the_port_of_the_web_server(compose: dict[str, Any]) -> None:
    port = compose["services"]["web"]["environment"]["PORT"]
    assert f"reverse_proxy web:{port}" in (CLONE / "deploy" / "Caddyfile").read_text("utf-8")


def test_container_names_are_the_ones_of_the_compose_files() -> None:
    text = (CLONE / "docker-compose.yml").read_text("utf-8")
    assert {name for name in environment.CONTAINER_NAMES if f"${{{name}" in text} == set(
        environment.CONTAINER_NAMES
    )


def test_health_probe_in_the_container(live_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not ready is an exit code of 1, with or without an answer."""
    import runpy

    monkeypatch.setattr("config.health._seen", {})  # another test may have seen territories
    probe = runpy.run_path(str(CLONE / "scripts" / "healthcheck.py"))["main"]
    monkeypatch.setenv("PORT", live_server.url.rsplit(":", 1)[1])
    monkeypatch.setenv("ALLOWED_HOSTS", ".localhost,other")
    assert probe() == 1  # no territory is loaded in a test database
    from territories.models import Territory

    Territory.objects.create(id="commune-23008", kind="commune", code="23008", name="Aubusson")
    assert probe() == 0
    monkeypatch.setenv("PORT", "1")
    assert probe() == 1
