"""The preview uses parts of simcord that its authors may change without notice."""

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import simcord
from simcord.preview import Preview
from simcord.preview._server import PreviewServer

import bot.preview

FOLDER = Path(bot.preview.__file__).parent
PAGE = FOLDER / "page.py"
OURS = {"_move", "_handle", "_channels", "_sees", "_last_message"}
"""Private parts of the page's own classes."""


def private_parts(path: Path) -> Iterator[str]:
    """The names beginning with `_` that a module imports from simcord, or reads off an object."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("simcord"):
            for name in (*str(node.module).split("."), *(alias.name for alias in node.names)):
                if name.startswith("_"):
                    yield name
        elif (
            isinstance(node, ast.Attribute)
            and node.attr.startswith("_")
            and not node.attr.startswith("__")
            and node.attr not in OURS
        ):
            yield node.attr


def test_simcord_is_the_version_whose_private_parts_the_page_was_written_for() -> None:
    # Another one: run the tests of the preview, read page.py anew, and only then change this.
    assert version("simcord") == "3.2.1"
    for module in ("simcord._clock", "simcord.preview._pages", "simcord.preview._server"):
        import_module(module)
    used = set(private_parts(PAGE))
    known = {*dir(simcord.Env), *dir(Preview), *dir(PreviewServer)}
    of_instances = {"_pages", "_server", "_epoch", "_started"}
    modules = {"_clock", "_Page"}
    assert used <= known | of_instances | modules
    assert {"_record_error", "_action", "_page_payload", "_STATIC_FILES"} <= used


def test_no_other_module_uses_private_parts_of_simcord() -> None:
    others = [
        path
        for path in FOLDER.parent.rglob("*.py")
        if path != PAGE and "simcord" in path.read_text(encoding="utf-8")
    ]
    assert FOLDER / "simulation.py" in others
    found = {str(path): set(private_parts(path)) - {"_database"} for path in others}
    assert {path: parts for path, parts in found.items() if parts} == {}
