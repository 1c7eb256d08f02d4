"""Static files that API Gateway can carry: text, under names that change with the content.

Without binary media types for replies, which would take request bodies from the API's validation,
API Gateway passes text alone. So what a style sheet refers to and is no text stands in the style
sheet itself, as a data: URL. API Gateway does the compressing.
https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-payload-encodings.html
"""

import base64
import posixpath
import re
from collections.abc import Callable, Iterator
from pathlib import PurePosixPath
from typing import Any, Final
from urllib.parse import urldefrag, urlsplit

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

# Browsers take the first that they know of the alternatives, and all know woff2.
_EMBEDDED: Final = {".woff2": "font/woff2", ".png": "image/png", ".gif": "image/gif"}
_UNUSED: Final = frozenset({*_EMBEDDED, ".woff", ".ttf", ".eot", ".map"})
_OTHER_SITE: Final = re.compile(r"(?:[a-z]+:|//|/)", re.IGNORECASE)


class TextStaticFilesStorage(ManifestStaticFilesStorage):
    """Keeps each file once, under its hashed name."""

    keep_intermediate_files = False

    def url_converter(
        self, name: str, hashed_files: dict[str, str], template: str | None = None
    ) -> Callable[[re.Match[str]], str]:
        """What replaces a URL in a style sheet: the file itself, or its hashed name."""
        hashed = super().url_converter(name, hashed_files, template)

        def convert(match: re.Match[str]) -> str:
            found = match.groupdict()
            path = urlsplit(urldefrag(found["url"]).url).path
            mime = _EMBEDDED.get(PurePosixPath(path).suffix)
            if mime is None or _OTHER_SITE.match(found["url"]):
                return hashed(match)
            with self.open(
                posixpath.normpath(posixpath.join(posixpath.dirname(name), path))
            ) as file:
                data = base64.b64encode(file.read()).decode()
            return (template or self.default_template) % {
                **found,
                "url": f"data:{mime};base64,{data}",
            }

        return convert

    def post_process(self, *args: Any, **options: Any) -> Iterator[Any]:
        """As Django does it; then what nothing asks for any more is removed."""
        yield from super().post_process(*args, **options)
        for name, hashed in [*self.hashed_files.items()]:
            self.delete(name)
            if PurePosixPath(name).suffix in _UNUSED:
                self.delete(hashed)
