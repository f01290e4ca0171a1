/* SPDX-License-Identifier: MIT */
/*
 * measure PROGRAM ARG…: runs it with its output thrown away and prints wall
 * time in nanoseconds, peak memory in KiB, exit status and the time of
 * processors in nanoseconds. Small on purpose: what a process had before
 * exec(3) counts as its peak, too.
 */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

static long long
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static long long
ns(const struct timeval *t)
{
	return t->tv_sec * 1000000000LL + t->tv_usec * 1000LL;
}

int
main(int argc, char **argv)
{
	posix_spawn_file_actions_t fa;
	struct rusage use;
	long long began;
	int status;
	pid_t pid;

	if (argc < 2)
		return 2;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	if (getenv("BENCH_SHOW") == NULL)
		posix_spawn_file_actions_adddup2(&fa, 1, 2);
	began = now();
	if (posix_spawnp(&pid, argv[1], &fa, NULL, argv + 1, environ) != 0)
		return 2;
	if (wait4(pid, &status, 0, &use) < 0)
		return 2;
	printf("%lld %ld %d %lld\n", now() - began, use.ru_maxrss,
	    WIFEXITED(status) ? WEXITSTATUS(status) : 128,
	    ns(&use.ru_utime) + ns(&use.ru_stime));
	return 0;
}
