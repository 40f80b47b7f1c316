"""`make bench`: measure, print a table, and fail where a budget is exceeded."""

import argparse
import sys

from benchmarks import loop, refactoring, startup

BUDGETS = {
    "initialize / bare pygls": 0.15,
    "session/new / bare pygls": 1.3,
    "code action / bare pygls": 1.3,
    "idle memory, MB": 60.0,
    "rename, warm / cold": 0.7,
    "gap with a tool / SDK": 0.35,
    "gap at 2 MB / SDK": 0.1,
    "SDK's deltas / ours": 0.35,
    "peak memory, MB": 100.0,
}
"""The claims of the README; times are claimed as ratios in one run only."""


def main() -> int:
    """0 where every budget holds."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7, help="processes of each kind (default 7)")
    found = startup.measure(parser.parse_args().rounds) | refactoring.measure() | loop.measure()
    over = 0
    for name, value in found.items():
        budget = BUDGETS.get(name)
        failed = budget is not None and value > budget
        over += failed
        limit = "" if budget is None else f"  (budget {budget:g}{', EXCEEDED' if failed else ''})"
        print(f"{name:28s} {value:9.3f}{limit}")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())
