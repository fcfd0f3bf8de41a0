"""Medians, ratios and tables from single timings."""

from __future__ import annotations

import statistics

NATIVE = "tunix-rt"


def summary(row: dict) -> dict:
    """For each engine of a row: the median's rate, the range, the memory."""
    result = {}
    for engine, rounds in row["rounds"].items():
        seconds = [second for entry in rounds for second in entry["seconds"]]
        if not seconds:
            continue
        median = statistics.median(seconds)
        result[engine] = {
            "median_seconds": median,
            "minimum_seconds": min(seconds),
            "maximum_seconds": max(seconds),
            "tokens_per_second": row["tokens"] / median if row["tokens"] else None,
            "peak_memory_bytes": max(entry["peak_memory_bytes"] for entry in rounds),
        }
    return result


def ratios(found: dict) -> dict:
    """How many times faster tunix-rt is than each peer."""
    if NATIVE not in found:
        return {}
    own = found[NATIVE]["median_seconds"]
    return {name: entry["median_seconds"] / own for name, entry in found.items() if name != NATIVE}


def table(rows: list[dict]) -> str:
    """The rows as a Markdown table: tokens a second (or seconds), ratios behind the peers' numbers."""
    engines = [NATIVE]
    for row in rows:
        engines += [name for name in row["rounds"] if name not in engines]
    lines = [["work", *engines]]
    for row in rows:
        cells = [row["title"]]
        for engine in engines:
            entry = row["summary"].get(engine)
            cells.append(_cell(entry, row["ratios"].get(engine)) if entry else "–")
        lines.append(cells)
    memory = [row for row in rows if row["kind"] == "train" and row["summary"]]
    for row in memory[:1]:
        sizes = [row["summary"].get(engine) for engine in engines]
        lines.append(
            ["peak memory of that training"]
            + [f"{size['peak_memory_bytes'] / 1e9:.2f} GB" if size else "–" for size in sizes]
        )
    return _markdown(lines)


def where(lines: list[dict]) -> str:
    """Where the time of a step went, as a Markdown table; what is below 0.5 % is added up."""
    shown = [line for line in lines if line["percent_of_steps"] >= 0.5]
    rest = sum(line["percent_of_steps"] for line in lines) - sum(
        line["percent_of_steps"] for line in shown
    )
    cells = [["work (product: rows x columns x inner)", "% of step", "GFLOP/s", "% of peak"]]
    for line in shown:
        rate, share = line.get("gigaflops"), line.get("percent_of_peak")
        cells.append(
            [
                line["work"],
                f"{line['percent_of_steps']:.1f}",
                f"{rate:.0f}" if rate else "",
                f"{share:.0f}" if share else "",
            ]
        )
    cells.append(["less than half a percent each", f"{rest:.1f}", "", ""])
    return _markdown(cells)


def _cell(entry: dict, ratio: float | None) -> str:
    rate = entry["tokens_per_second"]
    text = f"{entry['median_seconds']:.2f} s" if rate is None else f"{rate:.0f}"
    return text if ratio is None else f"{text} ({ratio:.2f} ×)"


def _markdown(lines: list[list[str]]) -> str:
    widths = [max(len(line[column]) for line in lines) for column in range(len(lines[0]))]
    rows = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths)) + " |"
        for line in lines
    ]
    rule = "|" + "|".join("-" * (width + 2) for width in widths) + "|"
    return "\n".join([rows[0], rule, *rows[1:]])
