"""What a blank draft can be filled from, as a moderator and as a member."""

from typing import Any

from bot.knowledge.library import Library
from bot.knowledge.model import Pack
from bot.ui.knowledge.reader import PackReader
from cogs.announcements.controls import start_menus
from tests.knowledge.making import monstrous_pack
from tests.sim.announcements import (
    announcements_in,
    fill_announcement,
    stored_announcements,
    write_announcement,
)
from tests.sim.messages import components, press, private_answers, text_of, use_forged_control
from tests.sim.polls import open_poll
from tests.sim.server import World, add_private_channel


async def blank(here: World) -> Any:
    """A draft of which nothing is written yet."""
    return await write_announcement(here, title="", text="")


def menus(preview: Any) -> list[dict[str, Any]]:
    found = [dict(node) for node in components(preview.response) if node.get("type") == 3]
    return [menu for menu in found if menu["custom_id"].startswith("announce:start:")]


async def filled_from(here: World, preview: Any, label: str) -> Any:
    for menu in menus(preview):
        for option in menu["options"]:
            if option["label"] == label:
                return await here.mod.select(
                    preview.response, [option["value"]], custom_id=menu["custom_id"]
                )
    raise AssertionError(f"{label} is not offered")


async def test_a_blank_draft_offers_the_templates_and_every_issue(here: World) -> None:
    general, issues = menus(await blank(here))
    assert [option["label"] for option in general["options"]] == [
        "Briefing of the summit",
        "Polls now open",
        "Results",
        "What has changed",
    ]
    assert [option["label"] for option in issues["options"]] == ["Issue briefing: Security"]


async def test_a_blank_draft_is_not_called_a_preview(here: World) -> None:
    text = text_of((await blank(here)).response)
    assert text.startswith("**Nothing is written yet.**")
    assert "Announced by" not in text
    assert "⛔" not in text


async def test_an_old_menu_does_not_replace_what_was_written_since(here: World) -> None:
    preview = await blank(here)
    await write_announcement(
        here, "announce edit", announcement="1", title="Mine", text="Half an hour of it."
    )
    await filled_from(here, preview, "Issue briefing: Security")
    assert "so it was not filled in" in text_of(preview.response)
    assert "Half an hour of it." in text_of(preview.response)
    assert [(row.title, row.body) for row in await stored_announcements(here)] == [
        ("Mine", "Half an hour of it.")
    ]


async def test_what_is_written_already_is_not_offered_to_be_replaced(here: World) -> None:
    assert menus(await write_announcement(here)) == []
    assert menus(await write_announcement(here, title="", text="Only a text")) == []


async def test_a_template_fills_the_draft_which_can_be_posted_as_it_is(here: World) -> None:
    preview = await blank(here)
    await filled_from(here, preview, "Issue briefing: Security")
    assert "## Briefing: Security" in text_of(preview.response)
    assert "Ships meet.\n-# fact · §1" in text_of(preview.response)
    assert menus(preview) == []
    (row,) = await stored_announcements(here)
    assert (row.title, row.state) == ("Briefing: Security", "draft")
    await press(here, preview, "Post")
    (post,) = announcements_in(here)
    assert "Ships meet.\n-# fact · §1" in text_of(post)


async def test_the_polls_are_told_of_as_they_stand(here: World) -> None:
    preview = await blank(here)
    nothing = await filled_from(here, preview, "Polls now open")
    assert nothing.ephemeral
    assert "No poll is open here" in text_of(nothing.response)
    poll = await open_poll(here, "tone")
    await here.ann.click(poll, label="Warm")
    await filled_from(here, preview, "Polls now open")
    text = text_of(preview.response)
    assert f"[Which tone will the readouts take?]({poll.jump_url})" in text
    assert "**1 vote**" in text
    preview = await blank(here)
    await filled_from(here, preview, "What has changed")
    assert "## What has changed: Harbour talks" in text_of(preview.response)
    assert "### New polls" in text_of(preview.response)


async def test_a_member_cannot_fill_a_draft_from_anything(here: World) -> None:
    await blank(here)
    result = await use_forged_control(here, here.ann, here.channel, "announce:start:v1:1:0", 3)
    assert result.ephemeral
    assert "is for moderators" in text_of(result.response)
    assert [row.title for row in await stored_announcements(here)] == [""]


async def test_a_draft_can_be_filled_after_a_restart(here: World) -> None:
    preview = await blank(here)
    await here.restart()
    await filled_from(here, preview, "Briefing of the summit")
    assert "## Briefing: Harbour talks" in text_of(preview.response)


def test_many_issues_are_offered_in_several_menus_within_discords_limits() -> None:
    pack: Pack = monstrous_pack(actors=3, positions=130)
    found = start_menus(PackReader(Library([pack]), pack, "en"), 1)
    assert [len(menu.options) for menu in found] == [4, 25, 25, 25, 25]
    assert len({menu.custom_id for menu in found}) == 5


async def test_a_draft_is_filled_with_polls_that_all_who_will_read_it_may_know_of(
    here: World,
) -> None:
    closet = await add_private_channel(here, "closet", here.moderators)
    await here.mod.slash(closet, "poll open", outcome="hotline")
    public = await filled_from(here, await blank(here), "Polls now open")
    assert "No poll is open here" in private_answers(public)

    form = await here.mod.slash(closet, "announce post")
    inside = await fill_announcement(here.mod, form, title="", text="")
    await filled_from(here, inside, "Polls now open")
    assert (
        "Will they agree on a hotline?"
        in [row.body for row in await stored_announcements(here)][-1]
    )
