"""Every message has its English, whole and up to date."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings


@pytest.mark.slow  # it gathers the messages of every room anew
def test_every_message_is_translated() -> None:
    script = Path(settings.BASE_DIR) / "scripts" / "check_translations.py"
    outside = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False, env=outside)
    assert done.returncode == 0, done.stdout + done.stderr
