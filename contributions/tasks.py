"""What contributions do by themselves: what nobody confirmed is forgotten."""

from __future__ import annotations

from procrastinate.contrib.django import app

from contributions import claiming, digest, forgetting, inviting, proposing, telling


@app.periodic(cron="35 4 * * *")
@app.task(
    name="contributions.forget_unconfirmed",
    queue="upkeep",
    queueing_lock="contributions.forget_unconfirmed",
)
def forget_unconfirmed(timestamp: int) -> None:
    """Erase proposals whose author did not confirm within a week."""
    proposing.forget_unconfirmed()


@app.periodic(cron="50 4 * * *")
@app.task(name="contributions.forget_claims", queue="upkeep", queueing_lock="contributions.forget_claims")
def forget_claims(timestamp: int) -> None:
    """Erase claims and invitations of colleagues that are of no use any more."""
    claiming.forget()
    inviting.forget()


@app.periodic(cron="25 7-20 * * *")
@app.task(name="contributions.tell_teams", queue="upkeep", queueing_lock="contributions.tell_teams")
def tell_teams(timestamp: int) -> None:
    """Tell those who keep a page what others changed on it."""
    telling.tell()


@app.periodic(cron="20 7 * * *")
@app.task(name="contributions.tell_moderators", queue="upkeep", queueing_lock="contributions.tell_moderators")
def tell_moderators(timestamp: int) -> None:
    """Write to moderators for whom something new waits."""
    digest.send()


@app.periodic(cron="45 4 * * *")
@app.task(name="contributions.forget_authors", queue="upkeep", queueing_lock="contributions.forget_authors")
def forget_authors(timestamp: int) -> None:
    """Erase the addresses of who proposed, twelve months after the decision."""
    forgetting.forget_authors()
