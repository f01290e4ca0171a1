/* SPDX-License-Identifier: MIT */
#include "agent/language.h"

#include <fcntl.h>
#include <libintl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "base/root.h"
#include "base/text.h"

#define DOMAIN "driftctl"

enum { LOCALE_FILE_MAX = 64 * 1024 };

/* Beside this program in a checkout, where make puts it. */
static void
find_catalogues(struct buf *out)
{
	char self[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	if (n > 0) {
		self[n] = '\0';
		*(strrchr(self, '/') + 1) = '\0';
		buf_addf(out, "%slocale", self);
		if (access(buf_str(out), X_OK) == 0)
			return;
	}
	buf_reset(out);
	buf_adds(out, LOCALEDIR);
}

void
language_begin(void)
{
	CLEANUP(drop_buf) struct buf dir = { 0 };

	setlocale(LC_MESSAGES, "");
	find_catalogues(&dir);
	bindtextdomain(DOMAIN, buf_str(&dir));
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	/* What strerror(3) says. */
	bind_textdomain_codeset("libc", "UTF-8");
	textdomain(DOMAIN);
}

void
language_none(void)
{
	setlocale(LC_MESSAGES, "C");
}

/* The value of NAME= in shell assignments; NULL where there is none. */
static char *
assigned(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *at = text; *at != '\0'; at += *at == '\n') {
		size_t n = strcspn(at, "\n");

		if (n > len && strncmp(at, name, len) == 0 &&
		    at[len] == '=') {
			const char *value = at + len + 1;

			n -= len + 1;
			if (n > 0 && strchr("\"'", value[0]) != NULL) {
				value++;
				n = strcspn(value, "\"'\n");
			}
			return n > 0 ? xmemdup(value, n) : NULL;
		}
		at += strcspn(at, "\n");
	}
	return NULL;
}

static bool
take(const char *text)
{
	CLEANUP(drop_free) char *all = assigned(text, "LC_ALL");
	CLEANUP(drop_free) char *some = assigned(text, "LC_MESSAGES");
	CLEANUP(drop_free) char *lang = assigned(text, "LANG");
	CLEANUP(drop_free) char *list = assigned(text, "LANGUAGE");
	const char *name = all != NULL ? all : some != NULL ? some : lang;

	if (name == NULL || setlocale(LC_MESSAGES, name) == NULL)
		return false;
	/* gettext(3) asks the environment itself for this one. */
	if (list != NULL)
		setenv("LANGUAGE", list, 1);
	else
		unsetenv("LANGUAGE");
	return true;
}

void
language_of_machine(const char *root)
{
	static const char *const files[] = { "/etc/locale.conf",
		"/etc/default/locale" };
	CLEANUP(drop_root) struct root r = { .fd = -1 };
	struct err ignored = { 0 };

	if (root_open(&r, root, &ignored) < 0)
		return;
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		CLEANUP(drop_fd) int fd = root_open_in(&r, files[i],
		    O_RDONLY | O_CLOEXEC | O_NONBLOCK);
		CLEANUP(drop_buf) struct buf text = { 0 };

		if (fd >= 0 && file_read_fd(fd, files[i], LOCALE_FILE_MAX,
		    &text, &ignored) == 0 && take(buf_str(&text)))
			return;
	}
}

locale_t
language_english(void)
{
	locale_t base = duplocale(LC_GLOBAL_LOCALE);
	locale_t l = newlocale(LC_MESSAGES_MASK, "C", base);

	return uselocale(l != (locale_t)0 ? l : base);
}

void
language_back(locale_t *was)
{
	freelocale(uselocale(*was));
}
