"""Takes the README's pictures from the preview page: `python -m tests.pictures`."""

import asyncio
import os
import tempfile
from importlib.resources import files
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.browser import Tab, browser, preview_process

FOLDER = Path(__file__).parent


def lend_fonts(folder: Path) -> None:
    """Give Chromium the bot's own font, so that Hangul shows wherever this runs."""
    config = folder / "fonts.conf"
    config.write_text(
        f"<fontconfig><dir>{files('manimgx_fonts_cjk')}</dir><cachedir>{folder}</cachedir>"
        "</fontconfig>",
        encoding="utf-8",
    )
    os.environ["FONTCONFIG_FILE"] = str(config)


async def shoot(tab: Tab, text: str, name: str) -> None:
    """Picture the last message that contains `text`."""
    message = tab.message(text)
    await message.scroll_into_view_if_needed()
    # What was pressed last keeps the page's own buttons shown over its message.
    await tab.page.evaluate("document.activeElement.blur()")
    await tab.page.wait_for_timeout(1_500)
    for drawn in await message.locator("img").all():
        await expect(drawn).to_have_js_property("complete", True)
        await expect(drawn).not_to_have_js_property("naturalWidth", 0)
    await tab.page.mouse.move(5, 5)
    await message.screenshot(path=FOLDER / f"{name}.png")


async def take(chromium: Browser, url: str) -> None:
    tab = await Tab.open(chromium, url, width=1000, height=2000)
    await tab.act_as("Alex (member)")
    await tab.type_command("actor")
    await tab.fill_option("name", "Xi", pick="Xi Jinping")
    await tab.send()
    await tab.sees("President of China")
    await shoot(tab, "President of China", "actor")

    await tab.type_command("compare")
    await tab.fill_option("first", "Lee", pick="Lee Jae Myung")
    await tab.fill_option("second", "Xi", pick="Xi Jinping")
    await tab.add_option("issue")
    await tab.fill_option("issue", "tech", pick="Technology")
    await tab.send()
    await tab.sees("Lee Jae Myung and Xi Jinping on")
    await shoot(tab, "Lee Jae Myung and Xi Jinping on", "compare")

    await tab.act_as("Mina (moderator)")
    await tab.type_command("poll open")
    await tab.fill_option("outcome", "missile", pick="missile defense")
    await tab.send()
    for person, answer in (("Mina (moderator)", "25%"), ("Alex (member)", "75%")):
        await tab.act_as(person)
        await tab.click(answer, within="How it is settled")
        await tab.sees(f"Stored: {answer}")
    await tab.act_as("Sora (member)")
    await tab.click("50%", within="How it is settled")
    await tab.sees("The crowd says 50%")
    await shoot(tab, "How it is settled", "poll")

    await tab.act_as("Mina (moderator)")
    await tab.type_command("poll close")
    await tab.fill_option("poll", "missile", pick="missile defense")
    await tab.send()
    await tab.click("Confirm", within="Nothing is done until you confirm")
    await tab.sees("The poll is closed")
    await shoot(tab, "How it is settled", "result")

    await tab.type_command("announce post")
    await tab.send()
    await tab.submit_form(
        {"Title": "Both readouts are out", "Text": "Read them **before** you argue about them."}
    )
    await tab.sees("Preview, seen by you alone")
    await shoot(tab, "Preview, seen by you alone", "announcement")


async def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        await asyncio.to_thread(lend_fonts, Path(folder))
        async with preview_process() as url, browser() as chromium:
            await take(chromium, url)


if __name__ == "__main__":
    asyncio.run(main())
