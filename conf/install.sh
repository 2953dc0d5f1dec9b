#!/bin/sh
# Install configuration files into a folder, and never overwrite: a file that
# is there and differs stays, the new one goes beside it as FILE.new.
#
# usage: install.sh FOLDER FILE...      (DESTDIR is put before FOLDER)
set -eu

folder=${DESTDIR:-}$1
shift
mkdir -p "$folder"
for file in "$@"; do
	to=$folder/$(basename "$file")
	if [ ! -e "$to" ]; then
		install -m 644 "$file" "$to"
		echo "installed $to"
	elif cmp -s "$file" "$to"; then
		rm -f "$to.new"
	else
		install -m 644 "$file" "$to.new"
		echo "kept $to, which was edited; the new one is $to.new"
	fi
done
