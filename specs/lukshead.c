/* SPDX-License-Identifier: MIT */
#include "specs/lukshead.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <libcryptsetup.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/glob.h"
#include "base/tr.h"
#include "base/vec.h"
#include "specs/luksdisk.h"
#include "specs/luksjson.h"

/*
 * The library is opened when there is a header to read: with it come those of
 * the device mapper, udev, JSON and more, which would make each start of the
 * program a tenth slower. It stays open, as those behind it do not like to go.
 */
#define LIBRARY "libcryptsetup.so.12"

#define FUNCTIONS(X)							\
	X(crypt_set_log_callback)					\
	X(crypt_metadata_locking)					\
	X(crypt_init)							\
	X(crypt_free)							\
	X(crypt_load)							\
	X(crypt_get_type)						\
	X(crypt_get_cipher)						\
	X(crypt_get_cipher_mode)					\
	X(crypt_get_uuid)						\
	X(crypt_get_volume_key_size)					\
	X(crypt_get_metadata_size)					\
	X(crypt_keyslot_max)						\
	X(crypt_keyslot_status)						\
	X(crypt_keyslot_area)						\
	X(crypt_keyslot_get_pbkdf)

struct library {
#define MEMBER(name) __typeof__(name) *name;
	FUNCTIONS(MEMBER)
};

static const struct {
	const char *name;
	size_t at;
} functions[] = {
#define ROW(name) { #name, offsetof(struct library, name) },
	FUNCTIONS(ROW)
};

/* The library says more than its number does; the first complaint counts. */
struct remark {
	char text[256];
};

static void
listen(int level, const char *msg, void *arg)
{
	struct remark *r = arg;

	if (r != NULL && level == CRYPT_LOG_ERROR && r->text[0] == '\0')
		snprintf(r->text, sizeof(r->text), "%s", msg);
}

/* A version without one of the functions cannot judge. */
static int
load(struct library *l, const char *name, struct err *e)
{
	void *handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);

	if (handle == NULL)
		return err_set(e, ERR_SYSTEM, name,
		    _("LUKS headers are read by %s, which is not installed"),
		    LIBRARY);
	for (size_t i = 0; i < sizeof(functions) / sizeof(*functions); i++) {
		void *f = dlsym(handle, functions[i].name);

		if (f == NULL)
			return err_set(e, ERR_SYSTEM, name,
			    _("%s is too old: it has no %s"), LIBRARY,
			    functions[i].name);
		memcpy((char *)l + functions[i].at, &f, sizeof(f));
	}
	/* Of all headers: a lock file in /run would be written for each. */
	l->crypt_metadata_locking(NULL, 0);
	l->crypt_set_log_callback(NULL, listen, NULL);
	return 0;
}

/*
 * A file of our own that the library may do with as it likes: it mends a
 * damaged copy where it finds one. Only the metadata is looked at, so what
 * follows is a hole.
 */
static int
in_memory(const char *name, const char *bytes, size_t len, bool more,
    struct err *e)
{
	const off_t larger = (off_t)1 << 40;
	size_t n = len < LUKSDISK_METADATA_MAX ? len : LUKSDISK_METADATA_MAX;
	CLEANUP(drop_fd) int fd = memfd_create("header", MFD_CLOEXEC);

	if (fd < 0)
		return err_sys(e, name, _("cannot take memory for it"));
	if (file_write_fd(fd, name, bytes, n, e) < 0)
		return -1;
	if (ftruncate(fd, more ? larger : (off_t)len) < 0)
		return err_sys(e, name, _("cannot take memory for it"));
	return fd_steal(&fd);
}

static int
damaged(const char *name, const struct remark *r, const char *device,
    struct err *e)
{
	CLEANUP(drop_buf) struct buf said = { 0 };
	size_t n = strcspn(r->text, "\n");
	const char *at = memmem(r->text, n, device, strlen(device));

	while (n > 0 && r->text[n - 1] == '.')
		n--;
	if (n == 0)
		return err_set(e, ERR_INPUT, name,
		    _("is a damaged LUKS header"));
	/* Its name for what it was given means nothing to anybody. */
	if (at != NULL) {
		buf_add(&said, r->text, (size_t)(at - r->text));
		buf_adds(&said, name);
		at += strlen(device);
		buf_add(&said, at, (size_t)(r->text + n - at));
	} else {
		buf_add(&said, r->text, n);
	}
	return err_set(e, ERR_INPUT, name,
	    _("is a damaged LUKS header (libcryptsetup: %s)"),
	    buf_str(&said));
}

struct taking {
	struct arena *a;
	struct texts *out;
};

static void
take(struct arena *a, struct texts *out, const char *s, size_t len)
{
	for (size_t i = 0; i < out->n; i++)
		if (strlen(out->items[i]) == len &&
		    memcmp(out->items[i], s, len) == 0)
			return;
	*VEC_ADD_IN(a, out) = arena_memdup(a, s, len);
}

/* What `cryptsetup luksFormat --hash` decides on, wherever it is kept. */
static void
take_hash(void *arg, const char *where, const char *text, size_t len)
{
	static const char *const places[] = { "digests/*/hash",
		"keyslots/*/kdf/hash", "keyslots/*/af/hash" };
	struct taking *t = arg;

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		if (glob_path(places[i], where))
			take(t->a, t->out, text, len);
}

/* Of LUKS1, hashSpec is at 72. */
static void
read_luks1(const char *bytes, struct arena *a, struct lukshead *out)
{
	enum { AT_HASH = 72, HASH_ROOM = 32 };

	take(a, &out->hashes, bytes + AT_HASH,
	    luksdisk_text(bytes, AT_HASH, HASH_ROOM));
	out->label = "";
}

/* Of LUKS2, the label is at 24 of each copy, and its JSON at 4096. */
static void
read_luks2(const char *bytes, size_t len, struct arena *a,
    struct lukshead *out)
{
	enum { AT_LABEL = 24, LABEL_ROOM = 48, AT_JSON = 4096 };
	struct luksdisk_copy first, second, *good = &first;
	struct taking t = { a, &out->hashes };
	const char *json;

	luksdisk_copies(bytes, len, &first, &second);
	if (!first.sound || (second.sound && second.epoch > first.epoch))
		good = &second;
	out->bad_copy = good == &second ? 1 : 0;
	if (good == &first && (!second.sound || second.epoch != first.epoch))
		out->bad_copy = 2;
	out->label = "";
	if (!good->sound)
		return;
	out->epoch = good->epoch;
	out->label = arena_memdup(a, bytes + good->start + AT_LABEL,
	    luksdisk_text(bytes + good->start, AT_LABEL, LABEL_ROOM));
	json = bytes + good->start + AT_JSON;
	luksjson_texts(json, strnlen(json, good->len - AT_JSON), take_hash,
	    &t);
}

static void
read_slots(const struct library *l, struct crypt_device *cd, struct arena *a,
    struct lukshead *out)
{
	int most = l->crypt_keyslot_max(l->crypt_get_type(cd));

	for (int i = 0; i < most; i++) {
		struct lukshead_slot slot = { .no = i };
		struct crypt_pbkdf_type kdf = { 0 };
		crypt_keyslot_info is = l->crypt_keyslot_status(cd, i);

		if ((is != CRYPT_SLOT_ACTIVE && is != CRYPT_SLOT_ACTIVE_LAST) ||
		    l->crypt_keyslot_area(cd, i, &slot.start, &slot.len) < 0)
			continue;
		*VEC_ADD_IN(a, &out->slots) = slot;
		if (l->crypt_keyslot_get_pbkdf(cd, i, &kdf) == 0 &&
		    kdf.type != NULL)
			take(a, &out->pbkdfs, kdf.type, strlen(kdf.type));
	}
}

static const char *
dup_or_empty(struct arena *a, const char *s)
{
	return s == NULL ? "" : arena_strdup(a, s);
}

static int
read_loaded(const struct library *l, struct crypt_device *cd,
    const char *name, struct arena *a, struct lukshead *out, struct err *e)
{
	const char *type = l->crypt_get_type(cd);
	const char *cipher = l->crypt_get_cipher(cd);
	const char *mode = l->crypt_get_cipher_mode(cd);
	uint64_t metadata, keyslots;
	int bytes = l->crypt_get_volume_key_size(cd);

	if (type == NULL || l->crypt_get_metadata_size(cd, &metadata,
	    &keyslots) < 0)
		return err_set(e, ERR_INPUT, name,
		    _("is a damaged LUKS header"));
	out->version = strcmp(type, CRYPT_LUKS1) == 0 ? 1 : 2;
	/* The kernel's own notation, capi:…, has the mode in it. */
	if (cipher == NULL || mode == NULL || mode[0] == '\0')
		out->cipher = dup_or_empty(a, cipher);
	else
		out->cipher = arena_printf(a, "%s-%s", cipher, mode);
	out->key_bits = bytes > 0 ? bytes * 8 : 0;
	out->uuid = dup_or_empty(a, l->crypt_get_uuid(cd));
	out->size = metadata * (out->version == 2 ? 2 : 1) + keyslots;
	read_slots(l, cd, a, out);
	return 0;
}

static int
read_by(const struct library *l, const char *name, int fd, struct arena *a,
    struct lukshead *out, struct err *e)
{
	struct crypt_device *cd = NULL;
	struct remark remark = { "" };
	char device[64];
	int n;

	snprintf(device, sizeof(device), "/proc/self/fd/%d", fd);
	if ((n = l->crypt_init(&cd, device)) < 0) {
		errno = -n;
		return err_sys(e, name, _("libcryptsetup cannot read it"));
	}
	l->crypt_set_log_callback(cd, listen, &remark);
	n = l->crypt_load(cd, CRYPT_LUKS, NULL);
	if (n == -ENOMEM) {
		errno = ENOMEM;
		n = err_sys(e, name, _("libcryptsetup cannot read it"));
	} else if (n < 0) {
		n = damaged(name, &remark, device, e);
	} else {
		n = read_loaded(l, cd, name, a, out, e);
	}
	l->crypt_free(cd);
	return n;
}

int
lukshead_read(const char *name, const char *bytes, size_t len, bool more,
    struct arena *a, struct lukshead *out, struct err *e)
{
	struct lukshead head = { 0 };
	struct library l;
	CLEANUP(drop_fd) int fd = -1;

	/* What is none is known without the library. */
	if (luksdisk_version(bytes, len) == 0)
		return err_set(e, ERR_INPUT, name, _("is no LUKS header"));
	if (len < LUKSDISK_LUKS1_SLOTS)
		return err_set(e, ERR_INPUT, name,
		    _("is a LUKS header cut off after %zu bytes"), len);
	if (load(&l, name, e) < 0 ||
	    (fd = in_memory(name, bytes, len, more, e)) < 0 ||
	    read_by(&l, name, fd, a, &head, e) < 0)
		return -1;
	if (!more && len < head.size)
		return err_set(e, ERR_INPUT, name,
		    _("is a LUKS header cut off after %zu of its %llu bytes"),
		    len, (unsigned long long)head.size);
	if (head.version == 1)
		read_luks1(bytes, a, &head);
	else
		read_luks2(bytes, len, a, &head);
	*out = head;
	return 0;
}
