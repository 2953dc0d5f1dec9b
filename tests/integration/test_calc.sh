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
out '"liquidation_price":"46231.15","bankruptcy_price":"45999.99"'
out '"account":"loan"'
out '"amount":"-4000","value":"-4000","withdrawable":"0","liquidation_price":null'
out '"amount":"0.1","value":"5000","withdrawable":"0.02","liquidation_price":"39999.99"'
[ "$(wc -l <"$folder/out")" -eq 2 ]
report $? "one line per account"

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

# What an asset counts for is part of what is traded.
terms='"collateral": {"weight_maintenance": "0.9", "weight_initial": "0.8"}'
sed "s/\"name\": \"BTC\", /&$terms, /" "$book" >"$folder/book.json"
run 0 "a book with terms of an asset" calc "$folder/book.json"
grep '"loan"' "$folder/out" >"$folder/loan"
cp "$folder/loan" "$folder/out"
out '"equity":"1000","maintenance":"500","initial":"1000"'
out '"assets":"4500","liabilities":"4000","health_factor":"1.125"'
out '"withdrawable":"0","liquidation_price":"44444.44"'
sed "s/\"name\": \"BTC\", /&\"collateral\": {\"weight_initial\": \"2\"}, /" \
	"$book" >"$folder/book.json"
run 1 "terms that cannot be" calc "$folder/book.json"
err '$.assets[1].collateral.weight_initial = "2": must be from 0 to'

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
out '"liquidation_price":"33500","bankruptcy_price":"33333.3"'
# Coins sold for dollars: worth the same whatever the price is.
out '"account":"hedge","state":"OK","equity":"10000","maintenance":"50"'
out '"liquidation_price":null,"bankruptcy_price":null'
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
	'must be there (a price), or else cost'
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
