#!/bin/sh
# SPDX-License-Identifier: MIT
# bench.sh
# How fast driftctl is beside other programs, as ratios measured in one run.
# Works in build/bench, or in $BENCH_DIR, which should be on a file system of
# the kind that /etc is on. BENCH_LARGE=1 measures 200,000 objects and 10,000
# snapshots as well, which takes an hour.
set -eu
top=$(cd "$(dirname "$0")/../.." && pwd)
scratch=${BENCH_DIR:-$top/build/bench}
build=$top/${BUILD:-build}

rm -rf "$scratch"
mkdir -p "$scratch"
trap 'rm -rf "$scratch"' EXIT
trap 'exit 130' INT TERM
${CC:-cc} -O2 -D_GNU_SOURCE -o "$scratch/measure" \
    "$top/tests/bench/measure.c"
python3 "$top/tests/bench/bench.py" "$scratch" "$build/driftctl"
