"""The gateway of the stand-in: one session that can be dropped, and is resumed where it stopped."""

import asyncio
from typing import Any

import aiohttp
from aiohttp import web

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, INVALID, HELLO, ACK = 0, 1, 2, 6, 9, 10, 11
LONG_MILLISECONDS = 45_000


class Gateway:
    """Sends events in order. What is sent while nobody is connected waits for the resume."""

    def __init__(self, ready: dict[str, Any], guild: dict[str, Any]) -> None:
        self._ready, self._guild = ready, guild
        self._sent: list[dict[str, Any]] = []
        self._socket: web.WebSocketResponse | None = None
        self._request: web.Request | None = None
        self.url = ""
        self.identified = 0
        self.resumed = 0
        self.forgets_sessions = False
        self.up = asyncio.Event()
        self.up.set()

    async def dispatch(self, event: str, data: dict[str, Any]) -> None:
        frame = {"op": DISPATCH, "t": event, "d": data, "s": len(self._sent) + 1}
        self._sent.append(frame)
        if self._socket is not None and not self._socket.closed:
            await self._socket.send_json(frame)

    async def drop(self) -> None:
        """Break the connection, without a word. While `up` is clear there is no other."""
        if self._request is not None and self._request.transport is not None:
            self._request.transport.abort()
        self._socket = self._request = None

    async def connect(self, request: web.Request) -> web.WebSocketResponse:
        await self.up.wait()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self._request = request
        await socket.send_json({"op": HELLO, "d": {"heartbeat_interval": LONG_MILLISECONDS}})
        async for message in socket:
            if message.type is aiohttp.WSMsgType.TEXT:
                await self._receive(socket, message.json())
        return socket

    async def _receive(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        match frame["op"]:
            case code if code == HEARTBEAT:
                await socket.send_json({"op": ACK})
            case code if code == IDENTIFY:
                self.identified += 1
                self._socket = socket
                await self.dispatch("READY", {**self._ready, "resume_gateway_url": self.url})
                await self.dispatch("GUILD_CREATE", self._guild)
            case code if code == RESUME and self.forgets_sessions:
                await socket.send_json({"op": INVALID, "d": False})
            case code if code == RESUME:
                self.resumed += 1
                for missed in self._sent[frame["d"]["seq"] :]:
                    await socket.send_json(missed)
                self._socket = socket
                await self.dispatch("RESUMED", {})
