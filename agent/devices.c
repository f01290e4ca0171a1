/* SPDX-License-Identifier: MIT */
#include "agent/devices.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

struct beginning {
	char *name, *bytes;
	size_t len, max;
};

struct devices {
	const struct root *root;
	bool live;
	struct {
		struct beginning *items;
		size_t n, cap;
	} read;
};

static const struct {
	const char *tag, *folder;
	bool lower;		/* udev writes it in small letters */
} tags[] = {
	{ "UUID=", "/dev/disk/by-uuid", false },
	{ "LABEL=", "/dev/disk/by-label", false },
	{ "PARTUUID=", "/dev/disk/by-partuuid", true },
	{ "PARTLABEL=", "/dev/disk/by-partlabel", false },
};

enum { TAGS = sizeof(tags) / sizeof(tags[0]) };

struct devices *
devices_new(const struct root *r, bool live)
{
	struct devices *d = xcalloc(1, sizeof(*d));

	d->root = r;
	d->live = live;
	return d;
}

void
devices_free(struct devices *d)
{
	if (d == NULL)
		return;
	for (size_t i = 0; i < d->read.n; i++) {
		free(d->read.items[i].name);
		free(d->read.items[i].bytes);
	}
	free(d->read.items);
	free(d);
}

/* As udev names its links: what is not one of these is \xHH, so a name never
 * leads out of the folder. */
static void
add_encoded(struct buf *out, const char *s, size_t len, bool lower)
{
	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t n = text_utf8(s + i, len - i, &code);
		unsigned char c = (unsigned char)s[i];

		if (n > 1)
			buf_add(out, s + i, n);
		else if (isalnum(c) || (c != '\0' &&
		    strchr("#+-.:=@_", c) != NULL))
			buf_addc(out, (char)(lower ? tolower(c) : c));
		else
			buf_addf(out, "\\x%02x", c);
		i += n > 1 ? n : 1;
	}
}

/* Where the device is; which of the tags, TAGS for a path. */
static int
find_path(const char *name, struct buf *out, size_t *out_tag, struct err *e)
{
	for (size_t i = 0; i < TAGS; i++) {
		const char *v = name + strlen(tags[i].tag);
		size_t n;

		if (!text_starts(name, tags[i].tag))
			continue;
		n = strlen(v);
		if (n > 1 && v[0] == '"' && v[n - 1] == '"') {
			v++;
			n -= 2;
		}
		buf_addf(out, "%s/", tags[i].folder);
		add_encoded(out, v, n, tags[i].lower);
		*out_tag = i;
		return 0;
	}
	*out_tag = TAGS;
	buf_adds(out, name);
	if (name[0] == '/')
		return 0;
	return err_set(e, ERR_SYSTEM, name, _("is no device that can be "
	    "found [name a path, UUID=… or LABEL=…]"));
}

int
devices_path(const char *name, struct buf *out, struct err *e)
{
	size_t tag;

	return find_path(name, out, &tag, e);
}

/* A container has no links of udev's, and knows nothing of the disks. */
static bool
has_links(const struct devices *d, size_t tag)
{
	CLEANUP(drop_fd) int fd = root_open_in(d->root, tags[tag].folder,
	    O_PATH | O_DIRECTORY);

	return fd >= 0;
}

static int
not_there(const struct devices *d, const char *name, size_t tag,
    struct err *e)
{
	if (!d->live && (tag < TAGS || text_starts(name, "/dev/")))
		return err_set(e, ERR_SYSTEM, name, _("devices are only "
		    "looked at on the running system"));
	if (tag < TAGS && !has_links(d, tag))
		return err_set(e, ERR_SYSTEM, name, _("cannot be looked for: "
		    "there is no %s"), tags[tag].folder);
	return err_set(e, ERR_MISSING, name, tag < TAGS ?
	    _("there is no such device") : _("is not there"));
}

/* Opening may do something of its own to what is neither file nor disk (a
 * tape, a watchdog), so it is looked at first. */
static int
open_it(const struct devices *d, const char *name, struct err *e)
{
	CLEANUP(drop_buf) struct buf path = { 0 };
	CLEANUP(drop_free) char *again = NULL;
	CLEANUP(drop_fd) int at = -1;
	struct stat st;
	size_t tag;
	int fd;

	if (find_path(name, &path, &tag, e) < 0)
		return -1;
	at = root_open_in(d->root, buf_str(&path), O_PATH);
	if (at < 0 && (errno == ENOENT || errno == ENOTDIR))
		return not_there(d, name, tag, e);
	if (at < 0 || fstat(at, &st) < 0)
		return err_sys(e, name, _("cannot open"));
	if (!S_ISREG(st.st_mode) && !S_ISBLK(st.st_mode))
		return err_set(e, ERR_SYSTEM, name,
		    _("is neither a block device nor a file"));
	if (S_ISBLK(st.st_mode) && !d->live)
		return err_set(e, ERR_SYSTEM, name, _("devices are only "
		    "looked at on the running system"));
	again = xasprintf("/proc/self/fd/%d", at);
	fd = open(again, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	return fd >= 0 ? fd : err_sys(e, name, _("cannot open"));
}

static int
read_beginning(const struct devices *d, const char *name, size_t max,
    struct buf *out, struct err *e)
{
	CLEANUP(drop_fd) int fd = open_it(d, name, e);

	if (fd < 0)
		return -1;
	while (out->len < max) {
		size_t left = max - out->len;
		ssize_t n = pread(fd, buf_reserve(out, left), left,
		    (off_t)out->len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_sys(e, name, _("cannot read"));
		if (n == 0)
			break;
		out->len += (size_t)n;
	}
	return 0;
}

/* What was read further than is asked for now will do. */
static const struct beginning *
find_read(const struct devices *d, const char *name, size_t max)
{
	for (size_t i = 0; i < d->read.n; i++) {
		const struct beginning *b = &d->read.items[i];

		if (strcmp(b->name, name) == 0 &&
		    (b->max >= max || b->len < b->max))
			return b;
	}
	return NULL;
}

int
devices_read(struct devices *d, const char *name, size_t max,
    const char **out_bytes, size_t *out_len, struct err *e)
{
	const struct beginning *b = find_read(d, name, max);
	CLEANUP(drop_buf) struct buf bytes = { 0 };

	if (b == NULL) {
		struct beginning *fresh;

		if (read_beginning(d, name, max, &bytes, e) < 0)
			return -1;
		fresh = VEC_ADD(&d->read);
		fresh->name = xstrdup(name);
		fresh->len = bytes.len;
		fresh->max = max;
		fresh->bytes = buf_steal(&bytes);
		b = fresh;
	}
	*out_bytes = b->bytes;
	*out_len = b->len < max ? b->len : max;
	return 0;
}
