"""An event of one document on its way to rows."""

from __future__ import annotations

from dataclasses import dataclass, field

from stages.core.parse import Row
from stages.events.factuality import Status
from stages.events.participants import Participant
from stages.events.triggers import Trigger


@dataclass(slots=True)
class Event:
    """An event of one document on its way to rows."""

    trigger: Trigger
    type: str
    mode: str | None
    actors: list[Participant]
    recipients: list[Participant]
    status: Status
    attribution: Row | None
    date: Row | None
    place: Row | None
    numbers: list[Row] = field(default_factory=list)
    contexts: list[str] = field(default_factory=list)
