"""Settings: read strictly from the environment, refused when they do not hold together."""

import re
import runpy
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured

from config import checks, environment

CLONE = environment.CLONE
KEY = "k9-Qf2wXz7LmPb4RtYc8VhNj3SgDa6EuKoTi5WxBqZ0pHyMrL1vUeC"
Read = Callable[..., ModuleType]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> Read:
    """Read the environment anew, from these variables alone; no ``.env`` unless ENV_FILE is given."""

    def reader(**variables: str) -> ModuleType:
        for name in [*environment.NAMES, *environment.CONTAINER_NAMES]:
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("ENV_FILE", "")
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        module = ModuleType("config.environment")
        vars(module).update(runpy.run_path(str(CLONE / "config" / "environment.py")))
        return module

    return reader


@pytest.fixture
def settings_of(read: Read, monkeypatch: pytest.MonkeyPatch) -> Callable[..., dict[str, Any]]:
    """Django's settings as these variables make them."""

    def build(**variables: str) -> dict[str, Any]:
        module = read(**variables)
        monkeypatch.setitem(sys.modules, "config.environment", module)
        monkeypatch.setattr("config.environment", module)
        return runpy.run_path(str(CLONE / "config" / "settings.py"))

    return build


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "abc"), ("PORT", "0"), ("PORT", "70000"), ("DEBUG", "maybe"), ("HTTPS", "2"),
        ("TRUST_PROXY", "perhaps"), ("WEB_THREADS", "0"), ("WEB_WORKERS", "many"), ("HSTS_SECONDS", "-1"),
        ("LOG_LEVEL", "LOUD"), ("DATABASE_POOL_SIZE", "-3"), ("LOAD_EXAMPLES", "oui!"),
        ("NOTICES", "often"),
    ],
)  # fmt: skip
def test_a_malformed_value_is_refused_by_its_name(read: Read, name: str, value: str) -> None:
    with pytest.raises(ImproperlyConfigured, match=rf"^{name}: "):
        read(**{name: value})


def test_all_that_is_malformed_is_told_at_once(read: Read) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"PORT: .*LOG_LEVEL: "):
        read(PORT="abc", LOG_LEVEL="LOUD")


def test_without_a_key_it_is_one_persons_machine(settings_of: Callable[..., dict[str, Any]]) -> None:
    settings = settings_of()
    assert settings["DEBUG"] is False
    assert settings["SECURE_SSL_REDIRECT"] is False
    assert settings["SECURE_HSTS_SECONDS"] == 0
    assert settings["SESSION_COOKIE_SECURE"] is False
    assert set(settings["ALLOWED_HOSTS"]) == {"localhost", "127.0.0.1", "[::1]"}
    assert len(settings["SECRET_KEY"]) >= 50
    assert settings["LOAD_EXAMPLES"] is True


def test_with_a_key_it_is_a_public_site_and_safe(settings_of: Callable[..., dict[str, Any]]) -> None:
    settings = settings_of(SECRET_KEY=KEY, ALLOWED_HOSTS="carte.example.org,www.example.org")
    assert settings["SECRET_KEY"] == KEY
    assert settings["ALLOWED_HOSTS"] == ["carte.example.org", "www.example.org"]
    assert settings["SECURE_SSL_REDIRECT"] is True
    assert settings["SECURE_HSTS_SECONDS"] == 31_536_000
    assert settings["SESSION_COOKIE_SECURE"] is True
    assert settings["CSRF_COOKIE_SECURE"] is True
    assert settings["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert settings["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert settings["SECURE_PROXY_SSL_HEADER"] is None
    assert settings["LOAD_EXAMPLES"] is False


def test_the_proxys_word_is_taken_only_when_told_so(settings_of: Callable[..., dict[str, Any]]) -> None:
    settings = settings_of(SECRET_KEY=KEY, ALLOWED_HOSTS="a.example.org", TRUST_PROXY="true")
    assert settings["SECURE_PROXY_SSL_HEADER"] == ("HTTP_X_FORWARDED_PROTO", "https")


def test_the_host_it_listens_on_is_allowed(settings_of: Callable[..., dict[str, Any]]) -> None:
    assert "192.168.1.20" in settings_of(HOST="192.168.1.20")["ALLOWED_HOSTS"]
    assert "[::1]" in settings_of(HOST="::1")["ALLOWED_HOSTS"]


def test_the_key_is_made_once_and_for_oneself(read: Read, tmp_path: Path) -> None:
    module = read()
    module.secret_key.__globals__["CLONE"] = tmp_path
    key = module.secret_key()
    kept = tmp_path / ".local" / "secret-key"
    assert module.secret_key() == key
    assert kept.read_text() == key
    assert kept.stat().st_mode & 0o777 == 0o600
    assert list(kept.parent.iterdir()) == [kept]


def test_a_folder_that_keeps_no_key_is_told(read: Read, tmp_path: Path) -> None:
    module = read()
    (tmp_path / "file").touch()
    module.secret_key.__globals__["CLONE"] = tmp_path / "file"
    with pytest.raises(ImproperlyConfigured, match="^SECRET_KEY: set it"):
        module.secret_key()


def test_the_file_is_read_and_the_environment_wins(read: Read, tmp_path: Path) -> None:
    file = tmp_path / "settings"
    file.write_text("PORT=8123\nHOST=127.0.0.2\n")
    module = read(ENV_FILE=str(file), PORT="8124")
    assert (module.HOST, module.PORT) == ("127.0.0.2", 8124)


def test_a_file_that_is_not_there_is_told(read: Read, tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="^ENV_FILE: there is no file"):
        read(ENV_FILE=str(tmp_path / "none"))


class TestDatabase:
    def test_without_an_address_it_is_the_clones_own(self, read: Read) -> None:
        assert read().database()["ENGINE"] == "config.postgis"

    def test_an_address_is_used(self, read: Read) -> None:
        given = read(DATABASE_URL="postgis://ada:s3cret@db.example.org:5433/carte").database()
        assert given["ENGINE"] == "config.reading"
        assert (given["HOST"], given["PORT"], given["NAME"]) == ("db.example.org", 5433, "carte")
        assert given["CONN_HEALTH_CHECKS"] is True

    @pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
    def test_plain_postgresql_means_postgis(self, read: Read, scheme: str) -> None:
        given = read(DATABASE_URL=f"{scheme}://a@db/carte").database()
        assert given["ENGINE"] == "config.reading"

    def test_options_of_the_address_are_kept(self, read: Read) -> None:
        assert (
            read(DATABASE_URL="postgis://a@db/c?sslmode=require").database()["OPTIONS"]["sslmode"]
            == "require"
        )

    def test_a_pool_for_each_thread(self, read: Read) -> None:
        assert read(WEB_THREADS="6").database()["OPTIONS"]["pool"]["max_size"] == 6
        assert "pool" not in read(DATABASE_POOL_SIZE="0").database()["OPTIONS"]

    @pytest.mark.parametrize("value", ["nonsense", "http://db/carte", "postgis://a@db:port/c"])
    def test_what_is_no_address_is_refused_without_showing_it(self, read: Read, value: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="^DATABASE_URL: write it as") as refused:
            read(DATABASE_URL=value).database()
        assert value not in str(refused.value)


class TestMail:
    def test_no_server_by_default(self, read: Read) -> None:
        assert read().mail_server() == {"EMAIL_HOST": ""}

    @pytest.mark.parametrize(
        ("address", "port", "tls", "ssl"),
        [
            ("smtp://smtp.example.org", 25, False, False),
            ("submission://smtp.example.org", 587, True, False),
            ("smtps://smtp.example.org", 465, False, True),
            ("smtps://smtp.example.org:2465", 2465, False, True),
        ],
    )
    def test_a_server_by_its_address(self, read: Read, address: str, port: int, tls: bool, ssl: bool) -> None:
        given = read(EMAIL_URL=address.replace("//", "//ada:p%40ss@")).mail_server()
        assert given == {
            "EMAIL_HOST": "smtp.example.org", "EMAIL_PORT": port, "EMAIL_USE_TLS": tls, "EMAIL_USE_SSL": ssl,
            "EMAIL_HOST_USER": "ada", "EMAIL_HOST_PASSWORD": "p@ss",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "address",
        [
            "smtp.example.org",
            "http://a",
            "smtp://",
            "smtp://a:port",
            "smtp://[a",
            "smtp://a/b",
            "smtp://a?b=c",
        ],
    )
    def test_a_malformed_one_is_refused_by_its_name(self, read: Read, address: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="^EMAIL_URL: write it as"):
            read(EMAIL_URL=address).mail_server()

    IDENTITIES = (
        '{"id": "un", "name": "Un", "server_url": "https://id.example.org/realm",'
        ' "client_id": "c", "secret": "s"}'
    )

    def test_providers_of_identities_and_where_their_forms_lead(self, read: Read) -> None:
        two = self.IDENTITIES.replace('"un"', '"deux", "authorize_origin": "https://auth.example.org"')
        given = read(OIDC_PROVIDERS=f"[{self.IDENTITIES}, {two}]")
        assert [app["provider_id"] for app in given.oidc_apps()] == ["un", "deux"]
        assert given.oidc_apps()[0]["settings"] == {"server_url": "https://id.example.org/realm"}
        assert given.oidc_origins() == ["https://id.example.org", "https://auth.example.org"]
        assert read().oidc_apps() == read().oidc_origins() == []

    @pytest.mark.parametrize(
        "told",
        [
            "id", "{}", "[1]", '[{"id": "un"}]', IDENTITIES, f"[{IDENTITIES}, {IDENTITIES}]",
            "[" + IDENTITIES.replace("https", "http") + "]", "[" + IDENTITIES.replace('"un"', '"Un/é"') + "]",
            "[" + IDENTITIES.replace('"s"', '""') + "]",
            "[" + IDENTITIES.replace('"s"', '"s", "more": "x"') + "]",
            "[" + IDENTITIES.replace("https://id.example.org/realm", "https://") + "]",
        ],
    )  # fmt: skip
    def test_a_malformed_provider_is_refused_by_its_name(self, read: Read, told: str) -> None:
        with pytest.raises(ImproperlyConfigured, match="^OIDC_PROVIDERS: "):
            read(OIDC_PROVIDERS=told).oidc_apps()

    @pytest.mark.parametrize(
        ("variables", "site"),
        [
            ({}, "http://127.0.0.1:8000"), ({"HOST": "0.0.0.0", "PORT": "8123"}, "http://127.0.0.1:8123"),
            ({"HOST": "::1"}, "http://[::1]:8000"),
            ({"SITE_URL": "https://a.example.org/"}, "https://a.example.org"),
            ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": ".example.org,b"}, "https://example.org"),
            ({"SECRET_KEY": KEY, "ALLOWED_HOSTS": "b", "HTTPS": "false"}, "http://b"),
        ],
    )  # fmt: skip
    def test_where_mails_lead_to(self, read: Read, variables: dict[str, str], site: str) -> None:
        assert read(**variables).site_url() == site

    def test_a_site_that_is_no_address_is_refused_by_its_name(self, read: Read) -> None:
        with pytest.raises(ImproperlyConfigured, match="^SITE_URL: write it as"):
            read(SITE_URL="http://[a").site_url()


class TestChecks:
    """Each check fires on what it is about, and says what to do; a sound site passes them all."""

    CHECKS = (
        checks.public_site,
        checks.database_address,
        checks.map_tiles,
        checks.address_service,
        checks.mail_addresses,
        checks.names_in_file,
    )

    @pytest.fixture
    def found(
        self,
        read: Read,
        settings_of: Callable[..., dict[str, Any]],
        monkeypatch: pytest.MonkeyPatch,
        settings: Any,
    ) -> Callable[..., list[CheckMessage]]:
        def find(**variables: str) -> list[CheckMessage]:
            made = settings_of(**variables)
            monkeypatch.setattr(checks, "given", sys.modules["config.environment"])
            for name in (
                "ALLOWED_HOSTS", "SECRET_KEY", "DEBUG", "EMAIL_HOST", "DEFAULT_FROM_EMAIL", "SITE_URL",
            ):  # fmt: skip
                setattr(settings, name, made[name])
            monkeypatch.setattr(checks, "settings", _Changed(settings, DATABASES=made["DATABASES"]))
            return [message for check in self.CHECKS for message in check(None)]

        return find

    PUBLIC = {
        "SECRET_KEY": KEY, "ALLOWED_HOSTS": "carte.example.org",
        "EMAIL_URL": "submission://ada:s3cret@smtp.example.org",
    }  # fmt: skip
    SERVICE = {"ADDRESS_SERVICE_URL": "https://adresses.example.org/geocodage"}
    TILES = "https://tiles.example.org/{z}/{x}/{y}.png"

    @pytest.mark.parametrize(
        ("variables", "identifier"),
        [
            (PUBLIC | {"ALLOWED_HOSTS": ""}, "maillage.E001"),
            (PUBLIC | {"ALLOWED_HOSTS": "*", "SITE_URL": "https://carte.example.org"}, "maillage.E001"),
            (PUBLIC | {"EMAIL_URL": ""}, "maillage.W002"),
            ({"MAIL_FROM": "Maillage"}, "maillage.E015"),
            ({"MAIL_FROM": "Maillage <a@example.org>\nBcc: b@example.org"}, "maillage.E015"),
            ({"SITE_URL": "carte.example.org"}, "maillage.E016"),
            ({"SITE_URL": "https://carte.example.org/ici"}, "maillage.E016"),
            (PUBLIC | {"SECRET_KEY": "short"}, "maillage.E002"),
            (PUBLIC | {"SECRET_KEY": "ab" * 40}, "maillage.E002"),
            (PUBLIC | {"DEBUG": "true"}, "maillage.E003"),
            (PUBLIC | {"HTTPS": "false"}, "maillage.W001"),
            (PUBLIC | {"HSTS_PRELOAD": "true"}, "maillage.E013"),
            (
                PUBLIC | {"HSTS_PRELOAD": "true", "HSTS_SUBDOMAINS": "true", "HSTS_SECONDS": "31535999"},
                "maillage.E013",
            ),
            ({"DATABASE_URL": "sqlite:///file"}, "maillage.E004"),
            ({"WEB_THREADS": "8", "DATABASE_POOL_SIZE": "4"}, "maillage.E005"),
            ({"JOBS_AT_ONCE": "5"}, "maillage.E005"),
            (
                {"MAP_TILES_URL": "https://tiles.example.org/map.png", "MAP_TILES_ATTRIBUTION": "©"},
                "maillage.E006",
            ),
            ({"MAP_TILES_URL": "ftp://tiles/{z}/{x}/{y}", "MAP_TILES_ATTRIBUTION": "©"}, "maillage.E006"),
            (
                {"MAP_TILES_URL": "https://a;script-src/{z}/{x}/{y}", "MAP_TILES_ATTRIBUTION": "©"},
                "maillage.E007",
            ),
            ({"MAP_TILES_URL": TILES}, "maillage.E008"),
            ({"ADDRESS_SERVICE_URL": "adresses.example.org"}, "maillage.E014"),
            ({"ADDRESS_SERVICE_URL": "file:///etc/passwd"}, "maillage.E014"),
            ({"ADDRESS_SERVICE_URL": "https://adresses.example.org/search?q="}, "maillage.E014"),
        ],
    )
    def test_fires(
        self, found: Callable[..., list[CheckMessage]], variables: dict[str, str], identifier: str
    ) -> None:
        messages = found(**variables)
        assert [message.id for message in messages] == [identifier]
        assert messages[0].hint

    def test_a_misspelt_name_in_the_file(
        self, found: Callable[..., list[CheckMessage]], tmp_path: Path
    ) -> None:
        file = tmp_path / "settings"
        file.write_text("PROT=8123\nDATABASE_PASSWORD=x\n")
        assert [message.id for message in found(ENV_FILE=str(file))] == ["maillage.E009"]

    @pytest.mark.parametrize(
        "variables", [{}, PUBLIC, {"MAP_TILES_URL": TILES, "MAP_TILES_ATTRIBUTION": "© OSM"}, SERVICE]
    )
    def test_passes(self, found: Callable[..., list[CheckMessage]], variables: dict[str, str]) -> None:
        assert found(**variables) == []

    def test_a_server_is_not_started_on_a_misconfiguration(self, monkeypatch: pytest.MonkeyPatch) -> None:
        fault = checks.Error("Wrong.", hint="Mend it.", id="maillage.E000")
        monkeypatch.setattr(checks, "run_checks", lambda **_kwargs: [fault])
        with pytest.raises(ImproperlyConfigured, match=r"\(maillage.E000\) Wrong. Mend it."):
            checks.refuse_misconfiguration()

    @pytest.mark.django_db
    def test_the_database_of_the_tests_is_recent_enough(self) -> None:
        assert list(checks.database_version(None, databases=["default"])) == []

    @pytest.mark.parametrize(
        ("answer", "identifier"),
        [
            ((140010, "3.4.0"), "maillage.E011"),
            ((150004, "3.2.9"), "maillage.E012"),
            ((150004, None), "maillage.E012"),
        ],
    )
    def test_an_old_database_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, answer: tuple[int, str | None], identifier: str
    ) -> None:
        class Connection:
            def cursor(self) -> "Connection":
                return self

            def __enter__(self) -> "Connection":
                return self

            def __exit__(self, *error: object) -> None: ...

            def execute(self, sql: str) -> None: ...

            def fetchone(self) -> tuple[int, str | None]:
                return answer

        monkeypatch.setattr(checks, "connections", {"default": Connection()})
        assert [m.id for m in checks.database_version(None, databases=["default"])] == [identifier]


class _Changed:
    """Settings, but for the databases, which Django does not let change while it runs."""

    def __init__(self, base: Any, **changes: Any) -> None:
        self._base = base
        vars(self).update(changes)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._base, name)


def test_example_documentation_and_code_name_the_same_variables() -> None:
    """Every variable is in .env.example and in docs/operations.md, and nothing else is."""
    example = set(
        re.findall(r"^#?([A-Z][A-Z_]+)=", (CLONE / ".env.example").read_text("utf-8"), re.MULTILINE)
    )
    manual = (CLONE / "docs" / "operations.md").read_text("utf-8")
    documented = set(re.findall(r"^\| `([A-Z][A-Z_]+)` \|", manual, re.MULTILINE))
    known = {*environment.NAMES, *environment.CONTAINER_NAMES}
    assert example == known
    assert documented == known


def test_every_check_is_documented() -> None:
    identifiers = set(re.findall(r"maillage\.[EW]\d{3}", (CLONE / "config" / "checks.py").read_text("utf-8")))
    manual = (CLONE / "docs" / "operations.md").read_text("utf-8")
    assert {one for one in identifiers if f"`{one}`" not in manual} == set()
