"""params.yaml: one block for each stage, every key known and typed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError


class ParamsError(ValueError):
    """Params that cannot be used; the message names the file and the key."""


class Block(BaseModel):
    """The params of one stage. Unknown keys and values of another type are errors."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


def defaults(blocks: Mapping[str, type[Block]]) -> dict[str, Block]:
    """Every param at its default."""
    return {name: block() for name, block in blocks.items()}


_REASONS = {"extra_forbidden": "unknown key", "missing": "key is missing", "model_type": "not a mapping of keys"}


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
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ParamsError(f"{path}: not YAML: {' '.join(str(error).split())}") from error
    given = {} if content is None else content
    if not isinstance(given, dict):
        raise ParamsError(f"{path}: not a mapping of stages to their params")
    faults = [f"{path}: {name}: unknown key" for name in given if name not in blocks]
    checked: dict[str, Block] = {}
    for name, block in blocks.items():
        try:
            checked[name] = block.model_validate({} if given.get(name) is None else given[name])
        except ValidationError as error:
            for fault in error.errors():
                key = ".".join(map(str, (name, *fault["loc"])))
                faults.append(f"{path}: {key}: {_REASONS.get(fault['type'], fault['msg'])}")
    if faults:
        raise ParamsError("\n".join(faults))
    return checked
