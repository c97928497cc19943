"""From the YAML files of a pack to its immutable model.

Every mistake in every file is found, not only the first: what can be read is checked even where
something beside it cannot.
"""

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from bot.knowledge import shape as s
from bot.knowledge.building import Built, build
from bot.knowledge.model import Pack
from bot.knowledge.problems import PackError, Problem
from bot.knowledge.shaping import shaped, shaped_items
from bot.knowledge.validation import check
from bot.knowledge.yaml_source import YamlFile, nearest, read_yaml

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
    """Whether a folder is meant as a pack: it has a summit file, if only by its wrong ending."""
    return any((folder / f"summit{ending}").exists() for ending in YAML_ENDINGS)


def load_pack(folder: Path) -> Pack:
    """The pack in `folder`; PackError with everything that is wrong with it."""
    shown = shown_path(folder)
    with _no_collection():
        files = {name: _read(folder, shown, name) for name in s.FILES}
        built = _shapes(files)
        check(files, folder.resolve().name)
        problems = [problem for file in files.values() for problem in sorted(set(file.problems))]
        problems += _misnamed(folder, shown)
        if problems:
            raise PackError(problems)
        return build(built)


@contextmanager
def _no_collection() -> Iterator[None]:
    """Hold back the cycle collector: it would walk a big pack's nodes again and again in vain,
    which takes longer than reading them."""
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
    """YAML files that are no part of a pack, so that nothing in them would be read.

    Hidden ones are not looked at: editors and systems leave such behind.
    """
    try:
        found = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        # A folder that may be entered but not listed: its files can be read all the same.
        return []
    return [
        Problem(
            shown / path.name,
            1,
            1,
            "No file of a pack is called so, and nothing in it is read. Rename or remove it."
            + nearest(path.stem, s.FILES, ".yaml"),
        )
        for path in found
        if path.suffix.lower() in YAML_ENDINGS
        and not path.name.startswith(".")
        and path.name not in {f"{name}.yaml" for name in s.FILES}
    ]


def _shapes(files: Mapping[str, YamlFile]) -> Built:
    summit, source = files["summit"], files["source"]
    return Built(
        summit=shaped(summit, s.SummitShape, summit.data) if summit.data is not None else None,
        source=shaped(source, s.SourceShape, source.data) if source.data is not None else None,
        actors=dict(shaped_items(files["actors"], "actors", s.ActorShape)),
        issues=dict(shaped_items(files["issues"], "issues", s.IssueShape)),
        positions=dict(shaped_items(files["positions"], "positions", s.PositionShape)),
        outcomes=dict(shaped_items(files["outcomes"], "outcomes", s.OutcomeShape)),
        terms=dict(shaped_items(files["glossary"], "terms", s.TermShape)),
    )


def shown_path(folder: Path) -> Path:
    """`folder` as people know it: from where they are, if it lies below."""
    try:
        return folder.resolve().relative_to(Path.cwd())
    except ValueError:
        return folder
