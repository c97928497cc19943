"""A small Discord on loopback: its HTTP side, for what a simulation in the process cannot show.

Messages are kept once accepted, a repeated nonce gives the earlier message back, and whatever a
test asks for goes wrong on the way.
"""

import asyncio
import json
import re
from collections import deque
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from aiohttp import web
from discord.utils import time_snowflake, utcnow

from tests.discord_api import MOST_BYTES, problem, text_bytes
from tests.standin.gateway import Gateway
from tests.standin.payloads import (
    ANN_ID,
    APP_ID,
    BOT_ID,
    CHANNEL_ID,
    MOD_ID,
    dm_payload,
    guild_payload,
    message_payload,
    numbered,
    ready_payload,
    user_payload,
)


class Fault(Enum):
    """What goes wrong with one request to post."""

    REPLY_LOST = "accepted, but the connection breaks before the reply"
    DROPPED = "the connection breaks before anything is accepted"
    FAILED = "500 before anything is accepted"
    ACCEPTED_AND_FAILED = "accepted, but answered with 502"
    RATE_LIMITED = "429"
    FORBIDDEN = "403"
    UNANSWERED = "accepted, and the reply does not come"


PASSING = [fault for fault in Fault if fault not in (Fault.FORBIDDEN, Fault.UNANSWERED)]
"""What the bot can get over by itself."""


@dataclass
class StandIn:
    """Discord as far as this bot needs it. `faults` are used up by posts, one each.

    `wrong` says what was wrong with requests that Discord would not accept.

    `ahead` is how far its time, which is that of the bots as well, is ahead of the machine's.
    """

    gateway: Gateway = field(default_factory=lambda: Gateway(ready_payload(), guild_payload()))
    faults: deque[Fault] = field(default_factory=deque)
    edit_faults: deque[Fault] = field(default_factory=deque)
    messages: list[dict[str, Any]] = field(default_factory=list)
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    remembers_nonces: bool = True
    ahead: timedelta = timedelta()
    url: str = ""

    def __post_init__(self) -> None:
        self._last_id = 0
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

    def now(self) -> datetime:
        return utcnow() + self.ahead

    def talk(self, count: int) -> None:
        """Have a member post so many messages."""
        for number in range(count):
            self._add(CHANNEL_ID, {"content": f"talk {number}"}, user_payload(ANN_ID, "ann"))

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = f"/{request.match_info['path']}"
        self.requests.append((request.method, path))
        for method, pattern, handler in self._routes():
            match = re.fullmatch(pattern, path)
            if match and method == request.method:
                refused = await self._refused(request, path)
                return refused or await handler(request, *match.groups())
        return _json({"message": "Unknown route", "code": 0}, status=404)

    async def _refused(self, request: web.Request, path: str) -> web.Response | None:
        """The answer to a body that Discord would not accept; None if it would."""
        body = await _body(request) if request.can_read_body else None
        wrong = problem(request.method, path, body)
        if wrong is not None:
            self.wrong.append(wrong)
            return _json({"message": wrong, "code": 50035}, status=400)
        if text_bytes(body) > MOST_BYTES:
            self.wrong.append(f"{request.method} {path}: {text_bytes(body)} bytes of text")
            return _json({"message": "Internal", "code": 0}, status=500)
        return None

    def _routes(self) -> list[tuple[str, str, Callable[..., Awaitable[web.StreamResponse]]]]:
        return [
            ("GET", r"/users/@me", self._me),
            ("GET", r"/oauth2/applications/@me", self._application),
            ("GET", r"/applications/\d+/commands", self._nothing),
            ("PUT", r"/applications/\d+/commands", self._nothing),
            ("POST", r"/channels/(\d+)/messages", self._post),
            ("GET", r"/channels/(\d+)/messages", self._history),
            ("PATCH", r"/channels/\d+/messages/(\d+)", self._edit),
            ("POST", r"/users/@me/channels", self._dm),
            ("POST", r"/interactions/(\d+)/[^/]+/callback", self._callback),
            ("PATCH", rf"/webhooks/{APP_ID}/[^/]+/messages/@original", self._edit_original),
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
        if fault is Fault.UNANSWERED:
            await asyncio.Event().wait()
        if fault is Fault.ACCEPTED_AND_FAILED:
            return _json({"message": "Bad gateway", "code": 0}, status=502)
        return _json(message)

    def _accept(self, channel_id: str, body: dict[str, Any]) -> dict[str, Any]:
        nonce = body.get("nonce")
        if self.remembers_nonces and body.get("enforce_nonce") and nonce in self._nonces:
            return self._nonces[nonce]
        me = user_payload(BOT_ID, "summit-bot", bot=True)
        message = self._add(int(channel_id), body, me)
        if nonce is not None:
            self._nonces[nonce] = message
        return message

    def _add(self, channel_id: int, body: dict[str, Any], author: dict[str, Any]) -> dict[str, Any]:
        self._last_id = max(self._last_id + 1, time_snowflake(self.now()))
        message = message_payload(self._last_id, channel_id, body, author)
        self.messages.append(message)
        return message

    async def _history(self, request: web.Request, channel_id: str) -> web.Response:
        """The messages next to a point in time, newest first."""
        asked, found = request.query, self.posts(int(channel_id))
        limit = int(asked.get("limit", 50))
        if "after" in asked:
            return _json([m for m in found if int(m["id"]) > int(asked["after"])][:limit][::-1])
        if "before" in asked:
            found = [m for m in found if int(m["id"]) < int(asked["before"])]
        return _json(found[::-1][:limit])

    async def _edit(self, request: web.Request, message_id: str) -> web.StreamResponse:
        body = await _body(request)
        if self.edit_faults and self.edit_faults.popleft() is Fault.DROPPED:
            return _broken(request)
        for message in self.messages:
            if message["id"] == message_id:
                message |= {key: body[key] for key in ("components", "content") if key in body}
                numbered(message["components"])
                return _json(message)
        return _json({"message": "Unknown Message", "code": 10008}, status=404)

    async def _callback(self, request: web.Request, interaction_id: str) -> web.Response:
        body = await _body(request)
        self.callbacks.append({"interaction": interaction_id, **body})
        return _json({"interaction": {"id": interaction_id, "type": body["type"]}})

    async def _dm(self, _: web.Request) -> web.Response:
        return _json(dm_payload())

    async def _edit_original(self, request: web.Request) -> web.Response:
        """What an interaction was answered with is changed; only its person sees that."""
        body = await _body(request)
        self.answers.append(body)
        me = user_payload(BOT_ID, "summit-bot", bot=True)
        return _json(message_payload(1, CHANNEL_ID, body, me))


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
