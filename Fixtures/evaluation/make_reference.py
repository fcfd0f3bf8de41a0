"""Makes reference.json: exact binomial p values and Wilson intervals from SciPy.

Run with SciPy 1.17 or later: python3 make_reference.py > reference.json
"""

import json
import sys

import scipy
from scipy.stats import binomtest

PAIRS = [
    (0, 0), (1, 0), (0, 1), (1, 1), (5, 0), (6, 1), (10, 2), (2, 10), (50, 1), (1, 50), (8, 8),
    (30, 12), (15, 14), (100, 60), (200, 199), (500, 400), (1000, 0), (1000, 900), (5000, 4700),
    (100000, 99000), (0, 1074),
]
PROPORTIONS = [
    (0, 1), (1, 1), (0, 10), (5, 10), (10, 10), (12, 120), (61, 120), (58, 120), (0, 120), (2, 120),
    (1, 1000), (999, 1000), (333333, 1000000),
]


def exact(b: int, c: int) -> float:
    return 1.0 if b + c == 0 else float(binomtest(b, b + c, 0.5).pvalue)


def wilson(successes: int, trials: int) -> dict:
    interval = binomtest(successes, trials).proportion_ci(0.95, method="wilson")
    return {"successes": successes, "trials": trials, "lower": interval.low, "upper": interval.high}


json.dump(
    {
        "made_by": f"make_reference.py; scipy {scipy.__version__}",
        "mcnemar": [{"b": b, "c": c, "p": exact(b, c)} for b, c in PAIRS],
        "wilson": [wilson(k, n) for k, n in PROPORTIONS],
    },
    sys.stdout,
    indent=1,
)
print()
