"""The preview page as a person uses it: a process of its own, and a real browser."""

import asyncio
import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, Locator, Page, async_playwright, expect

ROOT = Path(__file__).parents[1]
CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 40_000


@asynccontextmanager
async def preview_process(*command: str) -> AsyncIterator[str]:
    """Run `summit-bot preview`, or what is given instead, and give the address that it prints."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", *(command or ("bot", "preview")),
        stdout=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        line = (await asyncio.wait_for(process.stdout.readline(), 60)).decode()
        found = re.fullmatch(r"Preview: (http://127\.0\.0\.1:\d+/\S*)\n", line)
        assert found, f"not the address of a page: {line!r}"
        yield found.group(1)
    finally:
        if process.returncode is None:
            process.terminate()
        assert await asyncio.wait_for(process.wait(), 30) == 0


@asynccontextmanager
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        chromium = await playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield chromium
        await chromium.close()


class Tab:
    """One page of the preview, and what a person does on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.set_default_timeout(PATIENCE_MS)

    @classmethod
    async def open(cls, browser: Browser, url: str, width: int = 1100, height: int = 900) -> "Tab":
        page = await browser.new_page(viewport={"width": width, "height": height})
        tab = cls(page)
        await page.goto(url)
        await tab.ready()
        return tab

    async def ready(self) -> None:
        field, app = (
            self.page.locator(f"#{id_}") for id_ in ("channel-composer-input", "preview-app")
        )
        await expect(field).to_be_visible(timeout=PATIENCE_MS)
        await expect(app).to_have_attribute("aria-busy", "false", timeout=PATIENCE_MS)

    async def act_as(self, name: str) -> None:
        (viewer,) = await self.page.locator("#viewer-picker").select_option(label=name)
        # While something is under way the page keeps the wish for later, and forgets what is
        # typed until then.
        await self.page.wait_for_function(
            "id => simcordPreview.viewerId === id && simcordPreview.ready", arg=viewer
        )
        await self.ready()

    def _channels(self) -> Locator:
        return self.page.get_by_role("navigation", name="Channels").get_by_role("button")

    async def channels(self) -> list[str]:
        """The channels and threads that the page offers to look at."""
        return await self._channels().all_inner_texts()

    async def go_to(self, channel: str) -> None:
        """Look at another channel or thread, of which a part of the name is enough."""
        button = self._channels().filter(has_text=channel)
        await button.click()
        await expect(button).to_have_attribute("aria-current", "page")
        await self.ready()

    async def type_command(self, command: str) -> None:
        """Open the slash picker and choose a command in it."""
        await self.page.locator("#channel-composer-input").click()
        await self.page.keyboard.press("Control+a")
        await self.page.keyboard.type(f"/{command}")
        listed = self.page.get_by_role("listbox", name="Application commands")
        await listed.get_by_role("option").filter(has_text=f"/{command}").first.click()

    async def fill_option(self, name: str, typed: str, pick: str | None = None) -> None:
        """Type an option's value, and pick a suggestion that contains `pick`."""
        field = self.page.get_by_label(re.compile(rf"^{name}(, required)?$"))
        await field.click()
        await self.page.keyboard.type(typed)
        if pick is not None:
            await self.page.get_by_role("option").filter(has_text=pick).first.click()

    async def send(self) -> None:
        """Send the command."""
        await self.page.locator("#send-message").click()
        typed = self.page.get_by_role("button", name="Exit command mode")
        await expect(typed).to_have_count(0, timeout=PATIENCE_MS)

    def message(self, text: str) -> Locator:
        """The last message that contains `text`."""
        rows = self.page.locator("#channel-message-list > *")
        return rows.filter(has_text=text).last

    async def sees(self, text: str) -> None:
        await expect(self.message(text)).to_be_visible(timeout=PATIENCE_MS)

    async def click(self, label: str, within: str) -> None:
        await self.message(within).get_by_role("button", name=label, exact=True).click()

    async def add_option(self, name: str) -> None:
        """Bring up an optional option of the command that is being typed."""
        await self.page.get_by_text(re.compile(r"^\+\d+ more$")).click()
        await self.page.get_by_role("option").filter(has_text=name).first.click()

    async def submit_form(self, values: dict[str, str]) -> None:
        """Fill in the open form by its labels, and send it."""
        form = self.page.locator("#modal-root")
        for label, value in values.items():
            await form.get_by_label(label).first.fill(value)
        await form.get_by_role("button", name="Submit").click()
