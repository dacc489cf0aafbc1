"""The programme of an event: its sessions in their order, with the témoignages heard in each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from printing.codes import code
from printing.fitting import shortened
from printing.laying import pdf


@dataclass(frozen=True, slots=True)
class Testimony:
    """Who tells, from where (``commune``), how long (``minutes``), what they need (``equipment``), and of
    what they speak (``said``). ``address`` is the absolute one of the initiative's page, if it has one."""

    name: str
    commune: str = ""
    minutes: int | None = None
    equipment: str = ""
    said: str = ""
    address: str = ""


@dataclass(frozen=True, slots=True)
class Slot:
    """One session. ``start`` and ``end`` are hours as they are read (« 9 h 45 »), ``day`` too where an event
    lasts several; ``kind`` and ``public`` are said, not coded."""

    title: str
    start: str
    end: str = ""
    day: str = ""
    letter: str = ""
    kind: str = ""
    public: str = ""
    room: str = ""
    capacity: int | None = None
    testimonies: tuple[Testimony, ...] = ()


@dataclass(frozen=True, slots=True)
class Programme:
    """``when`` and ``where`` as they are read; ``address`` is that of the event's page, absolute; slots in
    the order of the day."""

    title: str
    when: str
    where: str
    slots: tuple[Slot, ...]
    summary: str = ""
    description: str = ""
    organisers: tuple[str, ...] = ()
    address: str = ""
    cancelled: bool = False
    example: bool = False


def programme(of: Programme) -> bytes:
    """A4, as many pages as it needs: whoever takes it away finds the hours, the rooms and who tells what."""
    context = {
        "programme": of,
        "title": shortened(of.title, 300),
        "slots": [hours_of(slot, before) for slot, before in zip(of.slots, (None, *of.slots), strict=False)],
        "code": code(of.address) if of.address else "",
    }
    return pdf("printing/programme.html", context, ["printing/programme.css"])


def hours_of(slot: Slot, before: Slot | None) -> dict[str, Any]:
    """A slot with what is said before it: a day where it is another one; its hours once for all that begin
    and end together."""
    day = slot.day if slot.day and (before is None or before.day != slot.day) else ""
    together = before is not None and not day and (before.start, before.end) == (slot.start, slot.end)
    return {"slot": slot, "day": day, "together": together}
