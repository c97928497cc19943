"""Nothing that a person clicks or sends is lost while the page waits or draws itself anew."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from playwright.async_api import Route

from tests.browser import CHROMIUM, Tab, browser, preview_process

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"needs Chromium at {CHROMIUM} (Debian's package chromium)"
)


@pytest.fixture
async def tab() -> AsyncIterator[Tab]:
    """A poll on the page, which from now on takes its time to read what is new."""

    async def slowly(route: Route) -> None:
        await asyncio.sleep(0.7)
        await route.continue_()

    async with preview_process() as url, browser() as chromium:
        tab = await Tab.open(chromium, url)
        await tab.type_command("poll open")
        await tab.fill_option("outcome", "missile", pick="missile defense")
        await tab.send()
        await tab.sees("0 forecasts")
        await tab.ready()
        await tab.page.route("**/api/state", slowly)
        yield tab
        await tab.page.unroute_all(behavior="ignoreErrors")


async def test_what_is_clicked_and_sent_while_the_page_waits_is_done_afterwards(tab: Tab) -> None:
    # Without a pause in between: the first click is under way when the others come.
    labels = ["75%", "25%", "Exact …"]
    await tab.message("0 forecasts").evaluate(
        """(message, labels) => {
            const buttons = [...message.querySelectorAll("button")];
            for (const label of labels) buttons.find((one) => one.textContent === label).click();
        }""",
        labels,
    )
    await tab.sees("Changed from 75% to 25%")
    form = tab.page.locator("#modal-root")
    await form.get_by_label("How likely is it, in percent?").fill("62.5")
    # The page is busy with another click when the form is sent.
    await tab.page.evaluate(
        """() => {
            document.querySelector("#refresh").click();
            document.querySelector("#modal-root [type=submit]").click();
        }"""
    )
    await tab.sees("Changed from 25% to 62.5%")


async def test_a_button_that_is_drawn_anew_while_it_is_pressed_is_clicked(tab: Tab) -> None:
    button = tab.message("0 forecasts").get_by_role("button", name="75%", exact=True)
    # The events of a mouse, sent to the button itself: where it is may change at any moment.
    at = await button.evaluate(
        """button => {
            const box = button.getBoundingClientRect();
            const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
            const how = { bubbles: true, button: 0, ...at };
            button.dispatchEvent(new PointerEvent("pointerdown", how));
            return at;
        }"""
    )
    # As if a refresh had come: the page makes the message's elements anew.
    other = tab.message("0 forecasts").get_by_role("button", name="25%", exact=True)
    await other.evaluate("button => button.click()")
    await tab.sees("1 forecast")
    assert await button.count() == 0
    await tab.page.evaluate(
        """at => document.querySelector("#channel-message-list").dispatchEvent(
            new PointerEvent("pointerup", { bubbles: true, button: 0, ...at }))""",
        at,
    )
    await tab.sees("Changed from 25% to 75%")
