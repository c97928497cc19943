"""How moderators write polls of their own in the tests, and what the form then holds."""

from typing import Any

from simcord.actors import MemberActor
from simcord.results import InteractionResult

from tests.world import World, components, labels_of, text_of

NAMES = ("question", "options", "closes", "ticks", "role")
TOPICS = "Trade\nSecurity\nClimate"


def topics(count: int, length: int = 0) -> str:
    """So many options, filled up to so many characters each."""
    return "\n".join(f"Topic {number} ".ljust(length, "x").strip() for number in range(count))


def filled(form: InteractionResult) -> dict[str, Any]:
    """What a form holds when it opens, by name of the field."""
    assert form.modal is not None
    return dict(zip(NAMES, map(_held, form.modal["components"]), strict=True))


def _held(label: Any) -> Any:
    part = label["component"]
    if "options" in part:
        return [option["value"] for option in part["options"] if option.get("default")]
    if part["type"] == 6:
        return [int(default["id"]) for default in part.get("default_values") or ()]
    return part.get("value") or ""


async def sent(who: MemberActor, form: InteractionResult, **typed: Any) -> InteractionResult:
    """Send a form with these fields in place of what it holds."""
    held = filled(form)
    assert "role" in typed or not held["role"], "give the role: the form holds an id alone"
    values = {**held, "role": [], **typed}
    ids = [part["component"]["custom_id"] for part in form.modal["components"]]  # type: ignore[index]
    by_id = dict(zip(ids, (values[name] for name in NAMES), strict=True))
    return await who.submit_modal(form, {key: value for key, value in by_id.items() if value})


async def written(here: World, **typed: Any) -> InteractionResult:
    """Write a poll as the moderator: a good one, but for `typed`; returns the answer."""
    form = await here.mod.slash(here.channel, "poll create")
    good = {"question": "Which topic comes first?", "options": TOPICS, "closes": "in 3 days"}
    answer = await sent(here.mod, form, **{**good, **typed})
    assert answer.ephemeral
    return answer


async def posted(here: World, **typed: Any) -> Any:
    """Write a poll as the moderator and post it; returns its message."""
    preview = await written(here, **typed)
    assert "Preview. Only you can see this." in text_of(preview.response)
    await here.mod.click(preview.response, label="Post")
    assert "is open and closes" in text_of(preview.response)
    return here.channel.last_message


def look(message: Any) -> list[Any]:
    """The parts of the container that is the poll, without ids and whether they can be used."""
    dropped = {"id", "custom_id", "disabled"}

    def plain(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: plain(value) for key, value in node.items() if key not in dropped}
        return [plain(child) for child in node] if isinstance(node, list) else node

    found: list[Any] = plain(next(n for n in components(message) if n["type"] == 17)["components"])
    return found


def controls(message: Any) -> list[str]:
    """The labels of the buttons that can be pressed."""
    usable = [n for n in components(message) if n.get("type") == 2 and not n.get("disabled")]
    return [label for label in labels_of(message) if label in {node["label"] for node in usable}]
