import json
from pathlib import Path

import pytest

from bot.config import data_folder
from bot.knowledge.commands import schemas

STORED = data_folder() / "schema"


@pytest.mark.parametrize("name", sorted(schemas()))
def test_the_stored_schema_is_the_one_that_the_command_prints(name: str) -> None:
    stored = json.loads((STORED / f"{name}.schema.json").read_text(encoding="utf-8"))
    assert stored == schemas()[name]


@pytest.mark.parametrize(
    "file",
    [
        path
        for folder in (Path("tests/packs"), data_folder() / "summits")
        for path in folder.glob("*/*.yaml")
    ],
    ids=str,
)
def test_every_pack_file_points_editors_at_its_schema(file: Path) -> None:
    line = file.read_text(encoding="utf-8").splitlines()[0]
    reference = line.removeprefix("# yaml-language-server: $schema=")
    assert (file.parent / reference).resolve() == (STORED / f"{file.stem}.schema.json").resolve()
