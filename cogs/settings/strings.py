"""How the settings are worded."""

import discord

TABS = {
    "places": "Channels & roles",
    "speech": "Language & time",
    "posts": "Posts & polls",
    "recent": "Recent changes",
}
HEAD = "Settings of this server. What you change holds at once, and goes on record."
ANNOUNCEMENT_CHANNEL = (
    "Where announcements go unless another channel is chosen. With none, where the command is used."
)
LOG_CHANNEL = (
    "Where I tell what moderators do, and ask them for approval. With none, that is asked where an "
    "announcement was written. What waits is shown in full only where nobody else can read it."
)
MODERATOR_ROLE = (
    "May do all that moderators may. Other members see those commands too, but are refused; hide "
    "them under Server Settings → Integrations."
)
SUMMIT = "What `/summit`, `/outcomes` and `/help` speak of, and where names are looked up first."
LANGUAGE = (
    "What everybody sees is in it, as far as the summit's texts are; what only one person sees is "
    "in that person's own."
)
ZONE = "Times that moderators type are read in it. It is {now} there."
SECOND_APPROVAL = "Another moderator must approve an announcement before it is posted."
NAME_AUTHOR = "An announcement says which moderator stands behind it. The log always does."
QUIET_HOURS = "Announcements that would be posted in these hours get a warning first."
MIN_FORECASTERS = (
    "How many must have forecast before a poll shows what the crowd says. Holds for polls opened "
    "from now on."
)
NO_SUMMIT = "The summit `{summit}` is not loaded any more, so the first one is used."
NO_CHANNEL = "The channel chosen here does not exist any more. Choose another."
NO_ROLE = "The role chosen here does not exist any more. Choose another."
CANNOT_WRITE = "I cannot write in <#{channel}>: allow me {missing} there."
PUBLIC_LOG = (
    "Others than moderators can read <#{channel}>, and with it what moderators do. Choose a "
    "channel that only they see."
)
WAITING = "Not posted yet: {count}, to follow with the next one once I can write there."
OTHER_CHANNEL = "That channel is not one of this server. Choose another."
OTHER_ROLE = "That role is not one of this server. Choose another."
MANAGED_ROLE = (
    "<@&{role}> belongs to an app or to Discord itself, so nobody can be given it by hand. "
    "Choose another role."
)
GONE = "That choice does not exist any more. Here is what there is now."
NOTHING_CHANGED = "Nothing has changed."
NO_CHANGES = "Nobody has changed the settings yet."


def language(locale: str) -> str:
    """`ko` as `Korean`, every English as `English`."""
    if locale.partition("-")[0] == "en":
        return "English"
    name = discord.Locale(locale).name if locale in _KNOWN else locale
    return name.replace("_", " ").title()


_KNOWN = {locale.value for locale in discord.Locale}
