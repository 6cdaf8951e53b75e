"""Where a file is: on this computer, or at a URL in a store.

A :class:`Remote` is an address and nothing else. It is shown without what gives access: names and
passwords before the host, and what a signed link says behind the ``?``.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
from collections.abc import Iterator
from functools import total_ordering
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote, urlsplit

_URL = re.compile(r"([a-z][a-z0-9+.-]+)://", re.IGNORECASE)
"""Two letters at least: ``C://`` is a drive."""
_WEB = ("http", "https")
"""Only these have a query and write names with per cent signs; elsewhere both belong to names."""
_SIGNING = re.compile(
    r"x-(amz|goog|oss|cos)-.*|awsaccesskeyid|googleaccessid|ossaccesskeyid|key-pair-id|policy"
    r"|signature|expires|(access|auth|security)?[_-]?token|(api|access)[_-]?key",
    re.IGNORECASE,
)
"""Parameters of signed links: other ones tomorrow, for the same file."""
_AZURE = re.compile(r"s(v|ig|e|p|r|t|s|rt|pr|ip|kt|ke|ks|kv|koid|ktid)")
"""The same of Azure, where ``sig`` is among them."""
_QUERY_DIGITS = 8
_LINK = re.compile(r"[a-z][a-z0-9+.-]+://[^\s'\"<>]+", re.IGNORECASE)
_SECRET_LENGTH = 3
"""What is shorter stands in ordinary words, too."""


@total_ordering
class Remote:
    """A file or folder in a store.

    Parameters
    ----------
    url
        As ``fsspec`` takes it: ``s3://bucket/night.cwa``, ``https://...``, ``sftp://...``.

    Attributes
    ----------
    url
        With all that gives access: for the store alone, never to be shown.
    scheme
        Which kind of store, in small letters: ``s3``.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        scheme, _, rest = url.partition("://")
        self.scheme = scheme.lower()
        self._bare, self._query = url, ""
        if self.is_web:
            self._bare, _, self._query = url.partition("#")[0].partition("?")
            rest = unquote(self._bare.partition("://")[2])
        host, slash, path = rest.partition("/")
        self._user, _, host = host.rpartition("@")
        self._path = posixpath.normpath(path) if path.strip("/") else ""
        host = host.lower() if self.is_web else host
        self._shown = f"{self.scheme}://{host}{slash}{self._path}{self._told()}"

    def _told(self) -> str:
        """Return what a query leaves to be shown: that another one is another file."""
        said = parse_qsl(self._query, keep_blank_values=True)
        if any(name == "sig" for name, _ in said):
            said = [each for each in said if not _AZURE.fullmatch(each[0])]
        told = [each for each in said if not _SIGNING.fullmatch(each[0])]
        digest = hashlib.sha256(repr(told).encode()).hexdigest()
        return f"?{digest[:_QUERY_DIGITS]}" if told else ""

    def __str__(self) -> str:
        return self._shown

    def __repr__(self) -> str:
        return f"Remote({self._shown!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Remote) and str(other) == str(self)

    def __lt__(self, other: Remote) -> bool:
        return str(self) < str(other)

    def __hash__(self) -> int:
        return hash(self._shown)

    def __truediv__(self, name: str) -> Remote:
        """Return what has this name in this folder; a query is not handed on."""
        return self.child(quote(name) if self.is_web else name)

    def child(self, name: str) -> Remote:
        """Return what the store itself calls so."""
        return Remote(f"{self._bare.rstrip('/')}/{name}")

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as the address alone."""
        return Remote, (self.url,)

    @property
    def is_web(self) -> bool:
        """Whether it is read by HTTP."""
        return self.scheme in _WEB

    @property
    def name(self) -> str:
        """Name of the file or folder; empty for the top of a store."""
        return posixpath.basename(self._path)

    @property
    def suffix(self) -> str:
        """The ending of the name."""
        return posixpath.splitext(self.name)[1]

    @property
    def stem(self) -> str:
        """The name without its ending."""
        return posixpath.splitext(self.name)[0]

    @property
    def parent(self) -> Remote:
        """The folder that it is in; the top is in itself."""
        return Remote(self._bare.rstrip("/").rpartition("/")[0]) if self._path else self

    @property
    def parents(self) -> Iterator[Remote]:
        """All folders above, the nearest first."""
        here = self
        while here != (above := here.parent):
            here = above
            yield here

    def absolute(self) -> Remote:
        """Return itself: a URL means the same everywhere."""
        return self

    def without_secrets(self, text: str) -> str:
        """Return what a store says without what must be shown nowhere."""
        values = [value for _, value in parse_qsl(self._query)]
        secrets = (self._user, self._user.partition(":")[2], self._query, *values)
        text = _LINK.sub(self._shown, text.replace(self.url, self._shown))
        for secret in secrets:
            text = text.replace(secret, "***") if len(secret) >= _SECRET_LENGTH else text
        return text


Place = Path | Remote
"""Of a file or folder, wherever."""


def place_of(text: Place | str) -> Place:
    """Return the place that a path or URL names."""
    if isinstance(text, str) and (found := _URL.match(text)):
        if found[1].lower() != "file":
            return Remote(text)
        from urllib.request import url2pathname  # with all that speaks HTTP

        return Path(url2pathname(urlsplit(text).path))
    return Path(text) if isinstance(text, str) else text
