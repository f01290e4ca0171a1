/* SPDX-License-Identifier: MIT */
#include "agent/doctor/checkup.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "agent/pkg/owners.h"
#include "base/exec.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

enum { DUMP_MAX = 8 << 20, SECONDS = 20 };

/* Where each package manager looks for its hook, and how one knows that it is
 * on this machine. The Makefile puts the same files there. */
static const struct hook {
	const char *manager, *database, *program, *shipped, *path;
	bool executable;
} hooks[] = {
	{ "zypp", "rpm", "/usr/bin/zypper", "zypp-plugin",
	    "/usr/lib/zypp/plugins/commit/driftctl", true },
	{ "apt", "dpkg", "/usr/bin/apt-get", "apt.conf",
	    "/etc/apt/apt.conf.d/00driftctl", false },
	{ "dpkg", "dpkg", "/usr/bin/dpkg", "dpkg.cfg",
	    "/etc/dpkg/dpkg.cfg.d/driftctl", false },
	{ "dnf4", "rpm", "/usr/bin/dnf-3", "dnf4.py", NULL, false },
	{ "dnf5", "rpm", "/usr/bin/dnf5", "dnf5.actions",
	    "/etc/dnf/libdnf5-plugins/actions.d/driftctl.actions", false },
	{ "pacman", "pacman", "/usr/bin/pacman", "pacman-begin.hook",
	    "/usr/share/libalpm/hooks/00-driftctl-begin.hook", false },
	{ "pacman", "pacman", "/usr/bin/pacman", "pacman-end.hook",
	    "/usr/share/libalpm/hooks/zz-driftctl-end.hook", false },
};
enum { N_HOOKS = sizeof(hooks) / sizeof(hooks[0]) };

/* For machines where systemd starts nothing. */
static const struct hook cron = { "cron", NULL, NULL, "driftctl.cron",
	"/etc/cron.d/driftctl", false };

/* Those come with the package, which only a checkout can put there again. */
static const struct hook units = { .manager = "systemd" };

/* The folder of a checkout that this program was built in; "" for none. */
static void
find_checkout(struct buf *out)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;

	if (n <= 0)
		return;
	self[n] = '\0';
	for (int up = 0; up < 2; up++)
		if ((slash = strrchr(self, '/')) != NULL)
			*slash = '\0';
	buf_addf(out, "%s/packaging/hooks", self);
	if (access(buf_str(out), F_OK) < 0)
		buf_reset(out);
	else
		buf_truncate(out, out->len - strlen("/packaging/hooks"));
}

/* What it should be, with the path of the program in it. */
static int
read_shipped(const struct buf *checkout, const char *name, struct buf *out)
{
	CLEANUP(drop_free) char *path = checkout->len > 0 ?
	    xasprintf("%s/packaging/%s/%s", buf_str(checkout),
	    text_ends(name, ".cron") ? "cron" : "hooks", name) :
	    xasprintf(DATADIR "/hooks/%s", name);
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };
	static const char var[] = "@BINDIR@";

	if (file_read(AT_FDCWD, path, DUMP_MAX, &text, &ignored) < 0)
		return -1;
	for (const char *at = buf_str(&text); *at != '\0';) {
		const char *to = strstr(at, var);

		if (to == NULL) {
			buf_adds(out, at);
			break;
		}
		buf_add(out, at, (size_t)(to - at));
		buf_adds(out, BINDIR);
		at = to + strlen(var);
	}
	return 0;
}

static const char *
install_command(struct checkup *c, const struct hook *h, const char *path,
    const struct buf *checkout)
{
	struct arena *a = &c->arena;

	if (checkout->len > 0)
		return arena_printf(a, "make -C %s install-hooks HOOKS=%s%s%s",
		    checkup_quote(a, buf_str(checkout)), h->manager,
		    c->prefix[0] != '\0' ? " DESTDIR=" : "",
		    checkup_quote(a, c->prefix));
	return arena_printf(a, "install -D -m %s " DATADIR "/hooks/%s %s",
	    h->executable ? "755" : "644", h->shipped, checkup_quote(a,
	    arena_printf(a, "%s%s", c->prefix, path)));
}

/* In python's folder of packages that has dnf itself. */
static const char *
dnf4_path(struct checkup *c, const struct root *r)
{
	static const char *const kinds[] = { "site-packages",
		"dist-packages" };
	CLEANUP(drop_strlist) struct strlist names = { 0 };
	CLEANUP(drop_fd) int lib = root_open_in(r, "/usr/lib",
	    O_RDONLY | O_DIRECTORY);

	if (lib < 0 || file_names(lib, ".", &names) < 0)
		return NULL;
	strlist_sort(&names);
	for (size_t i = 0; i < names.n; i++) {
		for (size_t k = 0; k < 2; k++) {
			CLEANUP(drop_free) char *dir = xasprintf(
			    "/usr/lib/%s/%s/dnf", names.items[i], kinds[k]);

			if (text_starts(names.items[i], "python3") &&
			    checkup_there(r, dir))
				return arena_printf(&c->arena,
				    "%s-plugins/driftctl.py", dir);
		}
	}
	return NULL;
}

static void
compare(struct hook_fact *f, const struct hook *h, const struct stat *st,
    const struct buf *is, struct arena *a, const char *command,
    const char *prefix)
{
	f->since = st->st_ctim.tv_sec;
	if ((st->st_mode & 022) != 0 || st->st_uid != 0) {
		f->state = HOOK_OPEN;
		f->remedy = arena_printf(a, "chown root: %s%s && "
		    "chmod go-w %s%s", prefix, f->path, prefix, f->path);
	} else if (h->executable && (st->st_mode & 0111) == 0) {
		f->state = HOOK_NO_PROGRAM;
		f->remedy = arena_printf(a, "chmod 755 %s%s", prefix, f->path);
	} else if (f->content == NULL ?
	    strstr(buf_str(is), "driftctl") == NULL :
	    strcmp(f->content, buf_str(is)) != 0) {
		f->state = HOOK_CHANGED;
		/* It keeps what is there. */
		if (f->content != NULL)
			f->remedy = arena_printf(a, "%s init --hooks",
			    command);
	} else {
		f->state = HOOK_THERE;
		f->remedy = NULL;
	}
}

static void
look_at_file(struct checkup *c, const struct root *r, const struct hook *h,
    const struct buf *checkout, struct hook_fact *f)
{
	CLEANUP(drop_buf) struct buf is = { 0 };
	CLEANUP(drop_fd) int fd = root_open_in(r, f->path,
	    O_RDONLY | O_NONBLOCK | O_NOCTTY);
	CLEANUP(drop_buf) struct buf shipped = { 0 };
	struct err e = { 0 };
	struct stat st;

	if (read_shipped(checkout, h->shipped, &shipped) == 0)
		f->content = arena_strdup(&c->arena, buf_str(&shipped));
	f->executable = h->executable;
	f->remedy = install_command(c, h, f->path, checkout);
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR)) {
		f->state = HOOK_MISSING;
	} else if (fd < 0 || fstat(fd, &st) < 0 ||
	    file_read_fd(fd, f->path, DUMP_MAX, &is, &e) < 0) {
		f->state = HOOK_UNREADABLE;
		f->why = arena_strdup(&c->arena, strerror(e.sys != 0 ? e.sys :
		    errno));
	} else {
		compare(f, h, &st, &is, &c->arena, c->command, c->prefix);
	}
}

static void
switched_off(struct hook_fact *f, const char *why, const char *remedy)
{
	f->state = HOOK_OFF;
	f->why = why;
	f->remedy = remedy;
}

/* Another file of apt's configuration may have cleared the list. */
static void
ask_apt(struct hook_fact *f)
{
	static const char *const argv[] = { "apt-config", "dump", NULL };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err ignored = { 0 };
	int code;

	if (exec_run(argv, DUMP_MAX, SECONDS, &out, &code, &ignored) == 0 &&
	    code == 0 && (strstr(buf_str(&out), "hook apt begin") == NULL ||
	    strstr(buf_str(&out), "hook apt end") == NULL))
		switched_off(f, _("another file of apt's configuration takes "
		    "it away"), "grep -rn '#clear' /etc/apt/apt.conf "
		    "/etc/apt/apt.conf.d");
}

/* "key = 0" in an ini file, whatever its section. */
static bool
says_no(const struct root *r, const char *path, const char *key)
{
	static const char *const no[] = { "0", "false", "no", "off", "False",
		"No" };
	CLEANUP(drop_buf) struct buf text = { 0 };
	size_t n = strlen(key);

	if (checkup_read(r, path, &text) <= 0)
		return false;
	for (const char *at = buf_str(&text); *at != '\0';) {
		size_t len = strcspn(at, "\n");
		const char *v = at + n + strspn(at + (len > n ? n : 0), " \t");

		for (size_t i = 0; len > n && strncmp(at, key, n) == 0 &&
		    *v == '=' && i < sizeof(no) / sizeof(no[0]); i++) {
			const char *word = v + 1 + strspn(v + 1, " \t");
			size_t k = strcspn(word, " \t\r\n#");

			if (k == strlen(no[i]) && strncmp(word, no[i], k) == 0)
				return true;
		}
		at += len + (at[len] == '\n');
	}
	return false;
}

static bool
is_masked(const struct root *r, const char *name)
{
	CLEANUP(drop_free) char *path = xasprintf("/etc/pacman.d/hooks/%s",
	    name);
	CLEANUP(drop_fd) int fd = root_open_in(r, path, O_PATH);
	struct stat st;

	return fd >= 0 && fstat(fd, &st) == 0 && !S_ISREG(st.st_mode);
}

static void
look_for_switches(struct checkup *c, const struct root *r,
    struct hook_fact *f)
{
	const char *name = strrchr(f->path, '/') + 1;

	if (strcmp(f->manager, "apt") == 0 && c->live)
		ask_apt(f);
	else if (strcmp(f->manager, "dnf4") == 0 &&
	    says_no(r, "/etc/dnf/dnf.conf", "plugins"))
		switched_off(f, _("dnf.conf switches all plugins off"),
		    "grep -n plugins /etc/dnf/dnf.conf");
	else if (strcmp(f->manager, "dnf4") == 0 &&
	    says_no(r, "/etc/dnf/plugins/driftctl.conf", "enabled"))
		switched_off(f, _("/etc/dnf/plugins/driftctl.conf switches it "
		    "off"), "rm /etc/dnf/plugins/driftctl.conf");
	else if (strcmp(f->manager, "dnf5") == 0 &&
	    says_no(r, "/etc/dnf/libdnf5-plugins/actions.conf", "enabled"))
		switched_off(f, _("actions.conf switches dnf's actions off"),
		    "grep -n enabled /etc/dnf/libdnf5-plugins/actions.conf");
	else if (strcmp(f->manager, "dnf5") == 0 &&
	    !checkup_there(r, "/etc/dnf/libdnf5-plugins/actions.conf"))
		switched_off(f, _("dnf's plugin that reads it is not "
		    "installed"), "dnf install libdnf5-plugin-actions");
	else if (strcmp(f->manager, "pacman") == 0 && is_masked(r, name))
		switched_off(f, _("/etc/pacman.d/hooks masks it"),
		    "ls -l /etc/pacman.d/hooks");
}

/* Triggers are in no file of their own: rpm's database has them. */
static void
add_triggers(struct checkup *c, const struct owners *o)
{
	static const char *const argv[] = { "rpm", "-q", "--filetriggers",
		"driftctl", NULL };
	struct hook_fact f = { .manager = "rpm", .database = "rpm",
		.state = HOOK_MISSING };
	CLEANUP(drop_buf) struct buf out = { 0 };
	struct err ignored = { 0 };
	bool any = false, ours = false;
	int code = 0;

	for (size_t i = 0; i < o->packages.n; i++) {
		const struct package *p = &o->packages.items[i];

		any |= p->kind == PACKAGE_RPM;
		ours |= p->kind == PACKAGE_RPM &&
		    strcmp(p->name, "driftctl") == 0;
	}
	/* dpkg's database may be what cannot be read. */
	if (!any && (o->trouble.kind == ERR_NONE ||
	    text_starts(o->trouble.where, "/var/lib/dpkg/")))
		return;
	if (!any) {
		f.state = HOOK_UNREADABLE;
		f.why = checkup_say(c, &o->trouble);
	} else if (ours && (!c->live || exec_run(argv, DUMP_MAX, SECONDS,
	    &out, &code, &ignored) < 0 ||
	    strstr(buf_str(&out), "hook rpm begin") != NULL)) {
		f.state = HOOK_THERE;
	} else {
		f.remedy = "zypper install driftctl || dnf install driftctl";
	}
	*VEC_ADD(&c->hooks) = f;
}

void
checkup_hooks(struct checkup *c, const struct root *r)
{
	CLEANUP(drop_owners) struct owners all = { 0 };
	CLEANUP(drop_buf) struct buf checkout = { 0 };

	find_checkout(&checkout);
	owners_load(r, NULL, NULL, &all);
	c->program = BINDIR "/driftctl";
	c->program_there = access(c->program, X_OK) == 0;
	c->cron_remedy = install_command(c, &cron, cron.path, &checkout);
	c->cron = (struct hook_fact){ .manager = cron.manager,
		.path = cron.path };
	look_at_file(c, r, &cron, &checkout, &c->cron);
	if (checkout.len > 0)
		c->units_remedy = install_command(c, &units, NULL, &checkout);
	for (int i = 0; i < N_HOOKS; i++) {
		const struct hook *h = &hooks[i];
		const char *path = h->path != NULL ? h->path :
		    dnf4_path(c, r);
		struct hook_fact *f;

		if (!checkup_there(r, h->program) || path == NULL)
			continue;
		f = VEC_ADD(&c->hooks);
		*f = (struct hook_fact){ .manager = h->manager,
			.database = h->database, .path = path };
		look_at_file(c, r, h, &checkout, f);
		if (f->state == HOOK_THERE)
			look_for_switches(c, r, f);
	}
	add_triggers(c, &all);
}
