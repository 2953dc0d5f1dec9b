/*
 * Views in a snapshot, for people with a sqlite3 shell: rows with names
 * instead of numbers. Nothing of ours reads them, nor are they in the digest.
 */
#include "store/snapshot_impl.h"

#define WORD(kind, column)                                                     \
	"(SELECT w.name FROM words w WHERE w.kind = '" kind "' "               \
	"AND w.number = " column ")"

static const char views_sql[] =
	"CREATE VIEW account_view AS\n"
	"\t-- Accounts by their own ids.\n"
	"\tSELECT a.id AS account, a.owner,\n"
	"\t" WORD(
		"mode",
		"a.mode") " AS mode,\n"
			  "\t" WORD(
				  "enforcement",
				  "a.enforcement") " AS enforcement,\n"
						   "\t" WORD(
							   "state",
							   "a.state") " AS "
								      "state,\n"
								      "\t" WORD(
									      "withheld",
									      "a.withheld") " AS withheld\n"
											    "\tFROM account a;\n"
											    "CREATE VIEW balance_view AS\n"
											    "\t-- Amounts are in units of 10^-decimals.\n"
											    "\tSELECT a.id AS account, s.name AS asset, b.amount, s.decimals\n"
											    "\tFROM balance b\n"
											    "\tJOIN account a ON a.number = b.account\n"
											    "\tJOIN asset s ON s.number = b.asset;\n"
											    "CREATE VIEW position_view AS\n"
											    "\t-- Sizes are in units of 10^-size_decimals, short ones below 0.\n"
											    "\tSELECT a.id AS account, m.name AS market, p.size,\n"
											    "\tm.size_decimals, p.cost, m.settle,\n"
											    "\t" WORD(
												    "withheld",
												    "p.withheld") " AS withheld\n"
														  "\tFROM position p\n"
														  "\tJOIN account a ON a.number = p.account\n"
														  "\tJOIN market m ON m.number = p.market;\n"
														  "CREATE VIEW liquidation_order_view AS\n"
														  "\t-- closing is 0 while the order is open. One without a\n"
														  "\t-- market is a conversion: sizes are amounts of sell.\n"
														  "\tSELECT o.seq || '-' || o.n AS id, a.id AS account,\n"
														  "\tm.name AS market, s.name AS sell, t.name AS buy,\n"
														  "\t" WORD("side", "o.side") " AS side,\n"
																	      "\to.size, o.filled,\n"
																	      "\tcoalesce(m.size_decimals, s.decimals) AS size_decimals,\n"
																	      "\to.floor_price, o.mark,\n"
																	      "\tm.price_decimals, o.opened_ns, o.expiry_ns, o.closing\n"
																	      "\tFROM liquidation_order o\n"
																	      "\tJOIN account a ON a.number = o.account\n"
																	      "\tLEFT JOIN market m ON m.number = o.market\n"
																	      "\tLEFT JOIN asset s ON s.number = o.sell\n"
																	      "\tLEFT JOIN asset t ON t.number = o.buy;\n"
																	      "CREATE VIEW resting_order_view AS\n"
																	      "\tSELECT a.id AS account, r.\"order\", m.name AS market, " WORD("side", "r.side") " AS side,\n"
																												 "\tr.reduce_only, r.size, r.left, m.size_decimals, r.price,\n"
																												 "\tm.price_decimals\n"
																												 "\tFROM resting_order r\n"
																												 "\tJOIN account a ON a.number = r.account\n"
																												 "\tJOIN market m ON m.number = r.market;\n"
																												 "CREATE VIEW price_view AS\n"
																												 "\t-- Prices are in units of 10^-decimals; mark 0: none yet.\n"
																												 "\tSELECT l.number AS slot, coalesce(m.name, s.name) AS name,\n"
																												 "\t" WORD(
																													 "price_state",
																													 "l.state") " AS state, l.halted, l.mark,\n"
																														    "\tcoalesce(m.price_decimals, s.price_decimals) AS decimals,\n"
																														    "\tl.time_ns\n"
																														    "\tFROM slot l\n"
																														    "\tLEFT JOIN market m ON m.number = l.market\n"
																														    "\tLEFT JOIN asset s ON s.number = l.asset;\n";

int rk_snapshot_views_create(const struct rk_sqlite *lite, char *error)
{
	return rk_sqlite_exec(lite, views_sql, error);
}
