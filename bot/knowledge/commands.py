"""`summit-bot check` and `summit-bot schema`."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from bot.errors import StartupError
from bot.knowledge.loader import is_pack, load_pack, pack_folders, shown_path
from bot.knowledge.model import FILES, FileFormat
from bot.knowledge.yaml_source import PackError


def check(paths: Sequence[Path]) -> int:
    """Print every problem of these packs, or folders of packs; 1 if there is any, else 0."""
    faulty = False
    for path in paths:
        try:
            folders = [path] if is_pack(path) else pack_folders(path)
        except PackError as error:
            folders, faulty = [], True
            _print(error.problems)
        for folder in folders:
            try:
                pack = load_pack(folder)
            except PackError as error:
                faulty = True
                _print(error.problems)
                continue
            _print(
                [
                    f"{shown_path(folder)}: ok ({len(pack.actors)} actors, "
                    f"{len(pack.issues)} issues, {len(pack.positions)} positions, "
                    f"{len(pack.outcomes)} outcomes, {len(pack.glossary)} terms)"
                ]
            )
    return int(faulty)


def schemas() -> dict[str, dict[str, object]]:
    """The JSON Schema of each file, by its name without `.yaml`."""
    return {
        name: {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            **_schema(form),
            "title": f"{name}.yaml of a summit-bot pack",
        }
        for name, form in FILES.items()
    }


def _schema(form: FileFormat) -> dict[str, object]:
    if form.key is None:
        return TypeAdapter(form.item).json_schema()
    items = TypeAdapter(list[form.item]).json_schema()  # type: ignore[name-defined]
    definitions = items.pop("$defs")
    if not form.may_be_empty:
        items["minItems"] = 1
    return {
        "$defs": definitions,
        "additionalProperties": False,
        "properties": {form.key: items},
        "required": [form.key],
        "type": "object",
    }


def print_schema(name: str | None) -> int:
    """Print the JSON Schema of one file, or of all. StartupError if there is no such file."""
    found = schemas()
    if name is None:
        _print([json.dumps(found, indent=2)])
        return 0
    stem = name.removesuffix(".yaml")
    if stem not in found:
        raise StartupError(f"No pack file is called {name!r}; choose one of {', '.join(found)}.")
    _print([json.dumps(found[stem], indent=2)])
    return 0


def _print(lines: Sequence[object]) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))
