#!/bin/sh
# Every verb of riskctl against a real riskd: what it prints, on which stream,
# and with which exit code. usage: test_riskctl.sh RISKD RISKCTL
#
# It starts the daemon in a folder of its own and ends it. Output is TAP.
set -u

riskd=$1
riskctl=$2
# shellcheck source=tests/integration/riskctl.sh
. "$(dirname "$0")/riskctl.sh"

# Standard output is data: nothing when there is none.
no_out()
{
	[ ! -s "$folder/out" ]
	report $? "  prints nothing on standard output"
}

cat >"$folder/markets.json" <<'END'
{"schema": 1,
 "assets": [
  {"name": "USD", "decimals": 8, "fixed_price": "1",
   "conversion": {"auto_borrow": "100", "repay_to": "20", "band": "0.01"}},
  {"name": "BTC", "decimals": 8, "price_decimals": 2,
   "price_max": "10000000", "price_age_max": "1h",
   "conversion": {"auto_borrow": "0", "cost": "0.01", "band": "0.02"},
   "lending": {"base": "0.01", "slope_low": "0.04", "slope_high": "0.6",
               "kink": "0.8", "reserve": "0.1", "borrow_cap": "50",
               "interval": "1h"},
   "collateral": {"weight_maintenance": "0.9", "weight_initial": "0.8",
                  "liability_initial": "1.1", "scale_held": "1000000"}}],
 "markets": [
  {"name": "BTC-PERP", "kind": "perpetual", "settle": "USD",
   "price_decimals": 2, "size_decimals": 6, "lot": "0.001",
   "price_max": "1000000", "position_max": "5000", "price_age_max": "1h",
   "close_cost": "0.0005",
   "brackets": [
    {"floor": "0", "maintenance": "0.005", "initial": "0.01"},
    {"floor": "1000000", "maintenance": "0.01", "initial": "0.02"}],
   "liquidation": {"stage": "1", "claim_max": "1h"}},
  {"name": "ETH-PERP", "kind": "perpetual", "settle": "USD",
   "price_decimals": 2, "size_decimals": 6, "lot": "0.01",
   "price_max": "100000", "position_max": "50000", "price_age_max": "1h",
   "close_cost": "0.0005",
   "brackets": [
    {"floor": "0", "maintenance": "0.01", "initial": "0.02"}],
   "slow_price": {"limit": "0.0002"}, "underlying": "BTC",
   "liquidation": {"stage": "0.25", "volatility": "0.05",
    "volume": "1000000000", "impact": "0.001"}},
  {"name": "BTCUSD-INVERSE", "kind": "perpetual", "settle": "BTC",
   "contract": "inverse", "multiplier": "0.5", "price_min": "1000",
   "price_decimals": 1, "size_decimals": 0, "lot": "1",
   "price_max": "1000000", "position_max": "100000", "price_age_max": "1h",
   "close_cost": "0.0005",
   "funding": {"interval": "1h", "interest": "0.0001", "clamp": "0.0005",
               "cap": "0.04", "period": "8h"},
   "takeover": {"vault_max": "5000"},
   "brackets": [
    {"floor": "0", "maintenance": "0.01", "initial": "0.02"}]}],
 "emode": {"coins": {"debt": ["BTC"],
   "collateral": {"BTC": {"weight": {"maintenance": "0.95"}}}}}}
END
start_in_memory binance

# The command line itself.
run 0 "version" --version
out "riskctl "
run 0 "help" --help
out "account create"
run 0 "help of a group" account --help
out "account withdraw"
run 0 "help of a verb" account withdraw --help
out "--reserve-only"
out "riskctl account withdraw 42 500 USD"
run 2 "no verb"
run 2 "unknown verb" acount
err "did you mean account?"
no_out
run 2 "unknown verb of a group" account shw
err "did you mean show?"
run 2 "group without a verb" account
run 2 "unknown option" account list --abov 1
err "did you mean --above?"
run 2 "option without its value" account list --above
run 2 "flag with a value" liquidations --follow=yes
run 2 "wrong form of output" -o xml status
err "must be table, json or csv"
run 2 "wrong time-out" --timeout soon status
run 2 "too few arguments" account deposit 1
err "takes ACCOUNT AMOUNT ASSET, got 1 argument"
run 3 "nobody at the address" -s "ipc://$folder/nobody.sock" status
err "is riskd running there?"
run 2 "no address" -s nonsense status
run 0 "completion" completion bash
bash -n "$folder/out"
report $? "  is a script that bash can read"
run 2 "completion of an unknown shell" completion csh

# Markets and prices.
run 0 "status" status
out "Accounts by state"
run 0 "status as JSON" status --json
out '"accounts_by_state":{"OK":0'
out '"ready":true'
run 1 "snapshot of a journal in memory" snapshot now
err "NOT_DURABLE"
run 0 "market list" market list
out "BTC-PERP"
run 0 "market list as CSV" market list -o csv
out "market,settle,mark,state"
out ",contract,multiplier,price_min"
out ",linear,1,0.01"
out ",inverse,0.5,1000"
run 0 "market list for people" market list
out "Halted  Contract  Multiplier  Smallest price"
out "linear           1          0.01 USD"
out "inverse          0.5     1000"
run 0 "market show" market show BTC-PERP
out "1000000.00 USD"
lacks "Contract"
run 0 "market show as JSON" market show BTC-PERP --json
out '"brackets":[{"floor_usd":"0.00","maintenance":"0.005"'
out '"contract":"linear","multiplier":"1","price_min":"0.01"'
run 0 "market show of an inverse contract" market show BTCUSD-INVERSE
out "Contract               inverse"
out "Multiplier             0.5"
out "Smallest price         1000"
out "Largest price          1000000"
lacks "1000000 BTC"
run 0 "market show of a slow price" market show ETH-PERP
out "Follows                BTC"
out "Limit per second       0.0002"
run 0 "market show of a slow price as JSON" market show ETH-PERP --json
out '"underlying":"BTC","slow_interval":"3600","slow_delay_limit":"0.06"'
out '"slow_limit":"0.0002","slow_min":"10","slow_max":"600"'
run 0 "market show of stages" market show ETH-PERP
out "Liquidation stage      0.25"
out "Smallest stage         10000.00 USD"
out "Volatility per day     0.05"
out "Liquidations a minute  400000.00 USD"
lacks "Liquidation dust"
run 0 "market show of stages as JSON" market show ETH-PERP --json
out '"stage":"0.25","stage_min_usd":"10000.00"'
run 1 "market that is not there" market show btc-perp
err "did you mean BTC-PERP?"
run 0 "asset list" asset list
out "USD     0  1 USD  fixed       1         1         1              1"
out "BTC     1  0 USD  NONE        0.9       0.8       0.8            1"
run 0 "asset list as CSV" asset list -o csv
out "asset,id,price,state,weight_maintenance,weight_initial,"
out "BTC,1,0,NONE,0.9,0.8,0.8,1,1.1,1.1,1,1"
run 0 "asset show" asset show BTC
out "Liability I       1.1"
run 0 "asset show of a scale" asset show BTC --json
out '"held":"0","owed":"0","scale_held_usd":"1000000.00"'
run 0 "asset show as JSON" asset show USD --json
out '"weight_maintenance":"1","weight_initial":"1","weight_withdrawal":"1"'
out '"liability_withdrawal":"1","profit_maintenance":"1","profit_initial":"1"'
run 0 "asset that is lent" asset show BTC
out "Borrow rate     0.01"
out "Borrow cap      50 BTC"
run 0 "asset that is lent as JSON" asset show BTC --json
out '"lending":{"lendable":true,"supplied":"0","borrowed":"0","cash":"0",'
out '"kink":"0.8","reserve":"0.1","interval":"3600"'
out '"emode":[{"group":"coins","collateral":true,"debt":true,"weight_maintenance":"0.95",'
run 0 "asset accrue" asset accrue BTC
run 1 "asset accrue of one that is not lent" asset accrue USD
err "NOT_LENDABLE"
run 0 "asset that is converted" asset show USD
out "Losses may borrow   100 USD"
run 0 "asset that is converted as JSON" asset show USD --json
out '"conversion":{"auto_borrow":"100","repay_to":"20","cost":"0","band":"0.01"}'
run 1 "asset that is not there" asset show btc
err "did you mean BTC?"
run 0 "price push" price push BTC-PERP 30000 ETH-PERP 2000
err "2 quotes sent, 0 dropped"
printf 'BTC-PERP 30001\n# a comment\n\nBTC 30000.5' >"$folder/lines"
timeout 20 "$riskctl" price push --json <"$folder/lines" \
	>"$folder/out" 2>"$folder/err"
report $? "price push from standard input"
out '{"quotes":2,"dropped":0}'
printf 'BTC-PERP\n' >"$folder/lines"
timeout 20 "$riskctl" price push <"$folder/lines" \
	>"$folder/out" 2>"$folder/err"
[ $? -eq 2 ]
report $? "price push with half a line"
err "line 1: must be MARKET PRICE"
run 2 "price of too many digits" price push BTC-PERP 1.234
err "at most 2 digits after the point"
run 2 "price below 0" price push BTC-PERP -- -5
run 1 "price of what has a fixed one" price push USD 1
run 2 "market without a price" price push BTC-PERP

# Accounts and money.
run 0 "account create" account create 42
no_out
err "account 42 created"
run 0 "quiet" -q account create 43 --owner 42 --mode isolated
[ ! -s "$folder/err" ]
report $? "  says nothing"
run 1 "account that exists" account create 42
err "EXISTS"
run 2 "account 0" account create 0
run 2 "unknown mode" account create 44 --mode crossed
run 0 "account deposit" account deposit 42 10000 USD --json
out '{"seq":'
run 1 "deposit of nothing" account deposit 42 0 USD
err "BAD_AMOUNT"
run 2 "deposit that is no number" account deposit 42 1e3 USD
run 2 "deposit of too many digits" account deposit 42 0.123456789 USD
run 1 "deposit of an unknown asset" account deposit 42 1 EUR
run 1 "deposit to nobody" account deposit 99 1 USD
err "NO_ACCOUNT"
run 0 "account adjust below 0" account adjust 42 -12.5 USD
run 0 "account transfer" account transfer 42 43 100 USD
run 1 "transfer to itself" account transfer 42 42 1 USD
err "SAME_ACCOUNT"
run 2 "a mode of another name" account mode 42 hedged
run 1 "a mode that it has" account mode 42 cross
run 0 "account leverage" account leverage 42 BTC-PERP 10
err "account 42 in BTC-PERP: leverage 10"
run 0 "account show with leverage" account show 42
out 'Leverage chosen'
run 0 "account show as JSON" account show 42 --json
out '"leverages":[{"market":"BTC-PERP","leverage":"10"}]'
run 1 "the same leverage again" account leverage 42 BTC-PERP 10
err "NO_CHANGE"
run 1 "more leverage than the market permits" account leverage 42 BTC-PERP 900000
err "LEVERAGE"
run 2 "leverage below 1" account leverage 42 BTC-PERP 0.5
err 'leverage "0.5": must be 1 or more, or none'
run 2 "leverage that is no number" account leverage 42 BTC-PERP much
run 0 "no leverage of its own" account leverage 42 BTC-PERP none
run 1 "a position that is not there" account move 42 43 BTC-PERP 1
err "NO_POSITION"
run 0 "account withdraw" account withdraw 42 87.5 USD
run 1 "withdrawal above the balance" account withdraw 42 100000 USD
err "BALANCE"
run 0 "withdrawal reserved" account withdraw 42 10 USD --reserve-only --id 7
run 0 "withdrawal cancelled" account withdraw --cancel 7
run 1 "withdrawal that is not pending" account withdraw --confirm 7
err "NO_WITHDRAWAL"
run 0 "reserved as JSON" \
	account withdraw 42 10 USD --reserve-only --id 8 --json
out '"withdrawal":8}'
run 0 "withdrawal confirmed" account withdraw --confirm 8
run 2 "confirm and cancel" account withdraw --confirm 7 --cancel 7
run 0 "account show" account show 42 --json
out '"balances":[{"asset":"USD","amount":"9790","interest":"0","value_usd":"9790.00","withdrawable":"9790","liquidation_price":null,"liquidation_price_low":null,"liquidation_price_high":null,"weight_maintenance":"1","weight_initial":"1","weight_withdrawal":"1"}]'
out '"health_factor":null,"equity_usd":"9790.00","assets_usd":"9790.00"'
out '"liabilities_usd":"0.00"'
figures='import json, sys
told = json.load(sys.stdin)
print(json.dumps(told.get("after", told)["borrowable"]))'
shown=$(python3 -c "$figures" <"$folder/out")
run 0 "account whatif" account whatif 42 --price BTC-PERP=25000 --json
[ "$shown" != "[]" ] && [ "$shown" = "$(python3 -c "$figures" <"$folder/out")" ]
report $? "what may be borrowed is told as account show tells it"
out '"resting_orders":[]'
run 0 "for people" account whatif 42 --deposit 1:USD
out "BTC may borrow"
run 1 "show nobody" account show 99
err "NO_ACCOUNT"

# The same command twice is applied once.
run 0 "a numbered command" --client repeat --client-seq 1 \
	account deposit 43 5 USD
run 0 "the same number again" --client repeat --client-seq 1 \
	account deposit 43 5 USD
run 1 "the number with other content" --client repeat --client-seq 1 \
	account deposit 43 6 USD
run 0 "applied once" account show 43 --json
out '"amount":"105"'
for _ in 1 2 3 4 5 6 7 8; do
	timeout 20 "$riskctl" account deposit 43 1 USD 2>/dev/null &
	calls="${calls-} $!"
done
bad=0
for call in $calls; do
	wait "$call" || bad=1
done
report $bad "eight calls at once are all applied"
run 0 "each of them once" account show 43 --json
out '"amount":"113"'

# Trades and what follows from prices.
run 0 "trade" trade BTC-PERP 2@30000 --buyer 42 --seller external:binance \
	--fee 1.5
err "trade 1 booked"
run 0 "the next trade takes the next id" trade BTC-PERP 0.001@30000 \
	--buyer 42 --seller external:binance
err "trade 2 booked"
run 1 "trade id used before" trade BTC-PERP 1@30000 --buyer 42 \
	--seller external:binance --id 2
err "TRADE_REPEAT"
run 2 "trade without a seller" trade BTC-PERP 1@30000 --buyer 42
err "--seller is missing"
run 2 "trade without a price" trade BTC-PERP 1 --buyer 42 --seller 43
err "SIZE@PRICE"
run 1 "venue that is not there" trade BTC-PERP 1@30000 --buyer 42 \
	--seller external:binanse
err "did you mean binance?"
run 0 "a deposit that counts for less" account deposit 43 0.01 BTC
run 0 "its worth and what it counts for" account show 43 --json
out '"equity_usd":"413.005","assets_usd":"383.0045","liabilities_usd":"0.00"'
run 0 "assets and liabilities" account show 42
out "Assets                9790.501 USD"
out "Liabilities           300.160005 USD"
out "Health factor         32.617606732"
run 0 "account health" account health 42
out "Notional"
run 2 "health of two" account health 42 43
run 0 "account list" account list --json
out '"account":42,"state":"OK"'
run 2 "account list of too many" account list -n 1001

# A liquidation, followed from the first event to the last.
timeout 60 "$riskctl" liquidations --follow --json \
	>"$folder/follow" 2>"$folder/follow.err" &
follower=$!
timeout 60 "$riskctl" events tail --topic account.42 --json \
	>"$folder/tail" 2>/dev/null &
tail=$!
tries=100
until grep -q Following "$folder/follow.err" || [ "$tries" -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
run 0 "a price that hurts" price push BTC-PERP 25200
run 0 "order list" order list --json
out '"account":42,"market":"BTC-PERP","side":"SELL"'
order=$(sed -n 's/.*"order":"\([0-9.]*\)".*/\1/p' "$folder/out")
run 0 "order claim" order claim "$order" 30s --venue binance
err "order $order is claimed by binance for 30s"
run 0 "a claimed order" order list --json
out '"claimed_by":"binance","claimed_until":"'
run 1 "a claim of a claimed order" order claim "$order" 1s --venue binance
err "order $order is claimed by binance for"
run 1 "a claim that is too long" order claim "$order" 3660s --venue binance
err "a claim of 3660 s: claim_max of market BTC-PERP is 3600 s"
run 2 "a claim of nobody" order claim "$order" 1s
err "--venue is missing"
run 0 "a claim ends" order claim "$order" none --venue binance
err "order $order is free for all"
run 0 "accounts above a ratio" account list --above 1 --json
out '"account":42,"state":"LIQUIDATING"'
run 0 "a part of it is filled" trade BTC-PERP 0.1@25200 \
	--buyer external:binance --seller 42 --order "$order"
run 2 "an order that is none" trade BTC-PERP 0.1@25200 \
	--buyer external:binance --seller 42 --order x
run 1 "closing an order that is not there" order close 1.7 0
err "no open order 1.7"
run 2 "closing without a size" order close "$order"
run 0 "order close" order close "$order" 0.1
err "no more fills of order $order will come"
run 0 "liquidations" liquidations
out "ORDER_OPENED"
out "ORDER_FILLED"
out "ORDER_CLOSED"
run 0 "liquidations of another market" liquidations --market ETH-PERP
no_out
run 0 "liquidations as CSV" liquidations --from 1 -o csv
out "number,seq,time_ns,event,account,market,details"
run 1 "liquidations of no market" liquidations --market GOLD
run 0 "events replay" events replay --topic account.42
out "POSITION"
run 0 "events replay from a number" events replay --from 1 --json
[ "$(head -n 1 "$folder/out" | cut -c 1-11)" = '{"number":1' ]
report $? "  begins there"
sort -n -t : -k 2 "$folder/out" | cmp -s - "$folder/out"
report $? "  comes in order"
run 1 "events not there yet" events replay --from 999999
err "EVENTS_AHEAD"
run 2 "events of an unknown topic" events tail --topic nonsense
err "must be empty, account.<id>"
tries=50
until grep -q ORDER_CLOSED "$folder/follow" || [ "$tries" -eq 0 ]; do
	tries=$((tries - 1))
	sleep 0.1
done
kill "$follower" "$tail" 2>/dev/null
wait "$follower" "$tail" 2>/dev/null
cp "$folder/follow" "$folder/out"
: >"$folder/err"
grep -q ORDER_OPENED "$folder/follow" && grep -q ORDER_CLOSED "$folder/follow"
report $? "the follower saw the order open and close"
grep -q '"event":"ORDER_OPENED","account":42' "$folder/tail"
report $? "and so did the account's"
[ -z "$(cut -d , -f 1 "$folder/follow" | sort | uniq -d)" ]
report $? "no event came twice"

# Halts, and when a person must look.
run 0 "market halt" market halt BTC-PERP
err "BTC-PERP is halted"
run 1 "market halted already" market halt BTC-PERP
err "NO_CHANGE"
run 0 "a premium" market premium BTCUSD-INVERSE 25000 25010.5 none
err "a premium of BTCUSD-INVERSE is counted: 25010.5 to none at an index of 25000"
run 0 "the market with its premium" market show BTCUSD-INVERSE
out "Premium samples"
run 1 "a premium where there is no funding" market premium BTC-PERP 25000 25010 25012
err "BTC-PERP has no terms of funding"
run 2 "a premium of no price" market premium BTCUSD-INVERSE 25000 x none
err 'BID "x"'
run 0 "funding of a venue" market fund BTC-PERP 0.0000 25200
err "funding of BTC-PERP is booked: 0.0000 at 25200"
run 2 "funding beyond 100 %" market fund BTC-PERP 1.1 25200
err 'RATE "1.1": must be -1 to 1'
# A market that ends.
run 0 "market state" market state ETH-PERP close_only
err "ETH-PERP is CLOSE_ONLY"
run 1 "market state that cannot follow" market state ETH-PERP listed
err "MARKET_STEP"
run 2 "market state of no name" market state ETH-PERP closed
err 'STATE "closed": must be listed, open, close_only or settling'
run 1 "settling too early" market settle ETH-PERP 2000
err "NOT_SETTLING"
run 0 "market expiry" market expiry ETH-PERP 2099-03-27T08:00:00Z
err "ETH-PERP expires at 2099-03-27 08:00:00"
run 2 "market expiry of no date" market expiry ETH-PERP 2099-02-29T08:00:00Z
err "must be a time of UTC like"
run 0 "market show of a future" market show ETH-PERP --json
out '"market_state":"CLOSE_ONLY","expiry":"2099-03-27 08:00:00.000000"'
run 0 "market expiry taken back" market expiry ETH-PERP never
err "ETH-PERP never expires"
run 0 "market settling" market state ETH-PERP settling
run 0 "market settle" market settle ETH-PERP 2000
err "ETH-PERP is settled at 2000"
run 1 "settling twice" market settle ETH-PERP 2000
err "NOT_SETTLING"
run 0 "market show of one that is over" market show ETH-PERP --json
out '"market_state":"SETTLED","expiry":"never","settlement":"2000"'
run 0 "its event" events replay --topic market.ETH-PERP
out "MARKET_SETTLED"
run 0 "market list with one that is over" market list
out "Trading"
run 5 "status with a halted market that is held" status
err "unhealthy: BTC-PERP: price is HALTED with 1 holders"
run 0 "market resume" market resume BTC-PERP
run 0 "status afterwards" status
timeout 1 "$riskctl" price tail BTC-PERP >"$folder/out" 2>"$folder/err" &
tail=$!
for price in 25201 25202 25203 25204 25205; do
	timeout 20 "$riskctl" -q price push BTC-PERP "$price"
	sleep 0.15
done
wait "$tail"
out "BTC-PERP"

# A loss beyond what it may borrow, and what is sold for it.
run 0 "an account with coins" account create 60
run 0 "coins" account deposit 60 1 BTC
run 0 "a price for them" price push BTC 30000
run 0 "a loss" account adjust 60 -150 USD
run 0 "conversion list" conversion list --json
out '"account":60,"size":"0.00437711"'
out '"sell":"BTC"'
out '"loss":"150"'
conversion=$(sed -n 's/.*"order":"\([0-9.]*\)".*/\1/p' "$folder/out")
run 0 "account show of a debt by losses" account show 60 --json
out '"debts":[{"asset":"USD","loan":"0","loss":"150","auto_borrow":"100","conversion_withheld":false}]'
out '"conversions":[{"order":"'"$conversion"'"'
run 0 "account convert" account convert 60 0.002 BTC 59.5 USD \
	--venue binance --fee 0.1 --order "$conversion"
err "account 60 sold 0.002 BTC for 59.5 USD"
run 2 "a sale without a venue" account convert 60 0.002 BTC 59.5 USD
err "--venue is missing"
run 1 "a sale for itself" account convert 60 1 BTC 1 BTC --venue binance
err "SAME_ASSET"
run 2 "an amount that is none" account convert 60 x BTC 1 USD --venue binance
run 0 "a conversion is closed as other orders" order close "$conversion" 0.002
run 0 "its events" events replay --topic conversion
out "CONVERSION_OPENED"
out "CONVERSION_CLOSED"
run 0 "no conversion" conversion list
err "No conversions open."
run 0 "what was booked" events replay --topic account.60
out "CONVERTED"
out "buy_balance -90.6 USD"

# One that there is nothing to sell for.
run 0 "an account that has nothing" account create 62
run 0 "its loss" account adjust 62 -150 USD
run 5 "status with a loss that nothing can be sold for" status
err "1 accounts have losses to pay and nothing that can be sold for it"
run 0 "account show of it" account show 62 --json
out '"loss":"150","auto_borrow":"100","conversion_withheld":true}]'
run 0 "its events" events replay --topic account.62
out "CONVERSION_WITHHELD"
run 0 "it is paid" account deposit 62 150 USD
run 0 "status once it is paid" status

# An account is judged though nothing about it has changed.
run 0 "account recheck" account recheck 62
err "account 62 judged anew"
run 0 "what it came to" events replay --topic account.62
out "RECHECKED"
out "before OK  after OK"
run 1 "a recheck of nobody" account recheck 999
err "there is no account 999"
run 0 "the audit has found nothing" status --json
out '"audit_differences":0'

# A debt that nobody will pay.
run 1 "not of an account that is well" account write-off 60 BTC
err "NOT_BANKRUPT"
run 2 "a write-off of nothing" account write-off 60 BTC 0
err "must be above 0"
run 0 "a debtor" account create 61
run 0 "its debt" account adjust 61 -- -0.2 BTC
run 1 "more than is owed" account write-off 61 BTC 0.21
err "MORE_THAN_OWED"
run 0 "account write-off" account write-off 61 BTC 0.1
err "0.1 BTC owed by account 61 written off"
run 0 "account write-off of the rest" account write-off 61 BTC
run 0 "what all bear" events replay --topic system
out "LOSS_SHARED"

# Insurance funds.
run 1 "more than the fund holds" fund withdraw BTC 1
err "the insurance fund holds 0"
run 2 "nothing" fund top-up BTC 0
err "must be above 0"
run 0 "a fund" fund top-up BTC 2.5
err "2.5 BTC put into the insurance fund"
run 0 "some of it" fund withdraw BTC 0.5
err "0.5 BTC taken out of the insurance fund"
run 0 "fund status" fund status --json
out '"asset":"BTC","fund":"2"'
run 0 "history of funds" fund history
out "INSURANCE_MOVED"
out "TOP_UP"
out "WITHDRAWAL"
run 0 "history of one fund" fund history BTC --json
out '"amount":"-0.5"'
run 0 "history of a fund that never moved" fund history USD
no_out
run 0 "history from a number on" fund history --from 1
out "TOP_UP"
run 1 "history of no asset" fund history NONE
run 0 "fund status of one" fund status BTC
out "BTC"
run 1 "more than the vault has" vault withdraw BTC 1
err "the vault has a capital of 0"
run 0 "capital" vault top-up BTC 1.5
err "1.5 BTC put into the backstop vault"
run 0 "some of it" vault withdraw BTC 0.5
err "0.5 BTC taken out of the backstop vault"
run 0 "the vault beside the fund" fund status BTC --json
out '"vault_capital":"1"'
run 0 "the vault by market" vault status
out "BTCUSD-INVERSE"
out "5000"
run 0 "the same as JSON" vault status --json
out '"market":"BTCUSD-INVERSE","size":"0","profit":"0"'
out '"at":"0.666666666","concession_max":"0.01","stages":"5"'
run 0 "what happened to it" events replay --topic system
out "INSURANCE_MOVED"
out "VAULT_MOVED"
out "cause WITHDRAWAL"

# A daemon that does not answer, and one that is gone.
kill -STOP "$daemon"
run 4 "a daemon that hangs" --timeout 500ms status
kill -CONT "$daemon"
run 0 "and goes on" status
kill -TERM "$daemon"
wait "$daemon"
report $? "riskd ends with exit code 0"
daemon=
run 3 "a daemon that is gone" status

echo "1..$count"
[ "$failed" -eq 0 ]
