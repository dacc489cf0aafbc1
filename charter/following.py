"""What signatures do when what they are for becomes another: they go with it."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver

from charter.models import HOLDS, Signature
from charter.renewing import chain
from directory.models import Initiative
from directory.signals import initiatives_merged
from territories.signals import territories_loaded


@receiver(initiatives_merged)
def follow(sender: type[Initiative], kept: Initiative, gone: Initiative, **_more: Any) -> None:
    go_over("initiative", gone.pk, kept.pk)


@receiver(territories_loaded)
def follow_territories(vanished: dict[str, str | None] | None = None, **_more: Any) -> None:
    """A new commune is put in the place of the former ones in all that they had decided (CGCT, L. 2113-5). Of
    an authority that nothing succeeds there is nobody left to be held to it."""
    for old, new in (vanished or {}).items():
        Signature.objects.filter(commune=old).update(commune=new)
        if new:
            go_over("territory", old, new)
        else:
            Signature.objects.filter(territory=old).delete()


def go_over(what: str, gone: Any, kept: Any) -> None:
    """Where both had signed the same version, the signature of the one that is kept stands."""
    for row in Signature.objects.select_for_update().filter(**{what: gone}):  # a mandate may be decided now
        standing = Signature.objects.filter(HOLDS, version=row.version_id, **{what: kept})
        if row.state == "held" and standing.exists():
            row.delete()
        else:
            setattr(row, f"{what}_id", kept)
            row.save(update_fields=[what])
    chain(Signature.objects.filter(**{what: kept}))
