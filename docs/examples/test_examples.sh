#!/bin/sh
# The examples work together on a real daemon: a price falls (feed), an order
# is followed (follow) and executed (gateway), and the account is well again.
# usage: test_examples.sh RISKD RISKCTL CONF FEED FOLLOW GATEWAY
set -eu

riskd=$1 riskctl=$2 conf=$3 feed=$4 follow=$5 gateway=$6
jobs=
folder=$(mktemp -d)
RISKD_DEMO_DIR=$folder
RISKCTL_SERVER=ipc://$folder/query.sock
export RISKD_DEMO_DIR RISKCTL_SERVER

finish()
{
	for job in $jobs; do
		kill "$job" 2>/dev/null || :
	done
	rm -rf "$folder"
}
trap finish EXIT
trap 'exit 1' INT TERM HUP

fail()
{
	echo "test_examples: $1" >&2
	cat "$folder"/*.err >&2
	exit 1
}

# Call "$@" each tenth of a second until it succeeds, $1 seconds at most.
await()
{
	tries=$(($1 * 10))
	shift
	until "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		sleep 0.1
	done
}

# Both have their starting point: what comes from now on, they see.
subscribed()
{
	grep -q following "$folder/follow.err" &&
		grep -q following "$folder/gateway.err"
}

judged()
{
	"$riskctl" market list --json | grep -q '"mark":"28100"'
}

"$riskd" -c "$conf" 2>"$folder/riskd.err" &
jobs=$!
await 10 "$riskctl" market list || fail "riskd does not answer"

echo 'BTC-PERP 30000' | "$feed" "$RISKCTL_SERVER" demo 2>"$folder/feed.err" ||
	fail "feed failed"
"$riskctl" -q account create 42 || fail "account create failed"
"$riskctl" -q account deposit 42 1000 USD || fail "deposit failed"
"$riskctl" -q trade BTC-PERP 0.5@30000 --id 1 --buyer 42 \
	--seller external:demo || fail "trade failed"

"$follow" "$RISKCTL_SERVER" 1 >"$folder/follow.out" 2>"$folder/follow.err" &
follower=$!
"$gateway" "$RISKCTL_SERVER" demo 1 2>"$folder/gateway.err" &
executor=$!
jobs="$jobs $follower $executor"
await 10 subscribed || fail "follow and gateway do not subscribe"

printf 'BTC-PERP\nBTC-PERP 28100.123\nBTC-PERP 28100\n' |
	"$feed" "$RISKCTL_SERVER" demo 2>"$folder/feed.err" ||
	fail "feed failed"
[ "$(wc -l <"$folder/feed.err")" = 2 ] || fail "feed takes what is no price"
await 10 judged || fail "the price did not arrive"

wait "$follower" || fail "follow failed"
wait "$executor" || fail "gateway failed"
grep -q 'of account 42: SELL .* BTC-PERP, not worse than' \
	"$folder/follow.out" || fail "follow printed no order"
"$riskctl" account show 42 --json >"$folder/account" || fail "show failed"
grep -q '"state":"MARGIN_CALL"' "$folder/account" ||
	fail "the account is not well again: $(cat "$folder/account")"
! grep -q '"order":' "$folder/account" || fail "an order is still open"
