"""The custom ids of the buttons and menus of polls."""

from bot.ui.custom_ids import PAGE, CustomId, Int

ANSWER = CustomId("poll:answer:v1", poll_id=int, value=Int(most=9_999))
CHOOSE = CustomId("poll:choose:v1", poll_id=int)
APPROVE = CustomId("poll:approve:v1", poll_id=int)
EXACT = CustomId("poll:exact:v1", poll_id=int)
OWN_BALLOT = CustomId("poll:own:v1", poll_id=int)
WITHDRAW = CustomId("poll:withdraw:v1", poll_id=int)
CRITERIA = CustomId("poll:criteria:v1", poll_id=int)
REMIND = CustomId("poll:remind:v1", poll_id=int, wanted=bool)
LIST = CustomId("poll:list:v1", page=PAGE)

POST_DRAFT = CustomId("poll:post:v1", draft_id=int)
EDIT_DRAFT = CustomId("poll:edit:v1", draft_id=int)
DISCARD_DRAFT = CustomId("poll:discard:v1", draft_id=int)

CONFIRM = CustomId("poll:confirm:v1", action_id=int)
CANCEL = CustomId("poll:drop:v1", action_id=int)
