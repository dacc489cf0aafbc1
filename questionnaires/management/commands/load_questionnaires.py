"""manage.py load_questionnaires: the self-assessment of the fixture, added where it is not there."""

from typing import Any

from django.core.management.base import BaseCommand

from questionnaires.versions import load


class Command(BaseCommand):
    help = (
        "Adds the questionnaire « Profil circuit court solidaire »; a version that is there stays as it is."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        version = load()
        self.stdout.write(f"{version}: {len(version.parsed.questions)} questions.")
