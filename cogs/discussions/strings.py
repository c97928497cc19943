"""How discussions are worded."""

AT_ISSUE = "What is at issue"
TO_DISCUSS = "Three questions"
GROUND_RULES = "Ground rules"
EXPECTED = "What this server expects"
READ_PRIVATELY = "Read an actor's position"
WHOSE = "Whose position on **{issue}** do you want to read? Only you see it."
CHOOSE = "Choose an actor…"
AS_OF = "As of {at}. The polls themselves show how they stand now."
IN_BRIEF = (
    "There are too many stands to show whole, so each is here in one statement. The button under "
    "the first message gives any of them in full."
)
NO_SIDE = "The bot takes no side. Under every statement stands what kind of claim it is."
RULES = (
    "Answer what was said, not who said it.",
    "Say where a claim comes from, and whether it is a fact, somebody's word, an expectation or "
    "your own judgment.",
    "Put the other side's stand in words that it would accept, then answer it.",
    "Nobody here answers for a state or a people.",
)
SPARE_QUESTIONS = (
    "What would each side have to give, and what would it get for that?",
    "What would show, after the summit, that something has changed?",
    "Which single fact would change your mind?",
)
"""For issues that the pack has fewer than three questions on."""

OPENED = "[The discussion]({url}) of **{issue}** is open."
OPEN_ALREADY = "**{issue}** is being discussed already: [go to the discussion]({url})."
NOT_HERE = (
    "A discussion can be opened in a text channel or in a forum. Run the command there, or give "
    "one as `channel`."
)
NO_TAG = (
    "Posts in <#{channel}> need a tag, and it has none that I may use, so nothing was posted. Add "
    "a tag to the forum, or allow me Manage Threads if its tags are for moderators."
)
MISSING = (
    "I lack permissions in <#{channel}>, so nothing was posted. Allow me {missing} there, then "
    "run the command again."
)
UNFINISHED = (
    "Discord did not take all of it, so the discussion is not complete. Run the command again in a "
    "minute: it goes on where it stopped."
)
TRY_AGAIN = "The thread was closed at this very moment. Please run the command again."
