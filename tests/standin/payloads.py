"""What the stand-in says, in Discord's own words."""

import itertools
from collections.abc import Iterator
from typing import Any

from discord.utils import time_snowflake, utcnow

APP_ID, BOT_ID, GUILD_ID, CHANNEL_ID, MOD_ID, ANN_ID = (10**17 + number for number in range(1, 7))
THREAD_ID, DM_ID = 10**17 + 10, 10**17 + 11


def user_payload(user_id: int, name: str, *, bot: bool = False) -> dict[str, Any]:
    return {
        "id": str(user_id), "username": name, "discriminator": "0", "global_name": name,
        "avatar": None, "bot": bot,
    }  # fmt: skip


def member_payload(user: dict[str, Any]) -> dict[str, Any]:
    return {
        "user": user, "roles": [], "permissions": str(1 << 13), "deaf": False, "mute": False,
        "joined_at": "2026-01-01T00:00:00.000000+00:00", "flags": 0,
    }  # fmt: skip


def dm_payload() -> dict[str, Any]:
    return {"id": str(DM_ID), "type": 1, "recipients": [user_payload(MOD_ID, "mina")]}


def numbered(components: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Parts of a message as Discord keeps them: those without an id of their own get small ones."""
    parts = list(parts_of(components))
    taken = [part["id"] for part in parts if part.get("id")]
    assert len(taken) == len(set(taken)), "Discord takes no id twice"
    free = (number for number in itertools.count(1) if number not in taken)
    for part in parts:
        part["id"] = part.get("id") or next(free)
    return components


def parts_of(components: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component of a message, nested ones too."""
    for part in components:
        yield part
        yield from parts_of(part.get("components", []))
        if "accessory" in part:
            yield from parts_of([part["accessory"]])


def message_payload(
    message_id: int, channel_id: int, body: dict[str, Any], author: dict[str, Any]
) -> dict[str, Any]:
    return {
        "id": str(message_id), "channel_id": str(channel_id), "author": author,
        "content": body.get("content") or "",
        "components": numbered(body.get("components") or []),
        "nonce": body.get("nonce"), "flags": body.get("flags", 0), "type": 0, "embeds": [],
        "attachments": [], "mentions": [], "mention_roles": [], "mention_everyone": False,
        "pinned": False, "tts": False, "edited_timestamp": None,
        "timestamp": "2026-01-01T00:00:00.000000+00:00",
    }  # fmt: skip


def ready_payload() -> dict[str, Any]:
    return {
        "v": 10, "user": user_payload(BOT_ID, "summit-bot", bot=True), "session_id": "session",
        "guilds": [{"id": str(GUILD_ID), "unavailable": True}],
        "application": {"id": str(APP_ID), "flags": 0},
    }  # fmt: skip


def guild_payload() -> dict[str, Any]:
    everyone = {
        "id": str(GUILD_ID), "name": "@everyone", "permissions": str(1 << 3), "position": 0,
        "color": 0, "colors": {"primary_color": 0}, "hoist": False, "managed": False,
        "mentionable": False, "flags": 0,
    }  # fmt: skip
    channel = {
        "id": str(CHANNEL_ID), "type": 0, "name": "summit", "position": 0, "nsfw": False,
        "parent_id": None, "permission_overwrites": [], "guild_id": str(GUILD_ID),
    }  # fmt: skip
    me = member_payload(user_payload(BOT_ID, "summit-bot", bot=True))
    return {
        "id": str(GUILD_ID), "name": "Summit Watch", "owner_id": str(MOD_ID), "roles": [everyone],
        "channels": [channel], "members": [me], "threads": [], "emojis": [], "stickers": [],
        "features": [], "member_count": 3, "large": False, "unavailable": False,
        "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
        "mfa_level": 0, "nsfw_level": 0, "premium_tier": 0, "preferred_locale": "en-US",
        "afk_timeout": 60, "system_channel_flags": 0, "voice_states": [], "presences": [],
        "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
    }  # fmt: skip


def click_payload(message: dict[str, Any], custom_id: str) -> dict[str, Any]:
    """The moderator's click on a button of a message."""
    member = member_payload(user_payload(MOD_ID, "mina"))
    return {
        "id": str(time_snowflake(utcnow())), "application_id": str(APP_ID), "type": 3, "version": 1,
        "token": "interaction-token", "guild_id": str(GUILD_ID), "channel_id": str(CHANNEL_ID),
        "channel": {"id": str(CHANNEL_ID), "type": 0, "name": "summit"}, "member": member,
        "data": {"component_type": 2, "custom_id": custom_id}, "message": message,
        "locale": "en-US", "guild_locale": "en-US", "entitlements": [], "app_permissions": "0",
        "authorizing_integration_owners": {}, "context": 0, "attachment_size_limit": 10**7,
    }  # fmt: skip
