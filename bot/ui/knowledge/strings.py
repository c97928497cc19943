"""Texts that several cogs put around the statements of a pack."""

from bot.knowledge.model import Standing

STANDINGS = {
    Standing.FACT: "fact",
    Standing.STATED: "stated",
    Standing.EXPECTED: "expected",
    Standing.ANALYSIS: "analysis",
}
STANDINGS_EXPLAINED = (
    "**fact**: the source reports that it happened or is true",
    "**stated**: an actor said it",
    "**expected**: somebody expects it",
    "**analysis**: a judgment of the source, or of the actor named",
)
ASPECTS = {"stance": "Stance", "wants": "Wants", "offers": "Offers", "fears": "Fears"}
"""The parts of a position, in the order that they are shown in."""

SUMMIT, ACTORS, ISSUES, OUTCOMES = "Summit", "Actors", "Issues", "Outcomes"
GLOSSARY = "Glossary"
WHY_IT_MATTERS = "Why it matters"
WHO_STANDS_WHERE = "Who stands where"
WHO_STANDS_WHERE_ON = "Who stands where on {issue}"
QUESTIONS = "Questions to discuss"
NO_POSITION_RECORDED = "No recorded position"
OPEN_POLLS = "Open polls"
DISCUSSION = "Open discussion"
JOIN_DISCUSSION = "Discuss this with the server"
OPEN_SUMMIT = "Other summits…"

NO_DATE = "**When:** the source gives no date."
NO_VENUE = "**Where:** the source gives no venue."
SUMMARY_MARK = "summary of the source"

GONE = "This is no longer in the bot's knowledge. Use `/summit` to see what there is now."
SAME_TWICE = "You chose the same actor twice. Choose two different ones to compare."
