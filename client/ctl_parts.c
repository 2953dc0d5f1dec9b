/*
 * riskctl: several tables about one thing. See ctl_out.h.
 */
#include "ctl_out.h"

/* Add a part to the object; -1 without memory. */
static int add_part(json_t *object, const struct ctl_part *part)
{
	json_t *rows = ctl_table_json(part->table);
	int failed;

	if (part->key && !part->record)
		return json_object_set_new(object, part->key, rows);
	if (part->key)
		failed = !rows || json_object_set(object, part->key,
						  json_array_get(rows, 0));
	else
		failed = !rows ||
			 json_object_update(object, json_array_get(rows, 0));
	json_decref(rows);
	return failed ? -1 : 0;
}

json_t *ctl_parts_json(const struct ctl_part *parts, size_t n)
{
	json_t *object = json_object();
	bool failed = !object;

	for (size_t i = 0; i < n; i++) {
		failed = failed || add_part(object, &parts[i]);
		ctl_table_free(parts[i].table);
	}
	if (!failed)
		return object;
	json_decref(object);
	return NULL;
}

int ctl_parts_print(const struct ctl *ctl, const struct ctl_part *parts,
		    size_t n)
{
	bool printed = false;
	int rc = CTL_OK;

	if (ctl->output == CTL_JSON)
		return ctl_json_print(ctl, ctl_parts_json(parts, n));
	for (size_t i = 0; i < n; i++) {
		/* Its empty words are talk, and between no tables. */
		bool words = ctl->output == CTL_TABLE &&
			     ctl_table_is_empty(parts[i].table);

		if (rc != CTL_OK || (words && !parts[i].empty)) {
			ctl_table_free(parts[i].table);
			continue;
		}
		if (printed && !words)
			(void)putchar('\n');
		printed = printed || !words;
		if (parts[i].title && ctl->output == CTL_TABLE)
			(void)printf("%s\n", parts[i].title);
		if (parts[i].record || !parts[i].key)
			rc = ctl_table_print_record(ctl, parts[i].table);
		else
			rc = ctl_table_print(ctl, parts[i].table,
					     parts[i].empty ? parts[i].empty
							    : "");
	}
	return rc;
}
