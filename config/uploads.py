"""A request with files is read whole before any view sees it: here it is refused by its announced size."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler

MOST_BYTES = 8 * 2**20


class BoundedUpload(MemoryFileUploadHandler):
    """Files are small lists, kept in memory. A request that announces nothing is read as empty."""

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        if content_length > MOST_BYTES:
            raise RequestDataTooBig("the request is larger than any form of this site")
        self.activated = True
