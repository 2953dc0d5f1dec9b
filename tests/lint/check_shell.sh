#!/bin/sh
# Fail on what shellcheck finds in any shell script. usage: check_shell.sh ROOT
set -eu
cd "$1"
command -v shellcheck >/dev/null || {
	echo "shellcheck is not installed"
	exit 77
}
folders=
for folder in .ci client conf daemon systemd tests; do
	[ ! -d "$folder" ] || folders="$folders $folder"
done
# A script is what says so in its first line, whatever its name.
# shellcheck disable=SC2086 # words on purpose
scripts=$(find $folders -type f \
	-exec sh -c 'head -n 1 "$1" | grep -qE "^#!.*[/ ](ba|da)?sh( |$)"' \
	_ {} \; -print)
[ -n "$scripts" ] || {
	echo "check_shell: no shell scripts found in$folders"
	exit 1
}
# shellcheck disable=SC2086 # words on purpose
exec shellcheck $scripts
