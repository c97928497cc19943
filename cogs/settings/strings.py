"""Texts of the settings panel. Each setting's name and explanation is in `bot.settings.model`."""

import discord

from bot.settings.model import Page

PAGES = {
    Page.PLACES: "Channels & roles",
    Page.SPEECH: "Language & time",
    Page.POSTS: "Posts & polls",
    Page.RECENT: "Recent changes",
}
HEAD = "Settings of this server. Changes apply at once and are logged."
SAVED = "✅ **Saved.** {changes}"
NOTHING_CHANGED = "Nothing has changed."
NO_CHANGES = "Nobody has changed the settings yet."
ZONE_NOW = "It is {now} there."
NO_SUMMIT = "The summit `{summit}` is no longer loaded, so the first one is used."
NO_CHANNEL = "This channel no longer exists. Choose another."
NO_ROLE = "This role no longer exists. Choose another."
CANNOT_WRITE = "I cannot write in <#{channel}>: allow me {missing} there."
PUBLIC_LOG = (
    "Not only moderators can read <#{channel}>, so others see what moderators do. Choose a "
    "channel that only moderators can read."
)
WAITING = "Not posted yet: {count}. I will post them with the next one once I can write there."
OTHER_CHANNEL = "That channel is not in this server. Choose another."
OTHER_ROLE = "That role is not in this server. Choose another."
MANAGED_ROLE = (
    "<@&{role}> belongs to an app or to Discord itself, so nobody can be given it by hand. "
    "Choose another role."
)
GONE = "That choice no longer exists. Here are the current ones."
FIRST_SUMMIT = "The first: {summit}"
USUAL_LANGUAGE = "As set in Discord: {language}"
CHANGE = "Change…"
TYPE_AGAIN = "Type again…"
TURN_ON, TURN_OFF = "Turn on", "Turn off"
QUIET_OFF = "Turn quiet hours off"


def language(locale: str) -> str:
    """`ko` as `Korean`, every English as `English`."""
    if locale.partition("-")[0] == "en":
        return "English"
    name = discord.Locale(locale).name if locale in _KNOWN else locale
    return name.replace("_", " ").title()


_KNOWN = {locale.value for locale in discord.Locale}
