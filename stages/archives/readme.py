"""README.md: what an archive holds, for people. Opens no file."""

from __future__ import annotations

from pathlib import PurePosixPath

from stages.archives.descriptor import Json, table_of

_PAGE = """\
# {title}

{description}

Version {version}. Every column is described in `datapackage.json` and in `schemas/`; `croissant.json` says the same to
catalogues and machine learning tools, `CITATION.cff` says how to cite it.
{edition}
## Tables

| table | rows | |
|---|---:|---|
{tables}

Each is there as Parquet and as CSV, with the same rows.

## Loading

In the unpacked folder:

```python
import pandas as pd

events = pd.read_parquet("{events}")
```

```python
import polars as pl

events = pl.read_parquet("{events}")
```

```python
import duckdb

events = duckdb.sql("SELECT type, count(*) AS events FROM '{pattern}' GROUP BY type").df()
```

```r
events <- arrow::open_dataset("{events}") |> dplyr::collect()
```

In CSV only an empty field is null: "NA" and "None" are words like any other.

```python
{csv}
```

Without unpacking it:

```
package = frictionless.Package("{archive}")
with zipfile.ZipFile("{archive}") as opened, opened.open("{part}") as file:
    events = pandas.read_parquet(file)
```

## Where it comes from

Read from {texts} by rules that anybody can read, on {platform}; the same texts, code and params give the same bytes.
`sources` in `datapackage.json` lists what was read, each with its SHA-256; what could not be read is in `rejects`.
Every row that was read from a text has `doc_id`, `start` and `end`: Unicode code points from 0, end-exclusive, counted
after a byte order mark.

## Licence

{licences}

See `LICENSE`.
"""

_CSV = """\
import pandas as pd

events = pd.read_csv("{}", keep_default_na=False, na_values=[""])"""
_CSV_PARTS = """\
from pathlib import Path

import pandas as pd

parts = sorted(Path("{}").glob("*.csv"))
events = pd.concat(pd.read_csv(part, keep_default_na=False, na_values=[""]) for part in parts)"""

_WITHHELD = """
**This edition has no texts.** Where words of a source stood, it has their offsets and hashes; in names, which are left
in place, `…` stands for words of a text. Whoever has the texts can put the words back, by the program that made this:

    python -m stages rehydrate {archive} TEXTS --out FOLDER

`TEXTS` is a folder or file with the texts. `sha256` in the table documents says which bytes are needed, the table
withheld which words stood where.
"""


def readme(package: Json) -> str:
    """What the data is, what a row of each table is, how to load it, its licence and where it comes from."""
    withheld = package.get("texts") == "withheld"
    archive = f"{package['name']}-{package['version']}{'-withheld' if withheld else ''}.zip"
    tables = [(one, table) for one in package["resources"] if (table := table_of(one)) is not None]
    texts = next((one["rows"] for one, table in tables if table.name == "documents"), 0)
    events, part = _place(package, "events_flat-parquet")
    csv, first = _place(package, "events_flat")
    return _PAGE.format(
        title=package["title"],
        description=package.get("description", ""),
        version=package["version"],
        edition=_WITHHELD.format(archive=archive) if withheld else "",
        tables="\n".join(f"| `{table.name}` | {one['rows']} | {one['description']} |" for one, table in tables),
        events=events,
        pattern=events if events == part else f"{events}/*.parquet",
        part=part,
        csv=(_CSV if csv == first else _CSV_PARTS).format(csv),
        archive=archive,
        texts="1 text" if texts == 1 else f"{texts} texts",
        platform=package.get("platform", "one platform"),
        licences="\n".join(
            f"- {one.get('title', one['name'])}" + (f" ({one['path']})" if "path" in one else "")
            for one in package.get("licenses", [])
        ),
    )


def _place(package: Json, name: str) -> tuple[str, str]:
    """Where a table lies, and its first file: the same, unless it is a folder of parts."""
    paths = next((one["path"] for one in package["resources"] if one["name"] == name), "")
    return (paths, paths) if isinstance(paths, str) else (str(PurePosixPath(paths[0]).parent), paths[0])
