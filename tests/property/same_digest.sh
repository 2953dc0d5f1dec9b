#!/bin/sh
# Rule: same commands, same events, same state, whatever built the engine.
# Compiles engine and generator with gcc and clang, -O0 and -O3, and compares
# the digests after a seeded run. TAP output.
#
# same_digest.sh SOURCE [COMMANDS]
set -eu

if [ $# -lt 1 ] || [ ! -d "$1/daemon/engine" ]; then
	echo "usage: same_digest.sh SOURCE [COMMANDS]" >&2
	exit 2
fi
source=$1
commands=${2:-20000}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

first=
number=0
failed=0
echo "1..4"
for compiler in gcc clang; do
	for level in -O0 -O3; do
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
done
exit "$failed"
