#!/bin/sh
# Fail when clang-format would change a C file. usage: check_format.sh ROOT
set -eu
cd "$1"
command -v clang-format >/dev/null || {
	echo "clang-format is not installed"
	exit 77
}
# Another version lays out some lines otherwise; 14 is the one agreed on.
version=$(clang-format --version | sed 's/.*version \([0-9]*\).*/\1/')
[ "$version" = 14 ] || {
	echo "clang-format is version $version, not 14"
	exit 77
}
folders=
for folder in daemon client tests; do
	[ ! -d "$folder" ] || folders="$folders $folder"
done

list=$(mktemp)
trap 'rm -f "$list"' EXIT
# shellcheck disable=SC2086 # words on purpose
find $folders -name '*.[ch]' | sort >"$list"
[ -s "$list" ] || {
	echo "check_format: no C files found in$folders"
	exit 1
}
# One run for all files; of the many complaints only the files are of use.
bad=$(xargs clang-format --dry-run <"$list" 2>&1 |
	sed -n 's/^\([^: ]*\):[0-9]*:[0-9]*: .*/\1/p' | sort -u)
[ -n "$bad" ] || exit 0
echo "run clang-format -i on these:"
echo "$bad"
exit 1
