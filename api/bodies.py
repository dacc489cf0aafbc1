"""Bodies that are sent, read strictly: JSON of a bounded size, the members that are known, no other."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any, cast

from rest_framework import serializers
from rest_framework.exceptions import ParseError
from rest_framework.parsers import JSONParser

from directory.errors import BadCriteria
from directory.models import ACTIVITIES_PER_SECTOR, Activity, Sector

LONGEST_BODY = 256 * 1024  # bytes
LONGEST_NAME = 60  # signs of a name that is said again
MOST_TOLD = 20  # faults of one body: what is refused is not answered at length


class Json(JSONParser):
    """JSON of a size that is read whole, and no deeper than can be read."""

    def parse(self, stream: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().parse(cast(Any, Bounded(stream)), *args, **kwargs)
        except RecursionError:
            raise ParseError("The body is nested too deep.") from None


class Bounded:
    """A body that is read up to a size."""

    def __init__(self, stream: Any) -> None:
        self.stream = stream

    def read(self, size: int = -1) -> bytes:
        found: bytes = self.stream.read(LONGEST_BODY + 1)
        if len(found) > LONGEST_BODY:
            raise ParseError(f"The body is longer than {LONGEST_BODY} bytes.")
        return found


class Text(serializers.CharField):
    """A text, not a number that could be read as one."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class Truth(serializers.BooleanField):
    """true or false, not what could be read as one."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class Number(serializers.FloatField):
    """A number, not a text nor a truth that could be read as one."""

    def to_internal_value(self, data: Any) -> float:
        if isinstance(data, bool) or not isinstance(data, int | float):
            self.fail("invalid")
        try:
            return float(data)
        except OverflowError:
            self.fail("invalid")


def text(longest: int, help_text: str = "", *, said: bool = False, **options: Any) -> Text:
    """A text of so many signs at most; ``said``, it is not emptied."""
    given = {"required": False, "trim_whitespace": False} | options
    return Text(max_length=longest, allow_blank=not said, help_text=help_text, **given)


def read(body: Any, form: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    """The members of a body, by name; BadCriteria names what is refused."""
    if not isinstance(body, dict):
        raise BadCriteria({"body": ["A JSON object is expected."]})
    filled = form(data=body)
    strange = islice((name for name in body if name not in filled.fields), MOST_TOLD)
    unknown = {plain(name): ["Unknown, or not taken here."] for name in strange}
    if not filled.is_valid() or unknown:
        faults = {name: [str(each) for each in flat(told)] for name, told in filled.errors.items()}
        raise BadCriteria(unknown | faults)
    return dict(filled.validated_data)


def flat(told: Any) -> list[Any]:
    """The messages of a list, or of its members by their place: the first of them."""
    each = (one for messages in told.values() for one in messages) if isinstance(told, Mapping) else told
    return list(islice(each, MOST_TOLD))


def plain(name: str) -> str:
    """The name of a member that anybody may have sent: printable, and not for ever."""
    return "".join(
        sign if sign.isprintable() else "\N{REPLACEMENT CHARACTER}" for sign in name[:LONGEST_NAME]
    )


def activities(slugs: list[str]) -> list[int]:
    """The ids of activities, or of sectors where no activity is said; BadCriteria names what is none."""
    known = dict(Activity.objects.filter(slug__in=slugs).values_list("slug", "pk"))
    sectors = Sector.objects.filter(slug__in=slugs).values_list("slug", "pk")
    known |= {slug: pk * ACTIVITIES_PER_SECTOR for slug, pk in sectors}
    unknown = [slug for slug in slugs if slug not in known]
    if unknown or len(set(slugs)) < len(slugs):
        told = [f"Unknown: {slug}." for slug in unknown] or ["An activity is named twice."]
        raise BadCriteria({"activities": told})
    return [known[slug] for slug in slugs]
