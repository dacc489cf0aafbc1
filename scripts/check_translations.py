"""Every message of the code and templates has an English translation, whole and not fuzzy, and one only.

The source language is French. Each room keeps its own ``locale/en``. Messages are gathered anew
in a copy, so that nothing of the clone changes, and compared by gettext's own ``msgcmp``. Django puts all
rooms' catalogues into one: a message that two of them translate differently reads as either, by chance.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path

CLONE = Path(__file__).resolve().parent.parent
ROOMS = (
    "accounts", "api", "charter", "config", "contributions", "diagnosis", "directory", "events", "exchange",
    "formats", "frontend", "jobs", "mail", "printing", "questionnaires", "territories", "verification",
)  # fmt: skip


def gather(room: Path, domain: str) -> Path:
    """Gather the messages of a copied room; return the template that holds them."""
    # The copy holds no settings; makemessages needs none.
    environ = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    extensions = ["-e", "js"] if domain == "djangojs" else ["-e", "html,txt,py"]
    subprocess.run(
        [sys.executable, "-m", "django", "makemessages", "-l", "en", "-d", domain, *extensions,
         "--keep-pot", "--no-wrap", "-v", "0"],
        cwd=room, check=True, env=environ,
    )  # fmt: skip
    return room / "locale" / f"{domain}.pot"


def faults(name: str, folder: Path) -> list[str]:
    copy = folder / name
    shutil.copytree(CLONE / name, copy, ignore=shutil.ignore_patterns("locale", "__pycache__", "migrations"))
    (copy / "locale").mkdir()
    found = []
    for domain in ("django", "djangojs"):
        template = gather(copy, domain)
        if not template.exists():
            continue  # no message at all
        catalogue = CLONE / name / "locale" / "en" / "LC_MESSAGES" / f"{domain}.po"
        if not catalogue.exists():
            found.append(
                f"{name}: {template.read_text().count('msgid ') - 1} messages and no {catalogue.name}"
            )
            continue
        result = subprocess.run(["msgcmp", catalogue, template], text=True, capture_output=True)
        if result.returncode != 0:
            found.append(result.stderr.replace(str(folder) + "/", "").replace(str(CLONE) + "/", ""))
    return found


def quarrels() -> list[str]:
    """What rooms translate differently."""
    said: dict[object, dict[str, str]] = {}
    for catalogue in sorted(CLONE.glob("*/locale/en/LC_MESSAGES/django.po")):
        compiled = subprocess.run(["msgfmt", "-o", "-", catalogue], capture_output=True, check=True).stdout
        for message, english in GNUTranslations(BytesIO(compiled))._catalog.items():  # type: ignore[attr-defined]
            if message:
                said.setdefault(message, {})[catalogue.relative_to(CLONE).parts[0]] = english
    return [f"{message}: {by_room}" for message, by_room in said.items() if len(set(by_room.values())) > 1]


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        found = [fault for name in ROOMS for fault in faults(name, Path(folder))] + quarrels()
    print("\n".join(found) or "every message is translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
