"""The preview as a newcomer meets it: the command, the page, a browser."""

import asyncio
import re
import signal
import sys

import pytest

from tests.browser import CHROMIUM, ROOT, Tab, browser, preview_process

pytestmark = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"needs Chromium at {CHROMIUM} (Debian's package chromium)"
)


async def test_a_newcomer_reads_votes_and_sees_the_count_change() -> None:
    async with preview_process() as url, browser() as chromium:
        tab = await Tab.open(chromium, url)
        await tab.sees("Try it: Lee–Xi meeting")

        await tab.act_as("Alex (member)")
        await tab.type_command("actor")
        await tab.fill_option("name", "xi jinpin", pick="Xi Jinping")
        await tab.send()
        await tab.sees("President of China")

        await tab.type_command("compare")
        await tab.fill_option("first", "Lee", pick="Lee Jae Myung")
        await tab.fill_option("second", "시진핑", pick="Xi Jinping")
        await tab.add_option("issue")
        await tab.fill_option("issue", "chips", pick="Technology")
        await tab.send()
        await tab.sees("Lee Jae Myung and Xi Jinping on Technology")

        await tab.act_as("Mina (moderator)")
        await tab.type_command("poll open")
        await tab.fill_option("outcome", "missile", pick="missile defense")
        await tab.send()
        await tab.sees("0 forecasts")

        await tab.act_as("Alex (member)")
        await tab.click("75%", within="0 forecasts")
        await tab.sees("Stored: 75%")
        await tab.sees("1 forecast")

        await tab.act_as("Sora (member)")
        await tab.click("Exact …", within="1 forecast")
        await tab.submit_form({"How likely is it, in percent?": "62.5"})
        await tab.sees("Stored: 62.5%")
        await tab.sees("2 forecasts")

        await tab.act_as("Mina (moderator)")
        await tab.type_command("announce post")
        await tab.send()
        await tab.submit_form({"Title": "Readouts are out", "Text": "Both are **public** now."})
        await tab.sees("Preview, seen by you alone")
        await tab.click("Post", within="Preview, seen by you alone")
        await tab.sees("Announced by")


async def test_a_second_moderator_approves_and_a_discussion_can_be_read() -> None:
    async with preview_process() as url, browser() as chromium:
        tab = await Tab.open(chromium, url, width=400)
        await tab.act_as("Ada (administrator)")
        await tab.type_command("settings")
        await tab.send()
        await tab.click("Posts & polls", within="Log channel")
        await tab.click("Turn on", within="Second approval")
        await tab.sees("Second approval: on")

        await tab.act_as("Mina (moderator)")
        await tab.type_command("announce post")
        await tab.send()
        await tab.submit_form({"Title": "Readouts are out", "Text": "Both are **public** now."})
        await tab.click("Ask for approval", within="Preview, seen by you alone")
        await tab.sees("I ask another moderator")

        await tab.act_as("Joon (moderator)")
        await tab.go_to("#mod-log")
        await tab.click("Approve", within="May this be posted?")
        await tab.sees("Approved.")
        # A link to a post shows it, here as on Discord.
        await tab.message("Approved.").get_by_role("link", name="Posted").click()
        await tab.sees("Announced by")
        assert await tab.channels() == ["#summit", "#announcements", "#mod-log"]

        await tab.type_command("discuss")
        await tab.fill_option("issue", "chips", pick="Technology")
        await tab.send()
        await tab.sees("is open")
        await tab.act_as("Alex (member)")
        assert await tab.channels() == [
            "#summit",
            "› Technology and supply chains",
            "#announcements",
        ]
        await tab.go_to("Technology")
        await tab.sees("What is at issue")
        await tab.sees("Who stands where")
        await tab.type_command("poll list")
        await tab.send()
        await tab.sees("Polls of this server")


async def test_a_poll_closes_by_itself_while_one_watches() -> None:
    async with preview_process("tests.preview.hurried") as url, browser() as chromium:
        tab = await Tab.open(chromium, url)
        await tab.type_command("poll open")
        await tab.fill_option("outcome", "further meeting", pick="further meeting")
        await tab.add_option("closes_in")
        await tab.fill_option("closes_in", "61 seconds", pick="61 seconds")
        await tab.send()
        await tab.sees("0 forecasts")
        await tab.click("5%", within="0 forecasts")
        await tab.sees("Stored: 5%")
        # Nobody touches the page from here on, and twelve seconds pass in one.
        closed = tab.message("further meeting").get_by_text(re.compile("closed"))
        await closed.wait_for(timeout=30_000)
        assert await tab.message("further meeting").get_by_role("button", name="5%").count() == 0


@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGTERM])
async def test_the_preview_ends_cleanly(signal_number: signal.Signals) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "bot", "preview",
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, cwd=ROOT,
    )  # fmt: skip
    assert process.stdout is not None
    await asyncio.wait_for(process.stdout.readline(), 60)
    process.send_signal(signal_number)
    out, err = await asyncio.wait_for(process.communicate(), 30)
    assert (process.returncode, out, err) == (0, b"", b"")
