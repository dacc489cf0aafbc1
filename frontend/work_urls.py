"""The addresses of work in the background and of the outbox, which people_urls.py adds to its own."""

from django.urls import path

from frontend.views import jobs, mail

patterns = [
    path("travaux/", jobs.jobs, name="jobs"),
    path("travaux/demander/<slug:name>/", jobs.ask, name="job_ask"),
    path("travaux/echecs/<int:number>/", jobs.retry, name="job_retry"),
    path("travaux/<uuid:uuid>/", jobs.job, name="job"),
    path("travaux/<uuid:uuid>/annuler/", jobs.cancel, name="job_cancel"),
    path("courrier/", mail.outbox, name="outbox"),
    path("courrier/lettres/", mail.previews, name="mail_previews"),
    path("courrier/lettres/<str:name>/", mail.preview, name="mail_preview"),
    path("courrier/lettres/<str:name>/html/", mail.preview_html, name="mail_preview_html"),
    path("courrier/<uuid:uuid>/", mail.message, name="message"),
    path("courrier/<uuid:uuid>/html/", mail.message_html, name="message_html"),
    path("courrier/<uuid:uuid>/renvoyer/", mail.again, name="message_again"),
]
