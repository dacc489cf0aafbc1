"""What is kept, for how long: just inside and just outside each limit, and a dry run that tells the truth."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.models import User
from directory import contacts, exports, publishing, retention, tasks
from directory.models import (
    Contact,
    ExportedContact,
    Initiative,
    Notice,
    PersonalExport,
    RelayCount,
    Report,
    Role,
)
from mail.models import Message
from tests.factories import make_initiative
from tests.mail.outbox import last, links, posted

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("taxonomy")]

NOW = timezone.make_aware(datetime(2030, 6, 15, 12))
MINUTE = timedelta(minutes=1)
INSIDE, OUTSIDE = MINUTE, -MINUTE  # just younger than the limit, just older


def ago(months: int, shift: timedelta = timedelta()) -> datetime:
    return retention.months_before(NOW, months) + shift


def made(created: datetime, **fields: Any) -> Initiative:
    row = make_initiative(**fields)
    Initiative.objects.filter(pk=row.pk).update(created_at=created)
    row.refresh_from_db()
    return row


def steps(what: str, now: datetime = NOW) -> list[str]:
    return [step.label for step in retention.plan(now) if step.what == what]


def run(now: datetime = NOW) -> Counter[str]:
    return Counter(step.what for step in retention.carry_out(list(retention.plan(now)), now))


@pytest.mark.parametrize(
    ("now", "months", "then"),
    [
        ("2030-06-15", 24, "2028-06-15"),
        ("2030-01-31", 11, "2029-02-28"),
        ("2028-02-29", 36, "2025-02-28"),
        ("2030-03-01", 12, "2029-03-01"),
        ("2030-12-31", 1, "2030-11-30"),
    ],
)
def test_months_are_those_of_the_calendar(now: str, months: int, then: str) -> None:
    at = timezone.make_aware(datetime.fromisoformat(now))
    assert timezone.localtime(retention.months_before(at, months)).date().isoformat() == then


# -- Which date counts -------------------------------------------------------------------------------


def test_what_a_person_wrote_or_verified_counts_and_what_an_import_wrote_does_not() -> None:
    old, recent = ago(40), ago(2)
    row = made(old, verified_at=None)
    row.provenance = {"name": {"at": recent.isoformat(), "by": "FAROS", "from": "import"}}
    assert vouched(row) == old
    row.provenance["phone"] = {"at": recent.isoformat(), "by": "account 12", "from": "site"}
    assert vouched(row) == recent
    row.verified_at = ago(1)
    assert vouched(row) == ago(1)


def vouched(row: Initiative) -> datetime:
    row.save()
    row.refresh_from_db(fields=["vouched_at"])
    return row.vouched_at


@pytest.mark.parametrize(("months", "what"), [(24, "to-confirm"), (36, "hide")])
def test_just_inside_and_just_outside(months: int, what: str) -> None:
    made(ago(months, INSIDE), slug="inside")
    made(ago(months), slug="on-the-day")
    made(ago(months, OUTSIDE), slug="outside")
    assert steps(what) == ["on-the-day", "outside"]


def test_a_person_who_wrote_just_inside_keeps_it() -> None:
    for slug, shift in {"inside": INSIDE, "outside": OUTSIDE}.items():
        note = {"at": ago(36, shift).isoformat(), "by": "account 3", "from": "site"}
        made(ago(60), slug=slug, provenance={"name": note})
    made(ago(60), slug="verified", verified_at=ago(36, INSIDE))
    assert steps("hide") == ["outside"]


@pytest.mark.parametrize(
    "fields",
    [
        {"origin": "example"},
        {"origin": "synthetic"},
        {"activity_state": "closed"},
        {"publication": "draft"},
        {"publication": "hidden"},
    ],
)
def test_what_is_left_alone(fields: dict[str, str]) -> None:
    made(ago(80), **fields)
    assert not run()


# -- The letter before -------------------------------------------------------------------------------


def test_whoever_can_be_written_to_is_warned_a_month_before(settings: Any) -> None:
    row = made(ago(36) + timedelta(days=30), slug="atelier", email="atelier@example.org")
    assert steps("warn", NOW - MINUTE) == []
    assert run() == {"to-confirm": 1, "warn": 1}
    letter = last(to="atelier@example.org")
    assert "toujours vraie" in letter.subject
    assert "/compte/verification/" in links(letter)[1]
    assert run() == {"to-confirm": 1}, "once"
    later = NOW + timedelta(days=30)
    assert steps("hide", later) == [], "no mail server: the letter has not left"
    settings.EMAIL_HOST = "localhost"
    assert steps("hide", later) == [], "it waits still"
    Message.objects.update(state="sent")
    assert steps("hide", later - MINUTE) == []
    assert run(later)["hide"] == 1
    row.refresh_from_db()
    assert row.publication == "hidden"


def test_nothing_is_hidden_before_its_letter_however_late_the_run() -> None:
    made(ago(50), email="atelier@example.org")
    assert run() == {"to-confirm": 1, "warn": 1}
    assert Initiative.objects.get().publication == "published"


def test_a_confirmation_makes_the_letter_void(settings: Any) -> None:
    row = made(ago(50), email="atelier@example.org")
    run()
    settings.EMAIL_HOST = "localhost"
    Message.objects.update(state="sent")
    Notice.objects.update(at=ago(37))
    Initiative.objects.filter(pk=row.pk).update(verified_at=ago(36, OUTSIDE))
    settings.EMAIL_HOST = ""
    assert run() == {"to-confirm": 1, "warn": 1}, "another letter, not a hiding"


def test_who_is_responsible_is_written_to_rather_than_the_organisation() -> None:
    row = made(ago(50), email="atelier@example.org")
    person = User.objects.create_user("owner@example.org", language="en")
    Role.objects.create(
        person=person, kind="owner", initiative=row, granted=True, decided_at=NOW, reason="Test."
    )
    run()
    assert [(message.to, message.language) for message in posted(letter="directory.stale")] == [
        ("owner@example.org", "en")
    ]


def test_what_is_hidden_is_kept_whole_and_says_why() -> None:
    row = made(ago(37), slug="atelier")
    run()
    row.refresh_from_db()
    assert row.publication == "hidden"
    event = row._meta.apps.get_model("directory", "InitiativeEvent").objects.latest("pgh_id")
    assert event.pgh_context.metadata["why"] == retention.WHY
    assert publishing.publish(row, "account 1", "elle existe bien")
    row.refresh_from_db()
    assert row.publication == "published"


# -- Contacts ----------------------------------------------------------------------------------------


def with_contact(row: Initiative) -> Contact:
    contact = Contact.objects.create(initiative=row, name="Une personne", email="p@example.org")
    contacts.answer_consent(contact, "public", True)
    return contact


@pytest.mark.parametrize("change", [{"publication": "hidden"}, {"publication": "archived"},
                                    {"activity_state": "closed"}])  # fmt: skip
def test_contacts_go_twelve_months_after_their_initiative(change: dict[str, str]) -> None:
    row = make_initiative(slug="atelier", verified_at=timezone.now())
    with_contact(row)
    Initiative.objects.filter(pk=row.pk).update(**change)  # by any road: the history knows
    since = retention.off_since(row)
    due = since + timedelta(days=366)
    while retention.months_before(due, 12) > since:
        due -= timedelta(days=1)
    assert retention.months_before(due, 12) == since
    assert steps("purge-contacts", due - MINUTE) == []
    assert run(due)["purge-contacts"] == 1
    assert not Contact.objects.exists()
    assert Initiative.objects.exists()


def test_what_came_back_meanwhile_starts_anew() -> None:
    row = make_initiative(slug="atelier")
    with_contact(row)
    for state in ("hidden", "published", "hidden"):
        Initiative.objects.filter(pk=row.pk).update(publication=state)
    model = row._meta.apps.get_model("directory", "InitiativeEvent")
    assert retention.off_since(row) == model.objects.latest("pgh_id").pgh_created_at


def test_contacts_of_what_is_shown_stay() -> None:
    with_contact(make_initiative(verified_at=NOW))
    assert steps("purge-contacts", NOW + timedelta(days=4_000)) == []


# -- Addresses, reasons, counts, log -----------------------------------------------------------------


def test_what_is_forgotten_of_reports_roles_and_counts() -> None:
    def report(shift: timedelta) -> None:
        Report.objects.create(
            reference=f"R{shift}", name="x", reason="other", message="x", email="r@example.org",
            created_at=NOW, handled_at=NOW - publishing.REPORTER_KEPT + shift,
        )  # fmt: skip

    def role(number: int, shift: timedelta, **fields: Any) -> None:
        person = User.objects.create_user(f"p{number}@example.org")
        values = {"kind": "administrator", "reason": "Une raison.", "answer": "Non."} | fields
        Role.objects.create(person=person, **values)

    for shift in (INSIDE, OUTSIDE):
        report(shift)
        RelayCount.objects.create(key=str(shift), since=NOW - timedelta(days=1) + shift)
    role(1, INSIDE, decided_at=ago(12, INSIDE))
    role(2, OUTSIDE, decided_at=ago(12, OUTSIDE))
    role(3, INSIDE, decided_at=ago(30), granted=True, ended_at=ago(12, INSIDE))
    role(4, OUTSIDE, decided_at=ago(30), granted=True, ended_at=ago(12, OUTSIDE))
    role(5, OUTSIDE, decided_at=ago(30), granted=True)
    assert run() == {"forget-reporter": 1, "forget-reason": 2, "drop-count": 1}
    assert Report.objects.exclude(email="").count() == 1
    assert set(Role.objects.filter(reason="…").values_list("person__email", flat=True)) == {
        "p2@example.org", "p4@example.org"
    }  # fmt: skip
    assert RelayCount.objects.get().key == str(INSIDE)
    assert not run(), "done once"


def test_the_log_of_exports_is_kept_three_years_by_the_database_itself() -> None:
    person = User.objects.create_superuser("admin@example.org")
    contact = with_contact(make_initiative(verified_at=NOW))
    line = exports.record_export(person, "members", [contact], ["name"], "Test")
    due = line.at + timedelta(days=1_097)
    while retention.months_before(due, 36) > line.at:
        due -= timedelta(days=1)
    assert steps("drop-export", due - MINUTE) == []
    assert steps("drop-export", due) == [str(line.pk)]
    with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
        PersonalExport.objects.all().delete()  # of today, whatever somebody says the day is
    assert ExportedContact.objects.count() == 1


# -- The command -------------------------------------------------------------------------------------


def test_the_dry_run_tells_exactly_what_the_real_run_does(tmp_path: Path) -> None:
    real = datetime.now(UTC)
    for n, months in enumerate((10, 25, 37, 50)):
        row = make_initiative(slug=f"row-{n}", email="a@example.org" if months == 50 else "")
        Initiative.objects.filter(pk=row.pk).update(created_at=retention.months_before(real, months))
    RelayCount.objects.create(key="x", since=real - timedelta(days=2))

    def said(name: str, *options: str) -> tuple[str, str]:
        out = io.StringIO()
        call_command("retention", "--list", str(tmp_path / name), *options, stdout=out)
        return out.getvalue(), (tmp_path / name).read_text("utf-8")

    would, listed = said("dry", "--dry-run")
    assert "hide: 1\n" in would
    assert "warn: 1\n" in would
    assert would.endswith("6 would be done.\n")
    assert Initiative.objects.filter(publication="published").count() == 4
    assert not posted()
    did, done = said("real")
    assert listed == done
    assert would.replace("would be done", "done") == did
    assert Initiative.objects.get(publication="hidden").slug == "row-2"
    assert "hide: 0\n" in said("again", "--dry-run")[0]


def test_the_worker_does_the_same_every_night() -> None:
    row = make_initiative()
    Initiative.objects.filter(pk=row.pk).update(created_at=timezone.now() - timedelta(days=1_200))
    tasks.keep_no_longer(0)
    row.refresh_from_db()
    assert row.publication == "hidden"


def test_what_changed_after_the_plan_is_left_out() -> None:
    row = made(ago(37))
    plan = list(retention.plan(NOW))
    Initiative.objects.filter(pk=row.pk).update(verified_at=NOW)
    assert [step.what for step in retention.carry_out(plan, NOW)] == ["to-confirm"]
    row.refresh_from_db()
    assert row.publication == "published"


def test_a_batch_that_fails_leaves_nothing_half_done(monkeypatch: pytest.MonkeyPatch) -> None:
    for _n in range(3):
        made(ago(37))
    hide: Callable[..., bool] = publishing.hide
    calls: list[int] = []

    def second_fails(*args: Any, **options: Any) -> bool:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError
        return hide(*args, **options)

    monkeypatch.setattr(publishing, "hide", second_fails)
    with pytest.raises(RuntimeError):
        run()
    assert not Initiative.objects.filter(publication="hidden").exists()
