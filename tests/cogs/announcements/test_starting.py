"""Choosing what an announcement begins with, as a moderator and as a member."""

from typing import Any

from bot.knowledge.index import Library
from bot.knowledge.model import Pack
from cogs.announcements.starting import chooser
from cogs.knowledge.reading import Reader
from tests.cogs.announcements.desk import filled
from tests.cogs.polls.asking import opened
from tests.knowledge.making import monstrous_pack
from tests.world import World, components, text_of


async def offered(here: World) -> Any:
    """A message with the chooser, such as the moderator is given."""
    reader = Reader(here.library, here.library.default, "en")
    place = here.bot.get_partial_messageable(here.channel.id)
    await place.send(view=chooser(reader))
    return here.channel.last_message


def menus(message: Any) -> list[dict[str, Any]]:
    return [dict(node) for node in components(message) if node.get("type") == 3]


async def chosen(here: World, label: str, who: Any = None) -> Any:
    message = await offered(here)
    for menu in menus(message):
        for option in menu["options"]:
            if option["label"] == label:
                person = who or here.mod
                return await person.select(message, [option["value"]], custom_id=menu["custom_id"])
    raise AssertionError(f"{label} is not offered")


def typed(form: Any) -> dict[str, str]:
    """What the form's text inputs hold when it opens, by label."""
    return {
        part["label"]: part["component"].get("value") or ""
        for part in form.modal["components"]
        if part["component"]["type"] == 4
    }


async def test_the_chooser_offers_blank_the_templates_and_every_issue(here: World) -> None:
    general, issues = menus(await offered(here))
    assert [option["label"] for option in general["options"]] == [
        "A blank form",
        "Briefing of the summit",
        "Polls now open",
        "Results",
        "What has changed",
    ]
    assert [option["label"] for option in issues["options"]] == ["Issue briefing: Security"]


async def test_a_blank_form_opens_empty(here: World) -> None:
    form = await chosen(here, "A blank form")
    assert set(typed(form).values()) == {""}


async def test_a_template_opens_the_form_filled_in_and_it_can_be_sent(here: World) -> None:
    form = await chosen(here, "Issue briefing: Security")
    held = typed(form)
    assert held["Title"] == "Briefing: Security"
    assert "Ships meet.\n-# fact · §1" in held["Text"]
    preview = await filled(here.mod, form)
    assert preview.response.ephemeral
    assert "Ships meet." in text_of(preview.response)


async def test_the_form_holds_the_polls_as_they_stand(here: World) -> None:
    nothing = await chosen(here, "Polls now open")
    assert nothing.ephemeral
    assert "No poll is open here" in text_of(nothing.response)
    poll = await opened(here, "tone")
    await here.ann.click(poll, label="Warm")
    text = typed(await chosen(here, "Polls now open"))["Text"]
    assert f"[Which tone will the readouts take?]({poll.jump_url})" in text
    assert "**1 vote**" in text
    changes = typed(await chosen(here, "What has changed"))
    assert changes["Title"] == "What has changed: Harbour talks"
    assert "### New polls" in changes["Text"]


async def test_a_member_cannot_start_from_anything(here: World) -> None:
    for label in ("A blank form", "Briefing of the summit"):
        result = await chosen(here, label, here.ann)
        assert result.modal is None
        assert result.ephemeral
        assert "is for moderators" in text_of(result.response)


async def test_the_chooser_works_after_a_restart(here: World) -> None:
    message = await offered(here)
    await here.restart()
    menu = menus(message)[0]
    form = await here.mod.select(message, ["summit"], custom_id=menu["custom_id"])
    assert typed(form)["Title"] == "Briefing: Harbour talks"


def test_many_issues_are_offered_in_several_menus_within_discords_limits() -> None:
    pack: Pack = monstrous_pack(actors=3, positions=130)
    view = chooser(Reader(Library([pack]), pack, "en"))
    found = view.to_components()
    rows = [row["components"][0] for row in found if row["type"] == 1]
    assert [len(menu["options"]) for menu in rows] == [5, 25, 25, 25, 25]
    assert len({menu["custom_id"] for menu in rows}) == 5
