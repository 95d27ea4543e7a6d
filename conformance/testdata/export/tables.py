"""Prints the rows of one table as four formats hold them, read by Python's
csv, json and sqlite3 and by Apache Arrow."""

import csv
import datetime
import json
import sqlite3
import sys

import pyarrow
import pyarrow.parquet as parquet

TYPES = {"text": pyarrow.string(), "n": pyarrow.int64(), "at": pyarrow.timestamp("us", tz="UTC"), "ok": pyarrow.bool_(), "json": pyarrow.json_()}


def from_csv(path):
    with open(path, newline="", encoding="utf-8") as file:
        for row in csv.DictReader(file, strict=True):
            row = {name: value.removeprefix("'") if value else None for name, value in row.items()}
            row["n"] = int(row["n"]) if row["n"] else None
            row["ok"] = {"true": True, "false": False, None: None}[row["ok"]]
            yield row


def from_jsonl(path):
    with open(path, encoding="utf-8", newline="\n") as file:
        for line in file:
            row = json.loads(line)
            row["json"] = json.dumps(row["json"], separators=(",", ":"), ensure_ascii=False) if row["json"] is not None else None
            yield row


def from_sqlite(path):
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    db.row_factory = sqlite3.Row
    if db.execute("PRAGMA integrity_check").fetchone()[0] != "ok":
        raise SystemExit("the database is damaged")
    for row in db.execute("SELECT * FROM t ORDER BY rowid"):
        row = dict(row)
        row["ok"] = bool(row["ok"]) if row["ok"] is not None else None
        yield row


def from_parquet(path):
    file = parquet.ParquetFile(path, page_checksum_verification=True)
    for field in file.schema_arrow:
        if field.type != TYPES[field.name]:
            raise SystemExit(f"{field.name} is {field.type}")
    check_bounds(path, file)
    for row in file.read().to_pylist():
        if row["at"] is not None:
            row["at"] = row["at"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        yield row


def check_bounds(path, file):
    """Reads a part by the bounds, which a wrong bound would lose rows of."""
    numbers = file.read(columns=["n"]).column("n").to_pylist()
    wanted = sorted(n for n in numbers if n is not None and n >= 0)
    found = parquet.read_table(path, columns=["n"], filters=[("n", ">=", 0)]).column("n").to_pylist()
    if sorted(found) != wanted:
        raise SystemExit(f"{len(found)} rows by a filter, {len(wanted)} without")
    texts = file.read(columns=["text"]).column("text").to_pylist()
    for text in {t for t in texts if t is not None}:
        found = parquet.read_table(path, columns=["text"], filters=[("text", "==", text)])
        if found.num_rows != texts.count(text):
            raise SystemExit(f"{found.num_rows} rows of {text!r}")


READERS = {"csv": from_csv, "jsonl": from_jsonl, "parquet": from_parquet, "sqlite": from_sqlite}

print(json.dumps({format: list(read(f"{sys.argv[1]}/t.{format}")) for format, read in READERS.items()}))
