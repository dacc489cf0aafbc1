"""A request with files is read whole before any view sees it: here it is refused by its announced size."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import MemoryFileUploadHandler

MOST_BYTES = 8 * 2**20
# One page takes files as networks have them, from people who signed in: those go to the disk.
MOST_BYTES_OF_LISTING = 64 * 2**20
TAKES_LISTINGS = re.compile(r"/(?:[a-z]{2}/)?compte/imports/fichier/")


class BoundedUpload(MemoryFileUploadHandler):
    """Files are small lists, kept in memory; where a listing is brought, the next handler keeps it on disk.

    A request that announces nothing is read as empty.
    """

    def handle_raw_input(
        self, input_data: Any, META: dict[str, Any], content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        large = content_length > MOST_BYTES and self.brings_listing()
        if content_length > (MOST_BYTES_OF_LISTING if large else MOST_BYTES):
            raise RequestDataTooBig("the request is larger than any form of this site")
        self.activated = not large

    def brings_listing(self) -> bool:
        request = self.request
        if request is None or not TAKES_LISTINGS.fullmatch(request.path_info):
            return False
        return bool(request.user.is_authenticated)
