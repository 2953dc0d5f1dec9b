#!/bin/sh
# Fail when the engine archive needs a symbol from outside: no malloc, clock,
# stdio or libm can hide behind a macro or an extern.
# usage: check_symbols.sh ARCHIVE
set -eu

archive=$1
[ -f "$archive" ] || {
	echo "check_symbols: no such archive: $archive" >&2
	exit 2
}

# Copies and compares of memory, which compilers emit by themselves; the one
# way out in a panic; 128-bit helpers; what sanitizers and coverage add.
allowed='^(mem(cpy|move|set|cmp)|bcmp|strlen|strcmp|rk_panic|rk_quant_.*'
allowed="$allowed|__(u?div|u?mod|mul)ti3|__u?divmodti4|__stack_chk_fail"
allowed="$allowed|_GLOBAL_OFFSET_TABLE_"
allowed="$allowed|__(asan|tsan|ubsan|sanitizer|sanitizer_cov|gcov|llvm)_.*)\$"

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

nm --defined-only "$archive" 2>/dev/null |
	awk 'NF == 3 { print $3 }' | sort -u >"$scratch/defined"
nm -u "$archive" 2>/dev/null |
	awk '$1 == "U" { print $2 }' | sort -u >"$scratch/wanted"

[ -s "$scratch/defined" ] || {
	echo "check_symbols: $archive defines nothing" >&2
	exit 2
}

# comm reads the two sorted lists; an extern of our own is no need.
comm -13 "$scratch/defined" "$scratch/wanted" |
	grep -vE "$allowed" >"$scratch/bad" || true
if [ -s "$scratch/bad" ]; then
	echo "$archive needs symbols that the engine may not use:"
	cat "$scratch/bad"
	exit 1
fi
echo "$archive: $(wc -l <"$scratch/defined") symbols defined, none borrowed"
