"""Places with files: a folder or a file here or, through fsspec, a prefix, a pattern or a file of a store elsewhere.

Credentials, endpoints and retries are those of the file system: AWS_ENDPOINT_URL and the like, FSSPEC_*.
"""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO
from urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_PATTERN = re.compile(r"[*?\[]")
_BLOCK = 1 << 22
"""How many bytes one request asks a store for; the default of s3fs, 50 MB, is most archives at once."""
_BUFFER = 1 << 16
_PATIENCE = 60
"""How many seconds without a byte are too many."""


class CorpusError(ValueError):
    """A corpus that cannot be read at all; the message says where and why."""


@dataclass(frozen=True)
class Place:
    """Files by their path in the place, and where their file system has them."""

    name: str
    files: Mapping[str, str]
    single: bool = False
    """Whether it is one file and not a folder."""
    pattern: bool = False
    """Whether only some files of a folder were asked for."""
    system: Any = None
    """The file system of fsspec; none for files here."""

    def where(self, path: str) -> str:
        """What to call a file when speaking to the person."""
        return self.files[path] if self.system is None else str(self.system.unstrip_protocol(self.files[path]))

    def open(self, path: str) -> BinaryIO:
        """A file as a stream of bytes.

        Raises:
            OSError: where a file here cannot be opened or read.
            CorpusError: where one elsewhere cannot be; what can be read of it would depend on the network.
        """
        if self.system is None:
            return Path(self.files[path]).open("rb")
        return io.BufferedReader(_Stream(self.system, self.files[path], self.where(path)), _BUFFER)


def find(source: str | Path, beside: str) -> Place:
    """The files of a folder or prefix, those that match a pattern, or a single file.

    Args:
        source: a path, or a URL of a protocol that fsspec knows. Patterns are for stores that can list what they hold.
        beside: the name of a file that belongs to what a pattern matches if it lies in the pattern's folder.

    Raises:
        CorpusError: where there is nothing, or it cannot be listed.
    """
    if not isinstance(source, str) or "://" not in source:
        return _here(Path(source))
    with _told(source):
        return _elsewhere(source, beside)


def _here(source: Path) -> Place:
    if source.is_file():
        return Place(str(source), {source.name: str(source)}, single=True)
    if not source.is_dir():
        raise CorpusError(f"{source}: no such file or folder")

    def stop(error: OSError) -> None:
        raise CorpusError(f"{error.filename}: cannot be read: {error.strerror}")

    files = {
        (Path(where) / name).relative_to(source).as_posix(): str(Path(where) / name)
        for where, _, names in os.walk(source, onerror=stop, followlinks=False)
        for name in names
    }
    return Place(str(source), files)


def _elsewhere(url: str, beside: str) -> Place:
    from fsspec.core import url_to_fs  # not needed for files here

    system, path = url_to_fs(url)
    system.invalidate_cache()  # a listing that an earlier reading kept may be old
    if _is_web(system):
        return Place(url, {unquote(urlsplit(path).path).rpartition("/")[2]: path}, single=True, system=system)
    if first := _PATTERN.search(path):
        root = path[: first.start()].rpartition("/")[0]
        names = {name for name, about in system.glob(path, detail=True).items() if about["type"] == "file"}
        if not names:
            system.info(root)  # or there is no such folder or bucket
            raise CorpusError(f"{url}: no file matches this pattern")
        if system.exists(f"{root}/{beside}"):
            names.add(f"{root}/{beside}")
    elif system.info(path)["type"] == "directory":
        root, names = path.rstrip("/"), set(system.find(path))
    else:
        return Place(url, {path.rpartition("/")[2]: path}, single=True, system=system)
    # A name that ends in a slash stands for a folder that somebody made by hand.
    files = {name[len(root) :].removeprefix("/"): name for name in names if not name.endswith("/")}
    return Place(url, files, pattern=first is not None, system=system)


def _is_web(system: Any) -> bool:
    return "http" in system.protocol


def _open(system: Any, path: str) -> tuple[Any, bool]:
    """A file of a store or server, and whether it can be had in blocks from anywhere in it."""
    if not _is_web(system):
        return system.open(path, "rb", block_size=_BLOCK), True
    try:
        size = system.info(path)["size"]
    except FileNotFoundError as error:  # whatever went wrong; the cause says what
        raise error.__cause__ or error from None
    headers = {**system.kwargs.get("headers", {}), "Range": "bytes=0-0"}
    if size:
        with system.open(path, "rb", block_size=0, size=size, headers=headers) as answer:
            if answer.r.status == HTTPStatus.PARTIAL_CONTENT:
                return system.open(path, "rb", block_size=_BLOCK, cache_type="readahead", size=size), True
    # One long answer, which takes as long as its reader works on what it has read.
    from aiohttp import ClientTimeout

    timeout = ClientTimeout(total=None, sock_connect=_PATIENCE, sock_read=_PATIENCE)
    return system.open(path, "rb", block_size=0, size=size or 1, timeout=timeout), False


class _Stream(io.RawIOBase):
    """A file elsewhere, of which a few blocks at most are in memory."""

    def __init__(self, system: Any, path: str, name: str) -> None:
        super().__init__()
        self._name = name
        with _told(name):
            self._file, self._seekable = _open(system, path)
            self._size: int | None = getattr(self._file, "size", None)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._seekable

    def readinto(self, buffer: WriteableBuffer) -> int:
        view = memoryview(buffer).cast("B")
        with _told(self._name):
            found: bytes = self._file.read(len(view))
            if not found and len(view) and self._size is not None and self._file.tell() < self._size:
                raise OSError(f"ends after {self._file.tell()} of {self._size} bytes")
        view[: len(found)] = found
        return len(found)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._file.seek(offset, whence))

    def tell(self) -> int:
        return int(self._file.tell())

    def close(self) -> None:
        if not self.closed and hasattr(self, "_file"):
            self._file.close()
        super().close()


@contextmanager
def _told(name: str) -> Iterator[None]:
    """Errors of file systems have no class in common; each becomes one line that names the place."""
    try:
        yield
    except CorpusError:
        raise
    except Exception as error:
        raise CorpusError(f"{name}: {_reason(name, error)}") from error


def _reason(name: str, error: Exception) -> str:
    status = getattr(error, "status", None)  # of the answer of a web server
    said = " ".join(str(error).split()) if status is None else f"the server says {status}"
    if isinstance(error, ImportError):
        return "needs s3fs: pip install 'standoff[s3]'" if name.startswith(("s3:", "s3a:")) else said
    if isinstance(error, FileNotFoundError) or status == HTTPStatus.NOT_FOUND:
        return "no such file, folder or bucket" + ("" if said in name else f" ({said})")
    if isinstance(error, PermissionError) or status in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        return f"access denied ({said})"
    return f"cannot be read: {said or type(error).__name__}"
