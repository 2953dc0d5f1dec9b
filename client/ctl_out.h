/*
 * riskctl: printing. One description of a table serves people (aligned, with
 * units and colours), programs (JSON, one object per line) and spreadsheets
 * (CSV). Numbers are exact decimal strings everywhere.
 */
#ifndef CLIENT_CTL_OUT_H
#define CLIENT_CTL_OUT_H

#include <jansson.h>

#include "ctl.h"

enum ctl_kind {
	CTL_TEXT,
	CTL_DECIMAL, /* aligned at the point; a string in JSON, null for none */
	CTL_INTEGER, /* a number in JSON */
	CTL_BOOL,    /* yes or no; true or false in JSON */
};

enum ctl_color {
	CTL_PLAIN,
	CTL_GREEN,
	CTL_YELLOW,
	CTL_RED
};

struct ctl_column {
	const char *title; /* NULL ends the list */
	const char *key;   /* in JSON and CSV */
	enum ctl_kind kind;
};

struct ctl_table;

/*
 * columns is borrowed. Memory that runs out is remembered and told when the
 * table is printed, so that filling needs no checks. free: NULL is fine.
 */
struct ctl_table *ctl_table_new(const struct ctl_column *columns);
void ctl_table_free(struct ctl_table *table);
bool ctl_table_is_empty(const struct ctl_table *table);
/* People do not see that column, as it says nothing; programs do. */
void ctl_table_hide(struct ctl_table *table, const char *key);

/* The next cell, from left to right, row by row. */
void ctl_cell(struct ctl_table *table, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* The same of any length, as it is. */
void ctl_cell_text(struct ctl_table *table, const char *text);
/* A number of people's units: "12.5" and "BTC". Units are for tables only. */
void ctl_cell_decimal(struct ctl_table *table, int64_t raw, uint32_t decimals,
		      const char *unit);
void ctl_cell_usd(struct ctl_table *table, int64_t raw);
void ctl_cell_u64(struct ctl_table *table, uint64_t value);
void ctl_cell_bool(struct ctl_table *table, bool value);
/* Colour of the cell filled in last. */
void ctl_cell_color(struct ctl_table *table, enum ctl_color color);
void ctl_cell_state(struct ctl_table *table, Riskd__State state);
void ctl_cell_price_state(struct ctl_table *table, Riskd__PriceState state);
void ctl_cell_ratio(struct ctl_table *table, int64_t ratio);
void ctl_cell_factor(struct ctl_table *table, int64_t factor);

/* The rows as a new reference to an array of objects; NULL: no memory. */
json_t *ctl_table_json(const struct ctl_table *table);

/*
 * Print in the form that ctl asks for, and free. A table without rows prints
 * its empty words instead, to stderr. CTL_OK or CTL_REFUSED (no memory).
 */
int ctl_table_print(const struct ctl *ctl, struct ctl_table *table,
		    const char *empty);

/*
 * The same, one row under the other as "title  value", for a table of one
 * row. In JSON and CSV it is like any other.
 */
int ctl_table_print_record(const struct ctl *ctl, struct ctl_table *table);

/* One of several tables that are printed together. */
struct ctl_part {
	struct ctl_table *table;
	const char *key;   /* in JSON; NULL: its one row is the object itself */
	bool record;       /* of one row: an object, and one cell per line */
	const char *title; /* a line above it for people; NULL: none */
	const char *empty; /* of a table without rows; NULL: leave it out */
};

/*
 * In the form that ctl asks for, as one object in JSON and with an empty line
 * between tables otherwise; all are freed. CTL_OK or CTL_REFUSED.
 */
int ctl_parts_print(const struct ctl *ctl, const struct ctl_part *parts,
		    size_t n);
/* The object alone: a new reference, or NULL without memory. Freed as well. */
json_t *ctl_parts_json(const struct ctl_part *parts, size_t n);

/* Orders as a table, for several verbs. */
struct ctl_table *ctl_order_table(struct ctl *ctl, Riskd__Order **orders,
				  size_t n);
struct ctl_table *ctl_conversion_table(const struct ctl *ctl,
				       Riskd__Conversion **rows, size_t n);
/* Of debts: what was borrowed on purpose, and what by losses. */
struct ctl_table *ctl_debt_table(const struct ctl *ctl,
				 const Riskd__AccountAnswer *account);
/* Of an asset that has such terms. */
struct ctl_table *ctl_conversion_terms(const Riskd__Asset *asset);
/* Decimals of what an open conversion sells; else an exit code. */
int ctl_find_conversion(struct ctl *ctl, struct risk_order_id id,
			uint32_t *ret_decimals);
struct ctl_table *ctl_resting_table(const struct ctl *ctl,
				    Riskd__RestingOrder **orders, size_t n);

/* Decimals and names of a market; "?" when the daemon has it not. */
struct ctl_scale {
	const char *market;
	const char *asset; /* it settles in */
	const char *quote; /* unit of prices: the asset, or "" when inverse */
	uint32_t price;
	uint32_t size;
	uint32_t settle;
};
struct ctl_scale ctl_scale_of(const struct ctl *ctl, uint32_t market);
/* Name of an asset, and its decimals; "?" and 0 when there is none. */
const char *ctl_asset_of(const struct ctl *ctl, uint32_t asset,
			 uint32_t *ret_decimals);
/* What a price slot is the price of; "?" and 0 when there is none. */
const char *ctl_slot_of(const struct ctl *ctl, uint32_t slot,
			uint32_t *ret_decimals);

/* "linear", "inverse", as in markets.json. */
const char *ctl_contract_name(bool inverse);
/* "none", "sqrt" or "power", as in markets.json. */
const char *ctl_growth_name(int growth);
#define CTL_FACTOR_DECIMALS 18

/* Print one object as a line, and drop the reference; NULL is no memory. */
int ctl_json_print(const struct ctl *ctl, json_t *object);

/* "2026-01-31 12:00:00.000000", UTC; buf of CTL_TIME_SIZE. Returns buf. */
#define CTL_TIME_SIZE 40
const char *ctl_format_time(int64_t time_ns, char buf[CTL_TIME_SIZE]);

/* Start and end of a colour; empty strings when colours are off. */
const char *ctl_color_on(const struct ctl *ctl, enum ctl_color color);
const char *ctl_color_off(const struct ctl *ctl);
enum ctl_color ctl_color_of_state(Riskd__State state);

#endif
