"""params.yaml: one block for each stage, every key known and typed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, create_model


class ParamsError(ValueError):
    """Params that cannot be used; the message names the file and the key."""


class Block(BaseModel):
    """The params of one stage. Unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def defaults(blocks: Mapping[str, type[Block]]) -> dict[str, Block]:
    """Every param at its default."""
    return {name: block() for name, block in blocks.items()}


_REASONS = {"extra_forbidden": "unknown key", "missing": "key is missing"}


def load(path: Path, blocks: Mapping[str, type[Block]]) -> dict[str, Block]:
    """Read and check a params file.

    Args:
        path: a YAML file with one block for each stage; a block left out has its defaults.
        blocks: the class of each block.

    Raises:
        ParamsError: one line for each fault, with the key.
    """
    try:
        content: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ParamsError(f"{path}: cannot be read: {error.strerror}") from error
    except yaml.YAMLError as error:
        raise ParamsError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    fields: dict[str, Any] = {name: (block, block()) for name, block in blocks.items()}
    model = create_model("Params", __base__=Block, **fields)
    try:
        checked = model.model_validate(content if content is not None else {})
    except ValidationError as error:
        lines = [
            f"{path}: {'.'.join(map(str, fault['loc'])) or 'the file'}: {_REASONS.get(fault['type'], fault['msg'])}"
            for fault in error.errors()
        ]
        raise ParamsError("\n".join(lines)) from error
    return {name: getattr(checked, name) for name in blocks}
