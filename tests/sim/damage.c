/*
 * Bits that flip while the daemon is down, and are set right again when its
 * next run is over, so that no run has to live with another's damage.
 */
#include <string.h>

#include "store/segment.h"
#include "world.h"

static struct rk_hash content_of(const struct sim_disk *disk, const char *name)
{
	const struct rk_hash none = {0, 0};
	uint64_t size;
	const unsigned char *bytes = sim_disk_peek(disk, name, &size);

	return bytes ? rk_hash_bytes(none, bytes, size) : none;
}

/* The newest segment of the journal. */
static int find_newest(void *context, const char *name, uint64_t size)
{
	char *newest = context;
	uint64_t first;
	uint64_t best = 0;

	(void)size;
	if (!rk_journal_name_parse(name, &first))
		return 0;
	if (!rk_journal_name_parse(newest, &best) || first > best)
		rk_journal_name_make(first, newest);
	return 0;
}

/*
 * From this byte on the newest segment is what the last write wrote: whether
 * it was synced cannot be told from a write that a crash tore. ret_end is
 * where its good frames end.
 */
static uint64_t last_write(struct sim_world *w, const char *name,
			   uint64_t *ret_end)
{
	uint64_t size = 0;
	const unsigned char *bytes = sim_disk_peek(w->disk, name, &size);
	uint64_t at = RK_SEGMENT_SECTOR;
	uint64_t batch = 0;
	struct rk_frame frame;

	while (at < size &&
	       rk_segment_decode_frame(bytes + at, (size_t)(size - at),
				       &frame) == 0 &&
	       rk_segment_check_frame(bytes + at, &frame)) {
		batch = frame.batch;
		at += rk_segment_frame_bytes(frame.size);
	}
	*ret_end = at < size ? at : size;
	return batch <= RK_SEGMENT_SECTOR ? 0 : batch;
}

/* Anywhere, or (often) where it matters: in the newest groups. */
static bool flip(struct sim_world *w, const char *newest, uint64_t end,
		 struct sim_flip *flip)
{
	if (end == 0 || sim_chance(w, 2, 3))
		return sim_disk_flip(w->disk, NULL, flip);
	memset(flip, 0, sizeof(*flip));
	memcpy(flip->name, newest, sizeof(flip->name));
	flip->at = sim_below(w, end);
	flip->bit = (unsigned)sim_below(w, 8);
	return sim_disk_flip_at(w->disk, flip);
}

void sim_damage_make(struct sim_world *w)
{
	const struct rk_files *files = sim_disk_files(w->disk);
	char newest[RK_FILE_NAME_SIZE] = "";
	uint64_t from = 0;
	uint64_t end = 0;
	uint64_t n = 1 + sim_below(w, SIM_FLIPS_MAX);

	(void)rk_files_list(files, find_newest, newest); /* never fails here */
	if (newest[0] != '\0')
		from = last_write(w, newest, &end);
	w->damage_n = 0;
	while (w->damage_n < n) {
		struct sim_damage *damage = &w->damage[w->damage_n];

		if (!flip(w, newest, end, &damage->flip))
			return;
		damage->content = content_of(w->disk, damage->flip.name);
		damage->last_write = strcmp(damage->flip.name, newest) == 0 &&
				     damage->flip.at >= from;
		w->damage_n++;
	}
	w->deeds[SIM_DEED_FLIPPED]++;
}

bool sim_damage_is_last(const struct sim_world *w)
{
	for (uint32_t i = 0; i < w->damage_n; i++)
		if (w->damage[i].last_write)
			return true;
	return false;
}

void sim_damage_undo(struct sim_world *w)
{
	/* Latest first: what an earlier one left is there again then. */
	while (w->damage_n > 0) {
		struct sim_damage *damage = &w->damage[--w->damage_n];

		if (rk_hash_equal(damage->content,
				  content_of(w->disk, damage->flip.name)))
			(void)sim_disk_flip_at(w->disk, &damage->flip);
	}
}
