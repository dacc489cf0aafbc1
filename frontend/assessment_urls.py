"""The addresses of the self-assessment: what it is and how one begins (``public``), one's own answers by
their key (``patterns``: under /compte/, kept by nobody on the way)."""

from django.urls import path

from frontend.views import assessment

OTHER = "auto-evaluation/questionnaires/<slug:slug>/"

public = [
    path("auto-evaluation/", assessment.about, name="assessment"),
    path("auto-evaluation/commencer/", assessment.begin, name="assessment_begin"),
    # any other questionnaire
    path(OTHER, assessment.about, name="assessment"),
    path(f"{OTHER}commencer/", assessment.begin, name="assessment_begin"),
]

KEY = "auto-evaluation/<slug:key>/"

patterns = [
    path(KEY, assessment.results, name="assessment"),
    path(f"{KEY}questions/<slug:dimension>/", assessment.questions, name="assessment_questions"),
    path(f"{KEY}terminer/", assessment.finish, name="assessment_finish"),
    path(f"{KEY}lien/", assessment.send_link, name="assessment_link"),
    path(f"{KEY}profil.pdf", assessment.paper, name="assessment_paper"),
    path(f"{KEY}effacer/", assessment.erase, name="assessment_erase"),
]
