/*
 * Reading and writing riskd.conf with libconfuse. See conf.h.
 *
 * libconfuse splits the text and tells the line; every value is read by
 * conf_value.c the moment it is met, so that its message has the line.
 */
#include "ops/conf.h"

#include <confuse.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "engine/assert.h"
#include "ops/conf_check.h"
#include "ops/conf_keys.h"
#include "ops/conf_value.h"
#include "ops/error.h"
#include "ops/file.h"
#include "ops/suggest.h"

#define KEYS_MAX     RK_CONF_KEYS_MAX
#define SECTIONS_MAX 12
/* Keys, each section as an option of the root, an end of each array, END. */
#define OPTIONS_MAX (KEYS_MAX + 2 * SECTIONS_MAX + 2)

/*
 * Put after the text. libconfuse takes the end of a file for the end of any
 * section or string that is still open: half a file would pass for a whole
 * one. It is whole when this is seen, as a key of the root.
 */
#define END      "end_of_file"
#define END_TEXT "\n" END " = reached\n"

struct parse;

/*
 * One key while a file is read. libconfuse gives its callbacks no pointer of
 * ours, but the option it reads, which points to where its value goes: to
 * text, the first member.
 */
struct field {
	char *text; /* libconfuse's copy of the last value */
	const struct rk_conf_key *key;
	struct parse *parse;
	int line; /* of its first value; 0: not in the file */
};

struct parse {
	const char *name; /* of the file, for messages */
	struct rk_conf *conf;
	struct rk_error *error;
	bool failed; /* error is set: what comes after is aftermath */
	bool ended;  /* END was seen */
	struct field end;
	struct field fields[KEYS_MAX];
	cfg_opt_t options[OPTIONS_MAX];
};

static struct field *field_of(const cfg_opt_t *option)
{
	return (struct field *)(void *)option->simple_value.string;
}

/* "limits.accounts", or "clock"; returns buf. */
static const char *full_name(const struct rk_conf_key *key, char *buf,
			     size_t size)
{
	snprintf(buf, size, "%s%s%s", key->section,
		 key->section[0] != '\0' ? "." : "", key->name);
	return buf;
}

/* Called by libconfuse for each value: take it, or stop the parse with -1. */
static int take_value(cfg_t *cfg, cfg_opt_t *option, const char *value,
		      void *result)
{
	struct field *field = field_of(option);
	struct parse *parse = field->parse;
	bool list = rk_conf_value_is_list(field->key);
	/* After '=' and before the first value; not after '+='. */
	bool starts = (option->flags & CFGF_RESET) != 0;
	struct rk_error need;
	char name[64];

	full_name(field->key, name, sizeof(name));
	if (starts && field->line != 0) {
		rk_error_set(parse->error,
			     "%s:%d: %s: must be set once, is set in line %d",
			     parse->name, cfg->line, name, field->line);
		parse->failed = true;
		return -1;
	}
	if (starts && list)
		rk_conf_value_clear(parse->conf, field->key);
	option->flags &= ~CFGF_RESET;
	if (field->line == 0)
		field->line = cfg->line;
	parse->conf->named.keys[field - parse->fields] = true;

	if (rk_conf_value_set(parse->conf, field->key, value, &need) < 0) {
		/* However long the value: what would be right is told. */
		rk_error_set(parse->error, "%s:%d: %s = \"%.100s%s\": %s",
			     parse->name, cfg->line, name, value,
			     strlen(value) > 100 ? "..." : "", need.text);
		parse->failed = true;
		return -1;
	}
	*(const char **)result = value;
	return 0;
}

static int take_end(cfg_t *cfg, cfg_opt_t *option, const char *value,
		    void *result)
{
	(void)cfg; /* the line of END is not one of the file */
	field_of(option)->parse->ended = true;
	*(const char **)result = value;
	return 0;
}

/* The key of this section that unknown is likely to mean, or NULL. */
static const char *nearest_key(const cfg_t *cfg, const char *unknown)
{
	const char *names[KEYS_MAX + SECTIONS_MAX + 1];
	size_t n = 0;

	for (const cfg_opt_t *o = cfg->opts; o->name; o++)
		if (o->parsecb != take_end)
			names[n++] = o->name;
	return rk_suggest_nearest(names, n, unknown);
}

/* Called by libconfuse when the text is not what it can read. */
__attribute__((format(printf, 2, 0))) static void
take_error(cfg_t *cfg, const char *format, va_list args)
{
	/* Each section begins with a key, never with another section. */
	struct parse *parse = field_of(&cfg->opts[0])->parse;
	static const char unknown[] = "no such option '";
	bool in_root = strcmp(cfg->name, "root") == 0;
	const char *section = in_root ? "" : cfg->name;
	const char *dot = in_root ? "" : ".";
	const char *nearest;
	char message[256];
	char *key;

	if (parse->failed)
		return;
	parse->failed = true;

	/* Cut when it is long: rk_error_set() would cut it as well. */
	(void)vsnprintf(message, sizeof(message), format, args);
	if (strncmp(message, unknown, sizeof(unknown) - 1) != 0) {
		rk_error_set(parse->error, "%s:%d: %s", parse->name, cfg->line,
			     message);
		return;
	}

	key = message + sizeof(unknown) - 1;
	key[strcspn(key, "'")] = '\0';
	nearest = nearest_key(cfg, key);
	if (strcmp(key, END) == 0)
		rk_error_set(parse->error,
			     "%s: section %s must be closed: } is missing",
			     parse->name, section);
	else if (nearest)
		rk_error_set(parse->error,
			     "%s:%d: %s%s%s: no such key, did you mean %s?",
			     parse->name, cfg->line, section, dot, key,
			     nearest);
	else
		rk_error_set(parse->error,
			     "%s:%d: %s%s%s: no such key, riskd.conf(5) lists "
			     "them all",
			     parse->name, cfg->line, section, dot, key);
}

static cfg_opt_t option_of(struct field *field)
{
	bool list = rk_conf_value_is_list(field->key);

	return (cfg_opt_t){
		.name = field->key->name,
		.type = CFGT_STR,
		.flags = list ? CFGF_LIST : CFGF_NONE,
		.simple_value = {.string = &field->text},
		.parsecb = take_value,
	};
}

/*
 * One option for each key: first the arrays of the sections, one after the
 * other, then the root's with its own keys and the sections. Returns the
 * root's.
 */
static cfg_opt_t *build_options(struct parse *parse)
{
	struct {
		const char *name;
		cfg_opt_t *options;
	} sections[SECTIONS_MAX];
	size_t sections_n = 0;
	cfg_opt_t *next = parse->options;
	cfg_opt_t *root;
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);

	RK_ASSERT(n <= KEYS_MAX);

	for (size_t i = 0; i < n; i++) {
		parse->fields[i].key = &keys[i];
		parse->fields[i].parse = parse;
		if (keys[i].section[0] == '\0')
			continue;
		if (i == 0 ||
		    strcmp(keys[i].section, keys[i - 1].section) != 0) {
			RK_ASSERT(sections_n < SECTIONS_MAX);
			if (sections_n > 0)
				*next++ = (cfg_opt_t)CFG_END();
			sections[sections_n].name = keys[i].section;
			sections[sections_n++].options = next;
		}
		*next++ = option_of(&parse->fields[i]);
	}
	*next++ = (cfg_opt_t)CFG_END();

	root = next;
	for (size_t i = 0; i < n; i++)
		if (keys[i].section[0] == '\0')
			*next++ = option_of(&parse->fields[i]);
	for (size_t i = 0; i < sections_n; i++)
		*next++ = (cfg_opt_t)CFG_SEC(sections[i].name,
					     sections[i].options, CFGF_NONE);
	parse->end.parse = parse;
	*next++ = (cfg_opt_t){
		.name = END,
		.type = CFGT_STR,
		.simple_value = {.string = &parse->end.text},
		.parsecb = take_end,
	};
	*next = (cfg_opt_t)CFG_END();
	return root;
}

/* "name = {}" gives libconfuse no value to call take_value() with. */
static void take_empty_lists(struct parse *parse, const cfg_t *cfg)
{
	for (const cfg_opt_t *o = cfg->opts; o->name; o++) {
		struct field *field = field_of(o);
		char name[64];

		if (o->type != CFGT_STR || !(o->flags & CFGF_RESET) ||
		    o->parsecb != take_value)
			continue;
		if (field->line != 0) {
			rk_error_set(parse->error,
				     "%s:%d: %s: must be set once, is set "
				     "again as {}",
				     parse->name, field->line,
				     full_name(field->key, name, sizeof(name)));
			parse->failed = true;
			return;
		}
		rk_conf_value_clear(parse->conf, field->key);
		parse->conf->named.keys[field - parse->fields] = true;
	}
}

/* What the file says is taken; do its keys fit together? */
static int check(struct parse *parse)
{
	struct rk_error need;
	const struct rk_conf_key *key = rk_conf_check(parse->conf, &need);
	const struct field *field = parse->fields;
	char value[512] = "";
	char line[16] = "";
	char name[64];
	FILE *out;

	if (!key)
		return 0;

	while (field->key != key)
		field++;
	if (field->line != 0)
		snprintf(line, sizeof(line), ":%d", field->line);

	/* Long lists are cut. */
	out = fmemopen(value, sizeof(value) - 1, "w");
	if (out) {
		rk_conf_value_print(parse->conf, key, out);
		(void)fclose(out); /* memory: nothing can be lost */
	}
	rk_error_set(parse->error, "%s%s: %s = %s%s: %s", parse->name, line,
		     full_name(key, name, sizeof(name)), value,
		     field->line == 0 ? " (default)" : "", need.text);
	return -EINVAL;
}

/* The path of a key, when relative, counts from dir. */
static int resolve_path(const struct parse *parse, const char *key,
			char value[RK_CONF_PATH_SIZE], const char *dir)
{
	char path[RK_CONF_PATH_SIZE];
	int n;

	if (!dir || value[0] == '/')
		return 0;

	n = snprintf(path, sizeof(path), "%s/%s", dir, value);
	if (n < 0 || (size_t)n >= sizeof(path)) {
		rk_error_set(parse->error, "%s: %s: %s/%s must be shorter",
			     parse->name, key, dir, value);
		return -ENAMETOOLONG;
	}
	memcpy(value, path, (size_t)n + 1);
	return 0;
}

static int run(struct parse *parse, const char *text, const char *dir)
{
	cfg_t *cfg = cfg_init(build_options(parse), CFGF_NONE);
	int r;

	if (!cfg) {
		rk_error_set(parse->error, "%s: out of memory", parse->name);
		return -ENOMEM;
	}

	cfg_set_error_function(cfg, take_error);
	r = cfg_parse_buf(cfg, text);
	if (!parse->failed && (r != CFG_SUCCESS || !parse->ended)) {
		rk_error_set(parse->error,
			     "%s: a string or comment must be closed",
			     parse->name);
		parse->failed = true;
	}
	if (!parse->failed)
		take_empty_lists(parse, cfg);
	for (const cfg_opt_t *o = cfg->opts; o->name && !parse->failed; o++)
		if (o->type == CFGT_SEC)
			take_empty_lists(parse, o->values[0]->section);
	cfg_free(cfg);
	if (parse->failed)
		return -EINVAL;

	r = check(parse);
	if (r == 0)
		r = resolve_path(parse, "markets", parse->conf->markets, dir);
	if (r == 0)
		r = resolve_path(parse, "state", parse->conf->state, dir);
	return r;
}

void rk_conf_defaults(struct rk_conf *ret_conf)
{
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);
	struct rk_error need;

	memset(ret_conf, 0, sizeof(*ret_conf));
	for (size_t i = 0; i < n; i++) {
		int r = rk_conf_value_set(ret_conf, &keys[i], keys[i].initial,
					  &need);

		RK_ASSERT(r == 0);
	}
}

int rk_conf_parse_text(const char *text, const char *name, const char *dir,
		       struct rk_conf *ret_conf, struct rk_error *error)
{
	struct rk_conf conf;
	struct parse *parse = calloc(1, sizeof(*parse));
	size_t whole_size = strlen(text) + sizeof(END_TEXT);
	char *whole = malloc(whole_size);
	int r;

	if (!parse || !whole) {
		free(whole);
		free(parse);
		rk_error_set(error, "%s: out of memory", name);
		return -ENOMEM;
	}
	snprintf(whole, whole_size, "%s%s", text, END_TEXT);
	rk_conf_defaults(&conf);
	parse->name = name;
	parse->conf = &conf;
	parse->error = error;

	r = run(parse, whole, dir);
	if (r == 0)
		*ret_conf = conf;

	for (size_t i = 0; i < KEYS_MAX; i++)
		free(parse->fields[i].text);
	free(parse->end.text);
	free(parse);
	free(whole);
	return r;
}

/* The folder of the file at path, absolute: release with free(). */
static int folder_of(const char *path, char **ret_folder)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	char *full;

	/* "file" is in ".", "/file" in "/". */
	if (!slash)
		folder = strdup(".");
	else
		folder = strndup(path,
				 slash == path ? 1 : (size_t)(slash - path));
	if (!folder)
		return -ENOMEM;

	full = realpath(folder, NULL);
	free(folder);
	if (!full)
		return -errno;

	*ret_folder = full;
	return 0;
}

int rk_conf_parse_file(const char *path, struct rk_conf *ret_conf,
		       struct rk_error *error)
{
	char *folder = NULL;
	char *text;
	size_t size;
	int r = rk_file_read(path, RK_CONF_FILE_MAX, &text, &size, error);

	if (r < 0)
		return r;

	r = folder_of(path, &folder);
	if (r < 0) {
		rk_error_set(error, "%s: its folder cannot be found: %s", path,
			     strerror(-r));
		free(text);
		return r;
	}

	r = rk_conf_parse_text(text, path, folder, ret_conf, error);
	free(folder);
	free(text);
	return r;
}

int rk_conf_print(const struct rk_conf *conf, FILE *out)
{
	size_t n;
	const struct rk_conf_key *keys = rk_conf_keys(&n);
	const char *section = "";

	for (size_t i = 0; i < n; i++) {
		if (strcmp(keys[i].section, section) != 0) {
			(void)fprintf(out, "%s\n%s {\n",
				      section[0] != '\0' ? "}\n" : "",
				      keys[i].section);
			section = keys[i].section;
		}
		(void)fprintf(out, "%s%s = ", section[0] != '\0' ? "\t" : "",
			      keys[i].name);
		rk_conf_value_print(conf, &keys[i], out);
		(void)fputs("\n", out);
	}
	(void)fputs("}\n", out);
	/* Whatever of all that failed, the stream remembers. */
	return ferror(out) ? -EIO : 0;
}
