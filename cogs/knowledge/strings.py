"""Texts of the knowledge cards that no other cog uses."""

from bot.knowledge.model import ActorKind, OutcomeKind

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

PROFILE, AIMS, CONSTRAINTS, RELATIONS = "Profile", "Aims", "Constraints", "Relations"
OVERVIEW = "In this overview"
SOURCE = "Source"
ANSWERS = "Answers"
HOW_SETTLED = "How it is settled"
WHOSE_ACCOUNT = "Whose account counts"
EXPECTED = "What the source expects"
EXPECTATION = "Expectation"
WHO_HAS_A_POSITION = "Recorded positions"

NOTHING_RECORDED = "-# The source records nothing here."
NO_POSITION = "-# No recorded position."
NO_EXPECTATION = "-# The source gives no expectation."
NO_OUTCOMES = "No outcome is recorded on this issue."
NO_GLOSSARY = "This summit's pack has no glossary."
ALL_OUTCOMES_TITLE = "What may come of the summit"
OUTCOMES_ON = "What may come of {issue}"
POSITIONS_TITLE = "Where {actor} stands"

NEXT = "Next: "
OPEN_SECTION = "Read a part…"
OPEN_POSITION = "Read a position…"
OPEN_ACTOR = "Read about an actor…"
OPEN_ISSUE = "Read about an issue…"
OPEN_OUTCOME = "Read about an outcome…"
OPEN_TERM = "Read a term…"
COMPARE_WITH = "Compare with…"
COMPARE_WITH_ONE = "Compare with {actor}"
COMPARE_ON = "Compare on one issue…"
POSITIONS_OF = "Where {actor} stands on…"
ALL_ISSUES = "All issues"
ALL_OUTCOMES = "All outcomes"
MORE_ON_ISSUE = "More on this issue"
KEEP_PRIVATE = "Keep private"
SHARE = "Share here"
SHARED = "Shared"
ASK_THE_SERVER = "A moderator can ask the server this with /poll open."

NOT_YOURS = (
    "Only the person who asked for this card, or a moderator, can take it out of the channel. "
    "Its other buttons answer you privately."
)
