"""Static files under names that carry a hash of their content."""

from django.contrib.staticfiles.storage import HashedFilesMixin, ManifestStaticFilesStorage
from whitenoise.storage import CompressedManifestStaticFilesStorage


class OurModules:
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


class HashedStorage(OurModules, ManifestStaticFilesStorage):  # type: ignore[misc]  # the stubs disagree
    """Hashed names only: quick, for tests."""


class StaticStorage(OurModules, CompressedManifestStaticFilesStorage):
    """Hashed names, and beside each file its compressed forms (gzip, brotli), for WhiteNoise."""
