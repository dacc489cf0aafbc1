"""Every message has its English, whole and up to date."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.utils.translation import override

from events.models import Public
from frontend.event_paper import own_label
from frontend.listing_forms import Typed


@pytest.mark.slow  # it gathers the messages of every room anew
def test_every_message_is_translated() -> None:
    script = Path(settings.BASE_DIR) / "scripts" / "check_translations.py"
    outside = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, env=outside)
    assert done.returncode == 0, done.stdout + done.stderr


# xgettext knows these functions by their names: what is called by another is gathered by nobody.
ALIAS = re.compile(r"\b[np]*gettext(?:_lazy|_noop)? as (?!_\b)\w+")


def test_no_message_hides_behind_another_name_of_gettext() -> None:
    rooms = [path.parent.parent for path in Path(settings.BASE_DIR).glob("*/locale/en")]
    files = [file for room in rooms for file in room.rglob("*.py")]
    hidden = [f"{file}: {found[0]}" for file in files if (found := ALIAS.search(file.read_text()))]
    assert files and not hidden


def test_what_forms_and_badges_say_is_in_english_too() -> None:
    with override("en"):
        assert "Not in the directory" in Typed([], ["nobody"]).lost()
        assert own_label(Public.PRESS) == "Press"
