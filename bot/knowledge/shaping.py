"""Holding plain data against the shapes, with every mistake in words."""

from collections.abc import Iterator
from typing import Any, TypeVar

from pydantic import ValidationError

from bot.knowledge.shape import FILES, Shape
from bot.knowledge.yaml_source import Step, Unquoted, YamlFile, nearest

S = TypeVar("S", bound=Shape)


def shaped(file: YamlFile, shape: type[S], data: Any, path: tuple[Step, ...] = ()) -> S | None:
    """`data` as a `shape`, or None with its mistakes noted in `file`."""
    try:
        return shape.model_validate(data)
    except ValidationError as error:
        for mistake in error.errors(include_url=False, include_context=True):
            _note(file, shape, path, dict(mistake))
        return None


def shaped_items(file: YamlFile, key: str, shape: type[S]) -> Iterator[tuple[int, S]]:
    """The items of a file that is one list under `key`, with their places; faulty ones left out.

    They are checked one by one, so that a mistake in one does not hide the others.
    """
    data = file.data
    if not isinstance(data, dict):
        if data is not None:
            file.problem((), f'This file holds one list under "{key}:"; start it with that.')
        return
    for other in data.keys() - {key}:
        file.problem((other,), _unknown(other, [key]), at_key=True)
    items = data.get(key)
    if items is None:
        file.problem((), f'"{key}" is missing. This file holds one list under "{key}:".')
    elif not isinstance(items, list):
        file.problem((key,), f'A list belongs under "{key}": each item starts with a hyphen.')
    elif not items and FILES[file.path.stem].model_fields[key].metadata:
        file.problem((key,), f'At least one item belongs under "{key}".')
    else:
        for place, item in enumerate(items):
            found = shaped(file, shape, item, (key, place))
            if found is not None:
                yield place, found


def _note(
    file: YamlFile, shape: type[Shape], path: tuple[Step, ...], mistake: dict[str, Any]
) -> None:
    place: tuple[Step, ...] = (*path, *mistake["loc"])
    kind, value = mistake["type"], mistake["input"]
    if value is None:
        return  # complained of when it was read
    last = mistake["loc"][-1] if mistake["loc"] else ""
    if kind == "missing":
        file.problem(place[:-1], f'"{last}" is missing here.')
    elif kind == "extra_forbidden":
        known = _keys_at(shape, mistake["loc"][:-1])
        file.problem(place, _unknown(str(last), known), at_key=True)
    elif kind == "enum":
        allowed = mistake["ctx"]["expected"].replace("'", '"').replace(" or ", ", ").split(", ")
        words = [word.strip('"') for word in allowed]
        shown = value.written if isinstance(value, Unquoted) else value
        hint = nearest(str(shown), words)
        file.problem(place, f'"{shown}" is none of {", ".join(words)}.{hint}')
    else:
        file.problem(place, _sentence(kind, mistake))


def _sentence(kind: str, mistake: dict[str, Any]) -> str:
    match kind:
        case "pack":
            return str(mistake["msg"])
        case "list_type":
            return "A list belongs here: each item on a line of its own that starts with a hyphen."
        case "model_type" | "model_attributes_type" | "dict_type":
            return "Keys with values belong here, such as `text: ...`."
        case "too_short":
            return "At least one item belongs here."
        case "too_long":
            return f"At most {mistake['ctx']['max_length']} items fit here."
        case _:
            return str(mistake["msg"])


def _unknown(key: str, known: list[str]) -> str:
    return f'"{key}" is no key that belongs here.{nearest(key, known)}'


def _keys_at(shape: type[Shape], path: tuple[Step, ...]) -> list[str]:
    """The keys of the shape that stands at `path` inside `shape`."""
    for step in path:
        if isinstance(step, str) and step in shape.model_fields:
            shape = _shape_in(shape.model_fields[step].annotation) or shape
    return list(shape.model_fields)


def _shape_in(annotation: Any) -> type[Shape] | None:
    if isinstance(annotation, type) and issubclass(annotation, Shape):
        return annotation
    for part in getattr(annotation, "__args__", ()):
        found = _shape_in(part)
        if found is not None:
            return found
    return None
