"""Reads one YAML file into plain data, and knows the line and column of each value.

Holds what every check of a pack reports: a `Problem`, and `PackError` for all of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import process

from bot.text import hidden_problem

MOST_VALUES = 2_000_000
DEEPEST = 50
_PLAIN = "tag:yaml.org,2002:"
_SCALARS = {"str", "int", "float", "bool", "null", "timestamp"}

Step = str | int


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake. Lines and columns count from 1; `str()` is `file:line:column: message`."""

    path: Path
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}: {self.message}"


class PackError(Exception):
    """Packs that cannot be used, with everything that is wrong with them."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Unquoted:
    """A value that YAML does not read as text: a number, a date, yes or no."""

    written: str
    kind: str


@dataclass
class YamlFile:
    """One file: its `data`, None if it cannot be read, and the problems found in it."""

    path: Path
    data: Any = None
    problems: list[Problem] = field(default_factory=list)
    _root: yaml.Node | None = None

    def problem(self, path: tuple[Step, ...], message: str, *, at_key: bool = False) -> None:
        """Add a problem with the value at `path`, or with its key."""
        line, column = self._place(path, at_key)
        self.problems.append(Problem(self.path, line, column, message))

    def line(self, path: tuple[Step, ...]) -> int:
        """The line of the value at `path`, from 1."""
        return self._place(path, at_key=False)[0]

    def _place(self, path: tuple[Step, ...], at_key: bool) -> tuple[int, int]:
        node = self._root
        for depth, step in enumerate(path):
            found = _child(node, step)
            if found is None:
                break
            key, node = found
            if at_key and depth == len(path) - 1 and key is not None:
                node = key
        if node is None:
            return 1, 1
        return node.start_mark.line + 1, node.start_mark.column + 1


def read_yaml(path: Path, shown: Path) -> YamlFile:
    """Read `path`, which problems call `shown`. Whatever is in the file, this does not raise."""
    file = YamlFile(shown)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = error.object[: error.start]
        line = before.count(b"\n") + 1
        column = error.start - (before.rfind(b"\n") + 1) + 1
        message = "This is not UTF-8 text. Save the file with the encoding UTF-8."
        file.problems.append(Problem(shown, line, column, message))
        return file
    except OSError as error:
        file.problems.append(Problem(shown, 1, 1, f"The file cannot be read: {error.strerror}."))
        return file
    try:
        file._root = _compose(text)
    except yaml.YAMLError as error:
        file.problems.append(_syntax_problem(shown, error, text))
        return file
    if file._root is None:
        file.problems.append(Problem(shown, 1, 1, "The file is empty."))
        return file
    data = _Reader(file).value(file._root, 0, ())
    if not file.problems or isinstance(data, dict):
        file.data = data
    return file


def _compose(text: str) -> yaml.Node | None:
    loader = yaml.CSafeLoader(text)
    try:
        node: yaml.Node | None = loader.get_single_node()
    finally:
        loader.dispose()
    return node


def _syntax_problem(path: Path, error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line, mark.column) if mark else (0, 0)
    lines = text.splitlines() or [""]
    line = min(line, len(lines) - 1)
    said = getattr(error, "problem", None) or str(error).splitlines()[0]
    if "\t" in lines[line][: column + 1]:
        message = "There is a tab here. YAML is indented with spaces. Replace the tab."
    elif "expected a single document" in str(getattr(error, "context", "")):
        message = "A second document starts here. A pack file holds one. Remove the `---`."
    else:
        message = (
            f"This is not valid YAML: {said}. Check indentation, quotes and colons around here."
        )
    return Problem(path, line + 1, column + 1, message)


class _Reader:
    """Turns nodes into dicts, lists, strings, None and `Unquoted`, with a problem for the rest."""

    def __init__(self, file: YamlFile) -> None:
        self._file = file
        self._count = 0

    def value(self, node: yaml.Node, depth: int, above: tuple[int, ...]) -> Any:
        self._count += 1
        if self._count > MOST_VALUES or depth > DEEPEST or id(node) in above:
            if self._count <= MOST_VALUES + 1:
                self._count = MOST_VALUES + 1
                self._note(node, "This is nested too deep, or repeated too often, for a pack.")
            return None
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if node.tag not in {f"{_PLAIN}map", f"{_PLAIN}seq"}:
            self._note(node, f"The tag {_shown_tag(node.tag)} is not allowed here. Remove it.")
            return None
        above = (*above, id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, depth + 1, above) for child in node.value]
        return self._mapping(node, depth, above)

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        kind = node.tag.removeprefix(_PLAIN)
        if kind == "str":
            if problem := hidden_problem(node.value):
                self._note(node, problem)
            return node.value
        if kind == "null":
            self._note(node, "There is no value here. Write one, or remove the key.")
            return None
        if kind not in _SCALARS:
            self._note(node, f"The tag {_shown_tag(node.tag)} is not allowed here. Remove it.")
            return None
        return Unquoted(node.value, kind)

    def _mapping(self, node: yaml.Node, depth: int, above: tuple[int, ...]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, child in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._note(key, "A key must be a plain word.")
                continue
            if key.value in found:
                self._note(key, f'"{key.value}" is here a second time. Keep one of them.')
                continue
            found[key.value] = self.value(child, depth + 1, above)
        return found

    def _note(self, node: yaml.Node, message: str) -> None:
        mark = node.start_mark
        self._file.problems.append(
            Problem(self._file.path, mark.line + 1, mark.column + 1, message)
        )


def _shown_tag(tag: str) -> str:
    return f"`!!{tag.removeprefix(_PLAIN)}`" if tag.startswith(_PLAIN) else f"`{tag}`"


def _child(node: yaml.Node | None, step: str | int) -> tuple[yaml.Node | None, yaml.Node] | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
        return None, node.value[step]
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if key.value == step:
                return key, value
    return None


def nearest(word: str, known: Iterable[str], ending: str = "") -> str:
    """` Did you mean "x"?` with the known word most like `word`; empty if none is similar.

    `ending` is added to the word.
    """
    found = most_similar(word, known)
    return f' Did you mean "{found}{ending}"?' if found else ""


def most_similar(word: str, known: Iterable[str]) -> str | None:
    """The known word that is most like `word`; None if none is similar."""
    found = process.extractOne(word, list(known), score_cutoff=60)
    return found[0] if found else None
