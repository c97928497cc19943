"""Loads packs from their folders of YAML files.

It finds every mistake in every file, not only the first one: what can be read is checked even if
something beside it cannot be read.
"""

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.knowledge.model import FILES, Pack
from bot.knowledge.validation import check, read_items, read_value
from bot.knowledge.yaml_source import PackError, Problem, YamlFile, nearest, read_yaml

OPTIONAL_FILES = {"glossary"}
YAML_ENDINGS = {".yaml", ".yml"}


def load_library(folder: Path) -> tuple[Pack, ...]:
    """All packs in `folder`, by the names of their folders.

    PackError with every problem of every pack, or where there is no pack at all.
    """
    packs: list[Pack] = []
    problems: list[Problem] = []
    for pack_folder in pack_folders(folder):
        try:
            packs.append(load_pack(pack_folder))
        except PackError as error:
            problems += error.problems
    if problems:
        raise PackError(problems)
    return tuple(packs)


def pack_folders(folder: Path) -> list[Path]:
    """The folders in `folder` that are packs; PackError if there are none."""
    shown = shown_path(folder)
    try:
        if folder.is_file():
            message = f'This is a file, and a pack is a folder: name "{shown.parent}" instead.'
            raise PackError([Problem(shown, 1, 1, message)])
        if not folder.is_dir():
            message = "There is no such folder. Check KNOWLEDGE_DIR."
            raise PackError([Problem(shown, 1, 1, message)])
        inside = sorted(path for path in folder.iterdir() if path.is_dir())
        found = [path for path in inside if is_pack(path)]
    except OSError as error:
        message = f"The folder cannot be read: {error.strerror}."
        raise PackError([Problem(shown, 1, 1, message)]) from error
    if not found:
        message = "No pack is in this folder. A pack is a folder with a summit.yaml in it."
        raise PackError([Problem(shown, 1, 1, message)])
    return found


def is_pack(folder: Path) -> bool:
    """Whether a folder is meant as a pack: it has a summit file, even if with the wrong ending."""
    return any((folder / f"summit{ending}").exists() for ending in YAML_ENDINGS)


def load_pack(folder: Path) -> Pack:
    """The pack in `folder`; PackError with everything that is wrong with it."""
    shown = shown_path(folder)
    with _no_collection():
        files = {name: _read(folder, shown, name) for name in FILES}
        values = {name: _values(file, name) for name, file in files.items()}
        check(files, folder.resolve().name)
        problems = [problem for file in files.values() for problem in sorted(set(file.problems))]
        problems += _misnamed(folder, shown)
        if problems:
            raise PackError(problems)
        return _pack(values)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Pause the garbage collector. It would search a big pack's nodes again and again, find nothing
    and take longer than the reading."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _read(folder: Path, shown: Path, name: str) -> YamlFile:
    path = folder / f"{name}.yaml"
    if path.exists():
        return read_yaml(path, shown / path.name)
    file = YamlFile(shown / path.name)
    if name not in OPTIONAL_FILES:
        file.problems.append(Problem(file.path, 1, 1, "This file is missing from the pack."))
    return file


def _misnamed(folder: Path, shown: Path) -> list[Problem]:
    """A problem for each YAML file that is not part of a pack and would be ignored.

    Hidden files are left out, because editors and systems create them.
    """
    try:
        found = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        # The folder may not be listed. Its files can still be read.
        return []
    return [
        Problem(
            shown / path.name,
            1,
            1,
            "A pack has no file of this name, so nothing in it is read. Rename or remove it."
            + nearest(path.stem, FILES, ".yaml"),
        )
        for path in found
        if path.suffix.lower() in YAML_ENDINGS
        and not path.name.startswith(".")
        and path.name not in {f"{name}.yaml" for name in FILES}
    ]


def _values(file: YamlFile, name: str) -> list[Any]:
    """What a file holds, as values of the model; the faulty are left out."""
    form = FILES[name]
    if form.key is not None:
        return list(read_items(file, form.key, form.item, may_be_empty=form.may_be_empty))
    value = None if file.data is None else read_value(file, form.item, file.data)
    return [] if value is None else [value]


def _pack(values: Mapping[str, Sequence[Any]]) -> Pack:
    """The pack that these values of its files make, none of which had a problem."""
    (summit,), (source,) = values["summit"], values["source"]
    return Pack(
        summit=summit,
        source=source,
        actors=_by_id(values["actors"]),
        issues=_by_id(values["issues"]),
        positions={(found.actor, found.issue): found for found in values["positions"]},
        outcomes=_by_id(values["outcomes"]),
        glossary=_by_id(values["glossary"]),
    )


def _by_id(things: Sequence[Any]) -> dict[str, Any]:
    return {thing.id: thing for thing in things}


def shown_path(folder: Path) -> Path:
    """`folder` relative to the current folder if it is inside it, else as it is."""
    try:
        return folder.resolve().relative_to(Path.cwd())
    except ValueError:
        return folder
