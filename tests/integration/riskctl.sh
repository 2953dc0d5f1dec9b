#!/bin/sh
# What the tests of riskctl share: a folder, a daemon that ends with the test,
# and checks of one run that print TAP. Sourced, with $riskctl set.
# shellcheck disable=SC2034,SC2154 # set or used by the one that sources it

folder=$(mktemp -d)
daemon=
count=0
failed=0

finish()
{
	[ -z "$daemon" ] || kill -9 "$daemon" 2>/dev/null
	rm -rf "$folder"
}
trap finish EXIT

# report OK NAME: one line of TAP; on failure also what was printed.
report()
{
	count=$((count + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $count - $2"
		return
	fi
	failed=$((failed + 1))
	echo "not ok $count - $2"
	sed 's/^/# out: /' "$folder/out"
	sed 's/^/# err: /' "$folder/err"
}

# run CODE NAME ARGUMENTS...: the exit code is CODE.
run()
{
	want=$1
	name=$2
	shift 2
	timeout 60 "$riskctl" "$@" >"$folder/out" 2>"$folder/err"
	code=$?
	[ "$code" -eq "$want" ]
	report $? "$name (exit code $want, got $code)"
}

# out TEXT, err TEXT: the last run printed it on that stream.
out()
{
	grep -qF -e "$1" "$folder/out"
	report $? "  prints $1"
}

err()
{
	grep -qF -e "$1" "$folder/err"
	report $? "  says $1"
}

# lacks TEXT: standard output does not have it.
lacks()
{
	! grep -qF -e "$1" "$folder/out"
	report $? "  does not print $1"
}

# await CONF LOG QUERY PROBE...: a daemon, when riskctl PROBE... works there.
await()
{
	"$riskd" -c "$1" >"$2" 2>&1 &
	daemon=$!
	RISKCTL_SERVER=ipc://$3
	export RISKCTL_SERVER
	log=$2
	shift 3
	tries=100
	until timeout 5 "$riskctl" "$@" >/dev/null 2>&1; do
		tries=$((tries - 1))
		if [ "$tries" -eq 0 ] || ! kill -0 "$daemon" 2>/dev/null; then
			sed 's/^/# /' "$log"
			echo "Bail out! riskd did not come up"
			exit 1
		fi
		sleep 0.1
	done
}

# start_in_memory VENUE: a daemon for $folder/markets.json that keeps no state.
start_in_memory()
{
	cat >"$folder/riskd.conf" <<END
clock = real
markets = "$folder/markets.json"
publishers = {"feed"}
venues = {"$1"}
listen {
	prices = {"ipc://$folder/prices.sock"}
	ingest = {"ipc://$folder/ingest.sock"}
	query = {"ipc://$folder/query.sock"}
	events = {"ipc://$folder/events.sock"}
	public = {"ipc://$folder/public.sock"}
}
journal {
	kind = memory
}
limits {
	accounts = 100
	owners = 100
	positions = 100
	balances = 100
	events_kept = 4096
}
END
	await "$folder/riskd.conf" "$folder/log" "$folder/query.sock" status
}
