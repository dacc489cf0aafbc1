"""What imports, and files made of a selection, hold of a person who has an account. An import stays with the
listing, without the account."""

from __future__ import annotations

from typing import Any

from accounts.models import User
from accounts.personal import register
from exchange.models import Candidate, Export, Harvest, Import, NeverSame, Profile


def imports(person: User) -> list[dict[str, Any]]:
    """The files that this person brought."""
    made = Import.objects.filter(by=person).order_by("created_at", "pk")
    told = ("uuid", "file_name", "source__name", "state", "rows", "created_at", "done_at", "undone_at")
    return [dict(each) for each in made.values(*told)]


def profiles(person: User) -> list[dict[str, Any]]:
    """The ways of reading that this person answers for."""
    made = Profile.objects.filter(owner=person).order_by("created_at", "pk")
    return [dict(each) for each in made.values("name", "grouping__name", "created_at")]


def harvests(person: User) -> list[dict[str, Any]]:
    """The sources about whose failures this person is written to."""
    made = Harvest.objects.filter(owner=person).order_by("created_at", "pk")
    return [dict(each) for each in made.values("profile__name", "address", "rhythm", "created_at")]


def decisions(person: User) -> list[dict[str, Any]]:
    """What this person said of doubtful lines, and of pairs that are never the same."""
    lines = Candidate.objects.filter(decided_by=person).order_by("batch", "line")
    pairs = NeverSame.objects.filter(by=person).order_by("at", "pk")
    return [
        *(dict(each) for each in lines.values("batch__uuid", "line", "decision")),
        *(dict(each) for each in pairs.values("source__name", "key", "initiative__slug", "at")),
    ]


def files(person: User) -> list[dict[str, Any]]:
    """The files of selections that this person had made, as long as they are kept."""
    made = Export.objects.filter(by=person).order_by("created_at", "pk")
    told = ("name", "form", "criteria", "rows", "created_at", "expires_at")
    return [dict(each) for each in made.values(*told)]


register("exports_made", files)
register("imports", imports)
register("import_profiles", profiles)
register("harvests", harvests)
register("import_decisions", decisions)
