"""The fields that a listing may bring, and what only helps to recognise or to place what it lists."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Field(models.TextChoices):
    """A field of ours that a column of theirs is read as."""

    NAME = "name", _("Nom")
    SUMMARY = "summary", _("En une phrase")
    DESCRIPTION = "description", _("Description")
    # Ids, slugs or labels of our activities; what has other words is a category.
    ACTIVITIES = "activities", _("Activités (les nôtres)")
    CATEGORY = "category", _("Catégorie (la leur)")
    LEGAL_FORM = "legal_form", _("Forme juridique")
    SIRET = "siret", _("SIRET")
    RNA = "rna", _("Numéro RNA")
    WEBSITE = "website", _("Site web")
    EMAIL = "email", _("Courriel de l’organisation")
    PHONE = "phone", _("Téléphone de l’organisation")
    # A whole address in one cell: « 4 rue du Pont 23000 Guéret ».
    ADDRESS = "address", _("Adresse entière")
    STREET = "street", _("Numéro et voie")
    POSTCODE = "postcode", _("Code postal")
    LOCALITY = "locality", _("Localité ou commune")
    COMMUNE_CODE = "commune_code", _("Code officiel de la commune (Insee)")
    DEPARTEMENT_CODE = "departement_code", _("Département (nom ou numéro)")
    LATITUDE = "latitude", _("Latitude (degrés)")
    LONGITUDE = "longitude", _("Longitude (degrés)")
    # « 46.17, 1.87 » in one cell, latitude first.
    GEO_POINT = "geo_point", _("Point « latitude, longitude »")
    X = "x", _("X (Lambert-93, mètres)")
    Y = "y", _("Y (Lambert-93, mètres)")
    FOUNDED = "founded", _("Fondée le")
    CLOSED = "closed", _("Fermée le")
    OPENING_HOURS = "opening_hours", _("Horaires (syntaxe OpenStreetMap)")
    ACTIVITY_STATE = "activity_state", _("En activité, fermée ou en projet")
    LANGUAGE = "language", _("Langue des textes")
    EXTERNAL_ID = "external_id", _("Identifiant chez la source")
    # The UUID or the slug of an initiative of Maillage.
    MAILLAGE = "maillage", _("Identifiant Maillage")
