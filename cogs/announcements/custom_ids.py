"""The custom ids of the controls of announcements. Posted messages carry them: never change one."""

from bot.ui.custom_ids import PAGE, CustomId, Int

_REVISION = Int(most=999_999_999)

# The buttons of a preview, a request for approval or an announcement that is shown.
# Previews of the first release carry no revision; there was only one.
POST = CustomId(
    "announce:post:v1", announcement_id=int, revision=Int(most=999_999_999, optional=True)
)
APPROVE = CustomId("announce:approve:v1", announcement_id=int, revision=_REVISION)
DECLINE = CustomId("announce:decline:v1", announcement_id=int, revision=_REVISION)
EDIT = CustomId("announce:edit:v1", announcement_id=int)
LOOK = CustomId("announce:look:v1", announcement_id=int)
TIME = CustomId("announce:time:v1", announcement_id=int)
REMOVE_PICTURE = CustomId("announce:nopicture:v1", announcement_id=int)
DISCARD = CustomId("announce:discard:v1", announcement_id=int)
CANCEL = CustomId("announce:cancel:v1", announcement_id=int)
PUBLISH = CustomId("announce:publish:v1", announcement_id=int, wanted=bool)

# The menus of a preview.
CHANNEL = CustomId("announce:channel:v1", announcement_id=int)
ROLE = CustomId("announce:role:v1", announcement_id=int)
POLL = CustomId("announce:poll:v1", announcement_id=int)
START = CustomId("announce:start:v1", announcement_id=int, slot=Int(most=9))

# The list of announcements.
LIST_PAGE = CustomId("announce:list:v1", page=PAGE)
