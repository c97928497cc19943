"""Reading an export back, as the moderator who got it would."""

import csv
import json
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Any
from zipfile import ZipFile


@dataclass(frozen=True)
class Unzipped:
    files: dict[str, bytes]

    @property
    def all_bytes(self) -> bytes:
        return b"\n".join(self.files.values())

    @property
    def readme(self) -> str:
        return self.files["README.txt"].decode("utf-8-sig")

    def tables(self, form: str = "csv") -> list[str]:
        return [name[4:-4] for name in self.files if name.startswith(f"{form}/")]

    def csv(self, table: str) -> list[dict[str, str]]:
        text = self.files[f"csv/{table}.csv"].decode("utf-8-sig")
        return list(csv.DictReader(StringIO(text, newline=""), strict=True))

    def json(self, table: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = json.loads(self.files[f"json/{table}.json"])
        return rows

    def column(self, table: str, name: str) -> list[Any]:
        return [row[name] for row in self.json(table)]


def unzipped(content: bytes) -> Unzipped:
    with ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        return Unzipped({name: archive.read(name) for name in archive.namelist()})
