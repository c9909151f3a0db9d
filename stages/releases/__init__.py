"""Releases: what changed between two versions of the data, by how much, and why; and the record of each version.

The floor is that of the pipeline: these modules know the stages, open tables and write files. Those that compare and
render open none: `cells`, `contract`, `compare`, `causes`, `identities`, `versions`, `report`, `changelog`.
"""

from __future__ import annotations

from stages.context import PipelineError


class RefusedError(PipelineError):
    """A release that cannot be made, or a check that failed; each line of the message is a reason."""


class ArgumentError(ValueError):
    """Arguments that name nothing that can be compared or released."""
