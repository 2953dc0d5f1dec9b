/*
 * riskctl: the table of verbs, from which dispatch, help and completion are
 * made.
 */
#include "ctl.h"
#include "offline.h"

const struct ctl_verb ctl_verbs[] = {
	{
		.group = "status",
		.sub = "",
		.run = cmd_status,
		.usage = "",
		.summary = "how the daemon is; exit code 5 when a person "
			   "must look",
		.options = NULL,
		.example = "riskctl status\n"
			   "riskctl status --json | jq .last_seq",
	},
	{
		.group = "reload",
		.sub = "",
		.run = cmd_reload,
		.usage = "[--dry-run]",
		.summary = "have the daemon read riskd.conf and markets.json "
			   "again: all that differs, or nothing",
		.options =
			"  --dry-run  tell what differs, and change nothing\n",
		.example = "riskctl reload --dry-run\n"
			   "riskctl reload",
	},
	{
		.group = "market",
		.sub = "list",
		.run = cmd_market_list,
		.usage = "",
		.summary = "all markets with their prices",
		.options = NULL,
		.example = "riskctl market list",
	},
	{
		.group = "market",
		.sub = "show",
		.run = cmd_market_show,
		.usage = "MARKET",
		.summary = "one market with its brackets",
		.options = NULL,
		.example = "riskctl market show BTC-PERP",
	},
	{
		.group = "market",
		.sub = "halt",
		.run = cmd_market_halt,
		.usage = "MARKET",
		.summary = "stop liquidating in a market",
		.options = NULL,
		.example = "riskctl market halt BTC-PERP",
	},
	{
		.group = "market",
		.sub = "resume",
		.run = cmd_market_resume,
		.usage = "MARKET",
		.summary = "lift a halt; what was withheld is judged at once",
		.options = NULL,
		.example = "riskctl market resume BTC-PERP",
	},
	{
		.group = "market",
		.sub = "premium",
		.run = cmd_market_premium,
		.usage = "MARKET INDEX BID|none ASK|none",
		.summary = "one sample of how far it trades from its index",
		.options = NULL,
		.example = "riskctl market premium BTC-PERP 25000 25010.5 "
			   "25012",
	},
	{
		.group = "market",
		.sub = "fund",
		.run = cmd_market_fund,
		.usage = "MARKET RATE PRICE",
		.summary = "book funding as the venue took it",
		.options = NULL,
		.example = "riskctl market fund BTC-PERP 0.0001 25000",
	},
	{
		.group = "market",
		.sub = "state",
		.run = cmd_market_state,
		.usage = "MARKET listed|open|close_only|settling",
		.summary = "what may be traded in a market from now on",
		.options = NULL,
		.example = "riskctl market state BTC-PERP close_only",
	},
	{
		.group = "market",
		.sub = "expiry",
		.run = cmd_market_expiry,
		.usage = "MARKET TIME|never",
		.summary = "when a dated future stops, in UTC",
		.options = NULL,
		.example =
			"riskctl market expiry BTC-26MAR 2026-03-27T08:00:00Z",
	},
	{
		.group = "market",
		.sub = "settle",
		.run = cmd_market_settle,
		.usage = "MARKET PRICE",
		.summary =
			"close every position of a settling market, for ever",
		.options = NULL,
		.example = "riskctl market state BTC-26MAR settling\n"
			   "riskctl market settle BTC-26MAR 25000",
	},
	{
		.group = "market",
		.sub = "ramp",
		.run = cmd_market_ramp,
		.usage = "MARKET DURATION [STEP]",
		.summary = "how long changes take that raise maintenance "
			   "margin; 0: at once",
		.options = NULL,
		.example = "riskctl market ramp BTC-PERP 24h\n"
			   "riskctl market ramp BTC-PERP 0",
	},
	{
		.group = "asset",
		.sub = "list",
		.run = cmd_asset_list,
		.usage = "",
		.summary = "all assets with prices and what they count for",
		.options = NULL,
		.example = "riskctl asset list",
	},
	{
		.group = "asset",
		.sub = "show",
		.run = cmd_asset_show,
		.usage = "ASSET",
		.summary = "one asset with what it counts for, and its loans",
		.options = NULL,
		.example = "riskctl asset show BTC",
	},
	{
		.group = "asset",
		.sub = "ramp",
		.run = cmd_asset_ramp,
		.usage = "ASSET DURATION [STEP]",
		.summary = "how long changes take by which it counts less; "
			   "0: at once",
		.options = NULL,
		.example = "riskctl asset ramp ETH 24h 10m\n"
			   "riskctl asset ramp ETH 0",
	},
	{
		.group = "asset",
		.sub = "accrue",
		.run = cmd_asset_accrue,
		.usage = "ASSET",
		.summary = "charge the interest of its loans up to now",
		.options = NULL,
		.example = "riskctl asset accrue USDC",
	},
	{
		.group = "account",
		.sub = "create",
		.run = cmd_account_create,
		.usage = "ACCOUNT",
		.summary = "create an account with this id",
		.options = "--owner ID        who it belongs to (the same id)\n"
			   "--mode MODE       cross or isolated (cross)\n"
			   "--report          judge and report, never "
			   "liquidate",
		.example = "riskctl account create 42\n"
			   "riskctl account create 43 --owner 42 --mode "
			   "isolated",
	},
	{
		.group = "account",
		.sub = "deposit",
		.run = cmd_account_deposit,
		.usage = "ACCOUNT AMOUNT ASSET",
		.summary = "credit money that came in",
		.options = NULL,
		.example = "riskctl account deposit 42 10000 USD",
	},
	{
		.group = "account",
		.sub = "withdraw",
		.run = cmd_account_withdraw,
		.usage = "ACCOUNT AMOUNT ASSET | --confirm ID | --cancel ID",
		.summary = "take money out, if margin allows",
		.options = "--reserve-only    take it out of the account, pay "
			   "later\n"
			   "--id ID           id of the withdrawal (from the "
			   "time)\n"
			   "--confirm ID      pay what was reserved\n"
			   "--cancel ID       give back what was reserved",
		.example = "riskctl account withdraw 42 500 USD\n"
			   "riskctl account withdraw 42 500 USD "
			   "--reserve-only --id 7\n"
			   "riskctl account withdraw --confirm 7",
	},
	{
		.group = "account",
		.sub = "adjust",
		.run = cmd_account_adjust,
		.usage = "ACCOUNT AMOUNT ASSET",
		.summary = "book a fact of either sign, without checks",
		.options = NULL,
		.example = "riskctl account adjust 42 -12.5 USD",
	},
	{
		.group = "account",
		.sub = "write-off",
		.run = cmd_account_write_off,
		.usage = "ACCOUNT ASSET [AMOUNT]",
		.summary = "a debt nobody will pay: holders of the asset bear "
			   "it",
		.options = NULL,
		.example = "riskctl account write-off 42 USDC",
	},
	{
		.group = "account",
		.sub = "recheck",
		.run = cmd_account_recheck,
		.usage = "ACCOUNT",
		.summary = "judge it anew and do what follows",
		.options = NULL,
		.example = "riskctl account recheck 42",
	},
	{
		.group = "account",
		.sub = "convert",
		.run = cmd_account_convert,
		.usage = "ACCOUNT SOLD ASSET BOUGHT ASSET --venue VENUE",
		.summary = "book what a venue took and gave",
		.options = "--venue VENUE     where\n"
			   "--fee AMOUNT      of what was bought (0)\n"
			   "--order SEQ.N     the conversion order it fills",
		.example = "riskctl account convert 42 0.1 BTC 6100 USDC "
			   "--venue cex --order 8312.0",
	},
	{
		.group = "account",
		.sub = "transfer",
		.run = cmd_account_transfer,
		.usage = "FROM TO AMOUNT ASSET",
		.summary = "move money between accounts, if margin allows",
		.options = NULL,
		.example = "riskctl account transfer 42 43 100 USD",
	},
	{
		.group = "account",
		.sub = "leverage",
		.run = cmd_account_leverage,
		.usage = "ACCOUNT MARKET N|none",
		.summary = "at most this leverage in a market, until set anew",
		.options = NULL,
		.example = "riskctl account leverage 42 BTC-PERP 10",
	},
	{
		.group = "account",
		.sub = "mode",
		.run = cmd_account_mode,
		.usage = "ACCOUNT cross|isolated",
		.summary = "one collateral for all positions, or for one",
		.options = NULL,
		.example = "riskctl account mode 43 isolated",
	},
	{
		.group = "account",
		.sub = "move",
		.run = cmd_account_move,
		.usage = "FROM TO MARKET [AMOUNT]",
		.summary = "move a position to another account of its owner",
		.options = NULL,
		.example = "riskctl account move 42 43 BTC-PERP 500",
	},
	{
		.group = "account",
		.sub = "show",
		.run = cmd_account_show,
		.usage = "ACCOUNT",
		.summary = "health, balances, positions with their limits, "
			   "open orders",
		.options = "--max MARKET[@PRICE][:FEE]\n"
			   "                  tell the largest order too, as "
			   "often as wanted (at the mark)",
		.example = "riskctl account show 42\n"
			   "riskctl account show 42 --max BTC-PERP --max "
			   "ETH-PERP@1800\n"
			   "riskctl account show 42 --json | jq .positions",
	},
	{
		.group = "account",
		.sub = "health",
		.run = cmd_account_health,
		.usage = "ACCOUNT",
		.summary = "the figures an account is judged by",
		.options = "-w, --watch       again and again until Ctrl-C\n"
			   "--interval TIME   how often (1s)",
		.example = "riskctl account health 42 --watch",
	},
	{
		.group = "account",
		.sub = "list",
		.run = cmd_account_list,
		.usage = "",
		.summary = "accounts, riskiest first",
		.options = "--above RATIO     only with a larger maintenance / "
			   "equity (0)\n"
			   "-n, --number N    how many, up to 1000 (20)",
		.example = "riskctl account list --above 0.8 -n 50",
	},
	{
		.group = "account",
		.sub = "whatif",
		.run = cmd_account_what_if,
		.usage = "ACCOUNT...",
		.summary = "what would become of accounts, before and after",
		.options =
			"--price MARKET=PRICE   suppose a price of a "
			"market or asset\n"
			"--deposit [ACCOUNT:]AMOUNT:ASSET\n"
			"                  suppose money put in, below 0 "
			"taken out\n"
			"--fill [ACCOUNT:]MARKET:SIZE[@PRICE][,fee=FEE]"
			"[,order=NUMBER][,maker]\n"
			"                  suppose a fill, below 0 sold "
			"(at the mark, for the taker's fee)\n"
			"--order [ACCOUNT:]MARKET:SIZE[@PRICE]\n"
			"                  would it be accepted? below 0 "
			"sells (at the mark)\n"
			"--reduce [ACCOUNT:]MARKET:SIZE[@PRICE]\n"
			"                  the same for one that is "
			"reduce-only\n"
			"--collateral ASSET:KEY=VALUE[,KEY=VALUE]...\n"
			"                  suppose what an asset counts for, "
			"keys as in markets.json\n"
			"--market MARKET:KEY=VALUE[,KEY=VALUE]... or "
			"MARKET:FILE\n"
			"                  suppose another listing; FILE has "
			"brackets or margin\n"
			"--emode GROUP:ASSET:KEY=VALUE[,KEY=VALUE]...\n"
			"                  suppose what an asset is in a "
			"group\n"
			"--risk KEY=VALUE[,KEY=VALUE]...\n"
			"                  suppose multiples, keys as in "
			"riskd.conf\n"
			"--max MARKET[@PRICE][:FEE]\n"
			"                  tell the largest order too "
			"(at the mark)\n"
			"--ramps-ended     suppose first that every ramp that "
			"runs has ended\n"
			"--brief           without limits, for many "
			"accounts at once",
		.example =
			"riskctl account whatif 42 --price BTC-PERP=27000\n"
			"riskctl account whatif 42 --fill BTC-PERP:-0.5@29900 "
			"--deposit 500:USD\n"
			"riskctl account whatif 42 43 --deposit 42:-100:USD "
			"--deposit 43:100:USD\n"
			"riskctl account whatif 42 --collateral "
			"BTC:weight_maintenance=0.8 --market "
			"BTC-PERP:brackets.json",
	},
	{
		.group = "trade",
		.sub = "",
		.run = cmd_trade,
		.usage = "MARKET SIZE@PRICE --buyer WHO --seller WHO",
		.summary = "book a fill; WHO is an account or external:VENUE",
		.options = "--buyer WHO       who took the size on\n"
			   "--seller WHO      who gave it\n"
			   "--fee AMOUNT      of each account, settle asset "
			   "(0)\n"
			   "--buyer-fee AMOUNT   of the buyer alone\n"
			   "--seller-fee AMOUNT  of the seller alone\n"
			   "--order SEQ.N     the liquidation order it fills\n"
			   "--buyer-rests NUMBER   the resting order of the "
			   "buyer that it fills\n"
			   "--seller-rests NUMBER  that of the seller\n"
			   "--id N            of the trade (one above the "
			   "market's highest)",
		.example = "riskctl trade BTC-PERP 0.5@30000 --buyer 42 "
			   "--seller external:binance\n"
			   "riskctl trade BTC-PERP 0.5@28000 --buyer "
			   "external:binance --seller 42 --order 120.0",
	},
	{
		.group = "price",
		.sub = "push",
		.run = cmd_price_push,
		.usage = "[MARKET PRICE]...",
		.summary = "send prices, or lines of them from standard input",
		.options = "--publisher NAME  whose quotes they are (riskctl, "
			   "or the only one)",
		.example = "riskctl price push BTC-PERP 30000 ETH-PERP 2000\n"
			   "printf 'BTC-PERP 29000\\n' | riskctl price push",
	},
	{
		.group = "price",
		.sub = "tail",
		.run = cmd_price_tail,
		.usage = "[MARKET]...",
		.summary = "print prices as the daemon has them, until Ctrl-C",
		.options = NULL,
		.example = "riskctl price tail BTC-PERP",
	},
	{
		.group = "liquidations",
		.sub = "",
		.run = cmd_liquidations,
		.usage = "",
		.summary = "events of liquidation orders",
		.options = "-f, --follow      go on with those to come\n"
			   "--from SEQ        first event number (all kept; "
			   "with -f: from now)\n"
			   "--market MARKET   of one market",
		.example = "riskctl liquidations --follow\n"
			   "riskctl liquidations --from 1 --json",
	},
	{
		.group = "fund",
		.sub = "status",
		.run = cmd_fund_status,
		.usage = "[ASSET]",
		.summary = "insurance funds: what they hold, paid, and may pay",
		.options = NULL,
		.example = "riskctl fund status",
	},
	{
		.group = "fund",
		.sub = "history",
		.run = cmd_fund_history,
		.usage = "[ASSET]",
		.summary = "what insurance funds gained and paid",
		.options = "--from SEQ        first event number (all kept)",
		.example = "riskctl fund history USDC",
	},
	{
		.group = "fund",
		.sub = "top-up",
		.run = cmd_fund_top_up,
		.usage = "ASSET AMOUNT",
		.summary = "put money of the house into an insurance fund",
		.options = NULL,
		.example = "riskctl fund top-up USDC 250000",
	},
	{
		.group = "fund",
		.sub = "withdraw",
		.run = cmd_fund_withdraw,
		.usage = "ASSET AMOUNT",
		.summary = "take money of the house out of an insurance fund",
		.options = NULL,
		.example = "riskctl fund withdraw USDC 50000",
	},
	{
		.group = "vault",
		.sub = "status",
		.run = cmd_vault_status,
		.usage = "",
		.summary = "the backstop vault: what it holds and takes over",
		.options = NULL,
		.example = "riskctl vault status",
	},
	{
		.group = "vault",
		.sub = "top-up",
		.run = cmd_vault_top_up,
		.usage = "ASSET AMOUNT",
		.summary = "put capital of the house into the vault",
		.options = NULL,
		.example = "riskctl vault top-up USDC 1000000",
	},
	{
		.group = "vault",
		.sub = "withdraw",
		.run = cmd_vault_withdraw,
		.usage = "ASSET AMOUNT",
		.summary = "take capital of the house out of the vault",
		.options = NULL,
		.example = "riskctl vault withdraw USDC 50000",
	},
	{
		.group = "order",
		.sub = "list",
		.run = cmd_order_list,
		.usage = "",
		.summary = "liquidation orders that are not closed",
		.options = "--market MARKET   of one market\n"
			   "-n, --number N    how many, up to 1000 (100)",
		.example = "riskctl order list --market BTC-PERP",
	},
	{
		.group = "conversion",
		.sub = "list",
		.run = cmd_conversion_list,
		.usage = "",
		.summary = "conversion orders that are not closed",
		.options = NULL,
		.example = "riskctl conversion list",
	},
	{
		.group = "order",
		.sub = "close",
		.run = cmd_order_close,
		.usage = "SEQ.N FILLED",
		.summary = "say that an order gets no more fills",
		.options = NULL,
		.example = "riskctl order close 120.0 0.5",
	},
	{
		.group = "order",
		.sub = "claim",
		.run = cmd_order_claim,
		.usage = "SEQ.N DURATION|none --venue VENUE",
		.summary = "a liquidator executes an order alone for a while",
		.options =
			"--venue VENUE     the liquidator's; \"none\" ends its "
			"claim",
		.example = "riskctl order claim 120.0 5s --venue desk",
	},
	{
		.group = "order",
		.sub = "place",
		.run = cmd_order_place,
		.usage = "ACCOUNT NUMBER MARKET buy|sell SIZE@PRICE",
		.summary = "may an account's order be sent? if so it rests",
		.options = "--reduce-only     it never enlarges a position nor "
			   "turns it",
		.example = "riskctl order place 42 7 BTC-PERP buy 0.5@29900",
	},
	{
		.group = "order",
		.sub = "cancel",
		.run = cmd_order_cancel,
		.usage = "ACCOUNT NUMBER [LEFT]",
		.summary = "a resting order is gone, or only so much is left",
		.options = NULL,
		.example = "riskctl order cancel 42 7",
	},
	{
		.group = "events",
		.sub = "tail",
		.run = cmd_events_tail,
		.usage = "",
		.summary = "print events as they come, until Ctrl-C",
		.options = "--topic TOPIC     account.42, liquidation., "
			   "conversion, "
			   "market.BTC-PERP, system (all)\n"
			   "--from SEQ        first event number (from now)",
		.example = "riskctl events tail --topic account.42",
	},
	{
		.group = "events",
		.sub = "replay",
		.run = cmd_events_replay,
		.usage = "",
		.summary = "print the events that are kept, and end",
		.options = "--topic TOPIC     as for events tail (all)\n"
			   "--from SEQ        first event number (the oldest "
			   "kept)",
		.example = "riskctl events replay --from 1 --json",
	},
	{
		.group = "replay",
		.sub = "",
		.run = cmd_replay,
		.usage = "[--bars FILE] [--prices FILE] [--fills FILE] "
			 "[--ledger FILE]",
		.summary = "feed recorded days to a daemon, see docs/replay.md",
		.options = "--bars FILE       candles, walked open, low, high, "
			   "close\n"
			   "--prices FILE     prices\n"
			   "--fills FILE      trades against --venue\n"
			   "--ledger FILE     money in and out, booked as "
			   "facts\n"
			   "--liquidations FILE  real ones, to compare with\n"
			   "--accounts FILE   accounts to create first\n"
			   "--accounts-out FILE  the table of users and ids\n"
			   "--map A=B,C=-     names of markets (BTC/USDT is "
			   "BTC-PERP); - leaves one out\n"
			   "--from TIME       leave out what is before (the "
			   "beginning)\n"
			   "--to TIME         stop there (the end)\n"
			   "--speed SPEED     max, or times real time (max)\n"
			   "--execute BPS     fill orders at so many basis "
			   "points less\n"
			   "--seed N          of how they are filled (1)\n"
			   "--asset ASSET     of the ledger (USD)\n"
			   "--publisher NAME  of the prices (replay)\n"
			   "--venue NAME      of the fills (replay)\n"
			   "--bar-length TIME of the candles (as in the "
			   "file)\n"
			   "--fill-marks WHICH  none, all or outside: fills as "
			   "prices\n"
			   "--withhold TIME   fills after a real liquidation "
			   "(5s)\n"
			   "--window TIME     in which ours should come (60s)\n"
			   "--no-stream       do not print the orders",
		.example = "riskctl replay --bars crash.csv.gz --execute 20",
	},
	{
		.group = "journal",
		.sub = "verify",
		.run = cmd_journal_verify,
		.usage = "[DIR]",
		.summary = "check every group of the journal in a state folder",
		.options = CTL_FOLDER_HELP,
		.example = "riskctl journal verify /var/lib/riskd",
	},
	{
		.group = "journal",
		.sub = "stats",
		.run = cmd_journal_stats,
		.usage = "[DIR]",
		.summary = "what the journal is made of",
		.options = CTL_FOLDER_HELP,
		.example = "riskctl journal stats /var/lib/riskd",
	},
	{
		.group = "journal",
		.sub = "export",
		.run = cmd_journal_export,
		.usage = "[DIR]",
		.summary =
			"the commands of the journal, one JSON object a line",
		.options = CTL_FOLDER_HELP
		"\n"
		"--format jsonl    the only one there is\n"
		"--from SEQ        first command (the oldest kept)\n"
		"--to SEQ          last command (the newest)",
		.example = "riskctl journal export /var/lib/riskd "
			   "--from 100 --to 200",
	},
	{
		.group = "snapshot",
		.sub = "now",
		.run = cmd_snapshot_now,
		.usage = "",
		.summary = "have the daemon take a snapshot, and wait for it",
		.options = NULL,
		.example = "riskctl snapshot now",
	},
	{
		.group = "snapshot",
		.sub = "list",
		.run = cmd_snapshot_list,
		.usage = "[DIR]",
		.summary = "the snapshots in a state folder",
		.options = CTL_FOLDER_HELP,
		.example = "riskctl snapshot list /var/lib/riskd",
	},
	{
		.group = "snapshot",
		.sub = "verify",
		.run = cmd_snapshot_verify,
		.usage = "[DIR] [SEQ...]",
		.summary = "read every row of snapshots and load them",
		.options = CTL_FOLDER_HELP,
		.example = "riskctl snapshot verify /var/lib/riskd\n"
			   "riskctl snapshot verify --state /var/lib/riskd 120",
	},
	{
		.group = "explain",
		.sub = "",
		.run = cmd_explain,
		.usage = "SEQ [DIR]",
		.summary = "why the engine did what it did at a command",
		.options = CTL_FOLDER_HELP
		"\n"
		"--account ID      one account (those concerned)",
		.example = "riskctl explain 120 /var/lib/riskd\n"
			   "riskctl explain 120 --account 42 --json",
	},
	{
		.group = "audit",
		.sub = "",
		.run = cmd_audit,
		.usage = "[DIR]",
		.summary = "recompute all that is in a state folder, compare",
		.options = CTL_FOLDER_HELP,
		.example = "riskctl audit /var/lib/riskd",
	},
	{
		.group = "calc",
		.sub = "",
		.run = cmd_calc,
		.usage = "BOOK...",
		.summary = "margin of the accounts in a book file, offline",
		.options = NULL,
		.example = "riskctl calc book.json\n"
			   "riskctl calc - < books.jsonl | jq .equity",
	},
	{
		.group = "completion",
		.sub = "",
		.run = cmd_completion,
		.usage = "bash",
		.summary = "print a completion script for the shell",
		.options = NULL,
		.example = "source <(riskctl completion bash)",
	},
	{NULL, NULL, NULL, NULL, NULL, NULL, NULL},
};
