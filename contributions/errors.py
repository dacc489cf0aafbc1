"""What this room refuses, by name."""


class ProposalRefused(Exception):
    """A proposal that cannot be taken, confirmed or withdrawn as things are; ``faults`` say why, by field
    (an empty name for the whole)."""

    def __init__(self, faults: dict[str, list[str]]) -> None:
        super().__init__("; ".join(f"{name}: {' '.join(said)}" for name, said in faults.items()))
        self.faults = faults


class TooManyProposals(ProposalRefused):
    """So many came already that one more waits; ``wait``: seconds after which to come back."""

    wait = 86_400


class PhotoRefused(Exception):
    """A file that is not taken as a photograph; the text says why, in the reader's language."""


class AlreadyDecided(Exception):
    """Somebody decided of this proposal meanwhile, or its author withdrew it."""


class ListingChanged(Exception):
    """The listing is no more as it was when the proposal was written, or read by who decides of it."""
