/*
 * Looking things up in the auditor's book: every search starts at the first
 * record and every count counts. Nothing here changes the book.
 */
#include <string.h>

#include "support/auditor_parts.h"

uint32_t audit_find_account(const struct rk_book *b, uint64_t id)
{
	for (uint32_t i = 0; i < b->accounts_n; i++) {
		if (b->accounts[i].id == id)
			return i;
	}
	return AUDIT_NONE;
}

uint32_t audit_find_asset(const struct rk_book *b, const char *name)
{
	for (uint32_t i = 0; i < b->assets_n; i++) {
		if (strncmp(b->assets[i].listing.name, name, RK_NAME_SIZE) == 0)
			return i;
	}
	return AUDIT_NONE;
}

uint32_t audit_find_market(const struct rk_book *b, const char *name)
{
	for (uint32_t i = 0; i < b->markets_n; i++) {
		if (strncmp(b->markets[i].listing.name, name, RK_NAME_SIZE) ==
		    0)
			return i;
	}
	return AUDIT_NONE;
}

uint32_t audit_find_position(const struct rk_book *b, uint32_t account,
			     uint32_t market)
{
	for (uint32_t i = 0; i < b->positions_n; i++) {
		if (b->positions[i].account == account &&
		    b->positions[i].market == market)
			return i;
	}
	return AUDIT_NONE;
}

uint32_t audit_find_balance(const struct rk_book *b, uint32_t account,
			    uint32_t asset)
{
	for (uint32_t i = 0; i < b->balances_n; i++) {
		if (b->balances[i].account == account &&
		    b->balances[i].asset == asset)
			return i;
	}
	return AUDIT_NONE;
}

uint32_t audit_find_withdrawal(const struct rk_book *b, uint64_t id)
{
	for (uint32_t i = 0; i < b->withdrawals_n; i++) {
		if (b->withdrawals[i].id == id)
			return i;
	}
	return AUDIT_NONE;
}

uint32_t audit_find_order(const struct rk_book *b, struct rk_order_id id)
{
	for (uint32_t i = 0; i < b->orders_n; i++) {
		if (b->orders[i].id.seq == id.seq && b->orders[i].id.n == id.n)
			return i;
	}
	return AUDIT_NONE;
}

int64_t audit_balance(const struct rk_book *b, uint32_t account, uint32_t asset)
{
	uint32_t found = audit_find_balance(b, account, asset);

	return found == AUDIT_NONE ? 0 : b->balances[found].amount;
}

uint32_t audit_count_positions(const struct rk_book *b, uint32_t account)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->positions_n; i++)
		n += b->positions[i].account == account;
	return n;
}

uint32_t audit_count_owners(const struct rk_book *b)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->accounts_n; i++) {
		bool seen = false;

		for (uint32_t k = 0; k < i && !seen; k++)
			seen = b->accounts[k].owner == b->accounts[i].owner;
		n += !seen;
	}
	return n;
}

uint32_t audit_count_orders_open(const struct rk_book *b)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < b->orders_n; i++)
		n += !b->orders[i].closed;
	return n;
}

int64_t audit_order_unfilled(const struct book_order *order)
{
	int64_t whole = order->claimed >= 0 ? order->claimed : order->size;

	if (order->closed || whole <= order->filled)
		return 0;
	return whole - order->filled;
}

bool audit_asset_priced(const struct rk_book *b, uint32_t asset)
{
	const struct book_asset *record = &b->assets[asset];

	return record->slot == AUDIT_NONE || b->slots[record->slot].mark > 0;
}

bool audit_asset_price_ok(const struct rk_book *b, uint32_t asset)
{
	const struct book_asset *record = &b->assets[asset];

	return record->slot == AUDIT_NONE ||
	       b->slots[record->slot].state == RK_PRICE_OK;
}
