"""Holding what a pack's files say against the model, and the files against each other.

Every mistake is noted in words, at its place. Most of what must hold between values is checked on
the data as it was read, so that a mistake of one kind hides none of the other.
"""

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar, cast, get_args, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic.dataclasses import is_pydantic_dataclass

from bot.knowledge.model import OutcomeKind, Standing, is_reserved
from bot.knowledge.yaml_source import Step, Unquoted, YamlFile, most_similar, nearest
from bot.text import same_key

S = TypeVar("S")
Place = tuple[Step, ...]

# What a key refers to, wherever it stands.
REFERENCES = {
    "by": "actor",
    "to": "actor",
    "affiliation": "actor",
    "actor": "actor",
    "readouts": "actor",
    "decided_by": "actor",
    "issue": "issue",
    "source": "source section",
}
# Where the things stand that are referred to: file and key.
REFERRED = {
    "actor": ("actors", "actors"),
    "issue": ("issues", "issues"),
    "source section": ("source", "sections"),
}
# The lists of things that have an id, by file.
LISTS = {
    "summit": "sections",
    "source": "sections",
    "actors": "actors",
    "issues": "issues",
    "outcomes": "outcomes",
    "glossary": "terms",
}


def check(files: Mapping[str, YamlFile], folder: str) -> None:
    """Check what no single value can tell. `folder` is the name of the pack's folder."""
    _check_folder(files["summit"], folder)
    for file in files.values():
        for place, mapping in _mappings(file.data, ()):
            if mapping.get("standing") == Standing.STATED and mapping.get("by") is None:
                file.problem(place, 'A "stated" claim needs "by": the id of who said it.')
    _check_references(files)
    for name, key in LISTS.items():
        _check_names(files[name], key)
    _check_positions(files["positions"])
    for place, outcome in _items(files["outcomes"], "outcomes"):
        _check_outcome(files["outcomes"], place, outcome)


def _check_folder(file: YamlFile, folder: str) -> None:
    id_ = file.data.get("id") if isinstance(file.data, dict) else None
    if isinstance(id_, str) and id_ != folder:
        file.problem(
            ("id",), f'The id is "{id_}" but the folder is "{folder}". They must be the same.'
        )


def _check_references(files: Mapping[str, YamlFile]) -> None:
    """Every reference must name something that exists.

    If several references name the same missing id, and no reference names a similar id, then that
    similar id is misspelt. It is reported once, instead of each reference.
    """
    by_kind: dict[str, dict[str, list[tuple[YamlFile, Place, Place]]]] = {
        kind: {} for kind in REFERRED
    }
    for file in files.values():
        for kind, place, step, id_ in _references(file):
            by_kind[kind].setdefault(id_, []).append((file, place, step))
    for kind, (name, key) in REFERRED.items():
        known, found = _ids(files[name], key), by_kind[kind]
        if known is None:
            continue
        unused = known - found.keys()
        for id_ in found.keys() - known:
            misspelt = most_similar(id_, unused) if len(found[id_]) > 1 else None
            if misspelt is None:
                for file, place, step in found[id_]:
                    file.problem(
                        (*place, *step), f'There is no {kind} "{id_}".{nearest(id_, known)}'
                    )
                continue
            message = (
                f'{len(found[id_])} references name the {kind} "{id_}", which does not exist, and '
                f'none names "{misspelt}". Give both the same id.'
            )
            for place, item in _items(files[name], key):
                if item.get("id") == misspelt:
                    files[name].problem((*place, "id"), message)


def _references(file: YamlFile) -> Iterator[tuple[str, Place, Place, str]]:
    """Every reference in a file: its kind, the place of its mapping, the steps to it, its id."""
    for place, mapping in _mappings(file.data, ()):
        for key in mapping.keys() & REFERENCES.keys():
            kind, value = REFERENCES[key], mapping[key]
            if isinstance(value, str):
                yield kind, place, (key,), value
            elif isinstance(value, list):
                for number, id_ in enumerate(value):
                    if isinstance(id_, str):
                        yield kind, place, (key, number), id_


def _check_names(file: YamlFile, key: str) -> None:
    """No two things of a kind may share an id, a name or an alias."""
    owners: dict[str, Place] = {}
    for place, thing in _items(file, key):
        own: set[str] = set()
        for at, word, is_alias in _called(thing, place):
            folded = " ".join(word.casefold().split())
            if folded in own:
                if is_alias:
                    file.problem(at, f'"{word}" is its name or alias already. Remove it here.')
                continue
            own.add(folded)
            if folded in owners:
                line = file.line(owners[folded])
                file.problem(at, f'"{word}" is used already, in line {line}. Use another one.')
            owners.setdefault(folded, at)


def _called(thing: dict[str, Any], at: Place) -> Iterator[tuple[Place, str, bool]]:
    """Everything a thing is called, where, and whether it is an alias."""
    name, aliases = thing.get("name"), thing.get("aliases")
    names = name if isinstance(name, dict) else {"en": name}
    called: list[tuple[Place, Any, bool]] = [((*at, "id"), thing.get("id"), False)]
    called += [((*at, "name", locale), word, False) for locale, word in names.items()]
    if isinstance(aliases, list):
        called += [((*at, "aliases", n), word, True) for n, word in enumerate(aliases)]
    return (entry for entry in called if isinstance(entry[1], str))


def _check_positions(file: YamlFile) -> None:
    seen: dict[tuple[str, str], Place] = {}
    for place, position in _items(file, "positions"):
        if not any(position.get(key) for key in ("stance", "wants", "offers", "fears")):
            message = "This position says nothing. Give it a stance, wants, offers or fears."
            file.problem(place, message)
        actor, issue = position.get("actor"), position.get("issue")
        if not isinstance(actor, str) or not isinstance(issue, str):
            continue
        if (actor, issue) in seen:
            line = file.line(seen[actor, issue])
            message = f'"{actor}" has a position on "{issue}" already, in line {line}. Join them.'
            file.problem(place, message)
        seen.setdefault((actor, issue), place)


def _check_outcome(file: YamlFile, place: Place, outcome: dict[str, Any]) -> None:
    decides, readouts = outcome.get("decided_by"), outcome.get("readouts")
    if isinstance(decides, str) and isinstance(readouts, list) and decides not in readouts:
        hint = nearest(decides, [word for word in readouts if isinstance(word, str)])
        message = f'"{decides}" is not among the readouts of this outcome.{hint}'
        file.problem((*place, "decided_by"), message)
    kind, options = outcome.get("kind"), outcome.get("options")
    if kind == OutcomeKind.YES_NO and options:
        message = 'A yes/no outcome has no options. Remove them, or write "kind: options".'
        file.problem((*place, "options"), message)
    if kind == OutcomeKind.OPTIONS and (not isinstance(options, list) or len(options) < 2):
        file.problem(place, 'An outcome with "kind: options" needs at least two options.')
    seen: set[str] = set()
    for number, option in enumerate(options if isinstance(options, list) else ()):
        if not isinstance(option, dict):
            continue
        label = option.get("label")
        english = label.get("en") if isinstance(label, dict) else label
        for locale, word in (label if isinstance(label, dict) else {"en": label}).items():
            at = (*place, "options", number, "label", *([locale] if label != word else []))
            if isinstance(word, str) and is_reserved(word):
                message = f'"{word}" means something else when a poll is settled. Use other words.'
                file.problem(at, message)
        words = {same_key(word) for word in (option.get("id"), english) if isinstance(word, str)}
        for word in sorted(words & seen):
            at = (*place, "options", number)
            file.problem(at, f'"{word}" is used by another option of this outcome.')
        seen |= words


def _mappings(data: Any, place: Place) -> Iterator[tuple[Place, dict[str, Any]]]:
    """Every mapping in a file's data, with its place."""
    if isinstance(data, dict):
        yield place, data
        for key, value in data.items():
            if isinstance(value, dict | list):
                yield from _mappings(value, (*place, key))
    elif isinstance(data, list):
        for number, value in enumerate(data):
            if isinstance(value, dict | list):
                yield from _mappings(value, (*place, number))


def _items(file: YamlFile, key: str) -> Iterator[tuple[Place, dict[str, Any]]]:
    items = file.data.get(key) if isinstance(file.data, dict) else None
    for number, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield (key, number), item


def _ids(file: YamlFile, key: str) -> set[str] | None:
    """The ids in a file; None where the file is too broken to tell."""
    if not isinstance(file.data, dict) or not isinstance(file.data.get(key), list):
        return None
    return {item["id"] for _, item in _items(file, key) if isinstance(item.get("id"), str)}


def read_value(file: YamlFile, form: type[S], data: Any, path: tuple[Step, ...] = ()) -> S | None:
    """`data` as a value of the model; None if it has mistakes, which are added to `file`."""
    try:
        found: S = _reader(cast(Hashable, form)).validate_python(data)
    except ValidationError as error:
        for mistake in error.errors(include_url=False, include_context=True):
            _note(file, form, path, dict(mistake))
        return None
    return found


def read_items(file: YamlFile, key: str, form: type[S], *, may_be_empty: bool) -> Iterator[S]:
    """The items of a file that is one list under `key`; faulty ones are left out.

    They are checked one by one, so that a mistake in one does not hide the others.
    """
    data = file.data
    if not isinstance(data, dict):
        if data is not None:
            file.problem((), f'This file holds one list under "{key}:". Start it with that.')
        return
    for other in data.keys() - {key}:
        file.problem((other,), _unknown(other, [key]), at_key=True)
    items = data.get(key)
    if items is None:
        file.problem((), f'"{key}" is missing. This file holds one list under "{key}:".')
    elif not isinstance(items, list):
        file.problem((key,), f'A list belongs under "{key}": each item starts with a hyphen.')
    elif not items and not may_be_empty:
        file.problem((key,), f'At least one item belongs under "{key}".')
    else:
        for place, item in enumerate(items):
            found = read_value(file, form, item, (key, place))
            if found is not None:
                yield found


def _note(file: YamlFile, form: type[Any], path: tuple[Step, ...], mistake: dict[str, Any]) -> None:
    place: tuple[Step, ...] = (*path, *mistake["loc"])
    kind, value = mistake["type"], mistake["input"]
    if value is None:
        return  # Its problem was added when the file was read.
    last = mistake["loc"][-1] if mistake["loc"] else ""
    if kind == "missing":
        file.problem(place[:-1], f'"{last}" is missing here.')
    elif kind == "unexpected_keyword_argument":
        known = _keys_at(form, mistake["loc"][:-1])
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
        case "tuple_type":
            return "A list belongs here: each item on a line of its own that starts with a hyphen."
        case "dataclass_type":
            return "Keys with values belong here, such as `text: ...`."
        case "too_short":
            return "At least one item belongs here."
        case "too_long":
            return f"At most {mistake['ctx']['max_length']} items fit here."
        case _:
            return str(mistake["msg"])


def _unknown(key: str, known: list[str]) -> str:
    return f'"{key}" is not a key of this part.{nearest(key, known)}'


def _keys_at(form: type[Any], path: tuple[Step, ...]) -> list[str]:
    """The keys of the value that stands at `path` inside a `form`."""
    for step in path:
        known = {field.name: field for field in fields(form)}
        if isinstance(step, str) and step in known:
            form = _form_in(get_type_hints(form)[step]) or form
    return [field.name for field in fields(form)]


def _form_in(annotation: Any) -> type[Any] | None:
    """The class of the model that an annotation names, such as `tuple[Statement, ...]`."""
    if isinstance(annotation, type) and is_pydantic_dataclass(annotation):
        return annotation
    for part in get_args(annotation):
        found = _form_in(part)
        if found is not None:
            return found
    return None


@cache
def _reader(form: Any) -> TypeAdapter[Any]:
    return TypeAdapter(form)
