"""The addresses under /compte/ by which listings are brought."""

from django.urls import path

from frontend.views import import_columns, import_rows, import_sources, imports

patterns = [
    path("imports/", imports.own_imports, name="imports"),
    path("imports/fichier/", imports.Bring.as_view(), name="import_new"),
    path("imports/sources/", import_sources.sources, name="import_sources"),
    path("imports/sources/ajouter/", import_sources.NewSource.as_view(), name="import_source_new"),
    path("imports/sources/<slug:slug>/lecture/", import_sources.act, name="import_source"),
    path("imports/<uuid:uuid>/", imports.one, name="import"),
    path("imports/<uuid:uuid>/colonnes/", import_columns.Columns.as_view(), name="import_columns"),
    path("imports/<uuid:uuid>/categories/", import_columns.Values.as_view(), name="import_values"),
    path("imports/<uuid:uuid>/avancement/", imports.progress, name="import_progress"),
    path("imports/<uuid:uuid>/preparer/", imports.prepare, name="import_prepare"),
    path("imports/<uuid:uuid>/lignes/", import_rows.lines, name="import_rows"),
    path("imports/<uuid:uuid>/a-verifier/", import_rows.Review.as_view(), name="import_review"),
    path("imports/<uuid:uuid>/importer/", imports.carry_out, name="import_apply"),
    path("imports/<uuid:uuid>/publier/", imports.publish, name="import_publish"),
    path("imports/<uuid:uuid>/compte-rendu.json", import_rows.report_file, name="import_report"),
    path("imports/<uuid:uuid>/lignes-refusees.csv", import_rows.refused_file, name="import_refused"),
    path("imports/<uuid:uuid>/abandonner/", imports.Abandon.as_view(), name="import_abandon"),
    path("imports/<uuid:uuid>/defaire/", imports.Undo.as_view(), name="import_undo"),
]
