"""The log of exports that hold persons: who took what, when and why, and whom it held."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Length
from django.utils.translation import gettext_lazy as _

from directory.models.contact import Contact, append_only
from directory.models.grouping import Grouping

LONGEST_PURPOSE = 500

models.TextField.register_lookup(Length)

# A line of the log is kept so long at least, whatever is asked.
LOG_KEPT = "36 months"


class PersonalExport(models.Model):
    """One export. Never changed: who did it is forgotten with the account, the grouping if it goes."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="personal_exports",
        verbose_name=_("par"),
    )
    at = models.DateTimeField(_("le"), auto_now_add=True)
    what = models.TextField(_("contenu"))
    grouping = models.ForeignKey(
        Grouping,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("pour le groupement"),
    )
    criteria = models.JSONField(_("critères"), default=dict)
    fields = ArrayField(models.TextField(), verbose_name=_("champs"))
    rows = models.PositiveIntegerField(_("nombre de personnes"))
    purpose = models.TextField(_("raison"))

    class Meta:
        verbose_name = _("export de données personnelles")
        verbose_name_plural = _("exports de données personnelles")
        ordering = ["-at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="export_purpose_said", condition=models.Q(purpose__length__range=(1, LONGEST_PURPOSE))
            )
        ]
        triggers = [
            pgtrigger.ReadOnly(name="append_only", exclude=["person", "grouping"]),
            pgtrigger.Protect(
                name="never_another",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(
                    "NEW.person_id <> coalesce(OLD.person_id, 0)"
                    " OR NEW.grouping_id <> coalesce(OLD.grouping_id, 0)"
                ),
            ),
            pgtrigger.Protect(
                name="kept",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Condition(f"OLD.at > now() - interval '{LOG_KEPT}'"),
            ),
            # Only with all the rest, accounts included: as when a database is emptied.
            pgtrigger.Trigger(
                name="emptied_with_all",
                level=pgtrigger.Statement,
                operation=pgtrigger.Truncate,
                when=pgtrigger.After,
                func="""
                    IF EXISTS (SELECT FROM public.accounts_user) THEN
                        RAISE EXCEPTION 'The log of exports is only added to.';
                    END IF;
                    RETURN NULL;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d} · {self.what}"


class ExportedContact(models.Model):
    """A person who was in an export: what she is shown when she asks who took her details."""

    export = models.ForeignKey(PersonalExport, models.CASCADE, related_name="held")
    contact = models.ForeignKey(Contact, models.CASCADE, related_name="exports")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "contact"], name="exported_once")]
        triggers = append_only(
            "directory_exportedcontact",
            ("export_id", "directory_personalexport"),
            ("contact_id", "directory_contact"),
        )

    def __str__(self) -> str:
        return f"{self.export} · {self.contact}"
