"""Texts of discussions."""

AT_ISSUE = "What is at issue"
TO_DISCUSS = "Three questions"
GROUND_RULES = "Ground rules"
EXPECTED = "What this server expects"
READ_PRIVATELY = "Read an actor's position"
WHOSE = "Whose position on **{issue}** do you want to read? Only you see it."
CHOOSE = "Choose an actor…"
AS_OF = "As of {at}. The polls themselves show the current state."
NOT_RECORDED = "-# The source records no position of {actors}."
IN_BRIEF = (
    "There are too many positions to show in full, so each is one statement here. The button under "
    "the first message shows any of them in full."
)
NO_SIDE = "The bot takes no side. Each statement says what kind of claim it is."
RULES = (
    "Answer what was said, not who said it.",
    "Say where a claim comes from, and whether it is a fact, somebody's word, an expectation or "
    "your own judgment.",
    "State the other side's position in words that it would accept, then answer it.",
    "Nobody here answers for a state or a people.",
)
SPARE_QUESTIONS = (
    "What would each side have to give, and what would it get for that?",
    "What would show, after the summit, that something has changed?",
    "Which single fact would change your mind?",
)
"""Used if the pack has fewer than three questions on an issue."""

OPENED = "[The discussion]({url}) of **{issue}** is open."
OPEN_ALREADY = "**{issue}** is being discussed already: [go to the discussion]({url})."
NOT_HERE = (
    "A discussion can be opened in a text channel or in a forum. Run the command there, or give "
    "one as `channel`."
)
NO_TAG = (
    "Posts in <#{channel}> need a tag, and I may use none there, so nothing was posted. Add a tag "
    "to the forum, or allow me Manage Threads if its tags are for moderators."
)
MISSING = (
    "I lack permissions in <#{channel}>, so nothing was posted. Allow me {missing} there, then "
    "run the command again."
)
UNFINISHED = (
    "Discord did not accept all messages, so the discussion is not complete. Run the command again "
    "in a minute: it continues where it stopped."
)
TRY_AGAIN = "The thread was closed just now. Please run the command again."
NEWS_NOT_POSTED = (
    "What was done to it could not be posted in the discussion <#{channel}>: Discord refused it "
    "every time I tried. Tell people there yourself, or wait. I try again when I restart."
)
