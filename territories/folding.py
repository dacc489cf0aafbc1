"""How place names are folded before they are compared. The SQL is in migration 0003."""

from django.db import models


class PlaceFold(models.Func):
    """Folds accents, case, hyphens and apostrophes, « St » into saint, « 18e » into 18."""

    function = "public.f_place_fold"
    output_field = models.TextField()
    arity = 1
