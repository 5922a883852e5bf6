"""What a file format is: its name and content type, how its files are written, and how a learner is taken out of one."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator, Sequence
from typing import IO, TYPE_CHECKING, Any, ClassVar

from ..exceptions import FormatUnavailable, UnknownFormat

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Batch = Sequence[Sequence[Any]]
"""Some rows, column by column: one sequence of cells for each column, all of one length."""


class Writer(ABC):
    """Writes a table to a binary file, batch by batch, holding no more than a batch.

    As a context manager it finishes the file, or after an error lets go of what it holds.
    """

    @abstractmethod
    def write(self, batch: Batch) -> None:
        """Add the rows of a batch."""

    def close(self) -> None:  # noqa: B027
        """Finish the file; it stays open. Raises OSError if it cannot be written."""

    def discard(self) -> None:  # noqa: B027
        """Let go of what is held, after an error."""

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, error_type: type[BaseException] | None, *_: object) -> None:
        if error_type is None:
            self.close()
        else:
            self.discard()


class Format(ABC):
    """A format in which reports are written. ``name`` is what the REST API calls it, at most 8 characters."""

    name: ClassVar[str]
    label: ClassVar[str | _StrPromise]
    extension: ClassVar[str]
    content_type: ClassVar[str]
    takes_byte_order_mark: ClassVar[bool] = False
    """Whether a download may begin with a byte order mark where a site has CSV_BOM on."""
    offered_on_page: ClassVar[bool] = True
    """Whether the page offers it; the REST API does in any case."""

    def is_available(self) -> bool:
        """Whether what writes it is installed here."""
        return True

    @abstractmethod
    def open_writer(self, file: IO[bytes], header: Sequence[str], *, title: str = "", subject: str = "") -> Writer:
        """Return a writer that has written the header. Some formats have a place for what the file is and what it is about."""

    @property
    def can_leave_out_rows(self) -> bool:
        """Whether ``copy_without`` is there; without it, files are destroyed when a learner in them is erased."""
        return type(self).copy_without is not Format.copy_without

    def copy_without(self, content: IO[bytes], kept: IO[bytes], *, column: str, cells: Collection[str]) -> int:
        """Copy a file without the rows that have one of ``cells`` in ``column``; returns how many these were.

        Holds no more than a few rows. Raises ValueError, or LookupError, for content that is not of this format.
        """
        raise NotImplementedError

    @property
    def can_be_read(self) -> bool:
        """Whether ``read_rows`` is there; without it, files cannot be compared."""
        return type(self).read_rows is not Format.read_rows

    def read_rows(self, content: IO[bytes]) -> Iterator[list[str]]:
        """Yield the rows under the header as texts, without their guards; '' for an empty cell.

        Two files of this format with the same cells yield the same texts. Holds no more than a few rows. Raises ValueError, or
        LookupError, for content that is not of this format.
        """
        raise NotImplementedError


_FORMATS: dict[str, Format] = {}


def register_format(file_format: Format) -> None:
    """Make a format known. Raises ValueError for a name that another format has, or that is too long."""
    known = _FORMATS.get(file_format.name)
    if not 0 < len(file_format.name) <= 8 or type(known) not in (type(file_format), type(None)):
        raise ValueError(f"'{file_format.name}' is the name of another format, or has not between 1 and 8 characters.")
    _FORMATS[file_format.name] = file_format


def formats() -> tuple[Format, ...]:
    """Every registered format, in the order of registration."""
    return tuple(_FORMATS.values())


def available_formats() -> tuple[Format, ...]:
    """The formats that can be written here."""
    return tuple(file_format for file_format in formats() if file_format.is_available())


def get_format(name: str) -> Format:
    """Return the format of this name. Raises UnknownFormat."""
    try:
        return _FORMATS[name]
    except KeyError:
        raise UnknownFormat(names=", ".join(_FORMATS)) from None


def require_available(name: str) -> Format:
    """Return the format of this name if it can be written here. Raises UnknownFormat or FormatUnavailable."""
    file_format = get_format(name)
    if not file_format.is_available():
        raise FormatUnavailable(format=file_format.label)
    return file_format


def encoded(text: str) -> bytes:
    """Return a text in UTF-8; half of a surrogate pair, which has no such form, becomes ``?``."""
    return text.encode("utf-8", "replace")
