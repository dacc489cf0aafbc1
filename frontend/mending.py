"""Where a reader says what a record should say instead."""

from django.urls import reverse

from directory.models import Initiative


def mending_address(initiative: Initiative) -> str:
    return reverse("frontend:correct", args=[initiative.slug])
