#!/bin/sh
# A seed leads to the same run, alone or behind others, once or again: the
# hashes over all that was sent, answered, published and written are equal.
#
# usage: same.sh SIM
set -eu

sim=$1
alone=$("$sim" --seed 3 | grep '^seed 3 ')
again=$("$sim" --seed 3 | grep '^seed 3 ')
behind=$("$sim" --seeds 3 | grep '^seed 3 ')
other=$("$sim" --seed 4 | grep '^seed 4 ')

echo "$alone"
if [ "$alone" != "$again" ] || [ "$alone" != "$behind" ]; then
	echo "same: seed 3 was another run: $again, $behind" >&2
	exit 1
fi
if [ "${alone#*trace }" = "${other#*trace }" ]; then
	echo "same: seeds 3 and 4 are one run: what is hashed?" >&2
	exit 1
fi
