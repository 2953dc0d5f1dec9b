/*
 * Names of commands, and which of them may be part of an atomic message.
 */
#include "engine/cmd.h"

const char *rk_cmd_name(enum rk_cmd_type type)
{
	switch (type) {
#define RK_CMD_NAME(name, number)                                              \
	case RK_CMD_##name:                                                    \
		return #name;
		RK_CMD_MAP(RK_CMD_NAME)
#undef RK_CMD_NAME
	case RK_CMD_NONE:
	default:
		return "UNKNOWN";
	}
}

bool rk_cmd_is_known(enum rk_cmd_type type)
{
	switch (type) {
#define RK_CMD_CASE(name, number) case RK_CMD_##name:
		RK_CMD_MAP(RK_CMD_CASE)
#undef RK_CMD_CASE
		return true;
	case RK_CMD_NONE:
	default:
		return false;
	}
}

/* SKIPPED: a whole atomic message may be left out, child by child. */
bool rk_cmd_may_be_atomic(enum rk_cmd_type type)
{
	return type == RK_CMD_ACCOUNT || type == RK_CMD_SKIPPED ||
	       type == RK_CMD_LEVERAGE || type == RK_CMD_MODE ||
	       type == RK_CMD_MOVE || type == RK_CMD_PLACE_ORDER ||
	       type == RK_CMD_CANCEL_ORDER || type == RK_CMD_CONVERT ||
	       (type >= RK_CMD_DEPOSIT && type <= RK_CMD_ORDER_CLOSED);
}
