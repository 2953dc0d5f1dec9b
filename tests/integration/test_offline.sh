#!/bin/sh
# The verbs of riskctl that read a state folder: beside a running riskd, after
# a kill, after a stop in order, and on damaged copies: what they print and
# with which exit code. usage: test_offline.sh RISKD RISKCTL GOLDEN SPOIL
#
# GOLDEN makes a state folder of many commands without a daemon; SPOIL damages
# files. Output is TAP.
# shellcheck disable=SC2012 # names of our own, without blanks
set -u

riskd=$1
riskctl=$2
golden=$3
spoil=$4
# shellcheck source=tests/integration/riskctl.sh
. "$(dirname "$0")/riskctl.sh"

# adds_up: what explain printed as JSON leads to the figures it shows.
adds_up()
{
	python3 -c 'import decimal, json, sys
D = decimal.Decimal
for account in json.load(sys.stdin)["accounts"]:
    for when in "before", "after":
        was = {x["figure"]: x[when] for x in account["health"]}
        if was["state"] == "-":
            continue
        lines = [x for x in account["assets"] if x["when"] == when]
        held = [x for x in account["positions"] if x["when"] == when]
        total = lambda rows, key: sum((D(x[key]) for x in rows), D(0))
        counts = [D(x["maintenance_usd"]) for x in lines]
        margin = total(held, "maintenance_usd")
        found = {
            "equity_usd": total(lines, "value_usd"),
            "assets_usd": sum((x for x in counts if x > 0), D(0)),
            "liabilities_usd": margin - sum((x for x in counts if x < 0), D(0)),
            "health_usd": sum(counts, D(0)) - margin,
            "maintenance_usd":
                total(lines, "value_usd") - sum(counts, D(0)) + margin,
            "health_initial_usd":
                total(lines, "initial_usd") - total(held, "initial_usd")
                - D(was["orders_usd"])
                - D(was["caution_initial_usd"]),
            "health_withdrawal_usd":
                total(lines, "withdrawal_usd") - D(was["withdrawal_usd"])
                - D(was["caution_withdrawal_usd"]),
        }
        for key, value in found.items():
            if value != D(was[key]):
                sys.exit(f"{when} {key}: {value}, not {was[key]}")
' <"$folder/out" 2>"$folder/err"
	report $? "  its steps add up to its figures"
}

# do_it ARGUMENTS...: a step of the story, which must work.
do_it()
{
	timeout 20 "$riskctl" -q "$@" >"$folder/out" 2>"$folder/err" ||
		report 1 "$*"
}

# field KEY: of the JSON line printed last.
field()
{
	sed -n "s/.*\"$1\":\"\{0,1\}\([^,\"}]*\).*/\1/p" "$folder/out" | head -1
}

# nth N FOLDER PATTERN: the name of such a file, counted from the oldest.
nth()
{
	find "$2" -name "$3" -printf '%f\n' | sort | sed -n "$1p"
}

start()
{
	# Prices are stale after a restart (exit code 5): it answers all the same.
	await "$1.conf" "$1.log" "$1.query.sock" market list
}

# configure NAME: a riskd with its state in NAME.state.
configure()
{
	mkdir "$1.state"
	cat >"$1.conf" <<END
markets = "$folder/markets.json"
state = "$1.state"
publishers = {"feed", "other"}
venues = {"binance"}
listen {
	prices = {}
	ingest = {"ipc://$1.ingest.sock"}
	query = {"ipc://$1.query.sock"}
	events = {"ipc://$1.events.sock"}
	public = {}
}
journal { segment_bytes = 1MiB }
limits { accounts = 100 owners = 100 positions = 100 balances = 100 }
END
}

cat >"$folder/markets.json" <<'END'
{"schema": 1,
 "assets": [
  {"name": "USD", "decimals": 8, "fixed_price": "1",
   "collateral": {"profit_maintenance": "0.75", "profit_initial": "0.5"}},
  {"name": "BTC", "decimals": 8, "price_decimals": 2,
   "price_max": "10000000", "price_age_max": "1h",
   "collateral": {"weight_maintenance": "0.9", "weight_initial": "0.8",
                  "liability_maintenance": "1.1"}}],
 "markets": [
  {"name": "BTC-PERP", "kind": "perpetual", "settle": "USD",
   "price_decimals": 2, "size_decimals": 6, "lot": "0.001",
   "price_max": "1000000", "position_max": "5000", "price_age_max": "1h",
   "close_cost": "0.0005",
   "brackets": [
    {"floor": "0", "maintenance": "0.005", "initial": "0.01"},
    {"floor": "1000000", "maintenance": "0.01", "initial": "0.02"}]},
  {"name": "INVERSE", "kind": "perpetual", "settle": "BTC",
   "contract": "inverse", "multiplier": "0.5", "price_min": "1000",
   "price_decimals": 1, "size_decimals": 0, "lot": "1",
   "price_max": "1000000", "position_max": "100000", "price_age_max": "1h",
   "close_cost": "0",
   "brackets": [{"floor": "0", "maintenance": "0.01", "initial": "0.02"}]}]}
END

# Which folder is meant.
run 2 "no folder" journal verify
err "which state folder?"
run 2 "a folder named twice" journal verify "$folder" --state "$folder"
run 1 "a folder that is not there" audit "$folder/none"
err "No such file or directory"
run 1 "a folder of something else" audit "$folder"
err "no journal and no snapshots"
run 2 "a configuration in place of a command" explain riskd.conf
err "must be a whole number"

# Beside a daemon that runs.
a=$folder/a
configure "$a"
start "$a"
do_it account create 1
do_it account create 2
do_it account deposit 1 1000 USD
do_it account deposit 2 5000.5 USD
do_it account create 3
do_it account deposit 3 0.02000001 BTC
do_it price push BTC-PERP 30000 BTC 30000.03 --publisher feed
do_it account adjust 2 -0.01 BTC
do_it trade BTC-PERP 1@30000 --buyer 1 --seller 2
run 0 "snapshot now" snapshot now --json
first=$(field seq)
out '"file":"state-'
out '"rows_changed":'
do_it price push BTC-PERP 29050 --publisher other
do_it price push BTC-PERP 29050 --publisher feed
run 1 "a command that is refused" account create 1
run 0 "snapshot now, again" snapshot now
out "Rows changed"
run 0 "status" status --json
out '"journal":"file"'
out '"ready":true'
out '"not_ready":""'
second=$(field snapshot_seq)
[ "$second" -gt "$first" ]
report $? "  the second snapshot is of a later command"
do_it account deposit 2 7 USD
run 0 "journal verify" journal verify "$a.state"
out "good"
run 0 "journal stats" journal stats --state "$a.state"
out "DEPOSIT         4"
run 0 "snapshot list" snapshot list -c "$a.conf"
out "state-"
RISKD_STATE=$a.state
export RISKD_STATE
run 0 "snapshot verify by the environment" snapshot verify
out "good"
run 0 "snapshot verify of one" snapshot verify "$first"
run 1 "snapshot verify of none" snapshot verify 1
err "state-00000000000000000001.db"
run 0 "audit" audit "$a.state"
out "AUDIT OK"
out "a riskd is writing it: left out"
run 0 "journal export" -q journal export "$a.state" --format jsonl
out '"type":"DEPOSIT","client":"'
out '"asset_name":"USD","amount":"5000.5"}'
out '"type":"COLLATERAL","fields":{"asset":"BTC","weight_maintenance":"0.9",'
out '"quotes":[{"slot":'
cp "$folder/out" "$folder/commands"
python3 -c 'import json, sys
seqs = [json.loads(line)["seq"] for line in sys.stdin]
sys.exit(seqs != list(range(1, len(seqs) + 1)))' <"$folder/commands"
report $? "  is JSON, each command once and in order"
run 0 "journal export of some" journal export --from 2 --to 3
[ "$(wc -l <"$folder/out")" -eq 2 ]
report $? "  prints two lines"
run 2 "journal export, from behind to" journal export --from 3 --to 2
run 1 "journal export behind the end" journal export --from 999999
err "the journal ends with command"
run 2 "journal export in another form" journal export --format csv

# The batch that liquidates account 1.
seq=$(sed -n 's/^{"seq":\([0-9]*\),.*"PRICES".*"29050".*/\1/p' \
	"$folder/commands" | tail -1)
run 0 "explain a batch of prices" explain "$seq" "$a.state"
out "equity_usd                525.00        USD           50.00        USD"
out "ORDER_OPENED       account 1  BTC-PERP  order $seq.0  side SELL"
out "fresh: in the median"
out "LIQUIDATING below"
out "MARGIN_CALL"
run 0 "explain as JSON" explain "$seq" --json
out '"figure":"maintenance_usd","before":"'
out '"event":"ORDER_OPENED","account":1'
out '"risk":{"warn_enter":"1.5"'
adds_up
run 0 "explain what a profit and a debt count for" \
	explain "$seq" --account 2 --json
out '"unrealised":"950","sum":"5950.5"'
out '"maintenance_profit":"0.75","maintenance_rate":"1"'
out '"maintenance_usd":"5713.00","initial_profit":"0.5"'
out '"withdrawal_profit":"0","withdrawal_rate":"1","withdrawal_usd":"5000.50"'
out '"maintenance_rate":"1.1","maintenance_usd":"-330.00033"'
out '"figure":"health_factor","before":"'
adds_up
run 0 "explain what a credit counts for" explain "$seq" --account 3 --json
out '"maintenance_rate":"0.9","maintenance_usd":"540.00081'
out '"figure":"health_factor","before":null,"after":null'
adds_up
seq=$(sed -n 's/^{"seq":\([0-9]*\),.*"TRADE".*/\1/p' "$folder/commands")
run 0 "explain a trade" explain "$seq"
out "market_name"
out "Account 2"
out "POSITION"
run 0 "explain it for one account" explain "$seq" --account 2
lacks "Account 1"
run 1 "explain it for nobody" explain "$seq" --account 4
err "there is no account 4"
seq=$(sed -n 's/^{"seq":\([0-9]*\),.*"ACCOUNT".*/\1/p' "$folder/commands" |
	tail -1)
run 0 "explain a refusal" explain "$seq"
out "EXISTS"
out "this id or name is already in use"
run 1 "explain what did not happen" explain 999999
err "the journal ends with command"
run 2 "explain command 0" explain 0

# What the daemon says of itself is what the audit finds once it is killed.
kill -9 "$daemon"
wait "$daemon" 2>/dev/null
daemon=
run 0 "audit after a kill" audit "$a.state"
out "AUDIT OK"
start "$a"
do_it account deposit 2 1 USD

# Half a dollar each: 20000 of them are 0.25 BTC at 40000, and 0.2 at 50000.
do_it account create 4
do_it account deposit 4 1 BTC
do_it price push INVERSE 50000 BTC 50000 --publisher feed
run 0 "trade an inverse contract" \
	trade INVERSE 20000@40000 --buyer 4 --seller external:binance \
	--json
traded=$(field seq)
run 0 "journal export of what listed it" -q journal export --format jsonl
out '"type":"CONTRACT","fields":{"name":"INVERSE","settle":"BTC",'
out '"contract":"inverse","multiplier":"0.5","price_min":"1000"'
run 0 "explain an inverse contract" explain "$traded" --account 4
out "-size * 0.5 / mark  -0.2 BTC  -0.25 BTC    0.05 BTC"
out "Contract  Multiplier  Smallest price"
lacks "50000 BTC"
run 0 "explain it as JSON" explain "$traded" --account 4 --json
out '"mark":"50000","price_state":"OK","value_is":"-size * 0.5 / mark"'
out '"value":"-0.2","cost":"-0.25","unrealised":"0.05"'
out '"notional_usd":"10000.00"'
out '"contract":"inverse","multiplier":"0.5","price_min":"1000"'
adds_up
kill -TERM "$daemon"
wait "$daemon"
report $? "riskd ends in order"
daemon=
run 0 "audit after a stop" audit --json
out '"events_in_no_file":0,'
out '"result":"OK"'
last=$(field last_event)

# An auditor must find each kind of damage, with the file it is in.
# damaged NAME WORDS... -- TEXT: SPOIL WORDS, on a copy of the folder b.
damaged()
{
	name=$1
	shift
	rm -rf "$folder/copy"
	cp -r "$b" "$folder/copy"
	what=$1
	file=$folder/copy/$2
	"$spoil" "$what" "$file" "$3" >"$folder/out" 2>"$folder/err" ||
		report 1 "$name: spoiling"
	run 1 "$name" audit "$folder/copy"
	out "AUDIT FAILED"
	out "$4"
}

b=$a.state
rm -f "$b/next.new"
events=$(nth 1 "$b" 'events-*.db')
snapshot=$(nth 1 "$b" 'state-*.db')
journal=$(nth 1 "$b" 'journal-*.rkj')
damaged "a bit of a group" byte "$journal" 5200 "$journal: damaged at byte 5120"
run 1 "  journal verify" journal verify "$folder/copy"
err "$journal: damaged at byte 5120, where command"
run 1 "  journal export" journal export "$folder/copy"
run 1 "  explain" explain "$seq" "$folder/copy"
damaged "a bit of a segment's header" byte "$journal" 20 \
	"$journal: damaged at byte 0"
damaged "a bit of a snapshot's row" text "$snapshot" binance "$snapshot: "
run 1 "  snapshot verify" snapshot verify "$folder/copy"
err "$snapshot: "
out "good"
damaged "a balance changed in a snapshot" set "$snapshot" \
	"UPDATE balance SET amount = amount + 1" "$snapshot: "
damaged "a bit of an event" event "$events" 5 "$events: event 5 is damaged"
damaged "an event taken out" drop "$events" 5 "$events: event 5 is missing"
rm -rf "$folder/copy"
cp -r "$b" "$folder/copy"
rm "$folder/copy/$events"
run 0 "the oldest file of events removed by age" audit "$folder/copy"
middle=$(nth 2 "$b" 'events-*.db')
run 0 "files of events" audit "$b"
out "$middle"
cp "$b/$events" "$folder/copy/$events"
rm "$folder/copy/$middle"
run 1 "a file of events between two is missing" audit "$folder/copy"
out " are missing before events-"

# Another log with the same commands but for one amount.
c=$folder/c
configure "$c"
start "$c"
do_it account create 1
do_it account create 2
do_it account deposit 1 1001 USD
do_it account deposit 2 5000.5 USD
do_it snapshot now
kill -TERM "$daemon"
wait "$daemon"
daemon=
rm -rf "$folder/copy"
cp -r "$c.state" "$folder/copy"
cp "$b/$journal" "$folder/copy/"
run 1 "snapshots and events of one log, the journal of another" \
	audit "$folder/copy"
out "AUDIT FAILED"
out "the replay comes to another state: digest "
out " are not of one log: another chain"
rm -rf "$folder/copy"
cp -r "$b" "$folder/copy"
foreign=$(nth 1 "$c.state" 'events-*.db')
cp "$c.state/$foreign" "$folder/copy/$events"
run 1 "events of another log" audit "$folder/copy"
out "$events: event "
out " is another one than the replay gives"

# Many commands of every kind, over several segments.
mkdir "$folder/golden"
"$golden" make "$folder/golden" >"$folder/out" 2>"$folder/err"
report $? "a long log is made"
run 0 "audit of a long log" audit "$folder/golden" --json
out '"segments":3,'
out '"replay":"same"'
out '"result":"OK"'
digest=$(field state_digest)
grep -q "$digest" "$folder/golden/expected"
report $? "  comes to the digest that it was made with"
# A byte of a group, not of the zeros behind one.
journal="$folder/golden/journal-00000000000000000001.rkj"
at=$(python3 -c 'import re, sys
print(re.compile(b"[^\0]").search(open(sys.argv[1], "rb").read(), 5000).start())' \
	"$journal")
"$spoil" byte "$journal" "$at"
run 0 "explain behind damage and a snapshot" explain 800 "$folder/golden"
run 1 "explain before a damaged group" explain 200 "$folder/golden"
err "journal-00000000000000000001.rkj: damaged at byte"
rm "$folder/golden/journal-00000000000000000001.rkj"
run 0 "audit from a snapshot on" audit "$folder/golden" --json
out "\"state_digest\":\"$digest\""
out '"replay":"begins here"'
begin=$(nth 1 "$folder/golden" 'journal-*.rkj' |
	sed 's/^journal-0*//; s/\.rkj$//')
run 1 "explain before the oldest snapshot" explain "$begin" "$folder/golden"
err "cannot come to command $begin"
for seq in 600 650 700 750 800 850; do
	run 0 "explain $seq" explain "$seq" "$folder/golden" --json
	adds_up
done
[ "$last" -gt 20 ]
report $? "there were events to compare"

echo "1..$count"
[ "$failed" -eq 0 ]
