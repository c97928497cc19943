"""What is done later with announcements; a job's key is the announcement's id."""

POST_JOB = "announcement.post"
ASK_JOB = "announcement.ask"
LAPSE_JOB = "announcement.lapse"
TELL_JOB = "announcement.tell"
PUBLISH_JOB = "announcement.publish"
MARK_JOB = "announcement.mark"
