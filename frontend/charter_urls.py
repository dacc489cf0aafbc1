"""The addresses of the charter: to read and to sign it (``public``), and what is one's own (``patterns``:
/compte/)."""

from django.urls import path

from frontend.views import charter, charter_desk, charter_signing

public = [
    path("charte/", charter.charter, name="charter"),
    path("charte/versions/<int:number>/", charter.version, name="charter_version"),
    path("charte/signataires/", charter.signatories, name="charter_signatories"),
    path("charte/signataires.csv", charter.signatories_file, name="charter_signatories_file"),
    path("charte/badge/<slug:kind>/<str:key>.svg", charter.badge, name="charter_badge"),
    path("charte/badge/<slug:kind>/<str:key>/", charter.badge_page, name="charter_badge_page"),
    path("charte/signer/", charter_signing.choose, name="charter_sign"),
    path("charte/signer/moi/", charter_signing.sign_oneself, name="charter_sign_oneself"),
    path("charte/signer/merci/", charter_signing.asked, name="charter_asked"),
    path("charte/signer/<slug:kind>/", charter_signing.find, name="charter_sign_find"),
    path("charte/signer/<slug:kind>/<str:key>/", charter_signing.sign_for, name="charter_sign_for"),
]

patterns = [
    path("charte/mandats/", charter_desk.mandates, name="mandates"),
    path("charte/mandats/<int:pk>/", charter_desk.DecideMandate.as_view(), name="mandate"),
    path("charte/signatures/", charter_desk.in_force, name="mandates_in_force"),
    path("charte/signatures/<int:pk>/", charter_desk.EndSignature.as_view(), name="mandate_end"),
    path("charte/versions/", charter_desk.versions, name="charter_versions"),
    path("charte/versions/ecrire/", charter_desk.WriteVersion.as_view(), name="charter_write"),
    path("charte/versions/<int:pk>/", charter_desk.WriteVersion.as_view(), name="charter_draft"),
    path("charte/versions/<int:pk>/publier/", charter_desk.PublishVersion.as_view(), name="charter_publish"),
    path("charte/versions/<int:pk>/effacer/", charter_desk.DiscardVersion.as_view(), name="charter_discard"),
    path("charte/signature/<str:key>/", charter_signing.own, name="own_signature"),
    path("charte/signature/<str:key>/signer/", charter_signing.own_again, name="own_signature_again"),
    path("charte/signature/<str:key>/retirer/", charter_signing.own_withdraw, name="own_signature_withdraw"),
]
