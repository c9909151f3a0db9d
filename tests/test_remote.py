"""Corpora and DVC remotes elsewhere: an S3 server and web servers, all on the loopback interface."""

from __future__ import annotations

import gzip
import json
import random
import re
import shutil
import sys
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import moto.settings
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, built
from fsspec.registry import _registry
from moto.server import ThreadedMotoServer
from s3fs import S3FileSystem
from s3fs.core import S3File
from test_dvc import sh

from stages import documents
from stages.__main__ import main
from stages.core import corpus
from stages.core.corpus import CorpusError, Item

TEXTS = {
    "harbour": "The port of Leith was closed on Tuesday, the harbour master said.\nIt will open again on Friday.",
    "strike": "About 300 drivers went on strike in Lyon on 3 May 2021.\nThe union rejected the offer of the company.",
    "vote": "Parliament passed the law by 61 votes to 40.\nThe minister of justice denied that it was a mistake.",
}


def lines(*names: str) -> bytes:
    return "".join(json.dumps({"id": name, "text": TEXTS[name]}) + "\n" for name in names).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[ThreadedMotoServer]:
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    yield running
    running.stop()


@pytest.fixture
def s3(server: ThreadedMotoServer, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of a server that holds one empty bucket, news, and is what the environment names."""
    endpoint = "http://{}:{}".format(*server.get_host_and_port())
    for name, value in {
        "AWS_ENDPOINT_URL": endpoint,
        "AWS_ACCESS_KEY_ID": "nobody",
        "AWS_SECRET_ACCESS_KEY": "nothing",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_MAX_ATTEMPTS": "1",
    }.items():
        monkeypatch.setenv(name, value)
    S3FileSystem.clear_instance_cache()
    bucket = boto3.resource("s3").create_bucket(Bucket="news")
    yield boto3.client("s3")
    S3FileSystem.clear_instance_cache()
    bucket.objects.all().delete()
    bucket.delete()


def upload(client: Any, folder: Path, prefix: str = "") -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            client.put_object(Bucket="news", Key=prefix + path.relative_to(folder).as_posix(), Body=path.read_bytes())


def put(client: Any, **contents: bytes) -> None:
    for key, content in contents.items():
        client.put_object(Bucket="news", Key=key, Body=content)


@contextmanager
def web(handler: Callable[..., BaseHTTPRequestHandler]) -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as running:
        Thread(target=running.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()


def folder_without_ranges(folder: Path) -> Callable[..., BaseHTTPRequestHandler]:
    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *given: Any) -> None:
            super().__init__(*given, directory=str(folder))

        def log_message(self, *_: object) -> None:
            pass

    return Handler


class Ranges(BaseHTTPRequestHandler):
    """A server of one file that answers ranges, counts what it sends, and can break off."""

    file: Path
    sent: int
    breaks_at: int | None

    def do_HEAD(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(self.file.stat().st_size))
        self.end_headers()

    def do_GET(self) -> None:
        size = self.file.stat().st_size
        first, _, last = self.headers.get("Range", f"bytes=0-{size}").removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last) + 1, size)
        self.send_response(206 if "Range" in self.headers else 200)
        self.send_header("Content-Length", str(end - start))
        self.end_headers()
        with self.file.open("rb") as stream:
            stream.seek(start)
            content = stream.read(end - start)
        if self.breaks_at is not None:
            content = content[: max(0, self.breaks_at - start)]
        type(self).sent += self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


def ranges(file: Path, breaks_at: int | None = None) -> type[Ranges]:
    return type("Handler", (Ranges,), {"file": file, "sent": 0, "breaks_at": breaks_at})


def of_many_kinds(folder: Path) -> Path:
    """A folder with all that a folder can hold: kinds of files, faults, other files."""
    rows = [{"id": f"p{number}", "text": f"Text {number}.", "publisher": "The Example"} for number in range(5000)]
    records = "".join(json.dumps(row) + "\n" for row in rows).encode()
    (folder / "sub/deep").mkdir(parents=True)
    (folder / "sub/.hidden").mkdir()
    pq.write_table(pa.Table.from_pylist(rows), folder / "rows.parquet", row_group_size=700)
    with pa.CompressedOutputStream(str(folder / "z.jsonl.zst"), "zstd") as stream:
        stream.write(lines("harbour", "strike"))
    for path, content in {
        "a.txt": TEXTS["vote"].encode(),
        "B.TXT": "Füße".encode("latin-1"),
        "empty.txt": b"",
        "sub/page.html": f"<html><body><p>{TEXTS['strike']}</p></body></html>".encode(),
        "sub/deep/Zoë's 100% #1?+.md": TEXTS["harbour"].encode(),
        "cut.jsonl.gz": gzip.compress(records.replace(b'"p', b'"g'))[:-900],
        "faults.jsonl": b'\xef\xbb\xbf{"id": "p1", "text": "Again."}\n\n{\n[]\n{"text": "No id."}\n{"id": 7}',
        "no.jsonl": b"",
        "rows.csv": b'id,text,title\nc1,"One, and\nmore.",\nc2,Two.\nc3,Three.,The third\n',
        "broken.parquet": b"PAR1 and so on",
        "notes.doc": b"No text.",
        "sub/.hidden/x.txt": b"No text.",
        "sources.csv": b"path,title,published\na.txt,The vote,2021-05-04\nsub/page.html,A page,\n",
    }.items():
        (folder / path).write_bytes(content)
    return folder


@pytest.mark.parametrize("source", ["s3://news/archive", "s3://news/archive/", "s3://news/archive/**"])
def test_a_prefix_is_read_like_a_folder(source: str, s3: Any, tmp_path: Path) -> None:
    upload(s3, of_many_kinds(tmp_path), "archive/")
    put(s3, **{"archive/": b"", "archive/sub/": b"", "archive2/not.txt": b"Not in the folder."})
    here = list(corpus.read(tmp_path))
    assert len(here) > 9000
    assert {item.fault.reason for item in here if item.fault} >= {"broken_record", "duplicate_id", "empty", "no_id"}
    assert list(corpus.read(source)) == here
    assert corpus.left_out(source) == corpus.left_out(tmp_path) == ["notes.doc", "sub/.hidden/x.txt"]


def test_a_bucket_is_read_like_a_folder(s3: Any, tmp_path: Path) -> None:
    upload(s3, of_many_kinds(tmp_path))
    assert list(corpus.read("s3://news")) == list(corpus.read(tmp_path))


def places(source: str) -> list[str]:
    return [item.place for item in corpus.read(source)]


def test_a_pattern_reads_what_it_matches_in_the_order_of_paths(s3: Any) -> None:
    put(s3, **{f"y/{name}.jsonl": lines("vote") for name in ("news-2", "news-10", "old-1", "sub/news-3")})
    assert places("s3://news/y/news-*.jsonl") == ["news-10.jsonl:1", "news-2.jsonl:1"]
    assert places("s3://news/*/news-?.jsonl") == ["y/news-2.jsonl:1"]
    assert places("s3://news/y/**/*[13].jsonl") == ["old-1.jsonl:1", "sub/news-3.jsonl:1"]


def test_sources_describe_what_a_pattern_matches(s3: Any) -> None:
    put(s3, **{"a.txt": b"A.", "b.txt": b"B.", "sources.csv": b"path,title\na.txt,The A\nb.txt,The B\n"})
    assert [(item.doc_id, item.meta) for item in corpus.read("s3://news/a*.txt")] == [("a", {"title": "The A"})]
    assert corpus.left_out("s3://news/a*.txt") == []


def test_a_single_file_is_called_by_its_name(s3: Any) -> None:
    put(s3, **{"deep/down/a.txt": b"A.", "deep/down/c.jsonl": lines("vote")})
    assert places("s3://news/deep/down/a.txt") == ["a.txt"]
    assert places("s3://news/deep/down/c.jsonl") == ["c.jsonl:1"]


def test_what_a_bucket_holds_is_asked_anew(s3: Any) -> None:
    put(s3, **{"a.txt": b"A."})
    assert places("s3://news") == ["a.txt"]
    put(s3, **{"b.txt": b"B."})
    assert places("s3://news") == ["a.txt", "b.txt"]


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_the_tables_have_the_same_bytes_wherever_the_corpus_lies(s3: Any, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "news-1.jsonl.gz").write_bytes(gzip.compress(lines("strike", "vote") + b"{\n"))
    (here / "news-2.jsonl.gz").write_bytes(gzip.compress(lines("harbour", "vote")))
    upload(s3, here, "y/")
    assert main(["build", str(here), "--out", str(tmp_path / "one")]) == 0
    assert main(["build", "s3://news/y/news-*.jsonl.gz", "--out", str(tmp_path / "two")]) == 0
    assert contents(tmp_path / "one") == contents(tmp_path / "two")
    assert len(pq.read_table(tmp_path / "two/documents.parquet")) == 3
    assert len(pq.read_table(tmp_path / "two/rejects.parquet")) == 2


def test_a_web_server_gives_the_items_that_the_file_gives(tmp_path: Path) -> None:
    """Also one that gives no byte ranges, of which Parquet alone needs more."""
    of_many_kinds(tmp_path)
    (tmp_path / "my news.jsonl").write_bytes(lines("vote") * 3)
    names = ["a.txt", "cut.jsonl.gz", "z.jsonl.zst", "faults.jsonl", "no.jsonl", "rows.csv", "my news.jsonl"]
    with web(folder_without_ranges(tmp_path)) as url:
        for name in names:
            remote = list(corpus.read(f"{url}/{name.replace(' ', '%20')}?version=2"))
            assert remote == list(corpus.read(tmp_path / name)), name
        with pytest.raises(CorpusError, match=r"rows\.parquet: the server gives no byte ranges"):
            list(corpus.read(f"{url}/rows.parquet"))
    for name in [*names, "rows.parquet"]:
        with web(ranges(tmp_path / name)) as url:
            assert [item.content for item in corpus.read(f"{url}/x/{name.replace(' ', '%20')}")] == [
                item.content for item in corpus.read(tmp_path / name)
            ], name


def test_a_page_of_the_web_is_a_document(tmp_path: Path) -> None:
    page = "".join(f"<p>{text}</p>" for text in TEXTS.values())
    (tmp_path / "news.html").write_text(f"<html><body><article>{page}</article></body></html>")
    with web(folder_without_ranges(tmp_path)) as url:
        (item,) = corpus.read(f"{url}/news.html")
    (row,) = documents.extract(item, documents.Params())["documents"]
    assert (row["doc_id"], row["path"]) == ("news", "news.html")
    assert "The port of Leith was closed on Tuesday" in row["text"]


SIZE = 30_000_000


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """30 MB of 3,000 records, in a gzip that does not compress."""
    path = tmp_path_factory.mktemp("archive") / "long.jsonl.gz"
    digits = random.Random(1)
    rows = [json.dumps({"id": str(number), "text": digits.randbytes(5000).hex()}) for number in range(SIZE // 10_000)]
    path.write_bytes(gzip.compress("\n".join(rows).encode(), compresslevel=0))
    assert path.stat().st_size > SIZE
    return path


def test_an_archive_on_the_web_is_read_as_a_stream(archive: Path) -> None:
    handler = ranges(archive)
    with web(handler) as url:
        items = corpus.read(f"{url}/{archive.name}")
        tracemalloc.start()
        assert next(items).doc_id == "0"
        assert 0 < handler.sent < SIZE / 3
        read = 1 + sum(1 for _ in items)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert read == SIZE // 10_000
    assert handler.sent < 1.1 * SIZE
    assert peak < SIZE / 1.5  # a few blocks, and what the server in this process holds of them


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many bytes each request of S3 asked for."""
    sizes: list[int] = []
    fetch = S3File._fetch_range

    def counted(file: S3File, start: int, end: int) -> bytes:
        sizes.append(end - start)
        return bytes(fetch(file, start, end))

    monkeypatch.setattr(S3File, "_fetch_range", counted)
    return sizes


def test_an_archive_in_a_bucket_is_read_as_a_stream(s3: Any, archive: Path, fetched: list[int]) -> None:
    upload(s3, archive.parent)
    items = corpus.read("s3://news/*.jsonl.gz")
    assert next(items).doc_id == "0"
    assert 0 < sum(fetched) < SIZE / 3
    assert 1 + sum(1 for _ in items) == SIZE // 10_000
    assert sum(fetched) < 1.1 * SIZE


def test_parquet_in_a_bucket_is_read_by_row_groups(s3: Any, tmp_path: Path, fetched: list[int]) -> None:
    digits = random.Random(1)
    rows = [{"id": str(number), "text": digits.randbytes(5000).hex(), "rest": "x"} for number in range(2000)]
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "c.parquet", row_group_size=100, compression="none")
    upload(s3, tmp_path)
    items = corpus.read("s3://news/c.parquet")
    assert next(items).content == rows[0]["text"]
    assert 0 < sum(fetched) < 2000 * 10_000 * 0.7
    assert [item.doc_id for item in items] == [str(number) for number in range(1, 2000)]


def complaint(source: str) -> str:
    with pytest.raises(CorpusError) as raised:
        list(corpus.read(source))
    assert "\n" not in str(raised.value)
    return str(raised.value)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("nope://news/a.jsonl", "Protocol not known: nope"),
        ("s3://nowhere", "no such file, folder or bucket"),
        ("s3://nowhere/a.jsonl", "no such file, folder or bucket (The specified bucket does not exist)"),
        ("s3://nowhere/*.jsonl", "no such file, folder or bucket"),
        ("s3://news/none.jsonl", "no such file, folder or bucket"),
        ("s3://news/none-*.jsonl", "no file matches this pattern"),
        ("s3://news", "no text in it (looked for .txt"),
        ("http://127.0.0.1:1/a.jsonl", "cannot be read: Cannot connect to host 127.0.0.1:1"),
        ("http://127.0.0.1:1/folder", "not a folder and not one of .txt"),
    ],
)
def test_what_is_not_there_is_said_in_one_line(source: str, reason: str, s3: Any) -> None:
    assert complaint(source).startswith(f"{source}: ")
    assert reason in complaint(source)


def test_an_unusable_sources_file_in_a_bucket_is_an_error(s3: Any) -> None:
    put(s3, **{"a.txt": b"A.", "sources.csv": b"path,title\nb.txt,The B\n"})
    assert complaint("s3://news").startswith("s3://news/sources.csv: describes 'b.txt'")


def test_a_missing_extra_is_named(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "s3fs", None)
    monkeypatch.delitem(_registry, "s3", raising=False)  # what fsspec has imported already
    assert complaint("s3://news/a.jsonl") == "s3://news/a.jsonl: needs s3fs: pip install 'standoff[s3]'"


def test_access_denied(s3: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    put(s3, **{"a.txt": b"A."})
    with monkeypatch.context() as strict:
        strict.setattr(moto.settings, "INITIAL_NO_AUTH_ACTION_COUNT", 0)
        for source in ("s3://news", "s3://news/a.txt", "s3://news/*.txt"):
            assert complaint(source).startswith(f"{source}: access denied")


def test_access_denied_by_a_web_server(s3: Any) -> None:
    put(s3, **{"a.txt": b"A."})
    url = f"{s3.meta.endpoint_url}/news/a.txt"
    assert complaint(url) == f"{url}: access denied (the server says 403)"


def test_no_credentials(s3: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "none"))
    assert complaint("s3://news") == "s3://news: cannot be read: Unable to locate credentials"


def test_a_signed_address_reads_what_is_not_public(s3: Any) -> None:
    put(s3, **{"c.jsonl": lines("vote", "strike")})
    url = s3.generate_presigned_url("get_object", {"Bucket": "news", "Key": "c.jsonl"})
    assert "access denied" in complaint(url.partition("?")[0])
    assert places(url) == ["c.jsonl:1", "c.jsonl:2"]


def until_it_fails(source: str) -> tuple[list[Item], str]:
    items: list[Item] = []
    with pytest.raises(CorpusError) as raised:
        items.extend(corpus.read(source))
    assert "\n" not in str(raised.value)
    return items, str(raised.value)


def test_a_web_server_that_breaks_off_stops_the_reading(archive: Path) -> None:
    """Whatever it did read is no corpus: never a reject in a table, which the next build would not have."""
    with web(ranges(archive, breaks_at=SIZE // 2)) as url:
        items, said = until_it_fails(f"{url}/{archive.name}")
    assert 100 < len(items) < SIZE // 10_000
    assert not [item for item in items if item.fault]
    assert said.startswith(f"{url}/{archive.name}: cannot be read: ")


def test_a_long_answer_that_breaks_off_stops_the_reading(archive: Path) -> None:
    class Handler(Ranges):
        def do_GET(self) -> None:
            self.do_HEAD()
            self.wfile.write(archive.read_bytes()[: SIZE // 2])

    Handler.file = archive
    with web(Handler) as url:
        items, said = until_it_fails(f"{url}/{archive.name}")
    assert 100 < len(items) < SIZE // 10_000
    assert not [item for item in items if item.fault]
    assert said.startswith(f"{url}/{archive.name}: cannot be read: ")


def test_a_file_that_became_shorter_stops_the_reading(archive: Path) -> None:
    """A range after the end of a file is no error to fsspec."""

    class Handler(Ranges):
        def do_GET(self) -> None:
            if "bytes=0-" in self.headers["Range"]:
                super().do_GET()
            else:
                self.send_error(416)

    Handler.file, Handler.sent, Handler.breaks_at = archive, 0, None
    with web(Handler) as url:
        items, said = until_it_fails(f"{url}/{archive.name}")
    assert 100 < len(items) < SIZE // 10_000
    assert re.search(rf"cannot be read: ends after \d+ of {archive.stat().st_size} bytes", said)


def test_a_lost_store_stops_the_build(
    s3: Any, archive: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The server is gone after the first block of the archive."""
    other = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    other.start()
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://{}:{}".format(*other.get_host_and_port()))
    upload(s3, archive.parent)
    fetch = S3File._fetch_range

    def lost(file: S3File, start: int, end: int) -> bytes:
        if start > 0:
            other.stop()
        return bytes(fetch(file, start, end))

    monkeypatch.setattr(S3File, "_fetch_range", lost)
    monkeypatch.setattr(S3FileSystem, "retries", 2)
    assert main(["build", "s3://news/*.jsonl.gz", "--out", str(tmp_path / "out")]) == 2
    (said,) = [line for line in capsys.readouterr().err.splitlines() if "cannot be read" in line]
    assert said.startswith("s3://news/long.jsonl.gz: cannot be read: ")
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_a_clone_pulls_from_a_bucket_what_another_pushed(s3: Any, tmp_path: Path) -> None:
    project = tmp_path / "project"
    (project / ".dvc").mkdir(parents=True)
    shutil.copyfile(ROOT / ".dvc/config", project / ".dvc/config")
    shutil.copytree(built(), project / "tables")
    sh("git init -q -b main && dvc add -q tables", project)
    sh("dvc remote add -d s3 s3://news/dvc && dvc remote modify s3 endpointurl $AWS_ENDPOINT_URL", project)
    sh("git add -A && git commit -qm first && dvc push -q", project, AWS_ENDPOINT_URL=s3.meta.endpoint_url)
    pushed = s3.list_objects_v2(Bucket="news", Prefix="dvc/files/md5/")
    assert pushed["KeyCount"] > len(list(built().iterdir())) / 2
    sh("git clone -q project clone", tmp_path)
    sh("dvc pull -q", tmp_path / "clone")
    assert contents(tmp_path / "clone/tables") == contents(built())
