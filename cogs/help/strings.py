"""Texts of the help."""

TITLE = "What you can do here"
START = "Ask about **{summit}**, say what you expect, and see what the server expects."
HEADINGS = {
    "": "Read",
    "poll": "Polls",
    "forecast": "Forecasts",
    "announce": "Announcements",
    "discuss": "Discussions",
    "settings": "Settings",
    "privacy": "Your data",
}
"""Headings by group of commands, in the order that they are shown in."""
HOW_TO_READ = "How to read a card"
STANDINGS = (
    "The line under a statement says what kind of claim it is and which section (§) of the "
    "source it comes from:"
)
IN_PRIVATE = (
    "Everybody can see the cards you ask for; **Keep private** takes yours out of the channel. If "
    "you press a button on somebody else's card, only you see the answer."
)
