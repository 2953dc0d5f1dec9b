/*
 * Names and texts of the result codes, from the one list in rc.h.
 */
#include "engine/rc.h"

const char *rk_rc_name(int code)
{
	switch (code) {
	case RK_OK:
		return "OK";
#define RK_RC_NAME(name, number, who, text)                                    \
	case (number):                                                         \
		return #name;
		RK_RC_MAP(RK_RC_NAME)
#undef RK_RC_NAME
	default:
		return "UNKNOWN";
	}
}

const char *rk_rc_text(int code)
{
	switch (code) {
	case RK_OK:
		return "done";
#define RK_RC_TEXT(name, number, who, text)                                    \
	case (number):                                                         \
		return text;
		RK_RC_MAP(RK_RC_TEXT)
#undef RK_RC_TEXT
	default:
		return "unknown code";
	}
}

int rk_rc_is_engine(int code)
{
	enum {
		ENGINE = 1,
		WIRE = 0
	};

	switch (code) {
#define RK_RC_WHO(name, number, who, text)                                     \
	case (number):                                                         \
		return who;
		RK_RC_MAP(RK_RC_WHO)
#undef RK_RC_WHO
	default:
		return 0;
	}
}
