"""A small Discord on loopback: its HTTP side, for what a simulation in the process cannot show.

Messages are kept once accepted, a repeated nonce gives the earlier message back, and whatever a
test asks for goes wrong on the way.
"""

import asyncio
import itertools
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from aiohttp import web

from tests.standin.gateway import Gateway

APP_ID, BOT_ID, GUILD_ID, CHANNEL_ID, MOD_ID = (10**17 + number for number in range(1, 6))
EPOCH_BITS = 1_140_000_000_000 << 22


class Fault(Enum):
    """What goes wrong with one request to post."""

    REPLY_LOST = "accepted, but the connection breaks before the reply"
    DROPPED = "the connection breaks before anything is accepted"
    FAILED = "500 before anything is accepted"
    ACCEPTED_AND_FAILED = "accepted, but answered with 502"
    RATE_LIMITED = "429"
    FORBIDDEN = "403"


@dataclass
class StandIn:
    """Discord as far as this bot needs it. `faults` are used up by posts, one each."""

    gateway: Gateway = field(default_factory=lambda: Gateway(ready_payload(), guild_payload()))
    faults: deque[Fault] = field(default_factory=deque)
    edit_faults: deque[Fault] = field(default_factory=deque)
    messages: list[dict[str, Any]] = field(default_factory=list)
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    remembers_nonces: bool = True
    url: str = ""

    def __post_init__(self) -> None:
        self._ids = itertools.count(EPOCH_BITS)
        self._nonces: dict[str, dict[str, Any]] = {}
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/gateway", self.gateway.connect)
        app.router.add_route("*", "/api/v10/{path:.*}", self._answer)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        _, port = self._runner.addresses[0]
        self.url = f"http://127.0.0.1:{port}/api/v10"
        self.gateway.url = f"ws://127.0.0.1:{port}/gateway"

    async def stop(self) -> None:
        assert self._runner is not None
        await self.gateway.drop()
        await self._runner.cleanup()

    def posts(self, channel_id: int = CHANNEL_ID) -> list[dict[str, Any]]:
        """The messages that a channel has."""
        return [message for message in self.messages if message["channel_id"] == str(channel_id)]

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = f"/{request.match_info['path']}"
        self.requests.append((request.method, path))
        for method, pattern, handler in self._routes():
            match = re.fullmatch(pattern, path)
            if match and method == request.method:
                return await handler(request, *match.groups())
        return _json({"message": "Unknown route", "code": 0}, status=404)

    def _routes(self) -> list[tuple[str, str, Callable[..., Awaitable[web.StreamResponse]]]]:
        return [
            ("GET", r"/users/@me", self._me),
            ("GET", r"/oauth2/applications/@me", self._application),
            ("GET", r"/applications/\d+/commands", self._nothing),
            ("PUT", r"/applications/\d+/commands", self._nothing),
            ("POST", r"/channels/(\d+)/messages", self._post),
            ("GET", r"/channels/(\d+)/messages", self._history),
            ("PATCH", r"/channels/\d+/messages/(\d+)", self._edit),
            ("POST", r"/interactions/(\d+)/[^/]+/callback", self._callback),
        ]

    async def _me(self, _: web.Request) -> web.Response:
        return _json(user_payload(BOT_ID, "summit-bot", bot=True))

    async def _application(self, _: web.Request) -> web.Response:
        return _json(
            {
                "id": str(APP_ID),
                "name": "summit-bot",
                "description": "",
                "icon": None,
                "bot_public": True,
                "bot_require_code_grant": False,
                "verify_key": "",
                "flags": 0,
                "team": None,
                "owner": user_payload(MOD_ID, "mina"),
            }
        )

    async def _nothing(self, _: web.Request) -> web.Response:
        return _json([])

    async def _post(self, request: web.Request, channel_id: str) -> web.StreamResponse:
        body = await _body(request)
        fault = self.faults.popleft() if self.faults else None
        if fault is Fault.RATE_LIMITED:
            slow = {"message": "You are being rate limited.", "retry_after": 0.05, "global": False}
            return _json(slow, status=429, headers={"Via": "1.1 stand-in"})
        if fault is Fault.FORBIDDEN:
            return _json({"message": "Missing Permissions", "code": 50013}, status=403)
        if fault is Fault.FAILED:
            return _json({"message": "Internal", "code": 0}, status=500)
        if fault is Fault.DROPPED:
            return _broken(request)
        message = self._accept(channel_id, body)
        if fault is Fault.REPLY_LOST:
            return _broken(request)
        if fault is Fault.ACCEPTED_AND_FAILED:
            return _json({"message": "Bad gateway", "code": 0}, status=502)
        return _json(message)

    def _accept(self, channel_id: str, body: dict[str, Any]) -> dict[str, Any]:
        nonce = body.get("nonce")
        if self.remembers_nonces and body.get("enforce_nonce") and nonce in self._nonces:
            return self._nonces[nonce]
        message = message_payload(next(self._ids), int(channel_id), body)
        self.messages.append(message)
        if nonce is not None:
            self._nonces[nonce] = message
        return message

    async def _history(self, request: web.Request, channel_id: str) -> web.Response:
        after = int(request.query.get("after", 0))
        found = [m for m in self.posts(int(channel_id)) if int(m["id"]) > after]
        return _json(found[::-1][: int(request.query.get("limit", 50))])

    async def _edit(self, request: web.Request, message_id: str) -> web.StreamResponse:
        body = await _body(request)
        if self.edit_faults and self.edit_faults.popleft() is Fault.DROPPED:
            return _broken(request)
        for message in self.messages:
            if message["id"] == message_id:
                message |= {key: body[key] for key in ("components", "content") if key in body}
                return _json(message)
        return _json({"message": "Unknown Message", "code": 10008}, status=404)

    async def _callback(self, request: web.Request, interaction_id: str) -> web.Response:
        self.callbacks.append({"interaction": interaction_id, **await _body(request)})
        return web.Response(status=204)


def _json(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> web.Response:
    """JSON under the very content type that discord.py looks for."""
    body = json.dumps(data).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


async def _body(request: web.Request) -> dict[str, Any]:
    """What was sent as JSON, alone or beside files."""
    if request.content_type == "application/json":
        found: dict[str, Any] = await request.json()
        return found
    form = await request.post()
    sent: dict[str, Any] = json.loads(str(form["payload_json"]))
    return sent


def _broken(request: web.Request) -> web.StreamResponse:
    """Break the connection instead of answering."""
    assert request.transport is not None
    request.transport.abort()
    raise asyncio.CancelledError


def user_payload(user_id: int, name: str, *, bot: bool = False) -> dict[str, Any]:
    return {
        "id": str(user_id), "username": name, "discriminator": "0", "global_name": name,
        "avatar": None, "bot": bot,
    }  # fmt: skip


def message_payload(message_id: int, channel_id: int, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(message_id), "channel_id": str(channel_id),
        "author": user_payload(BOT_ID, "summit-bot", bot=True),
        "content": body.get("content") or "", "components": body.get("components") or [],
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
    return {
        "id": str(GUILD_ID), "name": "Summit Watch", "owner_id": str(MOD_ID), "roles": [everyone],
        "channels": [channel], "members": [], "threads": [], "emojis": [], "stickers": [],
        "features": [], "member_count": 3, "large": False, "unavailable": False,
        "verification_level": 0, "default_message_notifications": 0, "explicit_content_filter": 0,
        "mfa_level": 0, "nsfw_level": 0, "premium_tier": 0, "preferred_locale": "en-US",
        "afk_timeout": 60, "system_channel_flags": 0, "voice_states": [], "presences": [],
        "stage_instances": [], "guild_scheduled_events": [], "soundboard_sounds": [],
    }  # fmt: skip


def click_payload(message: dict[str, Any], custom_id: str) -> dict[str, Any]:
    """The moderator's click on a button of a message."""
    member = {
        "user": user_payload(MOD_ID, "mina"), "roles": [], "permissions": str(1 << 13),
        "joined_at": "2026-01-01T00:00:00.000000+00:00", "deaf": False, "mute": False, "flags": 0,
    }  # fmt: skip
    return {
        "id": str(EPOCH_BITS + 10**6), "application_id": str(APP_ID), "type": 3, "version": 1,
        "token": "interaction-token", "guild_id": str(GUILD_ID), "channel_id": str(CHANNEL_ID),
        "channel": {"id": str(CHANNEL_ID), "type": 0, "name": "summit"}, "member": member,
        "data": {"component_type": 2, "custom_id": custom_id}, "message": message,
        "locale": "en-US", "guild_locale": "en-US", "entitlements": [], "app_permissions": "0",
        "authorizing_integration_owners": {}, "context": 0, "attachment_size_limit": 10**7,
    }  # fmt: skip
