#!/bin/sh
# Rule: same commands, same events, same state, whatever built the engine.
# Compiles engine and generator with gcc and clang, -O0 and -O3, and compares
# the digests after a seeded run; with 'few', only the two that differ most. TAP
# output.
#
# same_digest.sh SOURCE [COMMANDS [few]]
set -eu

if [ $# -lt 1 ] || [ ! -d "$1/daemon/engine" ]; then
	echo "usage: same_digest.sh SOURCE [COMMANDS [few]]" >&2
	exit 2
fi
source=$1
commands=${2:-20000}
builds='gcc:-O0 gcc:-O3 clang:-O0 clang:-O3'
[ "${3:-}" != few ] || builds='gcc:-O0 clang:-O3'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

first=
number=0
failed=0
echo "1..$(echo "$builds" | wc -w)"
for build in $builds; do
	compiler=${build%:*}
	level=${build#*:}
	number=$((number + 1))
	if ! command -v "$compiler" >/dev/null; then
		echo "ok $number - $compiler $level # SKIP no $compiler here"
		continue
	fi
	"$compiler" -std=gnu17 "$level" -fno-strict-aliasing \
		-I"$source/daemon" -I"$source/tests" \
		-o "$work/digest" \
		"$source"/daemon/engine/*.c \
		"$source"/tests/support/generator*.c \
		"$source"/tests/support/harness.c \
		"$source"/tests/support/panic.c \
		"$source"/tests/support/prng.c \
		"$source"/tests/property/engine_digest.c
	digest=$("$work/digest" "$commands")
	echo "# $compiler $level: $digest"
	[ -n "$first" ] || first=$digest
	if [ "$digest" = "$first" ]; then
		echo "ok $number - $compiler $level gives the same digest"
	else
		echo "not ok $number - $compiler $level gives another digest"
		failed=1
	fi
done
exit "$failed"
