/*
 * Starting and stopping riskd. See daemon_process.h.
 */
#define _GNU_SOURCE /* nftw */
#include "daemon_process.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_SIZE 128

static void path_of(const struct scn_process *process, const char *name,
		    char path[PATH_SIZE])
{
	(void)snprintf(path, PATH_SIZE, "%s/%s", process->folder, name);
}

static int write_file(const struct scn_process *process, const char *name,
		      const char *text, struct rk_error *error)
{
	char path[PATH_SIZE];
	FILE *file;
	int r = 0;

	path_of(process, name, path);
	file = fopen(path, "we");
	if (!file || fputs(text, file) < 0)
		r = -errno;
	if (file && fclose(file) != 0 && r == 0)
		r = -errno;
	if (r < 0)
		rk_error_set(error, "%s: cannot be written: %s", path,
			     strerror(-r));
	return r;
}

static int make_folder(struct scn_process *process, struct rk_error *error)
{
	char state[PATH_SIZE];

	/* Short, as the path of a socket has hardly 100 characters. */
	(void)snprintf(process->folder, sizeof(process->folder),
		       "/tmp/riskd-scenario-XXXXXX");
	if (!mkdtemp(process->folder)) {
		rk_error_set(error, "%s: cannot be made: %s", process->folder,
			     strerror(errno));
		process->folder[0] = '\0';
		return -EIO;
	}
	(void)snprintf(process->query_url, sizeof(process->query_url),
		       "ipc://%s/query.sock", process->folder);
	path_of(process, "state", state);
	if (mkdir(state, 0700) == 0)
		return 0;
	rk_error_set(error, "%s: cannot be made: %s", state, strerror(errno));
	return -EIO;
}

/* In the child: become riskd, and end when the parent does. */
_Noreturn static void become(const struct scn_process *process,
			     const char *program, pid_t parent)
{
	char conf[PATH_SIZE];

	path_of(process, "riskd.conf", conf);
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == 0 && getppid() == parent &&
	    setenv(SCN_FOLDER_VARIABLE, process->folder, 1) == 0)
		(void)execl(program, program, "-c", conf, (char *)NULL);
	(void)fprintf(stderr, "%s: cannot be run: %s\n", program,
		      strerror(errno));
	_exit(127);
}

static int spawn(struct scn_process *process, const char *program,
		 const struct scn_listing *listing, struct rk_error *error)
{
	pid_t parent = getpid();
	int r = write_file(process, "riskd.conf", listing->conf_file.text,
			   error);

	if (r == 0)
		r = write_file(process, "markets.json",
			       listing->markets_file.text, error);
	if (r < 0)
		return r;

	(void)fflush(NULL); /* so that the child has nothing to write */
	process->pid = fork();
	if (process->pid < 0) {
		process->pid = 0;
		rk_error_set(error, "cannot fork: %s", strerror(errno));
		return -EAGAIN;
	}
	if (process->pid == 0)
		become(process, program, parent);
	return 0;
}

int scn_process_start(struct scn_process *process, const char *program,
		      const struct scn_listing *listing, struct rk_error *error)
{
	int r;

	memset(process, 0, sizeof(*process));
	r = make_folder(process, error);
	return r == 0 ? spawn(process, program, listing, error) : r;
}

bool scn_process_has_ended(struct scn_process *process)
{
	siginfo_t info = {.si_pid = 0};

	/* It stays to be waited for by scn_process_stop. */
	return process->pid == 0 || (waitid(P_PID, (id_t)process->pid, &info,
					    WEXITED | WNOHANG | WNOWAIT) == 0 &&
				     info.si_pid != 0);
}

static int remove_one(const char *path, const struct stat *info, int type,
		      struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	(void)remove(path); /* what is left is worth a look */
	return 0;
}

static void remove_folder(struct scn_process *process)
{
	/* The sockets are riskd's to remove; one that was killed cannot. */
	static const char *const names[] = {
		"riskd.conf", "markets.json", "prices.sock", "ingest.sock",
		"query.sock", "events.sock",  "public.sock", NULL,
	};
	char path[PATH_SIZE];

	if (process->folder[0] == '\0')
		return;
	for (size_t i = 0; names[i]; i++) {
		path_of(process, names[i], path);
		(void)unlink(path); /* may be gone already */
	}
	path_of(process, "state", path);
	(void)nftw(path, remove_one, 8, FTW_DEPTH | FTW_PHYS); /* may lack */
	(void)rmdir(process->folder); /* what is left is worth a look */
	process->folder[0] = '\0';
}

static int end_process(struct scn_process *process, struct rk_error *error)
{
	int status = 0;
	int r = 0;

	if (process->pid > 0) {
		(void)kill(process->pid, SIGTERM); /* may have ended */
		while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
			;
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
			rk_error_set(error,
				     "riskd ended with %s %d, not exit code 0",
				     WIFSIGNALED(status) ? "signal"
							 : "exit code",
				     WIFSIGNALED(status) ? WTERMSIG(status)
							 : WEXITSTATUS(status));
			r = -ECHILD;
		}
	}
	process->pid = 0;
	return r;
}

int scn_process_restart(struct scn_process *process, const char *program,
			const struct scn_listing *listing,
			struct rk_error *error)
{
	int r = end_process(process, error);

	return r == 0 ? spawn(process, program, listing, error) : r;
}

int scn_process_stop(struct scn_process *process, struct rk_error *error)
{
	int r = end_process(process, error);

	remove_folder(process);
	return r;
}
