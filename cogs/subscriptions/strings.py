"""Texts of subscriptions."""

from bot.subscriptions.model import Topic

LABELS = {
    Topic.NEWS: "News",
    Topic.POLLS: "New polls",
    Topic.RESULTS: "Results",
    Topic.DISCUSSIONS: "Discussions",
}
ROLE_NAMES = {
    Topic.NEWS: "Summit news",
    Topic.POLLS: "Summit polls",
    Topic.RESULTS: "Summit results",
    Topic.DISCUSSIONS: "Summit discussions",
}
MEANINGS = {
    Topic.NEWS: "what happens around the summit",
    Topic.POLLS: "polls that open",
    Topic.RESULTS: "what happened, and what the server had expected",
    Topic.DISCUSSIONS: "discussions that open",
}
PANEL = "## What do you want to be pinged for?\nPress once to subscribe, again to stop."
PANEL_NOTE = (
    "Each button gives or takes a role that the bot made. The role has no permissions. Nobody is "
    "pinged unless a moderator asks for it."
)
POST = "Post it here"
PREVIEW = (
    "**Only you see this preview.** The panel above is exactly what is posted in <#{channel}>. It "
    "pings nobody."
)
POSTED = "[The panel]({url}) is posted."
ON = "You will be pinged for **{label}** (<@&{role}>). Press again to stop."
OFF = "You will no longer be pinged for **{label}**."
REASON_MADE = "Members subscribe to announcements by it"
REASON_ON = "Subscribed by button"
REASON_OFF = "Unsubscribed by button"
REASON_LOST = "Another role for this was created at the same time"
MAY_NOT = (
    "I may not give roles here, so nothing was changed. Ask a moderator to allow me **Manage "
    "Roles**; then press again."
)
TOO_HIGH = (
    "I may not give the role <@&{role}>, so nothing was changed. A moderator must allow me "
    "**Manage Roles** and drag my own role above it; then press again."
)
VANISHED = (
    "Somebody deleted this role just now, so nothing was changed. Press again, and I create "
    "another."
)
TOO_MANY = (
    "This server has as many roles as Discord allows, so I cannot make the one for this. Ask a "
    "moderator to delete a role; then press again."
)
