"""How the knowledge of a summit is worded around what the pack itself says."""

from bot.knowledge.model import ActorKind, OutcomeKind, Standing

STANDINGS = {
    Standing.FACT: "fact",
    Standing.STATED: "stated",
    Standing.EXPECTED: "expected",
    Standing.ANALYSIS: "analysis",
}
STANDINGS_EXPLAINED = (
    "**fact**: the source reports it as having happened or being so",
    "**stated**: an actor said it",
    "**expected**: somebody expects it",
    "**analysis**: a judgment, of the source or of whoever is named",
)
ACTOR_KINDS = {
    ActorKind.PERSON: "Person",
    ActorKind.STATE: "State",
    ActorKind.BLOC: "Bloc",
    ActorKind.INSTITUTION: "Institution",
    ActorKind.PUBLIC: "Public",
}
ACTOR_KINDS_MANY = {
    ActorKind.PERSON: "People",
    ActorKind.STATE: "States",
    ActorKind.BLOC: "Blocs",
    ActorKind.INSTITUTION: "Institutions",
    ActorKind.PUBLIC: "Publics",
}
OUTCOME_KINDS = {OutcomeKind.YES_NO: "Yes or no", OutcomeKind.OPTIONS: "One of several options"}
ASPECTS = {"stance": "Stance", "wants": "Wants", "offers": "Offers", "fears": "Fears"}

PROFILE, AIMS, CONSTRAINTS, RELATIONS = "Profile", "Aims", "Constraints", "Relations"
WHY_IT_MATTERS = "Why it matters"
WHO_STANDS_WHERE = "Who stands where"
QUESTIONS = "Questions to discuss"
OUTCOMES, ISSUES, ACTORS, GLOSSARY, SUMMIT = "Outcomes", "Issues", "Actors", "Glossary", "Summit"
OPEN_POLLS = "Open polls"
NO_STANDS = "No recorded stand"
DISCUSSION = "Open discussion"
JOIN_DISCUSSION = "Discuss this with the server"
OVERVIEW = "In this overview"
SOURCE = "Source"

NO_DATE = "**When:** the source gives no date."
NO_VENUE = "**Where:** the source gives no venue."
SUMMARY_MARK = "summary of the source"
NOTHING_RECORDED = "-# The source records nothing here."
NO_STAND = "-# No recorded stand."

OPEN_SECTION = "Read a part…"
OPEN_STAND = "Read a stand…"
OPEN_ACTOR = "Read about an actor…"
OPEN_ISSUE = "Read about an issue…"
OPEN_OUTCOME = "Read about an outcome…"
OPEN_TERM = "Read a term…"
OPEN_SUMMIT = "Other summits…"
COMPARE_WITH = "Compare with…"
COMPARE_ON = "Compare on one issue…"
KEEP_PRIVATE = "Keep private"
SHARE = "Share here"
SHARED = "Shared"
ASK_THE_SERVER = "A moderator can put this to the server with /poll open."

NOT_YOURS = (
    "Only the person who asked for this card, or a moderator, can take it out of the channel. "
    "Its other buttons answer you privately."
)
GONE = "This is no longer in the bot's knowledge. Use `/summit` to see what there is now."
SAME_TWICE = "Those are the same actor. Pick two different ones to compare."
