"""The words of the field: what they mean, and the public texts they come from.

Meanings are ours, in plain words. Policies are laws, decrees and calls of the State by their official
names, which stay in French. ``search`` is what the one search is asked for, to show initiatives.
"""

from frontend.terms import forms, ideas, places, practices, works

TERMS = (*ideas.TERMS, *forms.TERMS, *practices.TERMS, *places.TERMS, *works.TERMS)
BY_SLUG = {term.slug: term for term in TERMS}
