"""What is done later with polls; a job's key is the poll's id, that of telling the action's."""

CLOSE_JOB = "poll.close"
REMIND_JOB = "poll.remind"
TELL_JOB = "poll.tell"
WARN_JOB = "poll.warn"
