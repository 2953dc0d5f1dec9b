#!/bin/sh
# Questions of the kind "what if" against a real riskd: what is told is what
# happens when it is done. usage: test_what_if.sh RISKD RISKCTL
#
# It starts the daemon in a folder of its own and ends it. Output is TAP.
set -u

riskd=$1
riskctl=$2
# shellcheck source=tests/integration/riskctl.sh
. "$(dirname "$0")/riskctl.sh"

cat >"$folder/markets.json" <<'END'
{"schema": 1,
 "assets": [
  {"name": "USD", "decimals": 2, "fixed_price": "1"},
  {"name": "BTC", "decimals": 8, "price_decimals": 2,
   "price_max": "10000000", "price_age_max": "1h",
   "collateral": {"weight_maintenance": "0.9", "weight_initial": "0.8"}},
  {"name": "DUST", "decimals": 2, "price_decimals": 2,
   "price_max": "10000000", "price_age_max": "1h"}],
 "markets": [
  {"name": "BTC-PERP", "kind": "perpetual", "settle": "USD",
   "price_decimals": 2, "size_decimals": 6, "lot": "0.001",
   "price_max": "1000000", "position_max": "500", "price_age_max": "1h",
   "close_cost": "0.0005",
   "brackets": [
    {"floor": "0", "maintenance": "0.005", "initial": "0.01"},
    {"floor": "1000000", "maintenance": "0.01", "initial": "0.02"}]},
  {"name": "ETH-PERP", "kind": "perpetual", "settle": "USD",
   "price_decimals": 2, "size_decimals": 6, "lot": "0.01",
   "price_max": "100000", "position_max": "50000", "price_age_max": "1h",
   "close_cost": "0.0005",
   "brackets": [{"floor": "0", "maintenance": "0.01", "initial": "0.02"}]},
  {"name": "NEW-PERP", "kind": "perpetual", "settle": "USD",
   "price_decimals": 2, "size_decimals": 6, "lot": "0.01",
   "price_max": "100000", "position_max": "50000", "price_age_max": "1h",
   "close_cost": "0.0005",
   "brackets": [{"floor": "0", "maintenance": "0.01", "initial": "0.02"}]},
  {"name": "FEE-PERP", "kind": "perpetual", "settle": "USD",
   "price_decimals": 2, "size_decimals": 6, "lot": "0.01",
   "price_max": "100000", "position_max": "50000", "price_age_max": "1h",
   "close_cost": "0.001", "taker_fee": "0.001", "maker_fee": "-0.0002",
   "brackets": [{"floor": "0", "maintenance": "0.01", "initial": "0.02"}]}]}
END
start_in_memory venue

# figure FILTER: one figure of the last run, which printed JSON on one line.
figure()
{
	python3 -c '
import json, sys
value = json.loads(open(sys.argv[1]).read())
for key in sys.argv[2].split("."):
    value = value[int(key) if key.isdigit() else key]
print(value)' "$folder/out" "$1"
}

# beside PRICE UNITS: the price so many hundredths further.
beside()
{
	python3 -c '
import decimal, sys
print(decimal.Decimal(sys.argv[1]) + decimal.Decimal(sys.argv[2]) / 100)
' "$1" "$2"
}

# is WANT GOT NAME
is()
{
	[ "$1" = "$2" ]
	report $? "$3: $1, got $2"
}

state_of()
{
	timeout 60 "$riskctl" account show "$1" --json >"$folder/out" 2>&1
	figure state
}

run 0 "prices" price push BTC-PERP 30000 ETH-PERP 2000 BTC 30000
for account in 1 2 3 4 5; do
	run 0 "account $account" account create "$account"
done
run 0 "isolated" account create 6 --mode isolated
run 0 "money" account deposit 1 5000 USD
run 0 "coins" account deposit 1 0.1 BTC
run 0 "a long position" trade BTC-PERP 0.7@30010 --buyer 1 \
	--seller external:venue --fee 3.5
run 0 "money" account deposit 2 5000 USD
run 0 "a short position" trade BTC-PERP 0.7@30010 --buyer external:venue \
	--seller 2 --fee 3.5
run 0 "money" account deposit 3 100000 USD
run 0 "money" account deposit 6 100000 USD

# What is withdrawable can be withdrawn, and not a cent more.
run 0 "what can be withdrawn" account show 2 --json
most=$(figure balances.0.withdrawable)
run 1 "a cent more cannot" account withdraw 2 "$(beside "$most" 1)" USD
err "MARGIN"
run 0 "so much can: $most" account withdraw 2 "$most" USD
run 0 "what can be withdrawn now" account show 2 --json
is 0 "$(figure balances.0.withdrawable)" "nothing is left"
run 0 "coins" account deposit 3 0.5 BTC
run 0 "a whole balance may go" account show 3 --json
is 0.5 "$(figure balances.1.withdrawable)" "all coins"

# Leverage is told as notional / equity, rounded up; and what a question takes
# as good is told as it is of the account itself.
run 0 "leverage" account show 1 --json
is "$(figure leverage)" "$(python3 -c '
import decimal, json, sys
decimal.getcontext().prec = 60
row = json.loads(open(sys.argv[1]).read())
value = decimal.Decimal(row["notional_usd"]) / decimal.Decimal(row["equity_usd"])
print(value.quantize(decimal.Decimal("1e-9"), decimal.ROUND_UP).normalize())
' "$folder/out")" "notional / equity"
run 0 "coins nobody prices" account deposit 5 10 DUST
run 0 "an account without a price" account show 5 --json
is False "$(figure prices_ok)" "all prices OK"

# The largest order that would pass leaves initial health at 0 or above.
run 0 "what can be bought" account show 2 --json
most=$(figure positions.0.max_buy)
run 0 "so much" account whatif 2 --fill "BTC-PERP:$most" --json
is 0.00 "$(figure after.free_collateral_usd | cut -c 1-4)" \
	"free collateral afterwards"
run 0 "a unit more" account whatif 2 --fill \
	"BTC-PERP:$(python3 -c '
import decimal, sys
print(decimal.Decimal(sys.argv[1]) + decimal.Decimal("0.000001"))' "$most")" \
	--json
is - "$(figure after.health_initial_usd | cut -c 1)" "initial health is below 0"

# A supposed fill equals the real one afterwards, and so does a deposit.
run 0 "supposed" account whatif 3 --fill ETH-PERP:-10.5@2010 \
	--fill BTC-PERP:2@30001.5 --deposit -70.25:USD --json
figure after >"$folder/supposed"
is OK "$(figure before.state)" "state before"
run 0 "nothing was changed" account show 3 --json
is "[]" "$(figure positions)" "positions"
run 0 "real" trade ETH-PERP 10.5@2010 --buyer external:venue --seller 3
run 0 "real" trade BTC-PERP 2@30001.5 --buyer 3 --seller external:venue
run 0 "real" account withdraw 3 70.25 USD
run 0 "the figures then" account whatif 3 --price ETH-PERP=2000 --json
figure before >"$folder/real"
cmp -s "$folder/supposed" "$folder/real"
report $? "are those that were told"

# Two accounts in one question: a transfer is two deposits.
run 0 "two accounts" account whatif 1 3 --deposit 1:100:USD \
	--deposit 3:-100:USD --json
[ "$(wc -l <"$folder/out")" -eq 2 ]
report $? "  prints one object each"
run 0 "side by side" account whatif 1 3 --price BTC-PERP=29000 \
	--fill 3:BTC-PERP:-2
out "Account 3"
out "BTC-PERP liquidation price"
run 0 "as CSV" account whatif 1 --deposit 1:USD -o csv
out "account,figure,before,after"
out "1,State,OK,OK"
run 0 "briefly" account whatif 1 --deposit 1:USD --brief --json
out '"withdrawable":"?","liquidation_price":"?"'

# The price that is told is the crossing, on both sides, supposed and real.
run 0 "prices to come" account show 2 --json
short=$(figure positions.0.liquidation_price)
run 0 "prices to come" account show 1 --json
long=$(figure positions.0.liquidation_price)
for question in "1 $long -1 1" "2 $short 1 -1"; do
	# shellcheck disable=SC2086 # four words
	set -- $question
	run 0 "account $1 at $2" account whatif "$1" --price "BTC-PERP=$2" --json
	is LIQUIDATING "$(figure after.state)" "  supposed"
	run 0 "account $1 beside $2" account whatif "$1" \
		--price "BTC-PERP=$(beside "$2" "$4")" --json
	is MARGIN_CALL "$(figure after.state)" "  supposed"
	run 0 "beside it" price push BTC-PERP "$(beside "$2" "$4")"
	is MARGIN_CALL "$(state_of "$1")" "  real"
	run 0 "at it" price push BTC-PERP "$2"
	is LIQUIDATING "$(state_of "$1")" "  real"
	run 0 "back" price push BTC-PERP 30000
done

# Refusals name the value and what would be right.
run 1 "an account that is not there" account whatif 99 --price BTC-PERP=1
err "NO_ACCOUNT: there is no account 99"
run 1 "an account named twice" account whatif 1 1 --price BTC-PERP=1
err "SAME_ACCOUNT: account 1 is named twice"
run 1 "an account not asked about" account whatif 1 --deposit 2:5:USD
err "supposition 1: account 2 is not asked about"
run 2 "an account left out" account whatif 1 2 --deposit 5:USD
err "say which of the accounts"
run 2 "nothing supposed" account whatif 1
err "nothing is supposed"
run 1 "a market that is not there" account whatif 1 --fill BTC-PER:1
err "did you mean BTC-PERP?"
run 2 "half a price" account whatif 1 --price BTC-PERP
err "must be MARKET=PRICE"
run 2 "half a deposit" account whatif 1 --deposit 5
err "must be [ACCOUNT:]AMOUNT:ASSET"
run 2 "four parts" account whatif 1 --fill 1:2:3:4
err "must be [ACCOUNT:]MARKET:SIZE[@PRICE]"
run 1 "a price above price_max" account whatif 1 \
	--price BTC=20 --price BTC-PERP=1000000.01
err "BAD_PRICE: supposition 2: price 1000000.01 of BTC-PERP must be from 0.01 to 1000000"
run 1 "a price of 0" account whatif 1 --price BTC-PERP=0
err "BAD_PRICE"
run 1 "a fill above price_max" account whatif 1 --fill BTC-PERP:1@1000000.01
err "BAD_PRICE"
run 1 "a fill of nothing" account whatif 1 --fill BTC-PERP:0
err "BAD_SIZE"
run 1 "a fill beyond position_max" account whatif 3 --fill BTC-PERP:499
err "POSITION_LIMIT: supposition 1: size 499 of BTC-PERP: the position would pass position_max 500"
run 1 "a market without a price" account whatif 1 --fill NEW-PERP:1
err "NO_PRICE: supposition 1: NEW-PERP has no price: suppose one before it"
run 0 "with one" account whatif 1 --price NEW-PERP=10 --fill NEW-PERP:1
run 1 "a debt without a price" account whatif 1 --deposit -1:DUST
err "NO_PRICE"
run 1 "a second market of an isolated account" account whatif 6 \
	--fill BTC-PERP:1 --fill ETH-PERP:1
err "ISOLATED: supposition 2"
run 1 "a deposit of nothing" account whatif 1 --deposit 0:USD
err "BAD_AMOUNT"
many=$(python3 -c 'print("--price BTC-PERP=30000 " * 65)')
# shellcheck disable=SC2086 # many words
run 2 "too much supposed" account whatif 1 $many
err "at most 64"

# Would an order be accepted? What is told is what is answered then.
run 0 "an order" account whatif 3 --order BTC-PERP:1@29990 --json
is True "$(figure orders.0.accepted)" "accepted"
figure after.health_initial_usd >"$folder/supposed"
run 0 "too large an order" account whatif 3 --order BTC-PERP:400 --json
is MARGIN "$(figure orders.0.code)" "  would be refused"
is - "$(figure after.health_initial_usd | cut -c 1)" \
	"  and shows what it would take"
run 0 "more than can be reduced" account whatif 3 --reduce BTC-PERP:-2 \
	--reduce BTC-PERP:-0.1
out "Order 1 would be accepted."
out "Order 2 would be refused: REDUCE_ONLY: it would enlarge"
run 1 "an order for nothing" account whatif 3 --order BTC-PERP:0
err "BAD_SIZE: supposition 1: order of 0 BTC-PERP"
run 1 "an order above price_max" account whatif 3 --order BTC-PERP:1@1000000.01
err "BAD_PRICE: supposition 1: price 1000000.01"
run 0 "placed" order place 3 7 BTC-PERP buy 1@29990
err "order 7 of account 3 may be sent"
run 1 "too large" order place 3 8 BTC-PERP buy 400@30000
err "MARGIN"
run 1 "the same number" order place 3 7 BTC-PERP buy 1@29990
err "EXISTS"
run 2 "neither buy nor sell" order place 3 8 BTC-PERP long 1@29990
err "must be buy or sell"
run 0 "with it" account show 3 --json
is "$(cat "$folder/supposed")" "$(figure health_initial_usd)" \
	"health is as was told"
is 1 "$(figure resting_orders.0.left)" "it rests"
run 0 "a fill of it" trade BTC-PERP 0.4@29990 --buyer 3 \
	--seller external:venue --buyer-rests 7
run 0 "less of it" account show 3 --json
is 0.6 "$(figure resting_orders.0.left)" "what is left"
run 0 "made smaller" order cancel 3 7 0.5
err "0.5 is left"
run 1 "made larger" order cancel 3 7 0.7
err "NOT_LESS"
run 0 "cancelled" order cancel 3 7
run 1 "cancelled twice" order cancel 3 7
err "NO_RESTING"
run 1 "smaller than gone" order cancel 3 7 0.1
err "account 3 has no resting order 7"
run 0 "its events" events replay --topic account.3
out "ORDER_PLACED"
out "ORDER_EXECUTED"
out "ORDER_CANCELLED"

# A fill that says no fee pays the market's, rounded against the account; one
# that names an order that rests is a maker's.
run 0 "prices" price push FEE-PERP 100
run 0 "the fees of a market" market show FEE-PERP
out "Taker fee              0.001"
out "Maker fee              -0.0002"
run 0 "an account" account create 7
run 0 "money" account deposit 7 1000 USD
# equity FILL WANT NAME
equity()
{
	run 0 "$3" account whatif 7 --fill "$1" --json
	is "$2" "$(figure after.equity_usd)" "  equity"
}
equity FEE-PERP:2.34@100 999.76 "0.234 for who takes"
equity FEE-PERP:-2.34@100,maker 1000.04 "0.0468 back for who makes"
equity FEE-PERP:2.34@100,fee=0 1000.00 "no fee, as it says"
equity FEE-PERP:2.34@100,maker,fee=-1.5 1001.50 "a rebate, as it says"
equity BTC-PERP:1@30000 1000.00 "no fee in a market without"
run 0 "another fee" account whatif 7 --market FEE-PERP:taker_fee=0.002 \
	--fill FEE-PERP:2.34@100 --json
is 999.53 "$(figure after.equity_usd)" "  equity"
run 1 "a fee that is none" account whatif 7 --market FEE-PERP:taker_fee=-0.1
err "taker_fee = -0.1 of FEE-PERP must be from 0 to below 1"
run 2 "no such word" account whatif 7 --fill FEE-PERP:1,taker
err '"taker" is none of fee=FEE, order=NUMBER and maker'
run 0 "an order" order place 7 1 FEE-PERP buy 10@99
run 0 "a fill of it" account whatif 7 --fill FEE-PERP:4@99,order=1 --json
figure after >"$folder/supposed"
run 1 "of another side" account whatif 7 --fill FEE-PERP:-4@99,order=1
err "ORDER_MISMATCH: supposition 1: order 1 is to buy FEE-PERP, and the fill sells FEE-PERP"
run 1 "of another market" account whatif 7 --fill BTC-PERP:4,order=1
err "the fill buys BTC-PERP: name one of this market and side"
run 1 "that is not there" account whatif 7 --fill FEE-PERP:4@99,order=2
err "NO_RESTING: supposition 1: no order 2 of the account rests"
run 0 "the fill" trade FEE-PERP 4@99 --buyer 7 --seller external:venue \
	--buyer-fee -0.07 --buyer-rests 1
run 0 "the figures then" account whatif 7 --price FEE-PERP=100 --json
figure before >"$folder/real"
cmp -s "$folder/supposed" "$folder/real"
report $? "are those that were told"

# The largest order of any market, fee and all: a lot more is refused.
run 0 "largest orders" account show 7 --max FEE-PERP --max ETH-PERP@1900:0.01 \
	--max BTC-PERP:0 --json
most=$(figure largest_orders.FEE-PERP.buy)
is "$(figure positions.0.max_buy)" "$most" "as of the position"
sell=$(figure largest_orders.ETH-PERP.sell)
[ "$(figure largest_orders.BTC-PERP.buy)" != 0 ]
report $? "  also where there is no position"
lots=$(python3 -c 'import decimal, sys
print(decimal.Decimal(sys.argv[1]).quantize(decimal.Decimal("0.01"), "ROUND_DOWN"))' "$most")
run 1 "a lot more" order place 7 2 FEE-PERP buy "$(beside "$lots" 1)@100"
err "MARGIN"
run 0 "so many lots" order place 7 2 FEE-PERP buy "$lots@100"
run 0 "cancelled" order cancel 7 2
run 0 "for people" account show 7 --max FEE-PERP@101
out "Largest order"
out "FEE-PERP       101 USD"
run 0 "before and after" account whatif 7 --deposit 100:USD --max FEE-PERP \
	--max ETH-PERP@1900:0.01 --brief --json
is "$most" "$(figure before.largest_orders.FEE-PERP.buy)" "before"
is "$sell" "$(figure before.largest_orders.ETH-PERP.sell)" "before"
[ "$most" != "$(figure after.largest_orders.FEE-PERP.buy)" ]
report $? "more after"
run 0 "in a table" account whatif 7 --deposit 100:USD --max FEE-PERP --brief
out "FEE-PERP largest buy"
run 1 "a market that is not there" account show 7 --max FEE-PER
err "did you mean FEE-PERP?"
run 1 "a price that cannot be" account show 7 --max FEE-PERP@100001
err "BAD_PRICE: largest order of FEE-PERP: price 100001 must be from 0.01 to 100000"
run 1 "a fee that cannot be" account show 7 --max FEE-PERP:1
err "BAD_PARAM: largest order of FEE-PERP: fee 1 must be from 0 to below 1"
run 1 "a fee below 0" account whatif 7 --deposit 1:USD --max FEE-PERP:-0.1
err "fee -0.1 must be from 0 to below 1"
run 2 "twice" account show 7 --max FEE-PERP --max FEE-PERP@99
err "FEE-PERP is named twice"
run 2 "no price" account show 7 --max FEE-PERP@
err "must be MARKET[@PRICE][:FEE]"
run 2 "nothing supposed" account whatif 7 --max FEE-PERP
err "nothing is supposed"

# Refusals of commands name the value, and what would be right.
run 1 "more leverage than there is" account leverage 7 FEE-PERP 51
err "refused: LEVERAGE: leverage 51 of FEE-PERP must be from 1 to 50, or 0 for none"
run 1 "no whole lots" order place 7 9 FEE-PERP buy 0.015@100
err "BAD_LOT: size 0.015 of FEE-PERP must be a multiple of its lot 0.01"
run 1 "a price that is not believed" trade FEE-PERP 1@100001 --buyer 7 \
	--seller external:venue
err "BAD_PRICE: price 100001 of FEE-PERP must be from 0.01 to 100000"
run 1 "more than there is" account withdraw 7 1000000 USD
err "BALANCE: amount 1000000 of USD: the balance is"
run 1 "nobody" account deposit 77 1 USD
err "NO_ACCOUNT: there is no account 77"
run 2 "too many accounts" account whatif $(seq 65) --price FEE-PERP=1
err "at most 64, got 65"

# Words that say there is nothing are talk: tables alone have lines between.
run 0 "an account with little" account show 4
[ "$(grep -c '^$' "$folder/out")" -eq 0 ]
report $? "  no empty line"
run 0 "an account with more" account show 7
[ "$(grep -c '^$' "$folder/out")" -eq 3 ]
report $? "  one before each table that is there"

# A group: BTC counts 0.9 at maintenance and 0.8 initially without.
run 0 "an account" account create 8
run 0 "coins" account deposit 8 1 BTC
run 0 "a debt" account adjust 8 -10000 USD
run 0 "as a group" account whatif 8 --emode pair:BTC:weight_maintenance=0.95 \
	--emode pair:USD:debt=yes --json
is 17000.00 "$(figure before.health_usd)" "0.9 of 30000 less 10000"
is 18500.00 "$(figure after.health_usd)" "0.95 of it"
is 18500.00 "$(figure after.health_initial_usd)" "  a level is like the one before"
run 0 "one after the other" account whatif 8 --emode pair:USD:debt=yes \
	--emode pair:BTC:weight_maintenance=0.95 \
	--emode pair:BTC:weight_initial=0.91,weight_withdrawal=0.9 --json
is 17300.00 "$(figure after.health_initial_usd)" "  0.91 initially"
run 0 "and out again" account whatif 8 --emode pair:USD:debt=yes \
	--emode pair:BTC:weight_maintenance=0.95 \
	--emode pair:BTC:collateral=no --json
is 17000.00 "$(figure after.health_usd)" "  as before"
run 1 "a weight that cannot be" account whatif 8 \
	--emode pair:BTC:weight_maintenance=0.9,weight_initial=0.95
err "weight_initial = 0.95 of BTC must be from 0 to weight_maintenance"
run 1 "a weight of what is no collateral" account whatif 8 \
	--emode pair:BTC:collateral=no,weight_initial=0.5
err "weight_initial of BTC in group pair must be 0, as it is not collateral"
run 1 "a name that cannot be" account whatif 8 --emode 'a!:BTC:debt=yes'
err 'BAD_NAME: supposition 1: group "a!" must be 1 to 23 of'
run 2 "neither yes nor no" account whatif 8 --emode pair:BTC:debt=1
err 'debt "1": must be yes or no'
run 2 "a group alone" account whatif 8 --emode pair:debt=yes
err "must be GROUP:ASSET:KEY=VALUE"
many=$(python3 -c 'print(" ".join("--emode g%d:BTC:debt=yes" % i for i in range(33)))')
# shellcheck disable=SC2086 # many words
run 1 "too many groups" account whatif 8 $many
err "CAPACITY: supposition 33: group g32 would be one too many"

# Parameters: 0.1 BTC count 0.9 at maintenance and 0.8 initially.
run 0 "as it is" account whatif 1 --price BTC-PERP=30000 --json
before=$(figure after.health_usd)
initial=$(figure after.health_initial_usd)
run 0 "a lower weight" account whatif 1 \
	--collateral BTC:weight_maintenance=0.8 --json
is "$(python3 -c 'import sys
print(float(sys.argv[1]) - 300)' "$before")" \
	"$(python3 -c 'import sys
print(float(sys.argv[1]))' "$(figure after.health_usd)")" "a tenth of 3000 less"
is "$initial" "$(figure after.health_initial_usd)" "  initially the same"
run 0 "one option after the other" account whatif 1 \
	--collateral BTC:weight_initial=0.5 \
	--collateral BTC:weight_withdrawal=0.5,weight_maintenance=0.5 --json
is "$(python3 -c 'import sys
print(float(sys.argv[1]) - 1200)' "$before")" \
	"$(python3 -c 'import sys
print(float(sys.argv[1]))' "$(figure after.health_usd)")" "0.4 of 3000 less"
run 0 "less counts of what all hold" account whatif 1 \
	--collateral BTC:scale_held=3000 --json
is "$before" "$(figure after.health_usd)" "  not at maintenance"
[ "$initial" != "$(figure after.health_initial_usd)" ]
report $? "  but initially"
run 0 "less counts of much in one account" account whatif 1 \
	--collateral BTC:size_factor=1 --json
[ "$before" != "$(figure after.health_usd)" ]
report $? "  at maintenance as well"
run 1 "a size factor that cannot work" account whatif 1 \
	--collateral BTC:size_factor=1.1
err "size_factor = 1.1 of BTC"
cat >"$folder/brackets.json" <<'END'
{"brackets": [{"floor": "0", "maintenance": "0.02", "initial": "0.04"}],
 "close_cost": "0.001"}
END
run 0 "other brackets" account whatif 1 2 --market \
	"BTC-PERP:$folder/brackets.json" --json
is 420.00 "$(head -1 "$folder/out" >"$folder/first"
	mv "$folder/first" "$folder/out"
	figure after.positions.0.maintenance_usd | cut -c 1-6)" \
	"2 % of 0.7 BTC at 30000"
cat >"$folder/margin.json" <<'END'
{"margin": {"growth": "sqrt", "factor_initial": "0.5",
  "factor_maintenance": "0.4"}}
END
run 0 "a rate that grows" account whatif 1 --market \
	"BTC-PERP:$folder/margin.json" --json
is 7027 "$(figure after.positions.0.maintenance_usd | cut -c 1-4)" \
	"0.4 of sqrt(0.7) of it"
run 0 "other multiples" account whatif 1 --price BTC-PERP=30000 \
	--risk warn_leave=9.9,warn_enter=9.8,call_leave=9.7,call_enter=9.6 \
	--json
is OK "$(figure before.state)" "state before"
run 0 "as they are asked about they change nothing" account whatif 1 \
	--price BTC-PERP=30000 --json
is "$before" "$(figure after.health_usd)" "health"
run 1 "a weight above 1" account whatif 1 --collateral \
	BTC:weight_maintenance=1.2
err "BAD_PARAM: supposition 1: weight_maintenance = 1.2 of BTC must be from 0 to 1"
run 1 "initial above maintenance" account whatif 1 --price BTC=1 \
	--collateral BTC:weight_initial=0.95
err "supposition 2: weight_initial = 0.95 of BTC must be from 0 to weight_maintenance"
run 1 "multiples that cross" account whatif 1 --risk target=1.3
err "call_enter = 1.25 of risk must be above target"
run 1 "a lot above position_max" account whatif 1 --market BTC-PERP:lot=501
err "lot = 501 of BTC-PERP must be above 0 and at most position_max"
run 2 "a key that is none" account whatif 1 --collateral BTC:weight=1
err "\"weight\" is no key: there are weight_maintenance"
run 2 "an asset alone" account whatif 1 --collateral BTC
err "must be ASSET:KEY=VALUE"
run 1 "an asset that is not there" account whatif 1 --collateral ETC:scale_held=1
err "ETC"
run 2 "a file that is not there" account whatif 1 --market \
	"BTC-PERP:$folder/none.json"
err "none.json"
echo '{"brackets": [{"floor": "5", "maintenance": "0", "initial": "1"}]}' \
	>"$folder/brackets.json"
run 2 "a first floor that is not 0" account whatif 1 --market \
	"BTC-PERP:$folder/brackets.json"
err 'brackets[0].floor = "5": must be "0" in the first bracket'
echo '{"price_max": "5"}' >"$folder/brackets.json"
run 2 "a price that is not supposed so" account whatif 1 --market \
	"BTC-PERP:$folder/brackets.json"
err "price_max"

# A leverage that is supposed is the leverage that is chosen.
run 0 "the account" account show 1 --json
free=$(figure free_collateral_usd)
run 0 "a leverage" account whatif 1 --leverage BTC-PERP:4 --json
supposed=$(figure after.free_collateral_usd)
[ "$supposed" != "$free" ]
report $? "counts at initial"
run 1 "too much of it" account whatif 1 --leverage BTC-PERP:1000
err "LEVERAGE: supposition 1: leverage 1000 of BTC-PERP must be from 1 to"
run 2 "too little" account whatif 1 --leverage BTC-PERP:0.5
err "must be 1 or more, or none for that of the market"
run 0 "choose it" account leverage 1 BTC-PERP 4
run 0 "the account then" account show 1 --json
is "$supposed" "$(figure free_collateral_usd)" "what was supposed"
run 0 "none" account whatif 1 --leverage 1:BTC-PERP:none --json
is "$free" "$(figure after.free_collateral_usd)" "what it was without"

# While a ramp runs: what is left out is as it is in force, what is told is so
# at once, and all ramps may be supposed to have ended.
run 0 "account 50" account create 50
run 0 "coins" account deposit 50 1 BTC
run 0 "a ramp" asset ramp BTC 24h
sed 's/"weight_maintenance": "0.9"/"weight_maintenance": "0.5"/
s/"weight_initial": "0.8"/"weight_initial": "0.4"/' \
	"$folder/markets.json" >"$folder/m"
mv "$folder/m" "$folder/markets.json"
run 0 "a lower weight" reload
run 0 "another level" account whatif 50 \
	--collateral BTC:weight_initial=0.3,weight_withdrawal=0.3 --json
is "$(figure before.health_usd)" "$(figure after.health_usd)" \
	"maintenance stays as it is in force"
run 0 "what it leads to" account whatif 50 \
	--collateral BTC:weight_maintenance=0.5 --json
is 15000.00 "$(figure after.health_usd)" "at once"
run 0 "all have ended" account whatif 50 --ramps-ended --json
is 27000.00 "$(figure before.health_usd)" "before"
is 15000.00 "$(figure after.health_usd)" "after"
run 0 "and a level more" account whatif 50 --ramps-ended \
	--collateral BTC:weight_initial=0.3,weight_withdrawal=0.3 --json
is 15000.00 "$(figure after.health_usd)" "maintenance is as at the end"

# What would take too long is refused, and answered without its limits.
accounts=
for account in $(seq 10 37); do
	"$riskctl" -q account create "$account"
	"$riskctl" -q account deposit "$account" 1000 USD
	for market in BTC-PERP@30000 ETH-PERP@2000; do
		"$riskctl" -q trade "${market%@*}" "0.01@${market#*@}" \
			--buyer "$account" --seller external:venue
	done
	accounts="$accounts $account"
done
many=$(python3 -c 'print("--price BTC-PERP=29999 " * 64)')
# shellcheck disable=SC2086 # many words
run 0 "28 accounts" account whatif $accounts --price BTC-PERP=29999 --json
# shellcheck disable=SC2086
run 1 "and 64 prices" account whatif $accounts $many --json
err "looks at a position; at most 2000000 are taken"
# shellcheck disable=SC2086
run 0 "briefly" account whatif $accounts $many --brief --json

kill -TERM "$daemon"
wait "$daemon"
report $? "riskd ends with exit code 0"
daemon=

echo "1..$count"
[ "$failed" -eq 0 ]
