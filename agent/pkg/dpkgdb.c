/* SPDX-License-Identifier: MIT */
#include "agent/pkg/dpkgdb.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "agent/pkg/dpkgstatus.h"
#include "agent/pkg/wanted.h"
#include "base/checksum.h"
#include "base/file.h"
#include "base/path.h"
#include "base/tr.h"
#include "base/vec.h"
#include "snapshots/statcache.h"

#define DATABASE "/var/lib/dpkg"
#define STATUS DATABASE "/status"
#define DIVERSIONS DATABASE "/diversions"
#define INFO DATABASE "/info"

enum { STATUS_MAX = 256 << 20, LIST_MAX = 64 << 20, MD5_LEN = 32 };

static bool
is_field(const char *line, size_t len, const char *name, const char **out,
    size_t *out_len)
{
	size_t n = strlen(name);

	if (len <= n || memcmp(line, name, n) != 0 || line[n] != ':')
		return false;
	for (n++; n < len && (line[n] == ' ' || line[n] == '\t'); n++)
		;
	*out = line + n;
	*out_len = len - n;
	/* What begins with a NUL is nothing for everybody else. */
	return len > n && line[n] != '\0';
}

static bool
is_md5(const char *word)
{
	int n = 0;

	while (n < MD5_LEN && ((word[n] >= '0' && word[n] <= '9') ||
	    (word[n] >= 'a' && word[n] <= 'f')))
		n++;
	return n == MD5_LEN;
}

/* " /etc/x MD5 [obsolete] [remove-on-upgrade]"; the path may have blanks. */
static void
add_conffile(struct dpkgdb_stanza *s, struct arena *a, const char *line,
    size_t len)
{
	static const char *const marks[] = { " remove-on-upgrade",
		" obsolete" };
	struct dpkgdb_conffile c = { 0 };
	const char *sum;

	for (; len > 0 && *line == ' '; line++)
		len--;
	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		size_t n = strlen(marks[i]);

		if (len > n && memcmp(line + len - n, marks[i], n) == 0) {
			len -= n;
			c.obsolete = true;
		}
	}
	sum = len > 0 ? memrchr(line, ' ', len) : NULL;
	if (line[0] != '/' || sum == NULL)
		return;
	c.path = arena_memdup(a, line, (size_t)(sum - line));
	/* "newconffile" until it has been put there. */
	if (line + len - sum - 1 == MD5_LEN && is_md5(sum + 1))
		c.md5 = arena_memdup(a, sum + 1, MD5_LEN);
	*VEC_ADD_IN(a, &s->conffiles) = c;
}

/* "want flag state": only the state says what is there. */
static void
set_state(struct dpkgdb_stanza *s, const char *value, size_t len)
{
	static const char *const present[] = { "installed", "unpacked",
		"half-configured", "triggers-awaited", "triggers-pending",
		"half-installed" };
	const char *state = memrchr(value, ' ', len);
	size_t n;

	state = state != NULL ? state + 1 : value;
	n = (size_t)(value + len - state);
	for (size_t i = 0; i < sizeof(present) / sizeof(present[0]); i++)
		if (strlen(present[i]) == n &&
		    memcmp(state, present[i], n) == 0)
			s->installed = true;
	s->residue = n == strlen("config-files") &&
	    memcmp(state, "config-files", n) == 0;
}

static void
add_field(struct dpkgdb_stanza *s, struct arena *a, const char *line,
    size_t len)
{
	const char *v;
	size_t n;

	if (is_field(line, len, "Package", &v, &n))
		s->name = arena_memdup(a, v, n);
	else if (is_field(line, len, "Version", &v, &n))
		s->version = arena_memdup(a, v, n);
	else if (is_field(line, len, "Architecture", &v, &n))
		s->arch = arena_memdup(a, v, n);
	else if (is_field(line, len, "Multi-Arch", &v, &n))
		s->same = n == 4 && memcmp(v, "same", 4) == 0;
	else if (is_field(line, len, "Status", &v, &n))
		set_state(s, v, n);
}

bool
dpkgdb_stanza(const char **at, const char *end, struct arena *a,
    struct dpkgdb_stanza *out)
{
	static const char conffiles[] = "Conffiles:";
	bool in_conffiles = false, any = false;

	*out = (struct dpkgdb_stanza){ .arch = "-", .version = "-" };
	while (*at < end) {
		const char *line = *at;
		const char *nl = memchr(line, '\n', (size_t)(end - line));
		size_t len = (size_t)((nl != NULL ? nl : end) - line);

		*at = nl != NULL ? nl + 1 : end;
		if (len == 0 && any)
			return true;
		if (len == 0)
			continue;
		any = true;
		if (line[0] == ' ' || line[0] == '\t') {
			if (in_conffiles)
				add_conffile(out, a, line, len);
			continue;
		}
		in_conffiles = len >= strlen(conffiles) &&
		    memcmp(line, conffiles, strlen(conffiles)) == 0;
		add_field(out, a, line, len);
	}
	return any;
}

static int
cmp_sum(const void *a, const void *b)
{
	return strcmp(((const struct dpkgdb_sum *)a)->path,
	    ((const struct dpkgdb_sum *)b)->path);
}

void
dpkgdb_sums(const char *bytes, size_t len, struct arena *a,
    struct dpkgdb_sums *out)
{
	const char *end = bytes + len;

	while (bytes < end) {
		const char *nl = memchr(bytes, '\n', (size_t)(end - bytes));
		const char *stop = nl != NULL ? nl : end;

		if (stop - bytes > MD5_LEN + 2 && is_md5(bytes) &&
		    bytes[MD5_LEN] == ' ' &&
		    memchr(bytes, '\0', (size_t)(stop - bytes)) == NULL)
			*VEC_ADD_IN(a, out) = (struct dpkgdb_sum){
				arena_printf(a, "/%.*s", (int)(stop - bytes -
				    MD5_LEN - 2), bytes + MD5_LEN + 2),
				arena_memdup(a, bytes, MD5_LEN) };
		bytes = stop < end ? stop + 1 : end;
	}
	if (out->n > 1)
		qsort(out->items, out->n, sizeof(*out->items), cmp_sum);
}

/* All that is known while one root's database is being read. */
struct reading {
	const struct root *r;
	const struct strlist *wanted;
	struct strlist diversions;	/* from, to, package, from … */
	uint64_t diverted;		/* their checksum */
	int info_fd;
	int64_t since;
	const struct owners *old;
	size_t *old_files;		/* of each package its first, in old */
	struct owners *out;
};

/* 1 and the bytes, 0 when it is not there, as no name of such a length is. */
static int
read_file(const struct root *r, const char *path, uint64_t max,
    struct buf *out, struct err *e)
{
	CLEANUP(drop_fd) int fd = root_open_in(r, path, O_RDONLY | O_NONBLOCK);

	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR ||
	    errno == ENAMETOOLONG))
		return 0;
	if (fd < 0)
		return err_sys(e, path, _("cannot read the package database"));
	return file_read_fd(fd, path, max, out, e) < 0 ? -1 : 1;
}

/* A multi-arch package's own, else the one without architecture. */
static int
read_info(const struct reading *rd, const struct dpkgdb_stanza *s,
    const char *what, struct buf *out, struct err *e)
{
	CLEANUP(drop_free) char *both = xasprintf(DATABASE "/info/%s:%s.%s",
	    s->name, s->arch, what);
	CLEANUP(drop_free) char *one = xasprintf(DATABASE "/info/%s.%s",
	    s->name, what);
	int n = read_file(rd->r, s->same ? both : one, LIST_MAX, out, e);

	return n != 0 ? n : read_file(rd->r, s->same ? one : both, LIST_MAX,
	    out, e);
}

const char *
dpkgdb_diverted(const struct strlist *d, const char *package,
    const char *path)
{
	for (size_t i = 0; i + 2 < d->n; i += 3)
		if (strcmp(d->items[i], path) == 0 &&
		    d->items[i + 1][0] == '/' &&
		    strcmp(d->items[i + 2], package) != 0)
			return d->items[i + 1];
	return NULL;
}

static void
add_digest(const struct reading *rd, const struct dpkgdb_stanza *s,
    const struct dpkgdb_sums *sums, const char *path, struct owned *f)
{
	const struct dpkgdb_sum key = { .path = path };
	const struct dpkgdb_sum *sum = sums->n == 0 ? NULL :
	    bsearch(&key, sums->items, sums->n, sizeof(key), cmp_sum);
	const char *md5 = sum != NULL ? sum->md5 : NULL;

	for (size_t i = 0; i < s->conffiles.n; i++) {
		const struct dpkgdb_conffile *c = &s->conffiles.items[i];

		if (strcmp(c->path, path) != 0)
			continue;
		f->flags |= OWNED_CONFIG | OWNED_CONFFILE;
		if (c->obsolete)
			f->flags |= OWNED_OBSOLETE;
		md5 = c->md5;
	}
	if (md5 == NULL)
		return;
	f->algorithm = "md5";
	f->digest = arena_strdup(&rd->out->arena, md5);
}

static void
add_path(const struct reading *rd, const struct dpkgdb_stanza *s,
    const struct dpkgdb_sums *sums, const char *path)
{
	const char *other = dpkgdb_diverted(&rd->diversions, s->name,
	    path);
	struct owned f = { .package = rd->out->packages.n - 1 };

	if (other == NULL && !wanted_has(rd->wanted, path))
		return;
	if (other != NULL && !wanted_has(rd->wanted, other))
		return;
	if (strncmp(path, "/usr/share/doc/", 15) == 0)
		f.flags |= OWNED_DOC;
	if (other != NULL)
		f.flags |= OWNED_DIVERTED;
	f.path = arena_strdup(&rd->out->arena, other != NULL ? other : path);
	add_digest(rd, s, sums, path, &f);
	*owners_add_file(rd->out) = f;
}

/* Folders come before what is in them, so a line that the next one lies below
 * is one; the list of a package has no types. */
static void
add_list(const struct reading *rd, const struct dpkgdb_stanza *s,
    const struct dpkgdb_sums *sums, char *text)
{
	char *save = NULL;
	char *line = strtok_r(text, "\n", &save), *next;

	for (; line != NULL; line = next) {
		next = strtok_r(NULL, "\n", &save);
		if (line[0] != '/' || strcmp(line, "/.") == 0 ||
		    (next != NULL && path_is_under(next, line)))
			continue;
		add_path(rd, s, sums, line);
	}
}

/* A conffile that the package no longer ships is in no list of it. */
static void
add_others(const struct reading *rd, const struct dpkgdb_stanza *s,
    size_t from)
{
	const struct dpkgdb_sums none = { 0 };

	for (size_t i = 0; i < s->conffiles.n; i++) {
		const char *path = s->conffiles.items[i].path;
		size_t k = from;

		while (k < rd->out->files.n &&
		    strcmp(rd->out->files.items[k].path, path) != 0)
			k++;
		if (k == rd->out->files.n)
			add_path(rd, s, &none, path);
	}
}

/* The stat data of the file that read_info would read go into *sum. False
 * where they prove nothing. */
static bool
add_stat(const struct reading *rd, const struct dpkgdb_stanza *s,
    const char *what, uint64_t *sum)
{
	for (int i = 0; i < 2; i++) {
		char name[NAME_MAX + 1];
		struct seen_stat seen;
		struct stat st;
		int n = (i == 0) == s->same ?
		    snprintf(name, sizeof(name), "%s:%s.%s", s->name, s->arch,
		    what) : snprintf(name, sizeof(name), "%s.%s", s->name,
		    what);

		if (n < 0 || (size_t)n >= sizeof(name))
			return false;
		if (fstatat(rd->info_fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0) {
			if (errno != ENOENT)
				return false;
			continue;
		}
		seen = seen_stat_of(&st);
		*sum = checksum(*sum, name, (size_t)n);
		*sum = seen_stat_sum(*sum, &seen);
		return S_ISREG(st.st_mode) && !statcache_racy(&seen,
		    rd->since);
	}
	return true;
}

static uint64_t
stamp_of(const struct reading *rd, const struct dpkgdb_stanza *s,
    const char *stanza, size_t len)
{
	uint64_t sum = checksum(rd->diverted, stanza, len);

	if (rd->wanted == NULL || rd->info_fd < 0 ||
	    !add_stat(rd, s, "list", &sum) ||
	    !add_stat(rd, s, "md5sums", &sum))
		return 0;
	return sum;
}

/* The package of this stamp; NULL. */
static const struct package *
find_old(const struct reading *rd, const struct package *p)
{
	const struct owners *o = rd->old;
	size_t from = 0, to = o != NULL ? o->packages.n : 0;

	if (p->stamp == 0)
		return NULL;
	while (from < to) {
		size_t mid = from + (to - from) / 2;

		if (strcmp(o->packages.items[mid].name, p->name) < 0)
			from = mid + 1;
		else
			to = mid;
	}
	for (; o != NULL && from < o->packages.n &&
	    strcmp(o->packages.items[from].name, p->name) == 0; from++)
		if (o->packages.items[from].kind == p->kind &&
		    o->packages.items[from].stamp == p->stamp)
			return &o->packages.items[from];
	return NULL;
}

/* dpkg knows of no more than this. */
static void
take_old(const struct reading *rd, const struct package *p)
{
	size_t package = (size_t)(p - rd->old->packages.items);

	for (size_t i = rd->old_files[package]; i < rd->old_files[package + 1];
	    i++) {
		struct owned *f = owners_add_file(rd->out);

		*f = rd->old->files.items[i];
		f->package = rd->out->packages.n - 1;
		f->path = arena_strdup(&rd->out->arena, f->path);
		if (f->digest != NULL)
			f->digest = arena_strdup(&rd->out->arena, f->digest);
	}
}

/* Files by package, as ownerstext_parse leaves them. */
static void
index_old(struct reading *rd)
{
	const struct owners *o = rd->old;
	size_t i = 0;

	if (o == NULL)
		return;
	rd->old_files = xcalloc(o->packages.n + 1, sizeof(*rd->old_files));
	for (size_t p = 0; p < o->packages.n; p++) {
		rd->old_files[p] = i;
		while (i < o->files.n && o->files.items[i].package == p)
			i++;
	}
	rd->old_files[o->packages.n] = i;
}

static bool
is_conffile(const struct dpkgdb_stanza *s, const char *path)
{
	for (size_t i = 0; i < s->conffiles.n; i++)
		if (strcmp(s->conffiles.items[i].path, path) == 0)
			return true;
	return false;
}

/* Whether a list has what was asked for and is no conffile, so that the other
 * digests are needed. */
static bool
needs_sums(const struct reading *rd, const struct dpkgdb_stanza *s,
    const struct buf *list)
{
	CLEANUP(drop_free) char *text = xmemdup(buf_str(list), list->len);
	char *save = NULL;
	char *line = strtok_r(text, "\n", &save), *next;

	for (; line != NULL; line = next) {
		next = strtok_r(NULL, "\n", &save);
		if ((next == NULL || !path_is_under(next, line)) &&
		    (rd->diversions.n > 0 || (wanted_has(rd->wanted, line) &&
		    !is_conffile(s, line))))
			return true;
	}
	return false;
}

static int
add_package(struct reading *rd, const struct dpkgdb_stanza *s,
    uint64_t stamp, struct err *e)
{
	struct arena *a = &rd->out->arena;
	CLEANUP(drop_buf) struct buf list = { 0 };
	CLEANUP(drop_buf) struct buf md5 = { 0 };
	struct dpkgdb_sums sums = { 0 };
	size_t from = rd->out->files.n;
	struct arena scratch = { 0 };
	struct package *p = owners_add_package(rd->out);
	const struct package *old;

	*p = (struct package){ PACKAGE_DPKG, arena_strdup(a, s->name),
		arena_strdup(a, s->version), arena_strdup(a, s->arch),
		!s->installed, stamp };
	if (rd->wanted == NULL)
		return 0;
	if ((old = find_old(rd, p)) != NULL) {
		take_old(rd, old);
		return 0;
	}
	if (read_info(rd, s, "list", &list, e) < 0)
		return -1;
	if (needs_sums(rd, s, &list)) {
		if (read_info(rd, s, "md5sums", &md5, e) < 0)
			return -1;
		dpkgdb_sums(buf_str(&md5), md5.len, &scratch, &sums);
	}
	if (list.len > 0)
		add_list(rd, s, &sums, list.bytes);
	add_others(rd, s, from);
	arena_done(&scratch);
	return 0;
}

static void
add_lines(struct buf *text, struct strlist *out)
{
	char *save = NULL;

	if (text->len == 0)
		return;
	for (char *line = strtok_r(text->bytes, "\n", &save); line != NULL;
	    line = strtok_r(NULL, "\n", &save))
		strlist_add(out, line);
}

int
dpkgdb_diversions(const struct root *r, struct strlist *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (read_file(r, DIVERSIONS, LIST_MAX, &text, e) < 0)
		return -1;
	add_lines(&text, out);
	return 0;
}

static int
read_diversions(struct reading *rd, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	if (rd->wanted == NULL)
		return 0;
	if (read_file(rd->r, DIVERSIONS, LIST_MAX, &text, e) < 0)
		return -1;
	rd->diverted = checksum(1, buf_str(&text), text.len);
	add_lines(&text, &rd->diversions);
	return 0;
}

static int
read_status(struct reading *rd, const struct buf *text, struct err *e)
{
	const char *at = buf_str(text), *end = at + text->len;
	int n = 0;

	while (n == 0) {
		struct arena a = { 0 };
		struct dpkgdb_stanza s;
		const char *start = at;

		if (!dpkgdb_stanza(&at, end, &a, &s)) {
			arena_done(&a);
			break;
		}
		if (s.name != NULL && (s.installed || s.residue))
			n = add_package(rd, &s, stamp_of(rd, &s, start,
			    (size_t)(at - start)), e);
		arena_done(&a);
	}
	return n;
}

/* 1, 0 where dpkg has no packages here. */
static int
read_sound(const struct root *r, struct buf *out, struct err *e)
{
	int n = read_file(r, STATUS, STATUS_MAX, out, e);

	return n < 0 || dpkgstatus_check(STATUS, buf_str(out), out->len,
	    e) < 0 || (out->len == 0 && dpkgstatus_lacking(r, STATUS, INFO,
	    n > 0, e) < 0) ? -1 : n;
}

int
dpkgdb_read(const struct root *r, const struct strlist *wanted,
    const struct owners *old, struct owners *out, struct err *e)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	CLEANUP(drop_fd) int info = -1;
	struct reading rd = { .r = r, .wanted = wanted, .old = old,
		.since = statcache_now(), .out = out };
	int n = read_sound(r, &text, e);

	if (n <= 0)
		return n;
	info = root_open_in(r, INFO, O_PATH | O_DIRECTORY);
	rd.info_fd = info;
	index_old(&rd);
	n = read_diversions(&rd, e);
	if (n == 0)
		n = read_status(&rd, &text, e);
	strlist_done(&rd.diversions);
	free(rd.old_files);
	return n;
}

/* What is in INFO comes and goes with renames. */
void
dpkgdb_inputs(const struct root *r, struct inputs *inputs)
{
	static const char *const paths[] = { STATUS, DIVERSIONS, INFO };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		inputs_add_below(inputs, r, paths[i]);
}
