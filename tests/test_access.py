"""Who may know of what is in a channel, and that every use case asks who wants to know."""

import ast
import inspect
import typing
from dataclasses import fields
from pathlib import Path

import pytest

from bot.access import SYSTEM, System, Viewer
from bot.announcements.service import AnnouncementService
from bot.polls.service import PollService
from bot.services import Services
from bot.settings.service import SettingsService
from tests.factories import make_viewer

OPEN, CLOSED, GONE = 1, 2, 3
"""A channel that the member may view, one that they may not, and one that the bot does not know."""
VIEWS = {OPEN: True, CLOSED: False}

MEMBER = make_viewer(5, 10, views=VIEWS.get)
MODERATOR = make_viewer(5, 10, views=VIEWS.get, manage_messages=True)
NAMED = make_viewer(5, 10, views=VIEWS.get, roles=frozenset({7}), moderator_role=7)
ADMINISTRATOR = make_viewer(5, 10, views=VIEWS.get, manage_server=True)


@pytest.mark.parametrize(
    ("viewer", "expected"),
    [
        (MEMBER, {OPEN}),
        (MODERATOR, {OPEN, GONE}),
        (NAMED, {OPEN, GONE}),
        (ADMINISTRATOR, {OPEN, GONE}),
        (SYSTEM, {OPEN, CLOSED, GONE}),
    ],
)
def test_only_moderators_may_know_of_a_channel_that_is_gone(
    viewer: Viewer | System, expected: set[int]
) -> None:
    assert {channel for channel in (OPEN, CLOSED, GONE) if viewer.may_view(channel)} == expected


@pytest.mark.parametrize("viewer", [MEMBER, MODERATOR, ADMINISTRATOR])
def test_an_answer_that_others_read_tells_nobody_of_what_one_of_them_may_not_view(
    viewer: Viewer,
) -> None:
    in_public = viewer.together_with(lambda channel: channel == CLOSED)
    assert not any(in_public.may_view(channel) for channel in (OPEN, CLOSED, GONE))
    both = viewer.together_with(lambda channel: channel == OPEN)
    assert [channel for channel in (OPEN, CLOSED, GONE) if both.may_view(channel)] == [OPEN]
    assert both.is_moderator == viewer.is_moderator


def test_a_viewer_is_in_one_server_and_the_system_in_all() -> None:
    assert [MEMBER.is_in(guild) for guild in (10, 11)] == [True, False]
    assert [SYSTEM.is_in(guild) for guild in (10, 11)] == [True, True]


NOT_SERVICES = {"library", "scheduler", "clock"}
ASK_NOBODY = {
    # Who is a moderator is read from the settings, before there is a viewer.
    (SettingsService, "of"),
    # They read and change nothing that is stored.
    (PollService, "watch"),
    (PollService, "tell_watchers"),
}
PARTS = {AnnouncementService: ("approval", "delivery"), PollService: ("messages",)}


def use_cases() -> list[tuple[type, str]]:
    hints = typing.get_type_hints(Services)
    services = [hints[one.name] for one in fields(Services) if one.name not in NOT_SERVICES]
    for service, names in PARTS.items():
        source = inspect.getmodule(service)
        assert source is not None
        assigned = {
            node.targets[0].attr: node.value.func.id
            for node in ast.walk(ast.parse(inspect.getsource(source)))
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Attribute)
            and isinstance(node.value, ast.Call)
            and isinstance(node.value.func, ast.Name)
        }
        services += [getattr(source, assigned[name]) for name in names]
    return [
        (service, name)
        for service in services
        for name, found in vars(service).items()
        if inspect.isfunction(found) and not name.startswith("_")
    ]


@pytest.mark.parametrize(("service", "name"), use_cases())
def test_every_use_case_takes_who_asks_first_and_has_no_default_for_it(
    service: type, name: str
) -> None:
    if (service, name) in ASK_NOBODY:
        return
    _, *parameters = inspect.signature(getattr(service, name)).parameters.values()
    assert parameters, "it takes nobody"
    hint = typing.get_type_hints(getattr(service, name))[parameters[0].name]
    assert hint in (Viewer, System, Viewer | System)
    assert parameters[0].default is inspect.Parameter.empty


def test_members_are_not_answered_with_what_the_system_may_see() -> None:
    """A handler that reads for a member hands over that member, so these few name `SYSTEM`."""
    root = Path(__file__).parent.parent / "cogs"
    found = {
        str(path.relative_to(root))
        for name in ("commands.py", "views.py", "forms.py")
        for path in root.rglob(name)
        if "SYSTEM" in path.read_text(encoding="utf-8")
    }
    # The cogs of polls and settings load what is stored when the bot starts.
    assert found <= {"polls/commands.py", "settings/commands.py"}
