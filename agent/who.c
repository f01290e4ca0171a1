/* SPDX-License-Identifier: MIT */
#include "agent/who.h"

#include <pwd.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/tr.h"

enum { LOGINUID_MAX = 64 };

static void
add_name(struct buf *out, uid_t uid)
{
	const struct passwd *p = getpwuid(uid);

	if (p != NULL)
		buf_adds(out, p->pw_name);
	else
		buf_addf(out, "%lu", (unsigned long)uid);
}

/* proc_pid_loginuid(5); -1 where nobody logged in, or nobody counts. */
static uid_t
login_uid(void)
{
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct err ignored = { 0 };
	unsigned long n;
	char *end;

	if (file_read(-1, "/proc/self/loginuid", LOGINUID_MAX, &text,
	    &ignored) < 0)
		return (uid_t)-1;
	n = strtoul(buf_str(&text), &end, 10);
	return end != buf_str(&text) ? (uid_t)n : (uid_t)-1;
}

void
who_asks(struct buf *out)
{
	CLEANUP(drop_buf) struct buf now = { 0 };
	const char *sudo = getenv("SUDO_USER");
	uid_t login = login_uid();
	size_t from = out->len;

	add_name(&now, geteuid());
	if (login != (uid_t)-1)
		add_name(out, login);
	else if (sudo != NULL && sudo[0] != '\0' && geteuid() == 0)
		buf_adds(out, sudo);
	if (out->len == from)
		buf_adds(out, buf_str(&now));
	else if (strcmp(out->bytes + from, buf_str(&now)) != 0)
		buf_addf(out, _(" (as %s)"), buf_str(&now));
}
