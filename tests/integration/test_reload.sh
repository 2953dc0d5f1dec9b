#!/bin/sh
# Files that are edited while a real riskd runs: reload by request and by
# SIGHUP, all of it or nothing, and what a restart makes of it.
# usage: test_reload.sh RISKD RISKCTL HANG_SYNC
#
# It starts the daemon in a folder of its own and ends it. Output is TAP.
set -u

riskd=$1
riskctl=$2
hang=$3
# shellcheck source=tests/integration/riskctl.sh
. "$(dirname "$0")/riskctl.sh"

risk= # what riskd.conf has named already, and has to go on naming
# files WEIGHT LOT MORE CONF: both files, as they are edited.
files()
{
	cat >"$folder/markets.json" <<END
{"schema": 1,
 "assets": [
  {"name": "USD", "decimals": 2, "fixed_price": "1"},
  {"name": "BTC", "decimals": 8, "price_decimals": 2,
   "price_max": "10000000", "price_age_max": "1h",
   "collateral": {"weight_maintenance": "$1"}}],
 "markets": [
  {"name": "BTC-PERP", "kind": "perpetual", "settle": "USD",
   "price_decimals": 2, "size_decimals": 6, "lot": "$2",
   "price_max": "1000000", "position_max": "500", "price_age_max": "1h",
   "close_cost": "0.0005",
   "brackets": [{"floor": "0", "maintenance": "0.01", "initial": "0.02"}]$3}]}
END
	cat >"$folder/riskd.conf" <<END
state = "$folder/state"
publishers = {"feed"}
venues = {"venue"}
listen {
	prices = {"ipc://$folder/prices.sock"}
	ingest = {"ipc://$folder/ingest.sock"}
	query = {"ipc://$folder/query.sock"}
	events = {"ipc://$folder/events.sock"}
	public = {"ipc://$folder/public.sock"}
}
limits {
	accounts = 100
	owners = 100
	positions = 100
	balances = 100
	events_kept = 4096
}
${4:-$risk}
END
}

start()
{
	await "$folder/riskd.conf" "$folder/log" "$folder/query.sock" status
}

# end SIGNAL: of the daemon.
end()
{
	kill "-$1" "$daemon"
	wait "$daemon" 2>/dev/null
	daemon=
}

# logged TEXT: it comes to stand in the log.
logged()
{
	tries=100
	until grep -qF -e "$1" "$folder/log"; do
		tries=$((tries - 1))
		[ "$tries" -gt 0 ] || break
		sleep 0.1
	done
	[ "$tries" -gt 0 ]
	report $? "  logs $1"
}

# configured: what is listed, and its terms, as one text: no prices, no times.
configured()
{
	for asset in USD BTC; do
		timeout 60 "$riskctl" asset show "$asset" --json
	done
	timeout 60 "$riskctl" market show BTC-PERP --json
}

# same FILE NAME: what is configured is what it was then.
same()
{
	configured >"$folder/now"
	cmp -s "$1" "$folder/now"
	report $? "$2"
}

# commands: of the configuration, in the journal of a daemon that has ended.
commands()
{
	timeout 60 "$riskctl" journal export "$folder/state" |
		grep -vcE '"(CLOCK|RESUME)"'
}

mkdir "$folder/state"
files 0.9 0.001 "" ""
start
run 0 "a reload of the same files" reload
err "nothing differs"
run 0 "an account" account create 7 --owner 7
run 0 "a deposit" account deposit 7 1000 USD

# A dry run tells everything and changes nothing.
configured >"$folder/before"
files 0.8 0.01 "" 'risk { target = "1.21" }'
run 0 "a dry run" reload --dry-run
out "asset   BTC       collateral.weight_maintenance  0.9     0.8"
out "market  BTC-PERP  lot                            0.001   0.01"
out "risk              target                         1.2     1.21"
err "dry run: 3 commands would be given; nothing was changed"
same "$folder/before" "a dry run changes nothing"
run 0 "a dry run for programs" reload --dry-run --json
out '"dry_run":true,"commands":3'
out '{"kind":"asset","name":"BTC","field":"collateral.weight_maintenance"'
out '"before":"0.9","after":"0.8","seq":0}'

# The real one.
run 0 "the reload" reload
risk='risk { target = "1.21" }'
out "collateral.weight_maintenance  0.9     0.8"
out "Command"
err "reloaded: 3 commands"
logged "reload changed what=market name=BTC-PERP field=lot before=\"0.001\""
logged "reloaded by="
run 0 "the asset" asset show BTC
out "0.8"
run 0 "once more" reload
err "nothing differs"

# What cannot be read or cannot work changes nothing, and the daemon goes on.
configured >"$folder/before"
files 0.7 0 "" ""
run 1 "a lot that cannot work" reload
err "$folder/markets.json: \$.markets[0].lot = \"0\": must be above 0"
err "nothing was changed"
same "$folder/before" "nothing of it was changed"
files 0.7 0.01 ', "lott": "1"' ""
run 1 "a key that is not there" reload
err 'lott'
echo '{"schema": 1, "assets": [' >"$folder/markets.json"
run 1 "half a file" reload
err "$folder/markets.json"
rm "$folder/markets.json"
run 1 "no file" reload
err "$folder/markets.json"
files 0.7 0.01 "" 'risk { target = "0.9" }'
run 1 "a risk that cannot work" reload
err "$folder/riskd.conf"
err "target"
files 0.7 0.01 ', "multiplier": "0.1"' ""
run 1 "what stays for ever" reload
err "multiplier of market BTC-PERP is 1, but 0.1 in $folder/markets.json"
same "$folder/before" "nothing of all that was changed"
run 0 "the daemon goes on" account deposit 7 1 USD

# The engine refuses the second of two: neither is applied.
run 0 "a price" price push BTC-PERP 500000 --publisher feed
sleep 0.3
run 0 "the price" market show BTC-PERP
out "500000"
configured >"$folder/before"
sed 's/"price_max": "1000000"/"price_max": "400000"/' \
	"$folder/markets.json" >"$folder/m" &&
	sed 's/, "multiplier": "0.1"//' "$folder/m" >"$folder/markets.json"
run 1 "a price_max below the mark" reload
err "BAD_PRICE: market BTC-PERP refuses MARKET_CHANGE"
err "price_max 1000000 -> 400000; nothing was changed"
same "$folder/before" "nor is the risk beside it changed"

# SIGHUP, and what needs a restart.
files 0.85 0.01 "" 'risk { target = "1.21" }
clock = messages'
kill -HUP "$daemon"
logged "before=\"0.8\" after=\"0.85\""
logged "reload left clock as it is, real: that it is messages needs a restart"
logged "reloaded by=SIGHUP"
run 0 "what was left" reload
out "clock            real     messages"
err "nothing differs that can be changed without a restart"
files 0.85 0.01 ', "position_max": "1"' 'risk { target = "1.21" }'
kill -HUP "$daemon"
logged "reload refused by=SIGHUP"
run 0 "the daemon goes on" account deposit 7 1 USD

# A weight that falls, with a ramp in the same edit, starts its ramp.
files 0.85 0.01 "" 'risk { target = "1.21" }'
sed 's/{"weight_maintenance": "0.85"}/{"weight_maintenance": "0.5"},\
   "ramp": {"duration": "24h"}/' "$folder/markets.json" >"$folder/m"
mv "$folder/m" "$folder/markets.json"
run 0 "a ramp and a weight" reload
out "ramp.duration                  0s      1d"
out "collateral.weight_maintenance  0.85    0.5"
run 0 "the asset" asset show BTC --json
out '"weight_maintenance":"0.85"'
out '"target_weight_maintenance":"0.5"'
run 0 "the same while it ramps" reload
err "nothing differs"

# Half a file, or none, is no wish for defaults; a pipe cannot be read again.
sed '/^risk/,$d' "$folder/riskd.conf" >"$folder/half"
cp "$folder/riskd.conf" "$folder/whole"
for file in "$folder/half" /dev/null; do
	cat "$file" >"$folder/riskd.conf"
	run 1 "a file that is cut" reload
	err "must be named, as it was before: a default comes back by a restart only"
done
rm "$folder/riskd.conf"
mkfifo "$folder/riskd.conf"
run 1 "a pipe" reload
err "riskd.conf: must be a file: a pipe, socket or device cannot be read again"
rm "$folder/riskd.conf"
mv "$folder/markets.json" "$folder/m"
mkfifo "$folder/markets.json"
cp "$folder/whole" "$folder/riskd.conf"
run 1 "another pipe" reload
err "markets.json: must be a file: a pipe, socket or device cannot be read again"
mv -f "$folder/m" "$folder/markets.json"
run 0 "and a file again" reload
err "nothing differs"

# What was answered is there after kill -9; a restart has nothing to add.
files 0.85 0.02 "" 'risk { target = "1.21" }'
sed 's/{"weight_maintenance": "0.85"}/{"weight_maintenance": "0.5"},\
   "ramp": {"duration": "24h"}/' "$folder/markets.json" >"$folder/m"
mv "$folder/m" "$folder/markets.json"
run 0 "the last one" reload
out "lot    0.01    0.02"
end KILL
before=$(commands)
start
run 0 "the market after kill -9" market show BTC-PERP --json
out '"lot":"0.02"'
! grep -q "configuration changed" "$folder/log"
report $? "a restart finds nothing that differs"
end TERM

[ "$before" -gt 10 ] && [ "$(commands)" -eq "$before" ]
report $? "a restart journals no command of the configuration"

# Does riskd keep signals of a closed terminal waiting? Read by the shell alone:
# it is a matter of milliseconds.
holds()
{
	[ -r "/proc/$daemon/status" ] || return 1
	while read -r key value; do
		case $key$value in
		SigBlk:*[13579bdf]) return 0 ;;
		esac
	done <"/proc/$daemon/status" 2>/dev/null
	return 1
}

# One that comes before anybody listens waits, and is a reload then.
held=1
for _ in 1 2 3 4 5 6 7 8 9 10; do
	: >"$folder/log"
	"$riskd" -c "$folder/riskd.conf" 2>"$folder/log" &
	daemon=$!
	until [ -s "$folder/log" ]; do
		holds || continue
		kill -HUP "$daemon" && held=0
		break
	done
	[ "$held" -eq 0 ] && break
	end TERM
done
report "$held" "a signal before riskd listens"
logged "ready version="
logged "by=SIGHUP"
end TERM

# A disk that does not answer holds up the reload, and neither riskd nor its end.
export LD_PRELOAD="$hang" RK_HANG_OPEN="$folder/hang"
start
unset LD_PRELOAD
: >"$folder/hang"
kill -HUP "$daemon"
sleep 0.2
run 0 "the daemon goes on" account deposit 7 1 USD
kill -TERM "$daemon"
tries=80
while kill -0 "$daemon" 2>/dev/null && [ "$tries" -gt 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
[ "$tries" -gt 0 ]
report $? "riskd ends all the same"
logged "reload does not get to the end of a file, and is left to itself"
logged "stopped seq="
rm -f "$folder/hang"
wait "$daemon"
report $? "with exit code 0"
daemon=

# Built in: there is nothing to read again.
RISKD_DEMO_DIR=$folder/demo
mkdir "$folder/demo"
export RISKD_DEMO_DIR
"$riskd" --demo >"$folder/log" 2>&1 &
daemon=$!
RISKCTL_SERVER=ipc://$folder/demo/query.sock
sleep 2
run 1 "a demo" reload
err "there are no files to reload"
kill -HUP "$daemon"
logged "stopping signal=HUP"
wait "$daemon"
report $? "a closed terminal ends a demo"
daemon=

echo "1..$count"
[ "$failed" -eq 0 ]
