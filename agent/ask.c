/* SPDX-License-Identifier: MIT */
#include "agent/ask.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "agent/askkept.h"
#include "base/mem.h"
#include "base/sandbox.h"
#include "base/strlist.h"
#include "base/tr.h"
#include "specs/eval_command.h"

enum { SAID_MAX = 1 << 20 };

/* What the distribution ships comes first: its units start that. */
static const char *const folders[] = { "/usr/sbin", "/usr/bin", "/sbin",
	"/bin", "/usr/local/sbin", "/usr/local/bin" };

static const char *const environment[] = {
	"PATH=/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin",
	"LC_ALL=C.UTF-8", "HOME=/", NULL };

static bool
is_program(struct machine *m, const char *path)
{
	struct stat st;

	inputs_add(&m->inputs, path);
	return stat(path, &st) == 0 && S_ISREG(st.st_mode) &&
	    (st.st_mode & 0111) != 0;
}

static bool
find_program(struct machine *m, const char *name, struct buf *out)
{
	if (name[0] == '/') {
		buf_adds(out, name);
		return is_program(m, name);
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		buf_reset(out);
		buf_addf(out, "%s/%s", folders[i], name);
		if (is_program(m, buf_str(out)))
			return true;
	}
	return false;
}

/* Who can write to a folder on the way can put another program in place. */
static int
check_owner(const char *path, struct err *e)
{
	CLEANUP(drop_free) char *part = xstrdup(path);

	for (size_t len = strlen(path);; ) {
		struct stat st;

		part[len] = '\0';
		if (lstat(len > 0 ? part : "/", &st) < 0)
			return err_sys(e, NULL, _("cannot look at '%s'"),
			    len > 0 ? part : "/");
		if (st.st_uid != 0 || (!S_ISLNK(st.st_mode) &&
		    (st.st_mode & (S_IWGRP | S_IWOTH)) != 0))
			return err_set(e, ERR_INPUT, NULL, _("'%s' is not "
			    "run: others than root can change '%s' [chown "
			    "root, chmod go-w]"), path,
			    len > 0 ? part : "/");
		if (len == 0)
			return 0;
		while (len > 0 && part[len - 1] != '/')
			len--;
		len -= len > 0;
	}
}

/* Who can turn a symlink on the way can put another program of root's in its
 * place, that is content with everything. */
static int
check_way(struct machine *m, const char *found, struct err *e)
{
	CLEANUP(drop_free) char *whole = xasprintf("%s/.", found);
	CLEANUP(drop_strlist) struct strlist links = { 0 };
	CLEANUP(drop_buf) struct buf real = { 0 };

	if (root_resolve(&m->root, whole, &real, &links, e) < 0)
		return -1;
	for (size_t i = 0; i < links.n; i++)
		if (check_owner(links.items[i], e) < 0)
			return -1;
	return 0;
}

static int
check_spec(const struct rule *rule, struct err *e)
{
	if (rule->spec != NULL && rule->spec->of_root)
		return 0;
	return err_set(e, ERR_INPUT, NULL, _("'%s' is not run: others than "
	    "root can change the spec that asks for it [chown root and chmod "
	    "go-w its files and their folder]"), rule->command->run.items[0]);
}

static const char **
list_of(struct arena *a, const struct texts *t)
{
	const char **list = arena_alloc(a, (t->n + 1) * sizeof(*list));

	for (size_t i = 0; i < t->n; i++)
		list[i] = t->items[i];
	return list;
}

static int
run(const struct command_demand *d, const char *program, struct arena *a,
    struct command_answer *out, struct err *e)
{
	CLEANUP(drop_sandbox_answer) struct sandbox_answer said = { 0 };
	const struct sandbox s = { .program = program,
		.argv = list_of(a, &d->run), .env = environment,
		.user = d->user, .scratch = list_of(a, &d->scratch),
		.seconds = d->seconds, .max = SAID_MAX };

	if (sandbox_run(&s, &said, e) < 0)
		return -1;
	*out = (struct command_answer){ .state = COMMAND_ANSWERED,
		.exit = said.exit, .when = time(NULL),
		.out = arena_memdup(a, buf_str(&said.out), said.out.len),
		.out_len = said.out.len,
		.err = arena_memdup(a, buf_str(&said.err), said.err.len),
		.err_len = said.err.len };
	return 0;
}

int
ask_command(struct machine *m, const struct evidence *ev,
    const struct rule *rule, struct arena *a, struct command_answer *out,
    struct err *e)
{
	const struct command_demand *d = rule->command;
	CLEANUP(drop_buf) struct buf found = { 0 };
	CLEANUP(drop_free) char *program = NULL;
	struct askkept_key key;
	struct err ignored = { 0 };
	uint32_t uid;
	bool keep;

	/* A service without its user is not installed either. */
	if (!find_program(m, d->run.items[0], &found) || (d->user != NULL &&
	    idnames_uid(m->ids, d->user, &uid) == 0)) {
		out->state = COMMAND_MISSING;
		return 0;
	}
	if ((program = realpath(buf_str(&found), NULL)) == NULL)
		return err_sys(e, NULL, _("cannot look at '%s'"),
		    buf_str(&found));
	inputs_add(&m->inputs, program);
	if (check_spec(rule, e) < 0 || check_owner(program, e) < 0 ||
	    check_way(m, buf_str(&found), e) < 0)
		return -1;
	keep = d->reads.n > 0 && askkept_key(ev, rule, program, &key) == 0;
	if (keep && askkept_recall(store_fd(m->store), &key, d, a, out) &&
	    eval_command_accepts(d, out, &ignored) == 1)
		return 0;
	if (run(d, program, a, out, e) < 0)
		return -1;
	out->valid_until = out->when + (keep ? ASKKEPT_NAMED :
	    ASKKEPT_UNNAMED);
	if (keep && eval_command_accepts(d, out, &ignored) == 1)
		askkept_save(store_fd(m->store), &key, d, out);
	return 0;
}
