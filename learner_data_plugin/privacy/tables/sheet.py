"""The rows of a sheet of an XLSX file as they come: as openpyxl reads values, in less time and without keeping the sheet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import IO, Any
from xml.parsers import expat

_SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main "
_ROW, _CELL, _VALUE, _TEXT, _SPOKEN = (_SHEET + name for name in ("row", "c", "v", "t", "rPh"))
_PIECE = 64 * 1024
_NO_MOMENT = "#VALUE!"


class SheetReader:
    """The first sheet of a file, of which openpyxl reads what belongs to all sheets: shared texts, and formats of dates.

    ``load_workbook`` would go through a sheet that does not say how large it is. Raises what openpyxl raises, ImportError too.
    """

    def __init__(self, file: IO[bytes]) -> None:
        from openpyxl.reader.excel import ExcelReader
        from openpyxl.styles.stylesheet import apply_stylesheet

        reader = ExcelReader(file, read_only=True, data_only=True, keep_links=False)
        reader.read_manifest()
        reader.read_strings()
        reader.read_workbook()
        apply_stylesheet(reader.archive, reader.wb)
        sheets = [part.target for _sheet, part in reader.parser.find_sheets() if "chartsheet" not in part.Type]
        self._archive, self._part = reader.archive, next(part for part in sheets if part in reader.valid_files)
        self._shared = reader.shared_strings
        self._moments = {str(style): style in reader.wb._timedelta_formats for style in reader.wb._date_formats}
        self._epoch = reader.wb.epoch
        self._columns: dict[str, int] = {}

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Yield the values of each row, an empty one for each that is left out. Raises ExpatError or ValueError."""
        number = 0
        with self._archive.open(self._part) as source:
            for place, row in self._read(source):
                for _missing in range(number + 1, place):
                    yield ()
                if place > number:
                    number = place
                    yield row

    def _read(self, source: IO[bytes]) -> Iterator[tuple[int, tuple[Any, ...]]]:
        parsing = _Parsing(self._column_of, self._value_of)
        while piece := source.read(_PIECE):
            parsing.parser.Parse(piece, False)
            yield from parsing.rows
            parsing.rows.clear()
        parsing.parser.Parse(b"", True)

    def _column_of(self, reference: str) -> int:
        letters = reference.rstrip("0123456789")
        if letters not in self._columns:
            from openpyxl.utils import column_index_from_string

            self._columns[letters] = column_index_from_string(letters)
        return self._columns[letters]

    def _value_of(self, kind: str, style: str, value: str) -> Any:
        """What the ``v`` of a cell means."""
        from openpyxl.utils.datetime import from_excel, from_ISO8601

        if kind == "s":
            return self._shared[int(value)]
        if kind == "b":
            return bool(int(value))
        if kind == "d":
            return from_ISO8601(value)
        if kind != "n":
            return value
        number = int(value) if value.lstrip("-").isdecimal() else float(value)
        if style not in self._moments:
            return number
        try:
            return from_excel(number, self._epoch, timedelta=self._moments[style])
        except (OverflowError, ValueError):
            return _NO_MOMENT


class _Parsing:
    """What was read of a sheet and not taken yet: numbers of rows, from 1 on, and their values."""

    def __init__(self, column_of: Callable[[str], int], value_of: Callable[[str, str, str], Any]) -> None:
        self._column_of, self._value_of = column_of, value_of
        self.rows: list[tuple[int, tuple[Any, ...]]] = []
        self._number = self._column = 0
        self._cells: list[tuple[int, Any]] = []
        self._kind = self._style = ""
        self._value: str | None = None
        self._inline: list[str] | None = None
        self._spoken = 0
        self._pieces: list[str] = []
        self.parser = expat.ParserCreate(namespace_separator=" ")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.StartDoctypeDeclHandler = self._refuse

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == _CELL:
            reference = attributes.get("r")
            self._column = self._column_of(reference) if reference else self._column + 1
            self._kind, self._style = attributes.get("t", "n"), attributes.get("s", "0")
            self._value = self._inline = None
        elif name in (_VALUE, _TEXT):
            self._pieces = []
            self.parser.CharacterDataHandler = self._pieces.append
        elif name == _ROW:
            self._number = int(float(attributes["r"])) if "r" in attributes else self._number + 1
            self._column = 0
            self._cells = []
        elif name == _SPOKEN:
            self._spoken += 1

    def _end(self, name: str) -> None:
        if name == _CELL:
            self._cells.append((self._column, self._cell()))
        elif name == _TEXT:
            self.parser.CharacterDataHandler = None
            if not self._spoken:
                self._inline = [*(self._inline or ()), *self._pieces]
        elif name == _VALUE:
            self.parser.CharacterDataHandler = None
            self._value = "".join(self._pieces) if self._value is None else self._value
        elif name == _ROW:
            values = [None] * (self._cells[-1][0] if self._cells else 0)
            for column, value in self._cells:
                if column <= len(values):
                    values[column - 1] = value
            self.rows.append((self._number, tuple(values)))
        elif name == _SPOKEN:
            self._spoken -= 1

    def _cell(self) -> Any:
        if self._kind == "inlineStr":
            return None if self._inline is None else "".join(self._inline)
        return self._value_of(self._kind, self._style, self._value) if self._value else None

    def _refuse(self, *_declared: object) -> None:
        """No program writes a document type into a sheet; what is declared in one may be a bomb."""
        raise ValueError("A sheet with a document type")
