"""Reads every Delta table below a warehouse by delta-rs and by DuckDB, and prints what each saw as a line of JSON.

A table's sum is that of testing/TableSum: over all rows, modulo 2^64, the first eight bytes of the SHA-256 of the row's
columns that hold one value, as lines "name=value", or "name" for null.
"""

import hashlib
import json
import struct
import sys
from pathlib import Path

import duckdb
from arro3.core import Table
from deltalake import DeltaTable, QueryBuilder

AS_TEXT = {"string", "integer", "long", "short", "byte"}


def flat_columns(table):
    fields = json.loads(table.schema().to_json())["fields"]
    flat = AS_TEXT | {"boolean", "double", "float", "date", "timestamp"}
    return [(field["name"], field["type"]) for field in fields if str(field["type"]) in flat]


def query(columns, micros, source):
    """Dates become texts and timestamps microseconds, so that no engine's own types come out."""
    shown = []
    for name, kind in columns:
        if kind == "date":
            shown.append(f'cast("{name}" as varchar) as "{name}"')
        elif kind == "timestamp":
            shown.append(micros.format(f'"{name}"') + f' as "{name}"')
        else:
            shown.append(f'"{name}"')
    return f"select {', '.join(shown)} from {source}"


def text(value, kind):
    if kind == "boolean":
        return "true" if value else "false"
    if kind in ("double", "float"):
        return struct.pack(">d", value).hex()
    return str(value)


def sums(columns, rows):
    count = total = 0
    for row in rows:
        lines = [name if value is None else f"{name}={text(value, kind)}"
                 for (name, kind), value in zip(columns, row, strict=True)]
        digest = hashlib.sha256("\n".join(lines).encode()).digest()
        total = (total + int.from_bytes(digest[:8], "big")) % 2**64
        count += 1
    return {"rows": count, "sum": f"{total:016x}"}


def by_delta_rs(table, columns):
    answer = QueryBuilder().register("t", table).execute(query(columns, "cast({} as bigint)", "t"))
    frame = Table.from_arrow(answer)
    return zip(*(frame.column(name).to_pylist() for name, _ in columns), strict=True)


def by_duckdb(table, columns):
    files = table.file_uris()
    if not files:
        return []
    source = "read_parquet(?, hive_partitioning = true, hive_types_autocast = false, union_by_name = true)"
    return duckdb.execute(query(columns, "epoch_us({})", source), [files]).fetchall()


def main(warehouse):
    for log in sorted(Path(warehouse).glob("*/_delta_log")):
        table = DeltaTable(str(log.parent))
        columns = flat_columns(table)
        print(json.dumps({
            "table": log.parent.name,
            "reader": table.protocol().min_reader_version,
            "delta-rs": sums(columns, by_delta_rs(table, columns)),
            "duckdb": sums(columns, by_duckdb(table, columns)),
        }))


if __name__ == "__main__":
    main(sys.argv[1])
