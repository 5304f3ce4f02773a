#!/usr/bin/python3
"""Measures Holdfast, the engine and the service, against what people use today or against the least that there can be:
every pair in one run, in turns, medians and ratios.

    ./dev bench                     everything, in an hour or so
    ./dev bench backup memory poll  some of it; the names are those of the functions in *_bench.py
    ./dev bench --scale 2 --runs 1  a quick look, whose ratios mean little

Nothing here fails for being slow: machines are noisy. It prints what was measured, and beside it what we promise.
"""
import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from common import Report, WHOLE_SCALE  # noqa: E402
from engine_bench import EngineBench  # noqa: E402
from mssql_bench import MssqlBench  # noqa: E402
from service_bench import ServiceBench  # noqa: E402

GROUPS = [EngineBench, MssqlBench, ServiceBench]


def main():
    names = [name for group in GROUPS for name in group.NAMES]
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("measures", nargs="*", metavar="MEASURE", help=", ".join(names))
    parser.add_argument("--scale", type=int, default=WHOLE_SCALE, help=f"{WHOLE_SCALE} is 2.2 GB as COPY text")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    unknown = set(options.measures) - set(names)
    if unknown:
        parser.error(f"no such measure: {', '.join(sorted(unknown))}")
    report = Report()
    for group in GROUPS:
        wanted = [name for name in options.measures or names if name in group.NAMES]
        if wanted:
            measures = group(options, report)
            try:
                for name in wanted:
                    getattr(measures, name)()
            finally:
                measures.close()
    report.print()


if __name__ == "__main__":
    main()
