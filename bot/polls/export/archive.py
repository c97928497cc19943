"""An export as a zip: tables written a batch of rows at a time, as CSV and as JSON.

CSV is UTF-8 with a byte order mark, so that spreadsheet programs recognise the encoding, and its
lines end in CR LF (RFC 4180). JSON is a list of objects, one per line.
"""

import csv
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from io import BytesIO, TextIOWrapper
from types import TracebackType
from typing import IO, Protocol, Self
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Cell = str | int | float | bool | None | Sequence[Mapping[str, str]]
Row = Sequence[Cell]

FORMULA_STARTS = tuple("=+-@＝＋－＠")
"""Characters that start a formula in a spreadsheet program, full-width forms included."""
CONTROL_STARTS = ("\t", "\r", "\n")
JSON = json.JSONEncoder(ensure_ascii=False)


class Form(StrEnum):
    CSV = "csv"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Table:
    """A table of an export. `columns` are (name, meaning) pairs, in the order of a row's cells."""

    name: str
    about: str
    columns: tuple[tuple[str, str], ...]

    @property
    def names(self) -> list[str]:
        return [name for name, _ in self.columns]

    def file(self, form: Form) -> str:
        """The name of the table's file in the zip."""
        return f"{form}/{self.name}.{form}"


class TooLargeError(Exception):
    """The zip is larger than its limit."""


class Sheet(Protocol):
    """A table that is being written in one form."""

    def add(self, rows: Iterable[Row]) -> None: ...

    def close(self) -> None: ...


class Archive:
    """A zip of at most `limit` bytes, written from its first file to its last.

    Use it in `with`. It blocks and may take a while: call `add` in a thread.
    """

    def __init__(self, made_at: datetime, limit: int) -> None:
        self._date = (made_at.year, made_at.month, made_at.day, made_at.hour, made_at.minute, 0)
        self._limit = limit
        self._bytes = BytesIO()
        self._zip = ZipFile(self._bytes, "w")
        self._sheet: Sheet | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end()
        self._zip.close()

    def text(self, name: str, text: str) -> None:
        """Add a file of text."""
        with self._open(name) as file:
            file.write(text.encode("utf-8-sig"))

    def begin(self, table: Table, form: Form) -> None:
        """Start the file of a table; the previous file ends."""
        self.end()
        file = self._open(table.file(form))
        self._sheet = CsvSheet(file, table) if form is Form.CSV else JsonSheet(file, table)

    def add(self, rows: Iterable[Row]) -> None:
        """Write rows of the table that was begun last; TooLargeError once over the limit."""
        if self._sheet is None:
            raise ValueError("no table was begun")
        self._sheet.add(rows)
        self._check()

    def end(self) -> None:
        """End the file of the table that was begun last."""
        sheet, self._sheet = self._sheet, None
        if sheet is not None:
            sheet.close()

    def close(self) -> bytes:
        """The finished zip; TooLargeError if it is over the limit."""
        self.end()
        self._zip.close()
        self._check()
        return self._bytes.getvalue()

    def _open(self, name: str) -> IO[bytes]:
        entry = ZipInfo(name, self._date)
        entry.compress_type = ZIP_DEFLATED
        return self._zip.open(entry, "w")

    def _check(self) -> None:
        if self._bytes.tell() > self._limit:
            raise TooLargeError


class CsvSheet:
    def __init__(self, file: IO[bytes], table: Table) -> None:
        self._text = TextIOWrapper(file, encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._text)
        self._writer.writerow(table.names)

    def add(self, rows: Iterable[Row]) -> None:
        self._writer.writerows([csv_cell(cell) for cell in row] for row in rows)

    def close(self) -> None:
        self._text.close()


class JsonSheet:
    def __init__(self, file: IO[bytes], table: Table) -> None:
        self._text = TextIOWrapper(file, encoding="utf-8", newline="\n")
        self._names = table.names
        self._before = "[\n"

    def add(self, rows: Iterable[Row]) -> None:
        for row in rows:
            record = dict(zip(self._names, row, strict=True))
            self._text.write(self._before + JSON.encode(record))
            self._before = ",\n"

    def close(self) -> None:
        self._text.write("[]\n" if self._before == "[\n" else "\n]\n")
        self._text.close()


def csv_cell(cell: Cell) -> str | int | float | None:
    """A cell as CSV: text that a spreadsheet would run gets an apostrophe in front."""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if cell is None or isinstance(cell, (int, float)):
        return cell
    if not isinstance(cell, str):
        cell = "; ".join(": ".join(part.values()) for part in cell)
    runs = cell.startswith(CONTROL_STARTS) or cell.lstrip().startswith(FORMULA_STARTS)
    return f"'{cell}" if runs else cell
