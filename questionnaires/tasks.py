"""What questionnaires do by themselves: answers of nobody are erased when their time has come."""

from __future__ import annotations

from procrastinate.contrib.django import app

from questionnaires import answering, gathered, reviewing, sessions


@app.periodic(cron="35 4 * * *")
@app.task(name="questionnaires.forget", queue="upkeep", queueing_lock="questionnaires.forget")
def forget(timestamp: int) -> None:
    """Keep the figures of sessions that closed. Erase answers that no initiative made its own, twelve months
    after they were last touched; those of sessions, twelve months after their end; invitations to read a
    profile that nobody answered."""
    for closed in gathered.not_kept():
        gathered.keep(closed.pk)
    answering.forget_old()
    for session in sessions.expired():
        sessions.forget_answers(session)
    reviewing.forget_invitations()
