"""Holds requests of the bot against Discord's own description of its API, and against its limit of
bytes, which the description lacks."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema_rs import Draft202012Validator, ValidationError

MOST_BYTES = 10_170
"""Discord answers 500 to a message whose texts hold more, with `BYTES_A_TEXT` for each of them."""
BYTES_A_TEXT = 12
TEXT_DISPLAY = 10

MEDIA_CHANNEL = 16
"""The type of a channel that discord.py offers in menus beside forums; the description lacks it."""
BIT_FIELDS = ("permissions", "allow", "deny")
"""Sent as texts, as Discord's documentation wants them; the description wants numbers."""
LISTS_OF_IDS = ("roles", "users")
OWNERS_OF_IDS = ("default_values", "attachments")
"""discord.py sends these ids as numbers, which Discord reads as ids everywhere."""


def problem(method: str, path: str, body: Any) -> str | None:
    """What is wrong with a request; None if nothing is, or if the path is not described.

    `path` starts behind the version, such as `/channels/1/messages`.
    """
    found = _validator(method, path)
    if found is None or body is None:
        return None
    for error in found.iter_errors(_described(body)):
        inner = _innermost(error)
        place = "/".join(map(str, inner.instance_path)) or "the body"
        return f"{method} {path}: {place}: {inner.message[:300]}"
    return None


def text_bytes(body: Any) -> int:
    """The bytes of a message's texts as Discord counts them."""
    texts = [part.get("content", "") for part in _parts(body) if part.get("type") == TEXT_DISPLAY]
    return sum(len(text.encode()) + BYTES_A_TEXT for text in texts)


@cache
def _description() -> Mapping[str, Any]:
    file = Path(__file__).with_name("openapi.json")
    found: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return found


@cache
def _templates() -> list[tuple[re.Pattern[str], str]]:
    """The described paths as patterns, those with the fewest variables first."""
    paths = sorted(_description()["paths"], key=lambda path: path.count("{"))
    return [(re.compile(re.sub(r"\{\w+\}", r"[^/]+", path)), path) for path in paths]


def _validator(method: str, path: str) -> Draft202012Validator | None:
    for pattern, template in _templates():
        if pattern.fullmatch(path):
            return _validator_of(method.lower(), template)
    return None


@cache
def _validator_of(method: str, template: str) -> Draft202012Validator | None:
    content = (
        _description()["paths"][template].get(method, {}).get("requestBody", {}).get("content", {})
    )
    if "application/json" not in content:
        return None
    return Draft202012Validator(
        {
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "components": _description()["components"],
            **content["application/json"]["schema"],
        }
    )


def _described(body: Any) -> Any:
    """The body as the description wants it, where Discord is known to accept more."""
    if isinstance(body, list):
        return [_described(part) for part in body]
    if not isinstance(body, dict):
        return body
    found = {key: _described(value) for key, value in body.items()}
    for key, value in found.items():
        if key.endswith("_id") and isinstance(value, int):
            found[key] = str(value)
        elif key in BIT_FIELDS and isinstance(value, str) and value.isdecimal():
            found[key] = int(value)
        elif key in LISTS_OF_IDS and isinstance(value, list):
            found[key] = [str(one) if isinstance(one, int) else one for one in value]
        elif key in OWNERS_OF_IDS and isinstance(value, list):
            found[key] = [{**one, "id": str(one["id"])} for one in value]
    if isinstance(found.get("channel_types"), list):
        found["channel_types"] = [kind for kind in found["channel_types"] if kind != MEDIA_CHANNEL]
    return found


def _innermost(error: ValidationError) -> ValidationError:
    """The error deepest inside the alternatives of `error`: it names the mistake itself.

    Alternatives for other types of component are left out if one is for the type that was sent.
    """
    alternatives = getattr(error.kind, "context", None) or []
    of_its_type = [
        one for one in alternatives if not any(list(e.instance_path)[-1:] == ["type"] for e in one)
    ]
    inner = [_innermost(one) for alternative in of_its_type or alternatives for one in alternative]
    return max([error, *inner], key=lambda one: len(one.instance_path))


def _parts(body: Any) -> Iterator[dict[str, Any]]:
    """Every component of a message, and those inside it."""
    if isinstance(body, list):
        for part in body:
            yield from _parts(part)
    elif isinstance(body, dict):
        yield body
        for key in ("data", "components", "component", "accessory"):
            yield from _parts(body.get(key))
