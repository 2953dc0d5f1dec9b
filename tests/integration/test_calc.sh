#!/bin/sh
# riskctl calc: what it prints and with which exit code, over good books, wrong
# ones, many at a time, and what is no book. usage: test_calc.sh RISKCTL BOOK
# Output is TAP. Whether the figures are right is asked by property.questions
# and by the vectors.
set -u

riskctl=$1
book=$2
# shellcheck source=tests/integration/riskctl.sh
. "$(dirname "$0")/riskctl.sh"

# spoil CODE NAME SED TEXT: the book with that change says TEXT.
spoil()
{
	sed "$3" "$book" >"$folder/book.json"
	cmp -s "$book" "$folder/book.json"
	[ $? -eq 1 ]
	report $? "$2: the book is another"
	run "$1" "$2" calc "$folder/book.json"
	err "$4"
}

run 0 "a book" calc "$book"
out '"account":"long","state":"OK","equity":"6015.75","maintenance":"375.07875"'
out '"liquidation_price":"46231.15","liquidation_price_low":"46231.15","liquidation_price_high":null,"bankruptcy_price":"45999.99"'
out '"account":"loan"'
out '"amount":"-4000","value":"-4000","withdrawable":"0","liquidation_price":null'
out '"amount":"0.1","value":"5000","withdrawable":"0.02","liquidation_price":"39999.99"'
[ "$(wc -l <"$folder/out")" -eq 2 ]
report $? "one line per account"
[ "$(grep -c '^{"schema":1,' "$folder/out")" -eq 2 ]
report $? "each with the schema it is of"
# Both accounts may order, also the one without a position, and in another
# market than where there is one already.
for account in long loan; do
	grep "\"$account\"" "$folder/out" | python3 -c 'import json, sys
largest = json.load(sys.stdin)["largest_orders"]["BTC-PERP"]
sys.exit(float(largest["buy"]) <= 0 or float(largest["sell"]) <= 0)'
	report $? "  the largest orders of $account"
done
sed 's/"name": "long",/& "mode": "isolated",/' "$book" >"$folder/book.json"
run 0 "an isolated account" calc "$folder/book.json"
python3 - "$book" "$folder/book.json" <<'END'
import json, sys
book = json.load(open(sys.argv[1]))
other = dict(book["markets"][0], name="OTHER")
book["markets"].append(other)
book["prices"]["OTHER"] = book["prices"][book["markets"][0]["name"]]
account = [a for a in book["accounts"] if a.get("positions")][0]
account["mode"] = "isolated"
account["orders"] = [{"market": "OTHER", "side": "buy", "size": "0.1"}]
json.dump(book, open(sys.argv[2], "w"))
END
run 1 "an isolated account with an order elsewhere" calc "$folder/book.json"
err '.market = "OTHER": must be that of its position and of its other orders: the account is isolated'
sed 's/"name": "long",/& "mode": "portfolio",/' "$book" >"$folder/book.json"
run 1 "a mode that is none" calc "$folder/book.json"
err '.mode = "portfolio": must be cross or isolated'

# The price that is told is the crossing.
at()
{
	sed "s/\"50010.5\"/\"$1\"/" "$book" >"$folder/book.json"
	run 0 "BTC-PERP at $1" calc "$folder/book.json"
	grep '"long"' "$folder/out" | grep -qF "\"liquidatable\":$2"
	report $? "  liquidatable: $2"
}
at 46231.15 true
at 46231.16 false
sed 's/"50000", "BTC-PERP"/"39999.99", "BTC-PERP"/' "$book" >"$folder/book.json"
run 0 "BTC at 39999.99" calc "$folder/book.json"
grep '"loan"' "$folder/out" | grep -qF '"liquidatable":true'
report $? "  liquidatable: true"

# A slow price counts at initial, not at maintenance; what others hold as well.
sed 's/"accounts"/"slow_prices": {"BTC": "45000"}, &/' "$book" \
	>"$folder/book.json"
run 0 "a book with a slow price" calc "$folder/book.json"
grep '"loan"' "$folder/out" >"$folder/loan"
cp "$folder/loan" "$folder/out"
out '"equity":"1000","maintenance":"0","initial":"500"'
sed 's/"accounts"/"slow_prices": {"BTC": "0"}, &/' "$book" >"$folder/book.json"
run 1 "a slow price of 0" calc "$folder/book.json"
err '$.slow_prices.BTC = "0": must be above 0'
terms='"collateral": {"scale_held": "10000"}'
sed "s/\"name\": \"BTC\", /&$terms, /
	s/\"accounts\"/\"others\": {\"BTC\": {\"held\": \"0.3\"}}, &/" \
	"$book" >"$folder/book.json"
run 0 "a book with what others hold" calc "$folder/book.json"
grep '"loan"' "$folder/out" >"$folder/loan"
cp "$folder/loan" "$folder/out"
out '"equity":"1000","maintenance":"0","initial":"2500"'

# What an asset counts for is part of what is traded.
terms='"collateral": {"weight_maintenance": "0.9", "weight_initial": "0.8"}'
sed "s/\"name\": \"BTC\", /&$terms, /" "$book" >"$folder/book.json"
run 0 "a book with terms of an asset" calc "$folder/book.json"
grep '"loan"' "$folder/out" >"$folder/loan"
cp "$folder/loan" "$folder/out"
out '"equity":"1000","maintenance":"500","initial":"1000"'
out '"assets":"4500","liabilities":"4000","health_factor":"1.125"'
out '"withdrawable":"0","liquidation_price":"44444.44"'

# So are groups: against a debt in USD, BTC counts for more.
weight='"weight": {"maintenance": "0.95", "initial": "0.9"}'
emode="\"emode\": {\"g\": {\"collateral\": {\"BTC\": {$weight}}, \"debt\": [\"USD\"]}}"
sed "s/\"name\": \"BTC\", /&$terms, /; s/\"accounts\"/$emode, &/" \
	"$book" >"$folder/book.json"
run 0 "a book with a group" calc "$folder/book.json"
grep '"loan"' "$folder/out" >"$folder/loan"
cp "$folder/loan" "$folder/out"
out '"equity":"1000","maintenance":"250","initial":"500"'
out '"weight_maintenance":"0.95","weight_initial":"0.9","weight_withdrawal":"0.9"'
sed "s/\"accounts\"/\"emode\": {\"g\": {\"debt\": [\"ETH\"]}}, &/" \
	"$book" >"$folder/book.json"
run 1 "a group of what is not listed" calc "$folder/book.json"
err '$.emode.g.debt[0] = "ETH": must be the name of one of $.assets'
sed "s/\"name\": \"BTC\", /&\"collateral\": {\"weight_initial\": \"2\"}, /" \
	"$book" >"$folder/book.json"
run 1 "terms that cannot be" calc "$folder/book.json"
err '$.assets[1].collateral.weight_initial = "2": must be from 0 to'

# An asset that is lent: health and caps say what may be borrowed of it.
terms='"lending": {"base": "0.01", "slope_low": "0", "slope_high": "0",'
terms="$terms \"kink\": \"0.8\", \"reserve\": \"0\", \"interval\": \"1h\"}"
sed "s/\"name\": \"USD\", /&$terms, /" "$book" >"$folder/book.json"
run 0 "a book with an asset that is lent" calc "$folder/book.json"
grep '"loan"' "$folder/out" >"$folder/loan"
cp "$folder/loan" "$folder/out"
out '"collateral":"5000","debt":"4000","ltv":"0.8","liquidation_threshold":"1"'
out '"borrowable":{"USD":"1000"}'
# What others have is the pool, less the 4000 that the account owes.
pool_book()
{
	sed "s/\"name\": \"USD\", /&$terms, /
	     s/\"accounts\"/\"others\": {\"USD\": {$1}}, &/" \
		"$book" >"$folder/book.json"
	run 0 "a pool of $1" calc "$folder/book.json"
	grep '"loan"' "$folder/out" >"$folder/loan"
	cp "$folder/loan" "$folder/out"
}
pool_book '\"held\": \"8000\", \"owed\": \"3200\"'
out '"borrowable":{"USD":"800"}'
pool_book '\"held\": \"80000\", \"owed\": \"3200\"'
out '"borrowable":{"USD":"1000"}'
pool_book '\"held\": \"3000\"'
out '"borrowable":{"USD":"0"}'
terms="${terms%\}}, \"borrow_cap\": \"4600\"}"
pool_book '\"held\": \"80000\"'
out '"borrowable":{"USD":"600"}'
pool_book '\"held\": \"80000\", \"owed\": \"500\"'
out '"borrowable":{"USD":"100"}'

# Leverage of an account, margin terms of a market, and what is open in it.
terms='"margin": {"open_interest_lower": "100000", "open_interest_upper": "200063"}'
margin_book()
{
	sed "s/\"name\": \"BTC-PERP\", /&$terms, /
	     s/\"accounts\":/\"open_interest\": {\"BTC-PERP\": \"$1\"}, &/
	     s/\"market\": \"BTC-PERP\", /&\"leverage\": \"$2\", /" \
		"$book" >"$folder/book.json"
}
margin_book 1 5
run 0 "a book with leverage" calc "$folder/book.json"
out '"notional":"75015.75","maintenance":"375.07875","initial":"15003.15","leverage":"5"'
margin_book 3 50
run 0 "a book with open interest" calc "$folder/book.json"
out '"maintenance":"375.07875","initial":"37882.95375","leverage":"50"'
margin_book 3 0.9
run 1 "leverage that cannot be" calc "$folder/book.json"
err '.positions[0].leverage = "0.9": must be 1 to what the market permits'
margin_book -1 5
run 1 "open interest below 0" calc "$folder/book.json"
err '$.open_interest.BTC-PERP = "-1": must be 0 or more'
sed 's/"accounts":/"open_interest": {"ETH": "1"}, &/' "$book" \
	>"$folder/book.json"
run 1 "open interest of no market" calc "$folder/book.json"
err '$.open_interest.ETH = "1": is no market of this book'

# Contracts of half a dollar each: 20000 of them entered at 40000 are 0.25 BTC
# owed, at 50000 they are 0.2.
inverse_book()
{
	cat >"$folder/book.json" <<END
{"schema": 1,
 "assets": [
  {"name": "BTC", "decimals": 8, "price_decimals": 2,
   "price_max": "1000000", "price_age_max": "5s"}],
 "markets": [
  {"name": "INVERSE", "kind": "perpetual", "settle": "BTC",
   "contract": "inverse", "multiplier": "0.5", "price_min": "1000",
   "price_decimals": 1, "size_decimals": 0, "lot": "1",
   "price_max": "1000000", "position_max": "100000",
   "price_age_max": "5s", "close_cost": "0.0005",
   "brackets": [{"floor": "0", "maintenance": "0.005", "initial": "0.01"}]}],
 "prices": {"BTC": "50000", "INVERSE": "$1"},
 "accounts": [
  {"name": "long", "balances": {"BTC": "0.05"},
   "positions": [{"market": "INVERSE", "size": "20000", "entry": "$2"}]},
  {"name": "hedge", "balances": {"BTC": "0.2"},
   "positions": [{"market": "INVERSE", "size": "-20000", "cost": "0.2"}]}]}
END
}
inverse_book 50000 40000
run 0 "inverse contracts" calc "$folder/book.json"
out '"account":"long","state":"OK","equity":"5000","maintenance":"50"'
out '"size":"20000","cost":"-0.25","mark":"50000","unrealised":"0.05"'
out '"notional":"10000","maintenance":"50","initial":"100"'
out '"liquidation_price":"33500","liquidation_price_low":"33500","liquidation_price_high":null,"bankruptcy_price":"33333.3"'
# Coins sold for dollars: worth the same whatever the price is.
out '"account":"hedge","state":"OK","equity":"10000","maintenance":"50"'
out '"liquidation_price":null,"liquidation_price_low":null,"liquidation_price_high":null,"bankruptcy_price":null'
# Dollars behind contracts that settle in a coin: there is none of it, and its
# rise liquidates.
sed 's/"assets": \[/&{"name": "USD", "decimals": 2, "fixed_price": "1"},/
	s/"BTC": "0.05"/"USD": "60"/' "$folder/book.json" >"$folder/dollars"
sed 's/"entry": "40000"/"entry": "50000"/' "$folder/dollars" \
	>"$folder/book.json"
run 0 "a coin that is required but not held" calc "$folder/book.json"
out '"asset":"BTC","amount":"0","value":"0"'
out '"liquidation_price":"60000.01","liquidation_price_low":null,"liquidation_price_high":"60000.01"'
inverse_book 33500 40000
run 0 "at the price that is told" calc "$folder/book.json"
out '"account":"long","state":"LIQUIDATING"'
inverse_book 33500.1 40000
run 0 "one unit on" calc "$folder/book.json"
grep '"long"' "$folder/out" | grep -qF '"liquidatable":false'
report $? "  liquidatable: false"
inverse_book 999.9 40000
run 1 "a price below price_min" calc "$folder/book.json"
err '$.prices.INVERSE = "999.9": must be at most its price_max, and of a market at least its price_min'
inverse_book 50000 999.9
run 1 "an entry below price_min" calc "$folder/book.json"
err 'positions[0].entry = "999.9": must be from price_min to price_max'

# Orders: 20 + 20 is the worse side, and the limit loses 2 on each of 20.
order_book()
{
	cat >"$folder/book.json" <<END
{"schema": 1,
 "assets": [{"name": "USD", "decimals": 8, "fixed_price": "1"}],
 "markets": [
  {"name": "PERP", "kind": "perpetual", "settle": "USD",
   "price_decimals": 1, "size_decimals": 2, "lot": "0.01",
   "price_max": "1000000", "position_max": "1000",
   "price_age_max": "5s", "close_cost": "0.0005",
   "brackets": [{"floor": "0", "maintenance": "0.05", "initial": "0.1"}]}],
 "prices": {"PERP": "50"},
 "accounts": [
  {"balances": {"USD": "1000"},
   "positions": [{"market": "PERP", "size": "20", "entry": "50"}],
   "orders": [$1]}]}
END
}
order_book '{"market": "PERP", "side": "buy", "size": "20", "price": "52"},
  {"market": "PERP", "side": "sell", "size": "50"},
  {"market": "PERP", "side": "sell", "size": "5", "reduce_only": true}'
run 0 "orders" calc "$folder/book.json"
out '"health_maintenance":"950","health_initial":"760"'
out '"max_buy":"152","max_sell":"162"'
out '{"market":"PERP","side":"buy","size":"20","price":"52","reduce_only":false}'
out '{"market":"PERP","side":"sell","size":"5","price":"50","reduce_only":true}'
# Fees: beside 20 that hold 100, each that is bought takes 5 and 0.25 of fee of
# 900; of those sold all pay, and 20 of them hold nothing more.
order_book ''
sed -i 's/"close_cost": "0.0005"/"close_cost": "0.005", "taker_fee": "0.005"/' \
	"$folder/book.json"
run 0 "a market with fees" calc "$folder/book.json"
out '"max_buy":"171.42","max_sell":"209.52"'
out '"largest_orders":{"PERP":{"buy":"171.42","sell":"209.52"}}'
order_book '{"market": "PERP", "side": "long", "size": "1"}'
run 1 "an order of no side" calc "$folder/book.json"
err '$.accounts[0].orders[0].side = "long": must be "buy" or "sell"'
order_book '{"market": "PERP", "side": "buy", "size": "1", "price": "0"}'
run 1 "an order without a price" calc "$folder/book.json"
err '$.accounts[0].orders[0].price = "0": must be from price_min to price_max'

tr -d '\n' <"$book" >"$folder/line"
echo >>"$folder/line"
cat "$folder/line" "$folder/line" "$folder/line" >"$folder/books.jsonl"
run 0 "three books in lines" calc "$folder/books.jsonl"
[ "$(wc -l <"$folder/out")" -eq 6 ]
report $? "six accounts"
timeout 60 "$riskctl" calc - <"$book" >"$folder/out" 2>"$folder/err"
report $? "standard input"
out '"account":"long"'
(cat "$folder/books.jsonl" && echo '{"schema": 1}' && cat "$book") \
	>"$folder/mixed.jsonl"
run 1 "a wrong book among good ones" calc "$folder/mixed.jsonl"
err 'mixed.jsonl, book 4: $.accounts is missing: must be a list'
[ "$(wc -l <"$folder/out")" -eq 8 ]
report $? "the others are answered"

spoil 1 "another schema" 's/"schema": 1/"schema": 2/' '$.schema = 2'
spoil 1 "an unknown key" 's/"prices"/"price"/' '$.price'
spoil 1 "a price that is a number" 's/"BTC": "50000"/"BTC": 50000/' \
	'$.prices.BTC = 50000: must be a decimal string'
spoil 1 "a price of nothing" 's/"BTC": "50000"/"BTX": "50000"/' \
	'$.prices.BTX = "50000": is no market'
spoil 1 "a price above price_max" 's/"BTC": "50000"/"BTC": "1000001"/' \
	'must be at most its price_max'
spoil 1 "a price of 0" 's/"BTC": "50000"/"BTC": "0"/' 'must be above 0'
spoil 1 "no price for a position" 's/, "BTC-PERP": "50010.5"//' \
	'$.accounts[0].positions[0].market = "BTC-PERP": needs a price'
spoil 1 "a size of 0" 's/"size": "1.5"/"size": "0"/' \
	'$.accounts[0].positions[0].size = "0": must not be 0'
spoil 1 "a size with too many digits" 's/"size": "1.5"/"size": "1.0000005"/' \
	'must have at most 6 digits'
spoil 1 "a position in no market" 's/"market": "BTC-PERP"/"market": "X"/' \
	'positions[0].market = "X": is no market of this book'
spoil 1 "entry and cost" 's/"entry"/"cost": "1", "entry"/' \
	'positions[0].entry = "50000": must be left out, as cost is there and is exact; or leave out cost'
spoil 1 "neither entry nor cost" 's/, "entry": "50000"//' \
	'must be there (a price), or else cost'
spoil 1 "two accounts of one name" 's/"name": "loan"/"name": "long"/' \
	'$.accounts[1].name = "long": must be another name: $.accounts[0] has it'
spoil 1 "a balance in no asset" 's/"USD": "1000"/"EUR": "1000"/' \
	'$.accounts[0].balances.EUR = "1000": is no asset of this book'
spoil 1 "a debt without a price" 's/"BTC": "50000", //; s/"BTC": "0.1"}$/"BTC": "-1"}/' \
	'$.accounts[1].balances.BTC = "-1": is owed, but has no price'
spoil 1 "a balance beyond all bounds" 's/"USD": "1000"/"USD": "90000000000"/' \
	'$.accounts[0].balances.USD'

echo '{"schema": 1' >"$folder/half.json"
run 1 "half a book" calc "$folder/half.json"
err 'half.json: line'
: >"$folder/empty.json"
run 1 "an empty file" calc "$folder/empty.json"
err 'is empty: it must hold a book'
head -c 4096 /dev/zero >"$folder/zeros.json"
run 1 "zeros" calc "$folder/zeros.json"
run 1 "no such file" calc "$folder/none.json"
err 'No such file'
run 2 "no file named" calc
err 'a book file is missing'

echo "1..$count"
[ "$failed" -eq 0 ]
