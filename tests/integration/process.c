/*
 * Starting and ending riskd. See process.h.
 */
#include "process.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "folder.h"
#include "harness.h"

#define STOP_MS      60000
#define STEP_MS      5
#define PATH_SIZE    128
#define SUPPRESSIONS "leaks" /* for LeakSanitizer, see dying_peers */

static const char *const socket_names[RK_SOCKETS] = {
	"prices", "ingest", "query", "events", "public",
};

static const char markets_format[] =
	"{\"schema\": 1,\n"
	" \"assets\": [\n"
	"  {\"name\": \"USD\", \"decimals\": 8, \"fixed_price\": \"1\"},\n"
	"  {\"name\": \"BTC\", \"decimals\": 8, \"price_decimals\": 2,\n"
	"   \"price_max\": \"1000000\", \"price_age_max\": \"%s\",\n"
	"   \"collateral\": {%s}}],\n"
	" \"markets\": [\n"
	"  {\"name\": \"BTC-PERP\", \"kind\": \"perpetual\", \"settle\": "
	"\"USD\",\n"
	"   \"price_decimals\": 2, \"size_decimals\": 6, \"lot\": \"0.001\",\n"
	"   \"price_max\": \"1000000\", \"position_max\": \"1000\",\n"
	"   \"price_age_max\": \"%s\", \"close_cost\": \"0.0005\",\n"
	"   \"brackets\": [\n"
	"    {\"floor\": \"0\", \"maintenance\": \"0.005\", \"initial\": "
	"\"0.01\"},\n"
	"    {\"floor\": \"1000000\", \"maintenance\": \"0.01\", \"initial\": "
	"\"0.02\"}]},\n"
	"  {\"name\": \"ETH-PERP\", \"kind\": \"perpetual\", \"settle\": "
	"\"USD\",\n"
	"   \"price_decimals\": 2, \"size_decimals\": 6, \"lot\": \"0.01\",\n"
	"   \"price_max\": \"100000\", \"position_max\": \"10000\",\n"
	"   \"price_age_max\": \"%s\", \"close_cost\": \"0.0005\",\n"
	"   \"brackets\": [\n"
	"    {\"floor\": \"0\", \"maintenance\": \"0.01\", \"initial\": "
	"\"%s\"}]}";

static const char more_format[] =
	",\n  {\"name\": \"M-%u\", \"kind\": \"perpetual\", \"settle\": "
	"\"USD\",\n"
	"   \"price_decimals\": 2, \"size_decimals\": 6, \"lot\": \"0.01\",\n"
	"   \"price_max\": \"100000\", \"position_max\": \"100\",\n"
	"   \"price_age_max\": \"%s\", \"close_cost\": \"0.0005\",\n"
	"   \"brackets\": [";

/* Small tables: they are cleared at start, and a case a second is better. */
static const char *const limits[] = {
	"accounts = 8192",
	"owners = 8192",
	"assets = 4",
	"markets = 4",
	"publishers = 8",
	"venues = 4",
	"clients = 64",
	"positions = 16384",
	"balances = 16384",
	"orders = 16384",
	"withdrawals = 1024",
	"events_kept = 200000",
	"events_kept_bytes = 64MiB",
	"outbox_bytes = 16MiB",
};

void rk_process_sleep_ms(int ms)
{
	struct timespec pause = {ms / 1000, (long)(ms % 1000) * 1000000L};

	(void)nanosleep(&pause, NULL);
}

int64_t rk_process_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* A port that nobody listens on; somebody may still be faster than riskd. */
static unsigned int free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	socklen_t size = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int r;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	r = bind(fd, (struct sockaddr *)&address, sizeof(address));
	if (r == 0)
		r = getsockname(fd, (struct sockaddr *)&address, &size);
	CHECK(r == 0, "no free port on 127.0.0.1");
	(void)close(fd);
	return ntohs(address.sin_port);
}

static void name_urls(struct rk_process *process, bool tcp)
{
	for (int i = 0; i < RK_SOCKETS; i++) {
		if (tcp)
			(void)snprintf(process->url[i], sizeof(process->url[i]),
				       "tcp://127.0.0.1:%u", free_port());
		else
			(void)snprintf(process->url[i], sizeof(process->url[i]),
				       "ipc://%s/%s.sock", process->folder,
				       socket_names[i]);
	}
}

static FILE *create(const struct rk_process *process, const char *name)
{
	char path[PATH_SIZE];
	FILE *file;

	(void)snprintf(path, sizeof(path), "%s/%s", process->folder, name);
	file = fopen(path, "we");
	CHECK(file, "cannot write %s", path);
	return file;
}

static void write_markets(const struct rk_process *process,
			  const struct rk_process_options *options)
{
	const char *age = options->price_age ? options->price_age : "1h";
	FILE *file = create(process, "markets.json");

	(void)fprintf(file, markets_format, age,
		      options->btc_terms ? options->btc_terms : "", age, age,
		      options->eth_initial ? options->eth_initial : "0.02");
	for (uint32_t i = 0; i < options->more_markets; i++) {
		(void)fprintf(file, more_format, i, age);
		for (unsigned int j = 0; j < 16; j++)
			(void)fprintf(file,
				      "%s{\"floor\": \"%u\", \"maintenance\": "
				      "\"0.0%u\", \"initial\": \"0.%u\"}",
				      j ? ", " : "", j * 100000, j + 10,
				      j + 10);
		(void)fputs("]}", file);
	}
	(void)fputs("]}\n", file);
	CHECK(fclose(file) == 0, "cannot write markets.json");
}

/* A key is set once: not here when the case sets it. */
static void write_limits(FILE *file, const char *settings)
{
	(void)fputs("limits {\n", file);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		char key[64];

		(void)snprintf(key, sizeof(key), "\t%.*s",
			       (int)strcspn(limits[i], "=") + 1, limits[i]);
		if (!strstr(settings, key))
			(void)fprintf(file, "\t%s\n", limits[i]);
	}
	(void)fputs("}\n", file);
}

static void write_conf(const struct rk_process *process,
		       const struct rk_process_options *options)
{
	const char *settings = options->settings ? options->settings : "";
	FILE *file = create(process, "riskd.conf");

	(void)fprintf(file,
		      "clock = %s\nmarkets = \"markets.json\"\n"
		      "publishers = {\"a\", \"b\", \"c\", \"d\"}\n"
		      "venues = {\"main\"}\nlisten {\n",
		      options->messages ? "messages" : "real");
	for (int i = 0; i < RK_SOCKETS; i++)
		(void)fprintf(file, "\t%s = {\"%s\"}\n", socket_names[i],
			      process->url[i]);
	(void)fputs("}\n", file);
	write_limits(file, settings);
	if (options->durable)
		(void)fprintf(file, "state = \"%s\"\n", process->state);
	else if (!strstr(settings, "journal {"))
		(void)fputs("journal {\n\tkind = memory\n}\n", file);
	(void)fputs(settings, file);
	CHECK(fclose(file) == 0, "cannot write riskd.conf");
}

void rk_process_configure(const struct rk_process *process,
			  const struct rk_process_options *options)
{
	write_markets(process, options);
	write_conf(process, options);
}

void rk_process_prepare(struct rk_process *process,
			const struct rk_process_options *options)
{
	FILE *file;

	memset(process, 0, sizeof(*process));
	(void)snprintf(process->folder, sizeof(process->folder),
		       "/tmp/riskd-it-XXXXXX");
	CHECK(mkdtemp(process->folder), "cannot make %s", process->folder);
	(void)snprintf(process->state, sizeof(process->state), "%s/state",
		       process->folder);
	(void)snprintf(process->kept, sizeof(process->kept), "%s/kept",
		       process->folder);
	name_urls(process, options->tcp);
	if (options->durable)
		CHECK(mkdir(process->state, 0755) == 0, "cannot make %s",
		      process->state);

	rk_process_configure(process, options);
	if (options->dying_peers) {
		file = create(process, SUPPRESSIONS);
		(void)fputs("leak:libnng\n", file);
		CHECK(fclose(file) == 0, "cannot write " SUPPRESSIONS);
	}
}

/* Between fork and exec: only what is safe there. */
_Noreturn static void become(char *const argv[], int output)
{
	/* A test that is killed takes its daemon along. */
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(output, STDOUT_FILENO) >= 0 &&
	    dup2(output, STDERR_FILENO) >= 0)
		(void)execv(argv[0], argv);
	_exit(127);
}

/* For the child about to be forked. */
static void set_environment(const struct rk_process *process)
{
	char option[PATH_SIZE + 16];
	const char *path = option + strlen("suppressions=");

	(void)snprintf(option, sizeof(option), "suppressions=%s/%s",
		       process->folder, SUPPRESSIONS);
	if (access(path, R_OK) == 0)
		(void)setenv("LSAN_OPTIONS", option, 1);
	if (!process->preload)
		return;
	(void)setenv("LD_PRELOAD", process->preload, 1);
	/* Sanitizers want to be first themselves; here they need not be. */
	(void)setenv("ASAN_OPTIONS", "verify_asan_link_order=0", 1);
}

static void unset_environment(void)
{
	(void)unsetenv("LSAN_OPTIONS");
	(void)unsetenv("LD_PRELOAD");
	(void)unsetenv("ASAN_OPTIONS");
}

void rk_process_start(struct rk_process *process)
{
	char riskd[PATH_SIZE * 4];
	char conf[PATH_SIZE];
	char log[PATH_SIZE];
	char flag[] = "-c";
	char option[32] = "";
	char value[32] = "";
	char *argv[] = {riskd, flag, conf, NULL, NULL, NULL};
	int output;

	(void)snprintf(riskd, sizeof(riskd), "%s", rk_harness_riskd());
	(void)snprintf(conf, sizeof(conf), "%s/riskd.conf", process->folder);
	(void)snprintf(log, sizeof(log), "%s/log", process->folder);
	output = open(log, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	CHECK(output >= 0, "cannot write %s", log);

	if (process->option) {
		(void)snprintf(option, sizeof(option), "%s", process->option);
		(void)snprintf(value, sizeof(value), "%s", process->value);
		argv[3] = option;
		argv[4] = value;
	}
	set_environment(process);
	process->pid = fork();
	if (process->pid == 0) {
		if (process->uid != 0 &&
		    (setgid(process->uid) != 0 || setuid(process->uid) != 0))
			_exit(127);
		become(argv, output);
	}
	unset_environment();
	(void)close(output);
	CHECK(process->pid > 0, "cannot start a process");
}

void rk_process_signal(const struct rk_process *process, int number)
{
	CHECK(process->pid > 0, "riskd is not running");
	CHECK(kill(process->pid, number) == 0, "cannot send signal %d", number);
}

static int exit_code(int status)
{
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int rk_process_wait(struct rk_process *process)
{
	int status = 0;

	CHECK(process->pid > 0, "riskd is not running");
	for (int waited = 0; waited < STOP_MS; waited += STEP_MS) {
		if (waitpid(process->pid, &status, WNOHANG) == process->pid) {
			process->pid = 0;
			return exit_code(status);
		}
		rk_process_sleep_ms(STEP_MS);
	}
	CHECK(false, "riskd did not end within %d ms", STOP_MS);
	return -1;
}

bool rk_process_ended(const struct rk_process *process)
{
	siginfo_t info = {0};

	/* Leaves the exit code for rk_process_wait(). */
	return waitid(P_PID, (id_t)process->pid, &info,
		      WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == process->pid;
}

void rk_process_kill(struct rk_process *process)
{
	rk_process_signal(process, SIGKILL);
	CHECK_EQ(rk_process_wait(process), 128 + SIGKILL);
	rk_process_unlink(process);
}

void rk_process_unlink(const struct rk_process *process)
{
	for (int i = 0; i < RK_SOCKETS; i++)
		if (strncmp(process->url[i], "ipc://", strlen("ipc://")) == 0)
			(void)unlink(process->url[i] + strlen("ipc://"));
}

/* All of a file, with an ending zero; NULL when it cannot be read. */
static char *read_all(const char *path)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t room = 0;
	ssize_t n;

	if (!file)
		return NULL;
	n = getdelim(&text, &room, '\0', file);
	if (n < 0) {
		free(text);
		text = strdup("");
	}
	(void)fclose(file);
	return text;
}

char *rk_process_log(const struct rk_process *process)
{
	char path[PATH_SIZE];
	char *text;

	(void)snprintf(path, sizeof(path), "%s/log", process->folder);
	text = read_all(path);
	CHECK(text, "cannot read %s", path);
	return text;
}

long rk_process_peak_kib(const struct rk_process *process)
{
	char path[PATH_SIZE];
	char line[PATH_SIZE];
	long peak = -1;
	FILE *file;

	(void)snprintf(path, sizeof(path), "/proc/%d/status",
		       (int)process->pid);
	file = fopen(path, "re");
	CHECK(file, "cannot read %s", path);
	while (peak < 0 && fgets(line, sizeof(line), file))
		(void)sscanf(line, "VmHWM: %ld", &peak);
	(void)fclose(file);
	CHECK(peak > 0, "%s has no VmHWM", path);
	return peak;
}

const char *rk_process_left_over(const struct rk_process *process)
{
	static char name[256];
	DIR *folder = opendir(process->folder);
	const struct dirent *entry;
	const char *found = NULL;

	CHECK(folder, "cannot read %s", process->folder);
	while (!found && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.' ||
		    strcmp(entry->d_name, "riskd.conf") == 0 ||
		    strcmp(entry->d_name, "markets.json") == 0 ||
		    strcmp(entry->d_name, SUPPRESSIONS) == 0 ||
		    strcmp(entry->d_name, "state") == 0 ||
		    strcmp(entry->d_name, "kept") == 0 ||
		    strcmp(entry->d_name, "log") == 0)
			continue;
		(void)snprintf(name, sizeof(name), "%s", entry->d_name);
		found = name;
	}
	(void)closedir(folder);
	return found;
}

void rk_process_discard(struct rk_process *process)
{
	if (process->pid > 0) {
		(void)kill(process->pid, SIGKILL);
		(void)waitpid(process->pid, NULL, 0);
	}
	if (process->folder[0] != '\0') {
		rk_folder_remove(process->state);
		rk_folder_remove(process->kept);
		rk_folder_remove(process->folder);
	}
	memset(process, 0, sizeof(*process));
}

int rk_process_capture(char *const argv[], char *output, size_t size)
{
	size_t n = 0;
	int status = 0;
	int ends[2];
	pid_t pid;
	ssize_t r;

	CHECK(pipe(ends) == 0, "cannot make a pipe");
	(void)fcntl(ends[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(ends[1], F_SETFD, FD_CLOEXEC);
	pid = fork();
	if (pid == 0)
		become(argv, ends[1]);
	(void)close(ends[1]);
	CHECK(pid > 0, "cannot start %s", argv[0]);

	while ((r = read(ends[0], output + n, size - 1 - n)) > 0)
		n += (size_t)r;
	output[n] = '\0';
	(void)close(ends[0]);
	CHECK(waitpid(pid, &status, 0) == pid, "%s is lost", argv[0]);
	return exit_code(status);
}
