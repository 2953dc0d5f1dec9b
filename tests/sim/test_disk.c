/*
 * The simulated disk keeps what was promised to be kept, and little else: it
 * is as mean as a real one may be, and never meaner.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "disk.h"
#include "support/prng.h"
#include "tap.h"

#define SEEDS    400U
#define FILE_MAX 6000U
#define SECTORS  (FILE_MAX / SIM_DISK_SECTOR + 2)
#define MOMENTS  64U

struct rig {
	struct sim_disk *disk;
	const struct rk_files *files;
	const struct rk_files_ops *ops;
};

static struct rig open_rig(uint64_t seed)
{
	struct sim_disk_options options = {.seed = seed, .dir = "/sim"};
	struct rig rig;

	rig.disk = sim_disk_open(&options);
	rig.files = sim_disk_files(rig.disk);
	rig.ops = rig.files->ops;
	return rig;
}

static int put(const struct rig *rig, const char *name, const char *text,
	       bool sync)
{
	struct rk_file *file;
	int r = rig->ops->open(rig->files, name, RK_FILE_CREATE, &file);

	if (r < 0)
		return r;
	r = rig->ops->write(file, text, strlen(text), 0);
	if (r == 0 && sync)
		r = rig->ops->sync(file);
	rig->ops->close(file);
	return r;
}

static bool holds_text(const struct rig *rig, const char *name,
		       const char *text)
{
	uint64_t size;
	const unsigned char *bytes = sim_disk_peek(rig->disk, name, &size);

	return bytes && size == strlen(text) && memcmp(bytes, text, size) == 0;
}

static bool is_there(const struct rig *rig, const char *name)
{
	uint64_t size;

	return sim_disk_peek(rig->disk, name, &size) != NULL;
}

static void lose_power(const struct rig *rig)
{
	sim_disk_crash(rig->disk);
	sim_disk_reboot(rig->disk, SIM_REBOOT_POWER_LOST);
}

static bool files_are_read_as_they_were_written(void)
{
	struct rig rig = open_rig(1);
	struct rk_file *file;
	char bytes[16];
	uint64_t size;
	size_t n;

	TAP_CHECK(rig.ops->open(rig.files, "a", RK_FILE_READ, &file) ==
		  -ENOENT);
	TAP_CHECK(rig.ops->open(rig.files, "a", RK_FILE_WRITE, &file) ==
		  -ENOENT);
	TAP_CHECK(rig.ops->open(rig.files, "a/b", RK_FILE_CREATE, &file) < 0);
	TAP_CHECK(put(&rig, "a", "hello", false) == 0);
	TAP_CHECK(put(&rig, "a", "again", false) == -EEXIST);
	TAP_CHECK(rig.ops->open(rig.files, "a", RK_FILE_READ, &file) == 0);
	TAP_CHECK(rig.ops->write(file, "x", 1, 0) == -EBADF);
	TAP_CHECK(rig.ops->read(file, bytes, 3, 1, &n) == 0 && n == 3);
	TAP_CHECK(memcmp(bytes, "ell", 3) == 0);
	TAP_CHECK(rig.ops->read(file, bytes, 16, 3, &n) == 0 && n == 2);
	TAP_CHECK(rig.ops->read(file, bytes, 16, 99, &n) == 0 && n == 0);
	rig.ops->close(file);
	TAP_CHECK(rig.ops->open(rig.files, "a", RK_FILE_WRITE, &file) == 0);
	TAP_CHECK(rig.ops->write(file, "!", 1, 7) == 0);
	TAP_CHECK(rig.ops->size(file, &size) == 0 && size == 8);
	TAP_CHECK(rig.ops->read(file, bytes, 16, 0, &n) == 0 && n == 8);
	TAP_CHECK(memcmp(bytes, "hello\0\0!", 8) == 0);
	TAP_CHECK(rig.ops->resize(file, 2) == 0);
	TAP_CHECK(rig.ops->resize(file, 4) == 0);
	TAP_CHECK(rig.ops->read(file, bytes, 16, 0, &n) == 0 && n == 4);
	TAP_CHECK(memcmp(bytes, "he\0\0", 4) == 0);
	rig.ops->close(file);
	sim_disk_close(rig.disk);
	return true;
}

/* One file as it was after each change since its last sync. */
struct history {
	unsigned char bytes[MOMENTS][SECTORS * SIM_DISK_SECTOR];
	uint64_t size[MOMENTS];
	uint32_t n;
};

static void remember(struct history *history, const struct rig *rig)
{
	uint64_t size;
	const unsigned char *bytes = sim_disk_peek(rig->disk, "f", &size);

	memset(history->bytes[history->n], 0, sizeof(history->bytes[0]));
	memcpy(history->bytes[history->n], bytes, size);
	history->size[history->n++] = size;
}

/* Is the sector as it was at some moment? A torn one has two of them. */
static bool sector_was(const struct history *history,
		       const unsigned char *bytes, uint64_t at, bool *ret_torn)
{
	for (uint32_t i = 0; i < history->n; i++)
		if (memcmp(history->bytes[i] + at, bytes, SIM_DISK_SECTOR) == 0)
			return true;
	*ret_torn = true;
	for (uint32_t i = 1; i < history->n; i++) {
		const unsigned char *before = history->bytes[i - 1] + at;
		const unsigned char *after = history->bytes[i] + at;
		size_t cut = 0;

		while (cut < SIM_DISK_SECTOR && bytes[cut] == after[cut])
			cut++;
		if (memcmp(bytes + cut, before + cut, SIM_DISK_SECTOR - cut) ==
		    0)
			return true;
	}
	return false;
}

/* Each sector is of some moment since the last sync, and so is the size. */
static bool is_possible(const struct history *history, const struct rig *rig)
{
	static unsigned char bytes[SECTORS * SIM_DISK_SECTOR];
	uint64_t size;
	const unsigned char *now = sim_disk_peek(rig->disk, "f", &size);
	uint32_t torn_n = 0;
	bool size_was = false;

	TAP_CHECK(now);
	memset(bytes, 0, sizeof(bytes));
	memcpy(bytes, now, size);
	for (uint32_t i = 0; i < history->n; i++)
		size_was = size_was || history->size[i] == size ||
			   (i > 0 && history->size[i] > size &&
			    history->size[i - 1] < size);
	TAP_CHECK(size_was);
	for (uint64_t at = 0; at + SIM_DISK_SECTOR <= size;
	     at += SIM_DISK_SECTOR) {
		bool torn = false;

		TAP_CHECK(sector_was(history, bytes + at, at, &torn));
		torn_n += torn;
	}
	TAP_CHECK(torn_n <= 1);
	return true;
}

/* What a file grows by is zeros, whatever was there before the crash. */
static bool grows_by_zeros(const struct rig *rig)
{
	const unsigned char *bytes;
	struct rk_file *file;
	uint64_t before;
	uint64_t size;

	TAP_CHECK(rig->ops->open(rig->files, "f", RK_FILE_WRITE, &file) == 0);
	TAP_CHECK(rig->ops->size(file, &before) == 0);
	TAP_CHECK(rig->ops->resize(file, FILE_MAX) == 0);
	bytes = sim_disk_peek(rig->disk, "f", &size);
	for (uint64_t i = before; i < size; i++)
		TAP_CHECK(bytes[i] == 0);
	rig->ops->close(file);
	return true;
}

static void change_file(struct rig *rig, struct rk_file *file,
			struct rk_prng *prng)
{
	static unsigned char bytes[FILE_MAX];
	size_t size = (size_t)rk_prng_magnitude(prng, 11);
	uint64_t at = rk_prng_below(prng, FILE_MAX - size);

	if (rk_prng_chance(prng, 1, 8)) {
		(void)rig->ops->resize(file, rk_prng_below(prng, FILE_MAX));
		return;
	}
	memset(bytes, (int)rk_prng_below(prng, 255) + 1, size);
	(void)rig->ops->write(file, bytes, size, at);
}

static bool power_lost_with(uint64_t seed, uint64_t *changed)
{
	static struct history history;
	struct rig rig = open_rig(seed);
	struct rk_prng prng;
	struct rk_file *file;
	uint32_t changes;

	rk_prng_init(&prng, seed);
	TAP_CHECK(put(&rig, "f", "begin", true) == 0);
	TAP_CHECK(rig.ops->sync_dir(rig.files) == 0);
	for (int round = 0; round < 6; round++) {
		TAP_CHECK(rig.ops->open(rig.files, "f", RK_FILE_WRITE, &file) ==
			  0);
		for (int i = 0; i < 5; i++)
			change_file(&rig, file, &prng);
		TAP_CHECK(rig.ops->sync(file) == 0);
		history.n = 0;
		remember(&history, &rig);
		changes = (uint32_t)rk_prng_below(&prng, MOMENTS - 1);
		for (uint32_t i = 0; i < changes; i++) {
			change_file(&rig, file, &prng);
			remember(&history, &rig);
		}
		lose_power(&rig);
		rig.ops->close(file);
		TAP_CHECK(is_possible(&history, &rig));
		TAP_CHECK(grows_by_zeros(&rig));
	}
	for (int i = SIM_FAULT_WRITE_KEPT; i <= SIM_FAULT_WRITE_REORDERED; i++)
		changed[i] += sim_disk_count(rig.disk, (enum sim_fault)i);
	sim_disk_close(rig.disk);
	return true;
}

/* Which is: what was synced never vanishes, and what was not, may. */
static bool each_sector_is_of_a_moment_since_the_last_sync(void)
{
	uint64_t counts[SIM_FAULTS] = {0};

	for (uint64_t seed = 1; seed <= SEEDS; seed++)
		if (!power_lost_with(seed, counts)) {
			(void)printf("# seed %llu\n", (unsigned long long)seed);
			return false;
		}
	for (int i = SIM_FAULT_WRITE_KEPT; i <= SIM_FAULT_WRITE_REORDERED;
	     i++) {
		(void)printf("# %s: %llu\n", sim_fault_text((enum sim_fault)i),
			     (unsigned long long)counts[i]);
		TAP_CHECK(counts[i] > SEEDS / 10);
	}
	return true;
}

static bool a_kill_loses_nothing_but_keeps_nothing_either(void)
{
	bool lost = false;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct rig rig = open_rig(seed);

		TAP_CHECK(put(&rig, "a", "written", false) == 0);
		sim_disk_crash(rig.disk);
		sim_disk_reboot(rig.disk, SIM_REBOOT_KILLED);
		TAP_CHECK(holds_text(&rig, "a", "written"));
		lose_power(&rig);
		lost = lost || !holds_text(&rig, "a", "written");
		sim_disk_close(rig.disk);
	}
	TAP_CHECK(lost);
	return true;
}

static bool a_name_needs_a_sync_of_its_own(void)
{
	uint64_t there = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct rig rig = open_rig(seed);

		TAP_CHECK(put(&rig, "a", "data", true) == 0);
		TAP_CHECK(rig.ops->sync_dir(rig.files) == 0);
		TAP_CHECK(put(&rig, "b", "data", true) == 0);
		TAP_CHECK(put(&rig, "c", "data", false) == 0);
		TAP_CHECK(rig.ops->remove(rig.files, "a") == 0);
		TAP_CHECK(!is_there(&rig, "a"));
		lose_power(&rig);
		/* If the name is there, what was synced is behind it. */
		if (is_there(&rig, "a"))
			TAP_CHECK(holds_text(&rig, "a", "data"));
		if (is_there(&rig, "b"))
			TAP_CHECK(holds_text(&rig, "b", "data"));
		there += is_there(&rig, "a") + is_there(&rig, "b") * 1000U;
		sim_disk_close(rig.disk);
	}
	TAP_CHECK(there % 1000 > SEEDS / 10 && there / 1000 > SEEDS / 10);
	TAP_CHECK(there % 1000 < SEEDS && there / 1000 < SEEDS);
	return true;
}

static bool syncing_a_file_keeps_names_only_when_asked_for(void)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct sim_disk_options options = {seed, "/sim", true};
		struct rig rig = {.disk = sim_disk_open(&options)};

		rig.files = sim_disk_files(rig.disk);
		rig.ops = rig.files->ops;
		TAP_CHECK(put(&rig, "a", "data", true) == 0);
		lose_power(&rig);
		TAP_CHECK(holds_text(&rig, "a", "data"));
		sim_disk_close(rig.disk);
	}
	return true;
}

/* With what is not synced: it may be lost after it was put back, too. */
static bool a_disk_put_back_is_as_it_was(void)
{
	bool lost = false;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct rig rig = open_rig(seed);
		struct sim_image *image;
		struct sim_flip flip;
		struct rk_hash before;

		TAP_CHECK(put(&rig, "a", "written", false) == 0);
		TAP_CHECK(put(&rig, "b", "synced", true) == 0);
		TAP_CHECK(rig.ops->sync_dir(rig.files) == 0);
		before = sim_disk_digest(rig.disk);
		image = sim_disk_save(rig.disk);
		TAP_CHECK(put(&rig, "c", "more", true) == 0);
		TAP_CHECK(rig.ops->remove(rig.files, "b") == 0);
		sim_disk_restore(rig.disk, image);
		sim_image_free(image);
		TAP_CHECK(rk_hash_equal(before, sim_disk_digest(rig.disk)));

		TAP_CHECK(sim_disk_flip(rig.disk, "b", &flip));
		TAP_CHECK(!holds_text(&rig, "b", "synced"));
		TAP_CHECK(sim_disk_flip_at(rig.disk, &flip));
		TAP_CHECK(rk_hash_equal(before, sim_disk_digest(rig.disk)));

		lose_power(&rig);
		TAP_CHECK(holds_text(&rig, "b", "synced"));
		lost = lost || !holds_text(&rig, "a", "written");
		sim_disk_close(rig.disk);
	}
	TAP_CHECK(lost);
	return true;
}

static bool nothing_strikes_while_it_is_calm(void)
{
	struct rig rig = open_rig(1);

	sim_disk_arm(rig.disk, SIM_FAULT_WRITE_ERROR, 1, NULL);
	sim_disk_calm(rig.disk, true);
	TAP_CHECK(put(&rig, "a", "one", false) == 0);
	sim_disk_calm(rig.disk, false);
	TAP_CHECK(put(&rig, "b", "two", false) == -EIO);
	sim_disk_close(rig.disk);
	return true;
}

/* A file written anew beside the old one and put in its place. */
static bool a_rename_is_the_old_or_the_new(void)
{
	uint64_t news = 0;
	uint64_t unsynced = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct rig rig = open_rig(seed);
		bool sync = seed % 2 == 0;

		TAP_CHECK(put(&rig, "a", "old", true) == 0);
		TAP_CHECK(rig.ops->sync_dir(rig.files) == 0);
		TAP_CHECK(put(&rig, "tmp", "new", sync) == 0);
		TAP_CHECK(rig.ops->rename(rig.files, "tmp", "a") == 0);
		TAP_CHECK(holds_text(&rig, "a", "new"));
		TAP_CHECK(!is_there(&rig, "tmp"));
		lose_power(&rig);
		TAP_CHECK(is_there(&rig, "a"));
		if (sync)
			TAP_CHECK(holds_text(&rig, "a", "old") ||
				  holds_text(&rig, "a", "new"));
		news += holds_text(&rig, "a", "new");
		/* Without a sync before, a renamed file may be empty. */
		unsynced += !holds_text(&rig, "a", "old") &&
			    !holds_text(&rig, "a", "new");
		sim_disk_close(rig.disk);
	}
	TAP_CHECK(news > SEEDS / 10 && news < SEEDS && unsynced > 0);
	return true;
}

static bool a_file_has_one_name_whatever_was_renamed(void)
{
	for (uint64_t seed = 1; seed <= SEEDS * 5; seed++) {
		static const char *const names[] = {"a", "b", "c", "d"};
		struct rig rig = open_rig(seed);
		struct rk_prng prng;
		uint32_t found = 0;

		rk_prng_init(&prng, seed);
		TAP_CHECK(put(&rig, "a", "A", true) == 0);
		TAP_CHECK(rig.ops->sync_dir(rig.files) == 0);
		/* "A" moves about, others come and go, none onto it. */
		for (int i = 0; i < 12; i++) {
			const char *from = names[rk_prng_below(&prng, 4)];
			const char *to = names[rk_prng_below(&prng, 4)];

			if (!is_there(&rig, from))
				(void)put(&rig, from, "B", true);
			else if (!holds_text(&rig, to, "A"))
				(void)rig.ops->rename(rig.files, from, to);
		}
		lose_power(&rig);
		for (size_t i = 0; i < 4; i++)
			found += holds_text(&rig, names[i], "A");
		TAP_CHECK(found == 1);
		sim_disk_close(rig.disk);
	}
	return true;
}

/* 1300 bytes over 1300 others, from the middle of a sector. */
static bool cut_at(uint64_t byte, enum sim_reboot reboot, uint64_t *torn)
{
	static unsigned char old[2000];
	static unsigned char new[1300];
	struct rig rig = open_rig(byte + 7);
	const unsigned char *now;
	struct rk_file *file;
	uint64_t changed = 0;
	uint64_t last = 0;
	uint64_t size;

	memset(old, 'o', sizeof(old));
	memset(new, 'n', sizeof(new));
	TAP_CHECK(rig.ops->open(rig.files, "f", RK_FILE_CREATE, &file) == 0);
	TAP_CHECK(rig.ops->write(file, old, sizeof(old), 0) == 0);
	TAP_CHECK(rig.ops->sync(file) == 0);
	TAP_CHECK(rig.ops->sync_dir(rig.files) == 0);
	sim_disk_arm_crash(rig.disk, 1, byte);
	TAP_CHECK(rig.ops->write(file, new, sizeof(new), 100) == -EIO);
	TAP_CHECK(sim_disk_is_down(rig.disk));
	sim_disk_reboot(rig.disk, reboot);
	rig.ops->close(file);
	now = sim_disk_peek(rig.disk, "f", &size);
	TAP_CHECK(now && size == sizeof(old));
	for (uint64_t i = 0; i < size; i++) {
		TAP_CHECK(now[i] == 'o' || now[i] == 'n');
		changed += now[i] == 'n';
		if (now[i] == 'n')
			last = i;
	}
	/* Nothing beyond the cut; a kill leaves all before it. */
	TAP_CHECK(changed == 0 || (last >= 100 && last < 100 + byte));
	if (reboot == SIM_REBOOT_KILLED)
		TAP_CHECK(changed == byte);
	*torn += changed > 0 && changed < byte;
	sim_disk_close(rig.disk);
	return true;
}

static bool a_crash_at_any_byte_leaves_nothing_behind_it(void)
{
	uint64_t torn = 0;

	for (uint64_t byte = 0; byte <= 1300; byte++) {
		TAP_CHECK(cut_at(byte, SIM_REBOOT_KILLED, &torn));
		TAP_CHECK(torn == 0);
	}
	for (uint64_t byte = 0; byte <= 1300; byte++)
		TAP_CHECK(cut_at(byte, SIM_REBOOT_POWER_LOST, &torn));
	TAP_CHECK(torn > 100);
	return true;
}

static int see(void *context, const char *name, uint64_t size)
{
	uint64_t *total = context;

	(void)name;
	*total += size + 1;
	return 0;
}

static bool a_disk_that_is_down_does_nothing(void)
{
	struct rig rig = open_rig(3);
	struct rk_file *file;
	struct rk_file *lock;
	struct rk_file *other;
	uint64_t n = 0;
	size_t got;

	TAP_CHECK(rig.ops->lock(rig.files, &lock) == 0);
	TAP_CHECK(rig.ops->lock(rig.files, &other) == -EAGAIN);
	TAP_CHECK(rig.ops->open(rig.files, "a", RK_FILE_CREATE, &file) == 0);
	TAP_CHECK(rig.ops->sync_dir(rig.files) == 0);
	sim_disk_crash(rig.disk);
	TAP_CHECK(rig.ops->write(file, "x", 1, 0) == -EIO);
	TAP_CHECK(rig.ops->read(file, &n, 1, 0, &got) == -EIO);
	TAP_CHECK(rig.ops->sync(file) == -EIO);
	TAP_CHECK(rig.ops->resize(file, 9) == -EIO);
	TAP_CHECK(rig.ops->size(file, &n) == -EIO);
	TAP_CHECK(put(&rig, "b", "b", false) == -EIO);
	TAP_CHECK(rig.ops->rename(rig.files, "a", "b") == -EIO);
	TAP_CHECK(rig.ops->remove(rig.files, "a") == -EIO);
	TAP_CHECK(rig.ops->sync_dir(rig.files) == -EIO);
	TAP_CHECK(rig.ops->list(rig.files, see, &n) == -EIO);
	TAP_CHECK(rig.ops->lock(rig.files, &other) == -EIO);
	sim_disk_reboot(rig.disk, SIM_REBOOT_POWER_LOST);
	/* The old process is gone, and its lock with it. */
	TAP_CHECK(rig.ops->write(file, "x", 1, 0) == -EIO);
	TAP_CHECK(rig.ops->lock(rig.files, &other) == 0);
	rig.ops->unlock(lock);
	TAP_CHECK(rig.ops->lock(rig.files, &lock) == -EAGAIN);
	rig.ops->unlock(other);
	TAP_CHECK(rig.ops->list(rig.files, see, &n) == 0 && n == 1);
	rig.ops->close(file);
	sim_disk_close(rig.disk);
	return true;
}

static bool a_failed_sync_is_never_made_good(void)
{
	struct rig rig = open_rig(4);
	struct rk_file *file;

	TAP_CHECK(put(&rig, "a", "old", true) == 0);
	TAP_CHECK(rig.ops->sync_dir(rig.files) == 0);
	TAP_CHECK(rig.ops->open(rig.files, "a", RK_FILE_WRITE, &file) == 0);
	TAP_CHECK(rig.ops->write(file, "new", 3, 0) == 0);
	sim_disk_arm(rig.disk, SIM_FAULT_SYNC_ERROR, 2, "b");
	sim_disk_arm(rig.disk, SIM_FAULT_SYNC_ERROR, 1, "a");
	TAP_CHECK(rig.ops->sync(file) == -EIO);
	TAP_CHECK(rig.ops->sync(file) == 0);
	TAP_CHECK(holds_text(&rig, "a", "new"));
	lose_power(&rig);
	TAP_CHECK(holds_text(&rig, "a", "old"));
	TAP_CHECK(sim_disk_count(rig.disk, SIM_FAULT_SYNC_ERROR) == 1);
	rig.ops->close(file);
	sim_disk_close(rig.disk);
	return true;
}

static bool a_full_disk_takes_what_fits(void)
{
	struct rig rig = open_rig(5);
	struct rk_file *file;

	sim_disk_limit(rig.disk, 10);
	TAP_CHECK(put(&rig, "a", "123456", true) == 0);
	TAP_CHECK(put(&rig, "b", "123456", true) == -ENOSPC);
	TAP_CHECK(holds_text(&rig, "b", "1234"));
	TAP_CHECK(put(&rig, "c", "", true) == -ENOSPC);
	TAP_CHECK(rig.ops->open(rig.files, "a", RK_FILE_WRITE, &file) == 0);
	TAP_CHECK(rig.ops->write(file, "abcdef", 6, 0) == 0);
	TAP_CHECK(rig.ops->resize(file, 7) == -ENOSPC);
	rig.ops->close(file);
	TAP_CHECK(rig.ops->remove(rig.files, "a") == 0);
	TAP_CHECK(put(&rig, "c", "123456", true) == 0);
	TAP_CHECK(sim_disk_count(rig.disk, SIM_FAULT_FULL) == 3);
	sim_disk_close(rig.disk);
	return true;
}

static bool armed_errors_strike_the_call_they_are_meant_for(void)
{
	struct rig rig = open_rig(6);
	struct rk_file *file;
	char byte;
	size_t n;

	TAP_CHECK(put(&rig, "a", "data", true) == 0);
	sim_disk_arm(rig.disk, SIM_FAULT_OPEN_ERROR, 2, "a");
	TAP_CHECK(put(&rig, "b", "data", true) == 0);
	TAP_CHECK(rig.ops->open(rig.files, "a", RK_FILE_WRITE, &file) == 0);
	rig.ops->close(file);
	TAP_CHECK(rig.ops->open(rig.files, "a", RK_FILE_WRITE, &file) ==
		  -EACCES);
	TAP_CHECK(rig.ops->open(rig.files, "a", RK_FILE_WRITE, &file) == 0);
	sim_disk_arm(rig.disk, SIM_FAULT_READ_ERROR, 1, NULL);
	TAP_CHECK(rig.ops->read(file, &byte, 1, 0, &n) == -EIO);
	TAP_CHECK(rig.ops->read(file, &byte, 1, 0, &n) == 0 && byte == 'd');
	sim_disk_arm(rig.disk, SIM_FAULT_WRITE_ERROR, 1, NULL);
	TAP_CHECK(rig.ops->write(file, "DATA", 4, 0) == -EIO);
	TAP_CHECK(rig.ops->write(file, "DATA", 4, 0) == 0);
	TAP_CHECK(!sim_disk_is_down(rig.disk));
	sim_disk_arm(rig.disk, SIM_FAULT_HUNG_SYNC, 2, NULL);
	TAP_CHECK(!sim_disk_is_hung(rig.disk));
	TAP_CHECK(rig.ops->sync(file) == 0);
	TAP_CHECK(sim_disk_is_hung(rig.disk));
	sim_disk_unhang(rig.disk);
	TAP_CHECK(!sim_disk_is_hung(rig.disk));
	sim_disk_arm(rig.disk, SIM_FAULT_WRITE_ERROR, 1, NULL);
	sim_disk_disarm(rig.disk);
	TAP_CHECK(rig.ops->write(file, "data", 4, 0) == 0);
	rig.ops->close(file);
	for (int i = SIM_FAULT_WRITE_ERROR; i <= SIM_FAULT_HUNG_SYNC; i++)
		if (i != SIM_FAULT_SYNC_ERROR)
			TAP_CHECK(sim_disk_count(rig.disk, (enum sim_fault)i) ==
				  1);
	sim_disk_close(rig.disk);
	return true;
}

static bool a_crash_at_a_change_is_before_or_after_it(void)
{
	uint64_t after = 0;

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct rig rig = open_rig(seed);

		TAP_CHECK(put(&rig, "a", "data", true) == 0);
		sim_disk_arm(rig.disk, SIM_FAULT_CRASH_CALL, 2, NULL);
		TAP_CHECK(rig.ops->rename(rig.files, "a", "b") == 0);
		TAP_CHECK(rig.ops->rename(rig.files, "b", "c") == -EIO);
		sim_disk_reboot(rig.disk, SIM_REBOOT_KILLED);
		TAP_CHECK(is_there(&rig, "b") != is_there(&rig, "c"));
		after += is_there(&rig, "c");
		sim_disk_close(rig.disk);
	}
	TAP_CHECK(after > SEEDS / 4 && after < SEEDS - SEEDS / 4);
	return true;
}

static bool a_flip_is_one_bit_of_one_file(void)
{
	bool hit[2] = {false, false};

	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		struct rig rig = open_rig(seed);
		struct rk_file *file;
		struct sim_flip flip;
		uint64_t size;

		TAP_CHECK(!sim_disk_flip(rig.disk, NULL, &flip));
		TAP_CHECK(put(&rig, "a", "\x55", true) == 0);
		TAP_CHECK(put(&rig, "b", "\x55", true) == 0);
		TAP_CHECK(rig.ops->sync_dir(rig.files) == 0);
		TAP_CHECK(sim_disk_flip(rig.disk, NULL, &flip));
		lose_power(&rig);
		TAP_CHECK(holds_text(&rig, "a", "\x55") !=
			  holds_text(&rig, "b", "\x55"));
		TAP_CHECK(!holds_text(&rig, flip.name, "\x55"));
		hit[flip.name[0] - 'a'] = true;
		/* It is on the disk itself, whatever is written beside it. */
		TAP_CHECK(rig.ops->open(rig.files, flip.name, RK_FILE_WRITE,
					&file) == 0);
		TAP_CHECK(rig.ops->write(file, "x", 1, 600) == 0);
		rig.ops->close(file);
		lose_power(&rig);
		TAP_CHECK(sim_disk_peek(rig.disk, flip.name, &size)[0] != 0x55);
		TAP_CHECK(sim_disk_flip(rig.disk, "b", &flip));
		TAP_CHECK(strcmp(flip.name, "b") == 0);
		sim_disk_close(rig.disk);
	}
	TAP_CHECK(hit[0] && hit[1]);
	return true;
}

/* Anything at all, with crashes in between. */
static struct rk_hash play(uint64_t seed, uint64_t fates)
{
	static const char *const names[] = {"a", "b", "c"};
	struct rig rig = open_rig(fates);
	struct rk_prng prng;
	struct rk_hash digest;

	rk_prng_init(&prng, seed);
	for (int i = 0; i < 400; i++) {
		const char *name = names[rk_prng_below(&prng, 3)];
		struct rk_file *file;

		if (sim_disk_is_down(rig.disk))
			sim_disk_reboot(rig.disk, SIM_REBOOT_POWER_LOST);
		if (rk_prng_chance(&prng, 1, 50))
			sim_disk_arm(rig.disk, SIM_FAULT_CRASH_WRITE, 3, NULL);
		if (rig.ops->open(rig.files, name, RK_FILE_WRITE, &file) != 0) {
			(void)put(&rig, name, name, true);
			continue;
		}
		change_file(&rig, file, &prng);
		if (rk_prng_chance(&prng, 1, 4))
			(void)rig.ops->sync(file);
		rig.ops->close(file);
		if (rk_prng_chance(&prng, 1, 10))
			(void)rig.ops->rename(rig.files, name, names[0]);
		if (rk_prng_chance(&prng, 1, 10))
			(void)rig.ops->sync_dir(rig.files);
	}
	digest = sim_disk_digest(rig.disk);
	sim_disk_close(rig.disk);
	return digest;
}

static bool the_same_seed_gives_the_same_bytes(void)
{
	uint32_t different = 0;

	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct rk_hash first = play(seed, seed);

		TAP_CHECK(rk_hash_equal(first, play(seed, seed)));
		different += !rk_hash_equal(first, play(seed, seed + 1));
	}
	TAP_CHECK(different > 40);
	return true;
}

int main(void)
{
	static const struct tap_test tests[] = {
#define ROW(name) {#name, name}
		ROW(files_are_read_as_they_were_written),
		ROW(each_sector_is_of_a_moment_since_the_last_sync),
		ROW(a_kill_loses_nothing_but_keeps_nothing_either),
		ROW(a_name_needs_a_sync_of_its_own),
		ROW(syncing_a_file_keeps_names_only_when_asked_for),
		ROW(a_disk_put_back_is_as_it_was),
		ROW(nothing_strikes_while_it_is_calm),
		ROW(a_rename_is_the_old_or_the_new),
		ROW(a_file_has_one_name_whatever_was_renamed),
		ROW(a_crash_at_any_byte_leaves_nothing_behind_it),
		ROW(a_disk_that_is_down_does_nothing),
		ROW(a_failed_sync_is_never_made_good),
		ROW(a_full_disk_takes_what_fits),
		ROW(armed_errors_strike_the_call_they_are_meant_for),
		ROW(a_crash_at_a_change_is_before_or_after_it),
		ROW(a_flip_is_one_bit_of_one_file),
		ROW(the_same_seed_gives_the_same_bytes),
#undef ROW
	};

	return tap_run(tests, sizeof(tests) / sizeof(tests[0]));
}
