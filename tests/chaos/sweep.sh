#!/bin/sh
# SPDX-License-Identifier: MIT
# usage: sweep.sh DRIFTCTL [SEEDS]: the long form of chaos.bats and kill.bats
set -eu

driftctl=${1:?usage: sweep.sh DRIFTCTL [SEEDS]}
seeds=${2:-20}
here=$(cd "$(dirname "$0")" && pwd)
scratch=$(mktemp -d)
bad=0

round() {
	python3 "$here/chaos.py" "$driftctl" "$scratch/$seed" "$seed" "$@" ||
		bad=1
	seed=$((seed + 1))
}

seed=1000
while [ "$seed" -lt $((1000 + seeds * 6)) ]; do
	round --entries 4000 --added
	round --entries 4000 --share 0.1 --deep
	round --entries 1500 --deep --added
	round --entries 800 --scripts --added
	round --entries 800 --scripts --share 0.1
	round --entries 800 --scripts --plain
done
for what in restore undo record errors; do
	python3 "$here/kill.py" "$driftctl-full" "$scratch/$what" \
	    --every 100000 "$what" || bad=1
done
rmdir "$scratch" 2> /dev/null || echo "what failed is below $scratch" >&2
exit "$bad"
