"""Static files under names that carry a hash of their content, compressed."""

from django.contrib.staticfiles.storage import HashedFilesMixin
from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashes the imports between our own ES modules (``frontend/static/js/``) too.

    Only ours: libraries have imports in comments that lead nowhere, and are left as they came.
    ``new URL("./x.js", import.meta.url)`` is not rewritten: pass such an address by a data
    attribute written with ``{% static %}``.
    """

    support_js_module_import_aggregation = True
    _js_module_import_aggregation_patterns = (
        "js/*.js",
        HashedFilesMixin._js_module_import_aggregation_patterns[1],  # type: ignore[attr-defined]
    )
