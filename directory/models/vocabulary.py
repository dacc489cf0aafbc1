"""The words that a search understands beyond those of the listings themselves."""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _


class Phrase(models.Model):
    """A phrase that people type, and what it stands for.

    ``stems`` is the key that a query is compared with: stems joined by spaces.
    ``codes`` are activity (``a103``) and sector (``s1``) codes; ``same_as`` are other phrases.
    """

    text = models.TextField(_("expression"))
    stems = models.TextField(_("racines"), editable=False)
    codes = ArrayField(
        models.TextField(), verbose_name=_("codes d’activité ou de secteur"), default=list, blank=True
    )
    same_as = ArrayField(
        models.TextField(), verbose_name=_("expressions équivalentes"), default=list, blank=True
    )
    from_taxonomy = models.BooleanField(_("tirée de la nomenclature"), default=False, editable=False)

    class Meta:
        verbose_name = _("expression")
        verbose_name_plural = _("expressions")
        ordering = ["text"]
        # read by words.analyse(): each run of words of a query
        indexes = [models.Index(fields=["stems"], name="phrase_stems", opclasses=["text_pattern_ops"])]

    def __str__(self) -> str:
        return self.text


class LexiconWord(models.Model):
    """A folded word seen in a published listing or in the taxonomy: what a typo is corrected to.

    A word may be here twice: two writers who learn it at once do not wait for each other.
    """

    word = models.TextField()

    class Meta:
        indexes = [
            # read by words.analyse(): the nearest word
            GinIndex(fields=["word"], opclasses=["gin_trgm_ops"], name="lexicon_trigrams"),
            # read by words.analyse() and by whoever learns words: is it known?
            models.Index(fields=["word"], opclasses=["text_pattern_ops"], name="lexicon_words"),
        ]

    def __str__(self) -> str:
        return self.word
