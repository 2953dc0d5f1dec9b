#!/bin/sh
# Fuzzing: build every target with clang's libFuzzer, AddressSanitizer and
# UndefinedBehaviorSanitizer, and run each for SECONDS. A crash stops the run
# and leaves the input in the folder that is printed.
#
# tests/fuzz/run.sh [SECONDS]
set -eu

seconds=${1:-60}
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)

for tool in clang protoc-c pkg-config python3; do
	if ! command -v "$tool" >/dev/null; then
		echo "fuzz: $tool is missing: nothing was fuzzed" >&2
		exit 77
	fi
done

work=$(mktemp -d)
echo "fuzz: working in $work"
protoc-c --proto_path="$root/proto" --c_out="$work" "$root/proto/riskd.proto"

# The generated code is compiled apart, as it is not ours to sanitize.
proto_flags=$(pkg-config --cflags --libs libprotobuf-c)
# shellcheck disable=SC2086 # several words on purpose
clang -std=gnu17 -O1 -g -w -c -o "$work/proto.o" "$work/riskd.pb-c.c" \
	$proto_flags

run()
{
	target=$1
	shift
	echo "fuzz: $target for $seconds s"
	# shellcheck disable=SC2086
	clang -std=gnu17 -O1 -g -fno-omit-frame-pointer \
		-fno-sanitize-recover=all \
		-fsanitize=fuzzer,address,undefined \
		-I"$root/daemon" -I"$root/tests" -I"$work" \
		-o "$work/$target" "$here/$target.c" "$@" \
		"$root"/daemon/engine/*.c "$root/tests/support/harness.c" \
		"$root/tests/support/panic.c" $proto_flags
	mkdir -p "$work/corpus.$target"
	"$work/$target" -max_total_time="$seconds" -max_len=4096 \
		-artifact_prefix="$work/" -print_final_stats=1 \
		-error_exitcode=1 \
		-verbosity=0 "$work/corpus.$target"
}

run fuzz_engine
run fuzz_codec "$root"/daemon/codec/*.c "$root"/daemon/store/record*.c \
	"$work/proto.o"
python3 "$root/daemon/ops/embed.py" "$work/demo.c" \
	conf="$root/conf/demo/riskd.conf" \
	markets="$root/conf/demo/markets.json"
# shellcheck disable=SC2046 # several words on purpose
run fuzz_conf "$root"/daemon/ops/*.c "$work/demo.c" \
	$(pkg-config --cflags --libs libconfuse jansson)
# shellcheck disable=SC2046
run fuzz_journal "$root"/daemon/store/journal*.c \
	"$root/daemon/store/files.c" "$root/daemon/store/segment.c" \
	"$root/daemon/store/stopwatch.c" "$root/daemon/store/window.c" \
	"$root/daemon/store/worker.c" \
	$(pkg-config --cflags --libs libsodium) -pthread
# shellcheck disable=SC2046 # several words on purpose
run fuzz_snapshot -DRISKD_VERSION='"fuzz"' \
	"$root"/daemon/store/snapshot*.c "$root"/daemon/store/sqlite*.c \
	"$root"/daemon/store/files*.c "$root"/tests/support/generator*.c \
	"$root"/tests/support/folder.c "$root"/tests/support/prng.c \
	$(pkg-config --cflags --libs sqlite3)
rm -rf "$work"
echo "fuzz: no failures"
