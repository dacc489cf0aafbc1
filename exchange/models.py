"""Listings on their way in: how a network's files are read, each file brought, each line of it.
And out: the files that were asked for."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime

from django.conf import settings
from django.contrib.gis.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from directory.models import Grouping, Initiative, Source
from directory.models.initiative import Precision
from directory.validators import slug_name
from jobs.models import Work
from territories.models import Territory


class Profile(models.Model):
    """How the files of a source are read: made once, used for each file that follows."""

    slug = models.TextField(_("nom court"), unique=True, validators=[slug_name])
    name = models.TextField(_("nom"))
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="import_profiles",
        verbose_name=_("responsable"),
    )
    # Whose coordinators may bring its files; none: administrators only.
    grouping = models.ForeignKey(
        Grouping,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="import_profiles",
        verbose_name=_("pour le groupement"),
    )
    # To which the identifiers of the file belong.
    source = models.ForeignKey(
        Source, models.PROTECT, related_name="import_profiles", verbose_name=_("source")
    )
    # {their column: a field of exchange.fields, or "" where it is dropped on purpose}
    columns = models.JSONField(_("colonnes"), default=dict, blank=True)
    # {field: value of every line that says nothing itself}, as a cell of the file would say it
    fixed = models.JSONField(_("valeurs fixes"), default=dict, blank=True)
    # {field: {their value: ours, or "" where it is dropped on purpose}}
    values = models.JSONField(_("correspondances de valeurs"), default=dict, blank=True)
    publish = models.BooleanField(_("publier ce qui est créé"), default=False)
    # Each file is the whole listing: what it does not hold any more has vanished from the source.
    complete = models.BooleanField(_("chaque fichier est la liste entière"), default=False)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    updated_at = models.DateTimeField(_("mis à jour le"), auto_now=True)

    class Meta:
        verbose_name = _("profil d’import")
        verbose_name_plural = _("profils d’import")
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    """Where an import is. Each step is one transaction: a process that is killed leaves the one before."""

    READ = "read", _("fichier lu")
    PLANNED = "planned", _("à confirmer")
    APPLYING = "applying", pgettext_lazy("import", "en cours")
    DONE = "done", pgettext_lazy("import", "fait")
    UNDONE = "undone", pgettext_lazy("import", "défait")
    FAILED = "failed", pgettext_lazy("import", "échoué")
    ABANDONED = "abandoned", pgettext_lazy("import", "abandonné")


class Import(models.Model):
    """One file brought, from its reading to its end. Changed by :mod:`exchange.importing` alone."""

    uuid = models.UUIDField(_("identifiant"), default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(
        Profile, models.PROTECT, related_name="imports", verbose_name=_("profil d’import")
    )
    source = models.ForeignKey(Source, models.PROTECT, related_name="imports", verbose_name=_("source"))
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="imports",
        verbose_name=_("par"),
    )
    file_name = models.TextField(_("fichier"))
    digest = models.TextField(_("empreinte du fichier (SHA-256)"))
    # {"format", "encoding", "delimiter", "sheet", "layer"}, as formats.reading says them
    format = models.JSONField(_("format"), default=dict)
    # [{"code", "line", "column", "said"}]: what was mended or noticed as the file was read
    remarks = models.JSONField(_("remarques sur le fichier"), default=list)
    # Names of the columns, as they are.
    header = models.JSONField(_("colonnes"), default=list)
    state = models.TextField(_("état"), choices=State, default=State.READ)
    rows = models.PositiveIntegerField(_("lignes"), default=0)
    # What plan() found: see exchange.reporting.
    counts = models.JSONField(_("décomptes"), default=dict)
    # What apply() did.
    report = models.JSONField(_("compte rendu"), default=dict)
    # The name under which the history holds all that it wrote.
    context = models.UUIDField(_("contexte dans l’historique"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)
    planned_at = models.DateTimeField(_("préparé le"), null=True, blank=True)
    done_at = models.DateTimeField(_("fait le"), null=True, blank=True)
    undone_at = models.DateTimeField(_("défait le"), null=True, blank=True)
    # Its lines are kept no longer.
    forgotten_at = models.DateTimeField(_("lignes effacées le"), null=True, blank=True)
    work = models.ForeignKey(
        Work,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("travail en arrière-plan"),
    )

    class Meta:
        verbose_name = _("import")
        verbose_name_plural = _("imports")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(name="import_state_known", condition=Q(state__in=State.values)),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} · {self.file_name}"

    @property
    def seen_at(self) -> datetime | None:
        """When its source was last seen to say what this import brought: its records bear that moment."""
        later = self.report.get("seen_at")
        return datetime.fromisoformat(later) if later else self.done_at


class Match(models.TextChoices):
    """Whether a line is of an initiative that is known."""

    UNKNOWN = "", _("non cherchée")
    SURE = "sure", _("reconnue")
    DOUBTFUL = "doubtful", _("à vérifier")
    NEW = "new", _("nouvelle")


class Decision(models.TextChoices):
    """What a person said of a doubtful line."""

    NONE = "", _("non décidé")
    MERGE = "merge", _("c’est la même")
    KEEP_BOTH = "keep-both", _("garder les deux")
    NEVER = "never", _("jamais la même")


class Outcome(models.TextChoices):
    """What comes of a line: one of these for each, so that they add up to the lines."""

    UNKNOWN = "", _("non préparée")
    CREATE = "create", _("à créer")
    UPDATE = "update", _("à mettre à jour")
    UNCHANGED = "unchanged", _("inchangée")
    REFUSED = "refused", pgettext_lazy("ligne", "refusée")
    TO_REVIEW = "to-review", _("à vérifier")


class Candidate(models.Model):
    """One line of a file: as it was read, what it says in our terms, whom it is of, what comes of it.

    ``fields`` holds what was parsed, by the name of the column of Initiative, as that column takes it
    (``activities`` as ids, dates in ISO 8601 with ``founded_precision``); and what helps to place it:
    ``latitude`` and ``longitude`` (degrees), ``x`` and ``y`` (metres, Lambert-93 unless they are found to be
    of another projection), ``commune_code`` (INSEE), ``departement_code``. What is not said is not a key.

    ``problems`` are ``{"code", "column", "value", "said", "refuses"}``: ``column`` is theirs, ``value`` is
    what the file says; the line is refused where one ``refuses``, else the value is mended or dropped.
    """

    batch = models.ForeignKey(
        Import, models.CASCADE, related_name="candidates", db_index=False, verbose_name=_("import")
    )
    # Of the file, as an editor or a spreadsheet numbers it; from 1.
    line = models.PositiveIntegerField(_("ligne"))
    cells = models.JSONField(_("cellules"), default=list, db_default=models.Value([], models.JSONField()))
    fields = models.JSONField(_("champs"), default=dict, db_default=models.Value({}, models.JSONField()))
    problems = models.JSONField(_("problèmes"), default=list, db_default=models.Value([], models.JSONField()))
    # What recognises it. Empty: not said.
    external_id = models.TextField(_("identifiant chez la source"), blank=True, db_default="")
    siret = models.TextField(_("SIRET"), blank=True, db_default="")
    rna = models.TextField(_("RNA"), blank=True, db_default="")
    # Host and path, folded, without what all addresses share (www, the last slash).
    website_key = models.TextField(_("clé du site web"), blank=True, db_default="")
    # Folded, legal forms and stop words out.
    name_key = models.TextField(_("clé du nom"), blank=True, db_default="")
    # « bibliothèque municipale »: a name that many bear recognises nobody.
    generic = models.BooleanField(_("nom générique"), default=False, db_default=False)
    # Where it is.
    point = models.PointField(_("point"), srid=4326, null=True, blank=True, spatial_index=False)
    commune = models.ForeignKey(
        Territory, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("commune"),
    )  # fmt: skip
    departement = models.ForeignKey(
        Territory, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("département"),
    )  # fmt: skip
    precision = models.TextField(_("précision du point"), choices=Precision, blank=True, db_default="")
    place_score = models.FloatField(_("certitude du lieu"), null=True, blank=True)
    place_said = models.JSONField(
        _("d’où vient le lieu"), default=dict, db_default=models.Value({}, models.JSONField())
    )
    # Whom it is of.
    match = models.TextField(_("reconnaissance"), choices=Match, blank=True, db_default="")
    initiative = models.ForeignKey(
        Initiative, models.SET_NULL, null=True, blank=True, related_name="candidates", db_index=False,
        verbose_name=_("initiative"),
    )  # fmt: skip
    score = models.FloatField(_("certitude"), null=True, blank=True)
    reasons = models.JSONField(_("raisons"), default=list, db_default=models.Value([], models.JSONField()))
    decision = models.TextField(_("décision"), choices=Decision, blank=True, db_default="")
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", db_index=False,
        verbose_name=_("décidé par"),
    )  # fmt: skip
    # What comes of it.
    outcome = models.TextField(_("issue"), choices=Outcome, blank=True, db_default="")
    # {column of Initiative: [as it is, as it will be]}
    changes = models.JSONField(
        _("changements"), default=dict, db_default=models.Value({}, models.JSONField())
    )
    # {column of Initiative: why it is left as it is}
    kept = models.JSONField(_("laissé"), default=dict, db_default=models.Value({}, models.JSONField()))
    # Of ``fields`` and the place: the same again has nothing to say.
    hash = models.TextField(_("empreinte du contenu"), blank=True, db_default="")
    # What undoing brings back beside ``changes``: provenance and the source's record as they were.
    before = models.JSONField(_("avant"), null=True, blank=True)

    class Meta:
        verbose_name = _("ligne d’import")
        verbose_name_plural = _("lignes d’import")
        ordering = ["batch", "line"]
        constraints = [models.UniqueConstraint(fields=["batch", "line"], name="candidate_once")]
        indexes = [
            # read by the pages of an import: the lines of one outcome, in the order of the file
            models.Index(fields=["batch", "outcome", "line"], name="candidate_outcome"),
            # read where an initiative is deleted
            models.Index(
                fields=["initiative"], name="candidate_initiative", condition=Q(initiative__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch} · {self.line}"


class NeverSame(models.Model):
    """Said by a person: what a source calls ``key`` is not this initiative, however alike they look."""

    source = models.ForeignKey(Source, models.CASCADE, related_name="never_same", verbose_name=_("source"))
    key = models.TextField(_("identifiant chez la source"))
    initiative = models.ForeignKey(
        Initiative, models.CASCADE, related_name="never_same", verbose_name=_("initiative")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("par"),
    )  # fmt: skip
    at = models.DateTimeField(_("le"), auto_now_add=True)

    class Meta:
        verbose_name = _("paire distincte")
        verbose_name_plural = _("paires distinctes")
        constraints = [
            models.UniqueConstraint(fields=["source", "key", "initiative"], name="never_same_once")
        ]

    def __str__(self) -> str:
        return f"{self.key} ≠ {self.initiative}"


class GeocodedAddress(models.Model):
    """What the national address service answered to a text, so that it is not asked again."""

    # As it was asked: see territories.addresses.asked_for.
    text = models.TextField(_("adresse demandée"), unique=True)
    # As territories.addresses.Address, ``point`` as [longitude, latitude]; empty where it knows none.
    found = models.JSONField(_("adresses trouvées"), default=list)
    asked_at = models.DateTimeField(_("demandée le"), db_index=True)

    class Meta:
        verbose_name = _("adresse géocodée")
        verbose_name_plural = _("adresses géocodées")

    def __str__(self) -> str:
        return self.text


class HarvestKind(models.TextChoices):
    FILE = "file", _("un fichier (CSV, GeoJSON, GoGoCarto…)")
    MAILLAGE = "maillage", _("un autre Maillage")


class Rhythm(models.TextChoices):
    """How often a source is read; ``exchange.harvesting`` knows how long each is."""

    DAY = "day", _("chaque jour")
    WEEK = "week", _("chaque semaine")
    MONTH = "month", _("chaque mois")


class Harvest(models.Model):
    """A source that is read again and again where it is published. Changed by :mod:`exchange.harvesting`."""

    profile = models.OneToOneField(
        Profile, models.CASCADE, related_name="harvest", verbose_name=_("profil d’import")
    )
    # Who is told where it fails.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="harvests",
        verbose_name=_("responsable"),
    )  # fmt: skip
    kind = models.TextField(_("nature"), choices=HarvestKind, default=HarvestKind.FILE)
    # Of the file; of the site, where it is another Maillage.
    address = models.URLField(_("adresse"), max_length=2_000)
    rhythm = models.TextField(_("rythme"), choices=Rhythm, default=Rhythm.WEEK)
    active = models.BooleanField(_("en service"), default=True)
    next_at = models.DateTimeField(_("prochaine lecture"), default=timezone.now)
    # What the server said of the file that was read last, to be asked whether it changed.
    etag = models.TextField(_("validateur"), blank=True, editable=False)
    last_modified = models.TextField(_("dernière modification"), blank=True, editable=False)
    # Of another Maillage: where to go on in its changes.
    following = models.TextField(_("suite des changements"), blank=True, editable=False)
    # The last import that it made, and one that waits for somebody to look at its doubtful lines.
    last = models.ForeignKey(
        Import, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("dernier import"),
    )  # fmt: skip
    to_review = models.ForeignKey(
        Import, models.SET_NULL, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("import à vérifier"),
    )  # fmt: skip
    read_at = models.DateTimeField(_("lue pour la dernière fois"), null=True, blank=True, editable=False)
    failures = models.PositiveIntegerField(_("échecs de suite"), default=0, editable=False)
    failing_since = models.DateTimeField(_("en échec depuis"), null=True, blank=True, editable=False)
    # {"code", "said"}: exchange.harvesting.said() writes it out.
    error = models.JSONField(_("dernier échec"), default=dict, blank=True, editable=False)
    created_at = models.DateTimeField(_("créée le"), auto_now_add=True)

    class Meta:
        verbose_name = _("source moissonnée")
        verbose_name_plural = _("sources moissonnées")
        ordering = ["profile__name", "pk"]
        indexes = [
            # read every few minutes
            models.Index(fields=["next_at"], name="harvest_due", condition=Q(active=True)),
        ]

    def __str__(self) -> str:
        return self.profile.name


def export_key() -> str:
    """What nobody guesses: the address of an export is all that gives it."""
    return secrets.token_urlsafe(24)


class Export(models.Model):
    """A selection made into a file in the background, kept for a while. Changed by ``exchange.exporting``."""

    uuid = models.UUIDField(_("identifiant"), default=uuid.uuid4, unique=True, editable=False)
    key = models.TextField(_("clé du lien"), default=export_key, unique=True, editable=False)
    # One of exchange.exporting.forms().
    form = models.TextField(_("format"))
    # What the selection is called; the name of the file follows from it.
    name = models.TextField(_("nom"))
    # The filter language, as a query string; and what else the form wants to know.
    criteria = models.TextField(_("critères"), blank=True)
    # The criteria in words, as [[what, value]], in the language of whoever asked.
    said = models.JSONField(_("critères en mots"), default=list, blank=True)
    options = models.JSONField(_("options"), default=dict, blank=True)
    language = models.CharField(_("langue"), max_length=8, default="fr")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="exports",
        verbose_name=_("par"),
    )  # fmt: skip
    # Of all that the bytes hang on: the same file, asked for again, is the one that there is.
    fingerprint = models.TextField(_("empreinte de la demande"), null=True, unique=True, editable=False)
    work = models.ForeignKey(
        Work, models.SET_NULL, null=True, blank=True, related_name="+",
        verbose_name=_("travail en arrière-plan"),
    )  # fmt: skip
    created_at = models.DateTimeField(_("demandé le"), auto_now_add=True)
    # What store() says of the file, once it is there.
    made_at = models.DateTimeField(_("prêt le"), null=True, blank=True)
    rows = models.PositiveIntegerField(_("initiatives"), null=True, blank=True)
    size = models.PositiveBigIntegerField(_("octets"), null=True, blank=True)
    digest = models.TextField(_("empreinte du fichier (SHA-256)"), blank=True)
    expires_at = models.DateTimeField(_("effacé le"), db_index=True)

    class Meta:
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="export_made_is_whole",
                condition=Q(made_at=None, size=None) | Q(made_at__isnull=False, size__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.created_at:%Y-%m-%d %H:%M} · {self.name} ({self.form})"


class ExportPiece(models.Model):
    """A mebibyte of a file, in the database: any process of any machine can send it."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="pieces", db_index=False)
    place = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "place"], name="export_piece_once")]

    def __str__(self) -> str:
        return f"{self.export} · {self.place}"
