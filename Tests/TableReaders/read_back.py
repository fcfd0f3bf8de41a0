#!/usr/bin/env python3
"""Reads tables that `tunix-rt dataset export` wrote with other people's readers, and compares every cell.

    read_back.py PROGRAM FOLDER

builds a dataset of traces with every kind of character in a new workspace in FOLDER, exports it as
parquet, csv and trace rows, and reads the tables with pyarrow, duckdb and Python's csv module.
"""

import csv
import json
import os
import random
import subprocess
import sys

import duckdb
import pyarrow.parquet

ALPHABET = list("aZ0 ,\"'|/\\<>&;\t\n\r") + ["é", "e\u0301", "ß", "中", "🙂", "\u2028", "\ufeff"]


def odd_traces(count):
    """Valid traces with whatever may stand in a text."""
    draw = random.Random(7)

    def text(length):
        return "".join(draw.choice(ALPHABET) for _ in range(draw.randint(1, length)))

    for number in range(count):
        trace = {
            "trace_version": "1.0",
            "prompt": f"{number} {text(80)}",
            "final_answer": text(20),
            "steps": [
                {"i": place, "type": "t", "content": text(200)} for place in range(draw.randint(1, 5))
            ],
        }
        if number % 3:
            trace["meta"] = {"category": text(6), "number": number, "none": None}
        if number % 4 == 1:
            trace.setdefault("meta", {}).update(source=text(9), license="MIT")
        yield trace


def expected(rows, items):
    """What the tables must hold, from the trace rows and the manifest."""
    for position, (row, item) in enumerate(zip(rows, items, strict=True)):
        meta = {key: value for key, value in row["metadata"].items()
                if key not in ("created_at", "trace_version")}
        steps = "".join(f"{n}. {step}\n" for n, step in enumerate(row["trace_steps"], start=1))
        yield {
            "position": position,
            "trace_id": row["id"],
            "content_hash": item["content_hash"],
            "split": item["split"],
            "group_key": item["group_key"],
            "category": meta.get("category"),
            "source": meta.get("source"),
            "license": meta.get("license"),
            "trace_version": row["metadata"]["trace_version"],
            "created_at": row["metadata"]["created_at"],
            "prompt": row["prompts"],
            "response": f"Reasoning:\n{steps}Answer: {row['final_answer']}",
            "final_answer": row["final_answer"],
            "step_count": len(row["trace_steps"]),
            "steps": row["trace_steps"],
            "meta": meta or None,
            "context_messages": None,
        }


def normal(row):
    """A read row with its JSON cells taken apart."""
    row = dict(row)
    row["steps"] = [step["content"] for step in json.loads(row["steps"])]
    row["meta"] = json.loads(row["meta"]) if row["meta"] else None
    row["step_count"] = int(row["step_count"])
    row["position"] = int(row["position"])
    return row


def read_csv(path):
    """Python's reader tells no empty field from an absent one."""
    with open(path, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            yield {key: value or None for key, value in row.items()}


def main():
    program, folder = sys.argv[1:]
    traces = os.path.join(folder, "odd.jsonl")
    with open(traces, "w", encoding="utf-8") as file:
        for trace in odd_traces(700):
            file.write(json.dumps(trace) + "\n")

    def run(*arguments):
        command = [program, *arguments, "--workspace", os.path.join(folder, "workspace")]
        return subprocess.run(command, check=True, capture_output=True).stdout.decode()

    run("trace", "import", traces)
    run("dataset", "build", "--name", "odd", "--version", "v1", "--test-fraction", "0.1")
    items = json.loads(run("dataset", "show", "odd-v1", "--json"))["items"]
    rows = [json.loads(line) for line in run("dataset", "export", "odd-v1").split("\n") if line]
    wanted = list(expected(rows, items))
    tables = {name: os.path.join(folder, "odd." + name) for name in ("parquet", "csv")}
    for name, path in tables.items():
        run("dataset", "export", "odd-v1", "--format", name, "--out", path)

    table = pyarrow.parquet.ParquetFile(tables["parquet"])
    table.read().validate(full=True)
    found = duckdb.sql(f"SELECT * FROM '{tables['parquet']}' ORDER BY position")
    names = [column[0] for column in found.description]
    readings = {
        "pyarrow": table.read().to_pylist(),
        "duckdb": [dict(zip(names, row, strict=True)) for row in found.fetchall()],
        "csv": list(read_csv(tables["csv"])),
    }
    for reader, read in readings.items():
        read = [normal(row) for row in read]
        different = [a["position"] for a, b in zip(wanted, read) if a != b]
        if len(read) != len(wanted) or different:
            sys.exit(f"{reader}: {len(read)} of {len(wanted)} rows, different: {different[:5]}")
        print(f"{reader}: {len(read)} rows equal, {len(wanted[0])} columns")
    counted = duckdb.sql(
        f"SELECT split, COUNT(*) FROM read_csv('{tables['csv']}') GROUP BY split ORDER BY split"
    ).fetchall()
    sides = [(side, sum(item["split"] == side for item in items)) for side in ("test", "train")]
    if counted != sides:
        sys.exit(f"duckdb reads the csv as {counted}, expected {sides}")
    print(f"row groups: {table.num_row_groups}, duckdb's csv: {counted}")


if __name__ == "__main__":
    main()
