/*
 * libFuzzer target: bytes as they come from a socket or a journal, into every
 * decoder. What comes out must keep its promises: bounded, well formed, the
 * same each time, and the same again when it is written and read back.
 *
 * Half of the inputs are built: the bytes then fill the fields of a message
 * by its descriptor, which is packed and damaged, so that deep fields are
 * reached without a corpus.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "codec/decode.h"
#include "engine/assert.h"
#include "engine/rc.h"
#include "riskd.pb-c.h"
#include "store/record.h"

#define MESSAGE_MAX  16384U
#define SCRATCH_MAX  (MESSAGE_MAX * 16 + 65536)
#define COMMANDS_MAX 48U
#define QUOTES_MAX   64U
#define RECORD_ROOM  (RK_RECORD_MAX + QUOTES_MAX * RK_RECORD_PER_QUOTE)
#define DEPTH_MAX    6
#define REPEATED_MAX 5

struct input {
	const uint8_t *data;
	size_t size;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
	if (!holds)
		abort();
}

static uint8_t byte(struct input *in)
{
	if (in->size == 0)
		return 0;
	in->size--;
	return *in->data++;
}

/* Mostly small, else any: the first byte says. */
static uint64_t number(struct input *in)
{
	uint8_t head = byte(in);
	uint64_t value = 0;

	if (head < 0xc0)
		return head % 16;
	for (int i = 0; i < 8; i++)
		value = value << 8 | byte(in);
	return value;
}

static char *text(struct input *in, struct rk_scratch *scratch)
{
	size_t n = byte(in) % 40;
	char *out = rk_scratch_take(scratch, n + 1, 1);

	must(out != NULL);
	for (size_t i = 0; i < n; i++)
		out[i] = in->size > 0 ? (char)byte(in) : 'a';
	out[n] = '\0';
	return out;
}

/* One value of a field, written where it belongs; messages come later. */
static void put_scalar(struct input *in, struct rk_scratch *scratch,
		       const ProtobufCFieldDescriptor *field, void *at)
{
	uint64_t value;
	char *string;

	switch (field->type) {
	case PROTOBUF_C_TYPE_STRING:
		string = text(in, scratch);
		memcpy(at, &string, sizeof(string));
		return;
	case PROTOBUF_C_TYPE_INT64:
	case PROTOBUF_C_TYPE_SINT64:
	case PROTOBUF_C_TYPE_UINT64:
	case PROTOBUF_C_TYPE_SFIXED64:
		value = number(in);
		memcpy(at, &value, sizeof(value));
		return;
	case PROTOBUF_C_TYPE_BOOL:
		value = number(in) % 2;
		memcpy(at, &value, sizeof(protobuf_c_boolean));
		return;
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_ENUM:
		value = number(in);
		memcpy(at, &value, sizeof(uint32_t));
		return;
	case PROTOBUF_C_TYPE_SINT32:
	case PROTOBUF_C_TYPE_SFIXED32:
	case PROTOBUF_C_TYPE_FIXED32:
	case PROTOBUF_C_TYPE_FIXED64:
	case PROTOBUF_C_TYPE_FLOAT:
	case PROTOBUF_C_TYPE_DOUBLE:
	case PROTOBUF_C_TYPE_BYTES:
	case PROTOBUF_C_TYPE_MESSAGE:
	default:
		must(false); /* the contract has none of these */
	}
}

static size_t width_of(const ProtobufCFieldDescriptor *field)
{
	switch (field->type) {
	case PROTOBUF_C_TYPE_UINT32:
	case PROTOBUF_C_TYPE_INT32:
	case PROTOBUF_C_TYPE_ENUM:
		return sizeof(uint32_t);
	case PROTOBUF_C_TYPE_BOOL:
		return sizeof(protobuf_c_boolean);
	default:
		return sizeof(void *); /* 64-bit numbers, texts, messages */
	}
}

/*
 * The messages that are still to be filled: a queue, so that nothing calls
 * itself.
 */
struct build {
	struct input *in;
	struct rk_scratch *scratch;
	struct {
		ProtobufCMessage *message;
		int depth;
	} queue[512];
	size_t n;
};

static ProtobufCMessage *new_message(struct build *build,
				     const ProtobufCMessageDescriptor *what,
				     int depth)
{
	ProtobufCMessage *message =
		rk_scratch_take(build->scratch, 1, what->sizeof_message);

	must(message != NULL);
	protobuf_c_message_init(what, message);
	if (build->n < sizeof(build->queue) / sizeof(build->queue[0])) {
		build->queue[build->n].message = message;
		build->queue[build->n++].depth = depth;
	}
	return message;
}

static void put_value(struct build *build,
		      const ProtobufCFieldDescriptor *field, void *at,
		      int depth)
{
	ProtobufCMessage *inner;

	if (field->type != PROTOBUF_C_TYPE_MESSAGE) {
		put_scalar(build->in, build->scratch, field, at);
		return;
	}
	inner = new_message(build, field->descriptor, depth + 1);
	memcpy(at, &inner, sizeof(inner));
}

static void put_field(struct build *build, ProtobufCMessage *message,
		      const ProtobufCFieldDescriptor *field, int depth)
{
	unsigned char *base = (unsigned char *)message;
	bool one_of = (field->flags & PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;
	size_t n;
	unsigned char *values;

	if (field->label != PROTOBUF_C_LABEL_REPEATED) {
		put_value(build, field, base + field->offset, depth);
		if (one_of) /* quantifier_offset is that of the case */
			memcpy(base + field->quantifier_offset, &field->id,
			       sizeof(uint32_t));
		return;
	}
	n = byte(build->in) % REPEATED_MAX;
	values = rk_scratch_take(build->scratch, n + 1, width_of(field));
	must(values != NULL);
	for (size_t i = 0; i < n; i++)
		put_value(build, field, values + i * width_of(field), depth);
	memcpy(base + field->offset, &values, sizeof(values));
	memcpy(base + field->quantifier_offset, &n, sizeof(n));
}

/* Fill some fields of every message in the queue. */
static void fill_all(struct build *build)
{
	for (size_t i = 0; i < build->n; i++) {
		ProtobufCMessage *message = build->queue[i].message;
		const ProtobufCMessageDescriptor *what = message->descriptor;
		int depth = build->queue[i].depth;
		bool one_of = false;

		for (unsigned int j = 0; j < what->n_fields; j++) {
			const ProtobufCFieldDescriptor *field =
				&what->fields[j];
			bool member = (field->flags &
				       PROTOBUF_C_FIELD_FLAG_ONEOF) != 0;

			/* Of a oneof exactly one may be set. */
			if (member && (one_of || byte(build->in) % 4 != 0))
				continue;
			if (field->type == PROTOBUF_C_TYPE_MESSAGE &&
			    depth >= DEPTH_MAX)
				continue;
			one_of = one_of || member;
			put_field(build, message, field, depth);
		}
	}
}

/* A message of that kind from the input, packed and a little damaged. */
static size_t build_message(struct input *in,
			    const ProtobufCMessageDescriptor *what,
			    uint8_t out[MESSAGE_MAX])
{
	static unsigned char memory[1 << 20];
	struct rk_scratch scratch = {memory, sizeof(memory), 0};
	struct build build = {.in = in, .scratch = &scratch};
	ProtobufCMessage *message = new_message(&build, what, 0);
	uint8_t damage = byte(in);
	uint32_t version = 1;
	size_t size;

	fill_all(&build);
	/* All three envelopes begin with it; most should be spoken here. */
	if (damage < 0xf0)
		memcpy((unsigned char *)message + what->fields[0].offset,
		       &version, sizeof(version));
	size = protobuf_c_message_get_packed_size(message);
	if (size > MESSAGE_MAX)
		return 0;
	(void)protobuf_c_message_pack(message, out);
	if (damage % 4 == 1 && size > 0)
		out[number(in) % size] = byte(in);
	if (damage % 4 == 2)
		size -= number(in) % (size + 1);
	return size;
}

static struct rk_decode_input input_of(struct rk_scratch *scratch,
				       const uint8_t *data, size_t size)
{
	return (struct rk_decode_input){
		scratch, data, size, {COMMANDS_MAX, QUOTES_MAX}};
}

static bool is_ended(const char *string, size_t size)
{
	return memchr(string, '\0', size) != NULL;
}

/* A command is written to the journal and read back as the same bytes. */
static void check_record(const struct rk_cmd *cmd)
{
	static unsigned char first[RECORD_ROOM];
	static unsigned char second[RECORD_ROOM];
	static struct rk_quote quotes[QUOTES_MAX];
	static struct rk_cmd cmds[RK_ATOMIC_MAX];
	const struct rk_record_room room = {quotes, QUOTES_MAX, cmds};
	struct rk_cmd back;
	size_t length;
	size_t length_back;
	size_t length_again;

	must(rk_record_encode(cmd, first, sizeof(first), &length) == 0);
	must(rk_record_decode(first, length, &room, &back, &length_back) == 0);
	must(length_back == length);
	must(rk_record_encode(&back, second, sizeof(second), &length_again) ==
	     0);
	must(length_again == length && memcmp(first, second, length) == 0);
}

/* What a client may send; the rest is the daemon's and the configuration's. */
static bool may_come(enum rk_cmd_type type)
{
	if (type == RK_CMD_ASSET || type == RK_CMD_MARKET)
		return false;
	return (type >= RK_CMD_PUBLISHER && type <= RK_CMD_PRICES) ||
	       type == RK_CMD_PREMIUM || type == RK_CMD_FUND ||
	       type == RK_CMD_ACCRUE || type == RK_CMD_LEVERAGE ||
	       type == RK_CMD_MODE || type == RK_CMD_MOVE ||
	       (type >= RK_CMD_PLACE_ORDER && type <= RK_CMD_EXPIRY) ||
	       type == RK_CMD_WRITE_OFF || type == RK_CMD_CONVERT ||
	       type == RK_CMD_RAMP || type == RK_CMD_RECHECK ||
	       type == RK_CMD_TOP_UP || type == RK_CMD_VAULT_TOP_UP ||
	       type == RK_CMD_CLAIM;
}

static void check_request(const struct rk_request *request)
{
	must(is_ended(request->client, RK_NAME_SIZE));
	must(request->client[0] != '\0');
	must(!request->dry_run || request->reload);
	must(request->n <= COMMANDS_MAX);
	must((request->n == 0) == request->reload);
	must(!request->atomic || request->n <= RK_ATOMIC_MAX);
	for (uint32_t i = 0; i < request->n; i++) {
		const struct rk_cmd *cmd = &request->cmds[i];

		must(cmd->origin.client[0] != '\0');
		must(is_ended(cmd->origin.client, RK_NAME_SIZE));
		must(cmd->origin.client_seq == request->client_seq + i);
		must(!request->atomic || rk_cmd_may_be_atomic(cmd->type));
		must(may_come(cmd->type));
		must(cmd->type != RK_CMD_PRICES || cmd->prices.n <= QUOTES_MAX);
		check_record(cmd);
	}
}

/* The same message, packed anew: the same rows by their hashes. */
static void check_again(const uint8_t *data, size_t size,
			const struct rk_request *request)
{
	static unsigned char memory[SCRATCH_MAX];
	static uint8_t packed[MESSAGE_MAX * 2];
	struct rk_scratch scratch = {memory, sizeof(memory), 0};
	struct rk_decode_error error;
	struct rk_decode_input input;
	struct rk_request again;
	Riskd__Request *wire = riskd__request__unpack(NULL, size, data);
	size_t packed_size;

	must(wire != NULL);
	packed_size = riskd__request__get_packed_size(wire);
	must(packed_size <= sizeof(packed));
	(void)riskd__request__pack(wire, packed);
	riskd__request__free_unpacked(wire, NULL);
	input = input_of(&scratch, packed, packed_size);
	must(rk_decode_request(&input, &again, &error) == RK_OK);
	must(again.n == request->n);
	must(again.reload == request->reload);
	must(again.dry_run == request->dry_run);
	for (uint32_t i = 0; i < again.n; i++) {
		must(again.cmds[i].type == request->cmds[i].type);
		must(rk_hash_equal(again.cmds[i].origin.payload,
				   request->cmds[i].origin.payload));
	}
}

static void try_request(struct rk_scratch *scratch, const uint8_t *data,
			size_t size)
{
	struct rk_decode_input input = input_of(scratch, data, size);
	struct rk_decode_error error = {""};
	struct rk_request request;
	int r = rk_decode_request(&input, &request, &error);

	if (r == RK_OK) {
		check_request(&request);
		check_again(data, size, &request);
	} else {
		must(r > 0 && error.text[0] != '\0');
		must(is_ended(error.text, sizeof(error.text)));
	}
}

static void try_prices(struct rk_scratch *scratch, const uint8_t *data,
		       size_t size)
{
	struct rk_decode_input input = input_of(scratch, data, size);
	struct rk_decode_error error = {""};
	struct rk_cmd cmd = {.type = RK_CMD_PRICES};
	int r = rk_decode_prices(&input, &cmd.prices, &error);

	if (r == RK_OK) {
		must(cmd.prices.n <= QUOTES_MAX);
		check_record(&cmd);
	} else {
		must(r > 0 && error.text[0] != '\0');
	}
}

/* Each takes bytes of the message; rows only up to the maximum. */
static void check_what_if(const struct rk_what_if *what_if, size_t size)
{
	size_t n = what_if->suppose_n;

	must(what_if->accounts_n <= size && n <= size);
	must(what_if->accounts_n == 0 || what_if->accounts != NULL);
	for (size_t i = 0; i < n && n <= RK_WHAT_IF_SUPPOSE_MAX; i++)
		must(what_if->suppose[i].kind >= RK_SUPPOSE_NOTHING &&
		     what_if->suppose[i].kind <= RK_SUPPOSE_EMODE);
}

static void try_query(struct rk_scratch *scratch, const uint8_t *data,
		      size_t size)
{
	struct rk_decode_input input = input_of(scratch, data, size);
	struct rk_decode_error error = {""};
	struct rk_query query;
	int r = rk_decode_query(&input, &query, &error);

	if (r != RK_OK) {
		must(r > 0 && error.text[0] != '\0');
		return;
	}
	must(query.kind >= RK_QUERY_STATUS && query.kind <= RK_QUERY_WHAT_IF);
	if (query.kind == RK_QUERY_WHAT_IF)
		check_what_if(&query.what_if, size);
	must((query.kind == RK_QUERY_EVENTS) == (query.topic != NULL));
	must((query.kind == RK_QUERY_CLIENT) == (query.client != NULL));
	must(!query.topic || strlen(query.topic) <= size);
	must(!query.client || strlen(query.client) <= size);
}

static void try_record(const uint8_t *data, size_t size)
{
	static struct rk_quote quotes[QUOTES_MAX];
	static struct rk_cmd cmds[RK_ATOMIC_MAX];
	const struct rk_record_room room = {quotes, QUOTES_MAX, cmds};
	struct rk_cmd cmd;
	size_t length = SIZE_MAX;
	int r = rk_record_decode(data, size, &room, &cmd, &length);

	if (r == 0) {
		must(length >= 1 && length <= size);
		/* What can be read can be written, and is read the same. */
		check_record(&cmd);
	} else {
		must(r == -EBADMSG && length == SIZE_MAX);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const ProtobufCMessageDescriptor *const kinds[] = {
		&riskd__request__descriptor, &riskd__price_batch__descriptor,
		&riskd__query__descriptor};
	static unsigned char memory[SCRATCH_MAX];
	static uint8_t built[MESSAGE_MAX];
	struct rk_scratch scratch = {memory, sizeof(memory), 0};
	struct input in = {data, size};
	uint8_t what = byte(&in);
	/* A copy of its own size, so that reading beyond it is seen. */
	uint8_t *bytes;
	size_t n = in.size;

	if (what % 4 != 3 && what >= 0x80) {
		n = build_message(&in, kinds[what % 4], built);
		in.data = built;
	}
	bytes = malloc(n + (n == 0));
	must(bytes != NULL);
	if (n > 0)
		memcpy(bytes, in.data, n);
	if (what % 4 == 0)
		try_request(&scratch, bytes, n);
	else if (what % 4 == 1)
		try_prices(&scratch, bytes, n);
	else if (what % 4 == 2)
		try_query(&scratch, bytes, n);
	else
		try_record(bytes, n);
	free(bytes);
	return 0;
}
