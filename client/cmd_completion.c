/*
 * riskctl completion: a script for bash, made from the table of verbs, so
 * that it is never behind.
 */
#include <string.h>

#include "ctl_out.h"

static const char head[] =
	"# Completion of riskctl for bash: source <(riskctl completion bash)\n"
	"_riskctl() {\n"
	"\tlocal word=${COMP_WORDS[COMP_CWORD]} verb='' sub='' i words\n"
	"\tfor ((i = 1; i < COMP_CWORD; i++)); do\n"
	"\t\tcase ${COMP_WORDS[i]} in\n"
	"\t\t-s | -o | --server | --output | --timeout | --client | "
	"--client-seq)\n"
	"\t\t\t((i++))\n"
	"\t\t\t;;\n"
	"\t\t-*) ;;\n"
	"\t\t*)\n"
	"\t\t\tif [[ -z $verb ]]; then verb=${COMP_WORDS[i]}\n"
	"\t\t\telif [[ -z $sub ]]; then sub=${COMP_WORDS[i]}; fi\n"
	"\t\t\t;;\n"
	"\t\tesac\n"
	"\tdone\n"
	"\tcase $verb/$sub in\n";

static const char tail[] =
	"\t*) words='' ;;\n"
	"\tesac\n"
	"\tif [[ $word == -* ]]; then\n"
	"\t\twords+=' --server --output --json --timeout --client "
	"--client-seq --quiet --no-color --version --help'\n"
	"\tfi\n"
	"\tmapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$word\")\n"
	"\tif [[ ${#COMPREPLY[@]} -eq 0 ]]; then\n"
	"\t\tmapfile -t COMPREPLY < <(compgen -f -- \"$word\")\n"
	"\tfi\n"
	"}\n"
	"complete -F _riskctl riskctl\n";

/* Is this the first row of its group? */
static bool is_first(const struct ctl_verb *verb)
{
	return verb == ctl_verbs || strcmp(verb[-1].group, verb->group) != 0;
}

static void print_groups(void)
{
	(void)printf("\t/) words='");
	for (const struct ctl_verb *verb = ctl_verbs; verb->group; verb++)
		if (is_first(verb))
			(void)printf("%s%s", verb == ctl_verbs ? "" : " ",
				     verb->group);
	(void)printf("' ;;\n");
}

static void print_subs(const struct ctl_verb *verb)
{
	const char *group = verb->group;

	(void)printf("\t%s/) words='%s", group, verb->sub);
	for (verb++; verb->group && !strcmp(verb->group, group); verb++)
		(void)printf(" %s", verb->sub);
	(void)printf("' ;;\n");
}

/* The words that begin with -- in the text of a verb's options. */
static void print_options(const struct ctl_verb *verb)
{
	const char *at = verb->options;

	(void)printf("\t%s/%s) words='", verb->group,
		     *verb->sub ? verb->sub : "*");
	while (at && (at = strstr(at, "--"))) {
		size_t n = strcspn(at, " \n");

		/* Only where a line begins, or after a short form. */
		if (at == verb->options || at[-1] == '\n' ||
		    (at[-1] == ' ' && at[-2] == ','))
			(void)printf(" %.*s", (int)n, at);
		at += n;
	}
	(void)printf("%s' ;;\n",
		     strcmp(verb->group, "completion") ? "" : " bash");
}

int cmd_completion(struct ctl *ctl, int argc, char **argv)
{
	const struct ctl_option none[] = {{NULL, 0, NULL, NULL}};
	int n;
	int rc = ctl_parse(ctl, none, argc, argv, &n);

	if (rc == CTL_OK)
		rc = ctl_want(ctl, n, 1, 1);
	if (rc)
		return rc;
	if (strcmp(argv[1], "bash") != 0)
		return ctl_usage_error(ctl, "\"%s\": must be bash", argv[1]);
	(void)fputs(head, stdout);
	print_groups();
	for (const struct ctl_verb *verb = ctl_verbs; verb->group; verb++) {
		if (*verb->sub && is_first(verb))
			print_subs(verb);
		print_options(verb);
	}
	(void)fputs(tail, stdout);
	return CTL_OK;
}
