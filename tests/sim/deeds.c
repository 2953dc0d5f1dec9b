/*
 * The names of what is counted. See deeds.h.
 */
#include "deeds.h"

#include "engine/assert.h"

const char *sim_deed_text(enum sim_deed deed)
{
	static const char *const texts[SIM_DEEDS] = {
#define SIM_DEED_TEXT(name, text) [SIM_DEED_##name] = (text),
		SIM_DEED_MAP(SIM_DEED_TEXT)
#undef SIM_DEED_TEXT
	};

	RK_ASSERT(deed < SIM_DEEDS);
	return texts[deed];
}
