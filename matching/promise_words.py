"""What a promise says to people. Pure."""

from __future__ import annotations

from matching.promise import Promise


def one_in(rate: float) -> str:
    """A rate as people say it: "1 in 1,000"; "3%" where that is plainer."""
    if 0 < rate <= 0.2 and abs(1 / rate - round(1 / rate)) < 0.01:
        return f"1 in {round(1 / rate):,}"
    return f"{rate * 100:.3g}%"


def too_little(promise: Promise) -> str:
    """Why nothing is approved unseen yet, and what it takes."""
    why = "Blind samples showed more errors than that, so counting began anew. " if promise.alarms else ""
    return (
        f"At most {one_in(promise.target)} lines approved unseen may be wrong. {why}To show that, people must look at about "
        f"{promise.needed:,} more lines; until then every order is looked at.")


def broken(promise: Promise) -> str:
    """Why nothing is approved unseen although enough was reviewed."""
    step = promise.evidence
    return (
        f"At most {one_in(promise.target)} lines approved unseen may be wrong, but people changed {step.wrong:,} of the "
        f"{step.reviewed:,} surest ones. Until that gets better every order is looked at.")
