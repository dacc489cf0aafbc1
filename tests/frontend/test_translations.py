"""Every message has its English, whole and up to date."""

import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_every_message_is_translated() -> None:
    script = Path(settings.BASE_DIR) / "scripts" / "check_translations.py"
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
