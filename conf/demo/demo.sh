#!/bin/sh
# What `make demo` shows: one liquidation, end to end, over real sockets.
# usage: demo.sh BUILD
#
# It starts `riskd --demo` in a folder of its own, looks at prices and at the
# riskiest accounts, waits for a liquidation order to reach a subscriber, shows
# the fill and the account after it, and stops the daemon. Every wait is
# bounded; exit code 0 means that all of it happened.
set -eu

build=${1:-build}
riskd=$build/daemon/riskd
riskctl=$build/client/riskctl
daemon=
subscriber=
folder=

fail()
{
	echo "demo: $1" >&2
	if [ -n "$folder" ] && [ -s "$folder/riskd.log" ]; then
		echo "demo: the daemon's log:" >&2
		cat "$folder/riskd.log" >&2
	fi
	exit 1
}

finish()
{
	for process in $subscriber $daemon; do
		kill -9 "$process" 2>/dev/null || :
	done
	[ -z "$folder" ] || rm -rf "$folder"
}

say()
{
	printf '\n== %s\n' "$1"
}

# Call "$@" each tenth of a second until it succeeds, $1 seconds at most.
await()
{
	tries=$(($1 * 10))
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || return 1
		kill -0 "$daemon" 2>/dev/null || fail "riskd ended on its own"
		sleep 0.1
	done
}

# The value of member $1 of the JSON object in line $2.
member()
{
	printf '%s\n' "$2" | sed -n 's/.*"'"$1"'":"\{0,1\}\([^",}]*\).*/\1/p'
}

answers()
{
	"$riskctl" -q market list >"$folder/markets" 2>/dev/null
}

follows()
{
	grep -q . "$folder/follow.err" 2>/dev/null
}

# The first order of an account that is still above zero.
ordered()
{
	order_line=$(grep '"event":"ORDER_OPENED"' "$folder/orders" |
		grep -v '"equity":"-' | head -n 1) && [ -n "$order_line" ]
}

filled()
{
	fill_line=$(grep '"event":"ORDER_FILLED"' "$folder/orders" |
		grep "\"order\":\"$order\"" | head -n 1) && [ -n "$fill_line" ]
}

# Kill the daemon if it is still there in 5 s: a stop must not hang.
watch_stop()
{
	tries=50
	while kill -0 "$daemon" 2>/dev/null; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || kill -9 "$daemon" || :
		sleep 0.1
	done
}

for program in "$riskd" "$riskctl"; do
	[ -x "$program" ] || fail "$program is missing: build first (make)"
done
trap finish EXIT
trap 'exit 1' INT TERM HUP
folder=$(mktemp -d)
RISKD_DEMO_DIR=$folder
RISKCTL_SERVER=ipc://$folder/query.sock
export RISKD_DEMO_DIR RISKCTL_SERVER

say "riskd --demo: 300 accounts, 5 markets, prices that fall soon"
"$riskd" --demo 2>"$folder/riskd.log" &
daemon=$!
await 10 answers || fail "no answer from riskd on $RISKCTL_SERVER in 10 s"
cat "$folder/riskd.log"

"$riskctl" liquidations --follow --json >"$folder/orders" \
	2>"$folder/follow.err" &
subscriber=$!
await 5 follows || fail "the subscriber did not connect in 5 s"

say "Prices are moving"
for round in 1 2 3; do
	[ "$round" = 1 ] || sleep 0.4
	"$riskctl" market list --json >"$folder/markets" ||
		fail "market list failed"
	line=
	while read -r row; do
		line="$line  $(member market "$row") $(member mark "$row")"
	done <"$folder/markets"
	echo "$line"
done

say "The riskiest accounts (ratio above 1 is liquidated)"
"$riskctl" -q account list -n 5 || fail "account list failed"

say "A subscriber waits for liquidation orders"
await 25 ordered || fail "no liquidation order in 25 s"
order=$(member order "$order_line")
account=$(member account "$order_line")
market=$(member market "$order_line")
echo "  order     $order, account $account"
echo "  close     $(member side "$order_line") $(member size "$order_line")" \
	"$market"
echo "  price     $(member mark "$order_line") USD (mark), not worse than" \
	"$(member floor "$order_line") USD"
echo "  health    equity $(member equity "$order_line") USD, below the" \
	"maintenance margin of $(member maintenance "$order_line") USD"

await 5 filled || fail "order $order was not filled in 5 s"
"$riskctl" events replay --topic "account.$account" --json \
	>"$folder/account" || fail "events replay failed"
state_line=$(sed -n "/\"event\":\"ORDER_FILLED\".*\"$order\"/,\$p" \
	"$folder/account" | grep '"event":"STATE"' | head -n 1) || :
[ -n "$state_line" ] || fail "account $account has no state after the fill"
position_line=$(grep '"event":"POSITION"' "$folder/account" |
	grep "\"trade\":$(member trade "$fill_line")," | head -n 1) || :
[ -n "$position_line" ] || fail "account $account has no position event"

say "It is filled, and the account is judged again"
echo "  fill      $(member fill "$fill_line") $market at" \
	"$(member price "$fill_line") USD, $(member size "$position_line") left"
echo "  health    equity $(member equity "$state_line") USD, maintenance" \
	"margin $(member maintenance "$state_line") USD"
echo "  state     $(member before "$state_line") ->" \
	"$(member after "$state_line")"

say "The account's own events"
"$riskctl" -q events replay --topic "account.$account" >"$folder/account" ||
	fail "events replay failed"
sed '/DEPOSIT/d' "$folder/account" | head -n 8

say "SIGTERM: answer what is there, and stop"
kill "$subscriber" 2>/dev/null || :
kill -TERM "$daemon"
watch_stop &
code=0
wait "$daemon" || code=$?
daemon=
[ "$code" = 0 ] || fail "riskd stopped with exit code $code, not 0, within 5 s"
sed 1d "$folder/riskd.log"
