"""Photographs: of a page, for everyone; of a proposal, for who has its link."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_safe

from contributions.following import by_key
from contributions.models import Photo
from directory.errors import BadLink
from directory.models import Publication


def kept(slug: str) -> str | None:
    """The identifier of the photograph of a published page."""
    if "\x00" in slug:
        return None
    shown = Photo.objects.filter(initiative__slug=slug, initiative__publication=Publication.PUBLISHED)
    found = shown.values_list("uuid", flat=True).first()
    return found.hex if found else None


def tag_of(request: HttpRequest, slug: str) -> str | None:
    found = kept(slug)
    return f'"{found}"' if found else None


@require_safe
@condition(etag_func=tag_of)
def of_initiative(request: HttpRequest, slug: str) -> HttpResponse:
    """Asked for again each time it is shown: what was taken off the page is gone at once."""
    found = kept(slug)
    photo = Photo.objects.filter(uuid=found).first() if found else None
    if photo is None:
        raise Http404
    return answer(photo, "public, no-cache")


@never_cache
@require_safe
def of_proposal(request: HttpRequest, key: str) -> HttpResponse:
    try:
        photo = by_key(key).photo
    except BadLink:
        raise Http404 from None
    if photo is None:
        raise Http404
    return answer(photo)


def answer(photo: Photo, kept_for: str = "") -> HttpResponse:
    response = HttpResponse(bytes(photo.content), content_type="image/webp")
    if kept_for:
        response["Cache-Control"] = kept_for
    return response
