"""``manage.py print_diagnosis``: diagnoses as files in a folder, to be read, sent or reviewed."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.http import HttpResponse
from django.utils import translation
from tqdm import tqdm

from diagnosis import stored, workbook
from diagnosis.annex import annex
from diagnosis.document import document
from diagnosis.errors import NothingCounted
from frontend.diagnosis.asking import diagnosis_address
from frontend.views.files import printed, site_of
from territories.errors import UnknownTerritory
from territories.gazetteer import resolve
from territories.models import Territory

LINK = re.compile(r'<link rel="stylesheet" href="(?P<href>[^"]+)"(?P<media>[^>]*)>')
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
ROOTED = re.compile(r'(href|src|action)="/(?!/)')
# A name that changes with the content: page.1234abcd5678.css.
HASHED = re.compile(r"\.[0-9a-f]{12}(?=\.[a-z]+$)")


class Command(BaseCommand):
    help = (
        "Writes the diagnoses of territories into a folder, each as a page (HTML that opens alone), PDF,"
        " XLSX, CSV and JSON."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("ids", nargs="+", metavar="ID", help="departement-23, epci-200044014…")
        parser.add_argument("--to", type=Path, required=True, metavar="FOLDER")
        parser.add_argument("--language", default="fr", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["to"]
        folder.mkdir(parents=True, exist_ok=True)
        found = [self.resolve(id) for id in options["ids"]]
        with translation.override(options["language"]):
            for territory in tqdm(found, unit="diagnosis", disable=options["verbosity"] == 0):
                for name, body in self.files(territory):
                    (folder / name).write_bytes(body)
        self.stdout.write(f"{len(found)} diagnoses in {folder}")

    def resolve(self, id: str) -> Territory:
        try:
            return resolve(id)
        except UnknownTerritory:
            raise CommandError(f"{id}: no such territory") from None

    def files(self, territory: Territory) -> list[tuple[str, bytes]]:
        try:
            report = stored.read(territory)
        except NothingCounted:
            raise CommandError("Nothing was counted yet: manage.py count_figures") from None
        name = f"diagnostic-{territory.pk}"
        told = json.dumps(document(report), ensure_ascii=False, indent=1)
        return [
            (f"{name}.html", page(diagnosis_address(territory.pk))),
            (f"{name}.pdf", printed(territory, report, None)),
            (f"{name}.xlsx", workbook.book(report, annex(territory), site_of(territory.pk))),
            (f"{name}.csv", workbook.text(report)),
            (f"{name}.json", told.encode()),
        ]


def page(path: str) -> bytes:
    """The page as the site gives it, with its style sheets inside and its links absolute, without scripts."""
    html = LINK.sub(sheet, SCRIPT.sub("", asked(path)))
    # What leads within the page stays within the file.
    return ROOTED.sub(rf'\1="{settings.SITE_URL.rstrip("/")}/', html).encode()


def asked(path: str) -> str:
    """The text of a page, asked of the site itself."""
    address = urlsplit(settings.SITE_URL)
    environ: dict[str, Any] = {
        "PATH_INFO": path, "HTTP_HOST": address.netloc, "wsgi.url_scheme": address.scheme or "http",
        "HTTP_ACCEPT_LANGUAGE": translation.get_language() or "fr", "REMOTE_ADDR": "127.0.0.1",
    }  # fmt: skip
    setup_testing_defaults(environ)
    handler = BaseHandler()
    handler.load_middleware()
    # Not closed: the end of a request closes connections, which are this command's.
    response = handler.get_response(WSGIRequest(environ))
    if response.status_code != 200 or not isinstance(response, HttpResponse):
        raise CommandError(f"{path}: {response.status_code}")
    return response.content.decode()


def sheet(link: re.Match[str]) -> str:
    """A style sheet in the place of its link."""
    name = HASHED.sub("", link["href"].removeprefix(settings.STATIC_URL))
    path = finders.find(name)
    if not path:
        return ""
    return f"<style{link['media']}>{Path(str(path)).read_text(encoding='utf-8')}</style>"
