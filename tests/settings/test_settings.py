import asyncio
from datetime import UTC, datetime, time

import pytest

from bot.access import SYSTEM, Viewer
from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import UserError
from bot.modlog.service import ModlogService
from bot.settings.model import ServerSettings
from bot.settings.service import CHANGED, SettingsService, log_channel
from tests.factories import make_viewer

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ADMINISTRATOR = make_viewer(1, 10, manage_server=True)


def service(database: Database) -> SettingsService:
    return SettingsService(database, Clock(lambda: NOW))


@pytest.fixture
def settings(database: Database) -> SettingsService:
    return service(database)


@pytest.mark.parametrize(
    "viewer",
    [
        make_viewer(2, 10),
        make_viewer(3, 10, manage_messages=True),
        make_viewer(4, 10, roles=frozenset({7}), moderator_role=7),
    ],
)
async def test_only_administrators_change_settings(
    settings: SettingsService, database: Database, viewer: Viewer
) -> None:
    with pytest.raises(UserError, match="Manage Server"):
        await settings.change(viewer, zone="Asia/Seoul")
    again = service(database)
    await again.load(SYSTEM)
    assert again.of(10) == ServerSettings(10)


async def test_what_is_changed_is_known_at_once_and_after_a_restart(
    settings: SettingsService, database: Database
) -> None:
    await settings.change(ADMINISTRATOR, quiet_from=time(22), quiet_until=time(7, 30))
    changed = await settings.change(ADMINISTRATOR, zone="Asia/Seoul", log_channel=2**62)
    assert settings.of(10) == changed
    again = service(database)
    await again.load(SYSTEM)
    assert again.of(10) == ServerSettings(
        10, log_channel=2**62, zone="Asia/Seoul", quiet_from=time(22), quiet_until=time(7, 30)
    )
    assert again.of(11) == ServerSettings(11)


async def test_changes_are_on_record_in_words_with_who_and_when(
    settings: SettingsService, database: Database
) -> None:
    await settings.change(
        ADMINISTRATOR,
        log_channel=5,
        moderator_role=6,
        quiet_from=time(22),
        quiet_until=time(7),
        second_approval=True,
    )
    await settings.change(ADMINISTRATOR, log_channel=None)
    await settings.change(ADMINISTRATOR, log_channel=None)
    last, first = await ModlogService(database, Clock(lambda: NOW), log_channel).latest(
        ADMINISTRATOR, CHANGED, limit=9
    )
    assert (first.by, first.at, first.guild_id) == (1, NOW, 10)
    assert first.detail.splitlines() == [
        "Log channel: none → <#5>",
        "Moderator role: none → <@&6>",
        "Second approval: off → on",
        "Quiet hours: off → 22:00 to 07:00",
    ]
    assert last.detail == "Log channel: <#5> → none"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"zone": "Asia/Soul"}, "do not know the time zone"),
        ({"moderator_role": 10}, "@everyone"),
        ({"min_forecasters": 2}, "3 to 1,000"),
        ({"min_forecasters": 1001}, "3 to 1,000"),
        ({"quiet_from": time(22)}, "both a start and an end"),
        ({"quiet_from": time(22), "quiet_until": time(22)}, "must not end"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    settings: SettingsService, database: Database, changes: dict[str, object], said: str
) -> None:
    with pytest.raises(UserError, match=said):
        await settings.change(ADMINISTRATOR, second_approval=True, **changes)
    assert settings.of(10) == ServerSettings(10)
    await settings.load(SYSTEM)
    assert settings.of(10) == ServerSettings(10)


async def test_two_first_changes_at_once_are_both_kept(database: Database) -> None:
    one, other = service(database), service(database)
    await asyncio.gather(
        one.change(ADMINISTRATOR, zone="Asia/Seoul"),
        other.change(ADMINISTRATOR, second_approval=True),
    )
    await one.load(SYSTEM)
    assert one.of(10) == ServerSettings(10, zone="Asia/Seoul", second_approval=True)


async def test_what_another_process_changed_is_known_once_loaded_again(database: Database) -> None:
    one, other = service(database), service(database)
    await other.load(SYSTEM)
    await one.change(ADMINISTRATOR, moderator_role=6)
    assert other.of(10).moderator_role is None
    await other.load(SYSTEM)
    assert other.of(10).moderator_role == 6
    # A change here starts from what the other process has stored.
    await one.change(ADMINISTRATOR, zone="Asia/Seoul")
    assert (await other.change(ADMINISTRATOR, second_approval=True)).zone == "Asia/Seoul"


async def test_loading_does_not_undo_a_change_that_is_made_meanwhile(
    settings: SettingsService, monkeypatch: pytest.MonkeyPatch
) -> None:
    from bot.settings import store as servers

    read = servers.all_settings

    async def slow(session: object) -> dict[int, ServerSettings]:
        found = await read(session)  # type: ignore[arg-type]
        if not meanwhile.is_set():
            meanwhile.set()
            await changed.wait()
        return found

    meanwhile, changed = asyncio.Event(), asyncio.Event()
    monkeypatch.setattr(servers, "all_settings", slow)
    loading = asyncio.create_task(settings.load(SYSTEM))
    await meanwhile.wait()
    await settings.change(ADMINISTRATOR, zone="Asia/Seoul")
    changed.set()
    await loading
    assert settings.of(10).zone == "Asia/Seoul"
