/*
 * The reply to a reload. See reload.h.
 *
 * It is written row by row, as there may be more rows than fit.
 */
#include "codec/reload.h"

#include <string.h>

#include "codec/decode.h"

/* Fields of Reply and of ReloadReply. */
enum {
	REPLY_VERSION = 1,
	REPLY_CLIENT_SEQ = 2,
	REPLY_CODE = 4,
	REPLY_ERROR = 5,
	REPLY_RELOAD = 6,
	DRY_RUN = 1,
	COMMANDS = 2,
	CHANGES = 3,
	RESTART = 4,
	WARNINGS = 5,
	LEFT_OUT = 6,
};

/* What a length of 4 MiB and its key take, and left_out. */
#define ENDS 32

static size_t varint_size(uint64_t value)
{
	size_t n = 1;

	while (value >= 0x80) {
		value >>= 7;
		n++;
	}
	return n;
}

static size_t text_size(uint32_t field, const char *text)
{
	return *text == '\0' ? 0 : rk_pack_bytes_size(field, strlen(text));
}

static size_t change_size(const struct rk_reload_change *change)
{
	return text_size(1, change->kind) + text_size(2, change->name) +
	       text_size(3, change->field) + text_size(4, change->before) +
	       text_size(5, change->after) +
	       (change->seq == 0 ? 0 : 1 + varint_size(change->seq));
}

static void pack_some(struct rk_bytes *bytes, uint32_t field, const char *text)
{
	if (*text != '\0')
		rk_pack_text(bytes, field, text);
}

static void pack_change(struct rk_bytes *bytes, uint32_t field,
			const struct rk_reload_change *change)
{
	rk_pack_head(bytes, field, change_size(change));
	pack_some(bytes, 1, change->kind);
	pack_some(bytes, 2, change->name);
	pack_some(bytes, 3, change->field);
	pack_some(bytes, 4, change->before);
	pack_some(bytes, 5, change->after);
	if (change->seq != 0)
		rk_pack_varint(bytes, 6, change->seq);
}

/* How large the inner message is, and how many changes are in it. */
struct measure {
	size_t size;
	size_t changes_n;
};

static struct measure measure(const struct rk_reload_told *told, size_t room)
{
	struct measure m = {0, 0};

	m.size = (told->dry_run ? 2 : 0) +
		 (told->commands == 0 ? 0 : 1 + varint_size(told->commands));
	for (size_t i = 0; i < told->restart_n; i++)
		m.size += rk_pack_bytes_size(RESTART,
					     change_size(&told->restart[i]));
	for (size_t i = 0; i < told->warnings_n; i++)
		m.size +=
			rk_pack_bytes_size(WARNINGS, strlen(told->warnings[i]));
	for (; m.changes_n < told->changes_n; m.changes_n++) {
		size_t more = rk_pack_bytes_size(
			CHANGES, change_size(&told->changes[m.changes_n]));

		if (m.size + more + ENDS > room)
			break;
		m.size += more;
	}
	if (m.changes_n < told->changes_n)
		m.size += 1 + varint_size(told->changes_n - m.changes_n);
	return m;
}

void rk_encode_reload(struct rk_bytes *bytes, const struct rk_reload_told *told)
{
	struct measure m;

	rk_pack_varint(bytes, REPLY_VERSION, RK_PROTOCOL_VERSION);
	if (told->client_seq != 0)
		rk_pack_varint(bytes, REPLY_CLIENT_SEQ, told->client_seq);
	if (told->code != 0) {
		rk_pack_varint(bytes, REPLY_CODE, (uint64_t)told->code);
		rk_pack_text(bytes, REPLY_ERROR, told->error);
	}
	m = measure(told, bytes->size - bytes->n);
	rk_pack_head(bytes, REPLY_RELOAD, m.size);
	if (told->dry_run)
		rk_pack_varint(bytes, DRY_RUN, 1);
	if (told->commands != 0)
		rk_pack_varint(bytes, COMMANDS, told->commands);
	for (size_t i = 0; i < m.changes_n; i++)
		pack_change(bytes, CHANGES, &told->changes[i]);
	for (size_t i = 0; i < told->restart_n; i++)
		pack_change(bytes, RESTART, &told->restart[i]);
	for (size_t i = 0; i < told->warnings_n; i++)
		rk_pack_text(bytes, WARNINGS, told->warnings[i]);
	if (m.changes_n < told->changes_n)
		rk_pack_varint(bytes, LEFT_OUT, told->changes_n - m.changes_n);
}
