#!/bin/sh
# The long form of test_kill.c: riskd is killed by SIGKILL 200 times under
# load (KILLS in the environment: another number), about every second one
# while it writes a snapshot. Takes about five minutes.
#
#   tests/integration/kill.sh [BUILD]
#
# Fails when anything acknowledged is lost or done twice, when an event is
# missing or has changed, and when fewer than a tenth of the kills hit a
# snapshot. Every kill is another with another SEED; without it, it is new
# each time and printed.
set -eu

build=${1:-build}
kills=${KILLS:-200}
seed=${SEED:-$(date +%s)}
program=$build/tests/integration/integration_kill
riskd=$build/daemon/riskd

for file in "$program" "$riskd"; do
	if [ ! -x "$file" ]; then
		echo "kill.sh: no $file: run meson compile -C $build" >&2
		exit 2
	fi
done

echo "# KILLS=$kills SEED=$seed"
out=$(mktemp)
trap 'rm -f "$out"' EXIT
code=0
RK_KILLS=$kills RK_SEED=$seed RK_RATE=${RATE:-0} \
	"$program" "$riskd" >"$out" || code=$?
cat "$out"
[ "$code" -eq 0 ] || exit "$code"

inside=$(sed -n 's/.*inside_snapshots=\([0-9]*\).*/\1/p' "$out" | tail -n 1)
if [ "$((inside * 10))" -lt "$kills" ]; then
	echo "kill.sh: only $inside of $kills kills hit a snapshot" >&2
	exit 1
fi

rate=$(sed -n 's/.*acknowledged_per_s=\([0-9]*\).*/\1/p' "$out" | tail -n 1)
if [ "$rate" -lt 10000 ]; then
	echo "kill.sh: only $rate acknowledged commands a second" >&2
	exit 1
fi
