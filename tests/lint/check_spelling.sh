#!/bin/sh
# Fail on misspelled words in code and docs. usage: check_spelling.sh ROOT
set -eu
cd "$1"
command -v codespell >/dev/null || {
	echo "codespell is not installed"
	exit 77
}
set -- README.md Makefile meson.build docs daemon client proto conf systemd \
	tests .ci
for path in "$@"; do
	shift
	[ ! -e "$path" ] || set -- "$@" "$path"
done
# The words let through are typed wrong on purpose, to show suggestions.
codespell --ignore-words-list acount,acounts --skip '*.gz,*.json,*.csv' "$@" || exit 1
