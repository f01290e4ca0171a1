/* SPDX-License-Identifier: MIT */
#include "specs/filecaps.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const char *const names[] = { "chown", "dac_override",
	"dac_read_search", "fowner", "fsetid", "kill", "setgid", "setuid",
	"setpcap", "linux_immutable", "net_bind_service", "net_broadcast",
	"net_admin", "net_raw", "ipc_lock", "ipc_owner", "sys_module",
	"sys_rawio", "sys_chroot", "sys_ptrace", "sys_pacct", "sys_admin",
	"sys_boot", "sys_nice", "sys_resource", "sys_time", "sys_tty_config",
	"mknod", "lease", "audit_write", "audit_control", "setfcap",
	"mac_override", "mac_admin", "syslog", "wake_alarm", "block_suspend",
	"audit_read", "perfmon", "bpf", "checkpoint_restore" };

enum { NAMES = sizeof(names) / sizeof(names[0]) };

static uint32_t
le32(const unsigned char *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	    (uint32_t)p[3] << 24;
}

/* struct vfs_ns_cap_data of linux/capability.h, always little-endian. */
int
filecaps_decode(const void *value, size_t len, struct filecaps *out)
{
	static const size_t lens[] = { 0, 12, 20, 24 };
	const unsigned char *p = value;
	uint32_t magic, revision;
	unsigned words;

	memset(out, 0, sizeof(*out));
	if (len < 4)
		return -1;
	magic = le32(p);
	revision = magic >> 24;
	if (revision < 1 || revision > 3 || len != lens[revision])
		return -1;
	words = revision == 1 ? 1 : 2;
	for (unsigned i = 0; i < words * 32; i++) {
		const unsigned char *at = p + 4 + i / 32 * 8;
		uint8_t b = 0;

		if (le32(at) >> i % 32 & 1)
			b |= FILECAPS_P;
		if (le32(at + 4) >> i % 32 & 1)
			b |= FILECAPS_I;
		/* The effective bit stands for all of them. */
		if (b != 0 && (magic & 1))
			b |= FILECAPS_E;
		out->bits[i] = b;
	}
	return 0;
}

static int
cap_number(const char *s, size_t len)
{
	char name[32];

	if (len < 5 || len >= sizeof(name) || strncasecmp(s, "cap_", 4) != 0)
		return -1;
	memcpy(name, s + 4, len - 4);
	name[len - 4] = '\0';
	for (int i = 0; i < (int)NAMES; i++)
		if (strcasecmp(names[i], name) == 0)
			return i;
	/* One that is newer than this list, as cap_text writes it. */
	if (name[strspn(name, "0123456789")] == '\0') {
		int n = atoi(name);

		return n < FILECAPS_MAX ? n : -1;
	}
	return -1;
}

int
filecaps_parse(const char *text, struct filecaps *io)
{
	size_t n = strcspn(text, "+=");
	uint8_t bits = 0;

	if (text[n] == '\0')
		return -1;
	for (const char *s = text + n + 1; *s != '\0'; s++) {
		if (strchr("eip", *s) == NULL)
			return -1;
		bits |= *s == 'e' ? FILECAPS_E : *s == 'i' ? FILECAPS_I :
		    FILECAPS_P;
	}
	for (const char *s = text; s < text + n;) {
		size_t len = strcspn(s, ",+=");
		int cap = cap_number(s, len);

		if (cap < 0)
			return -1;
		io->bits[cap] |= bits;
		s += len + 1;
	}
	return 0;
}

static void
one_group(const struct filecaps *c, uint8_t bits, struct buf *out)
{
	bool any = false;

	for (unsigned i = 0; i < FILECAPS_MAX; i++) {
		if (c->bits[i] != bits)
			continue;
		buf_adds(out, any ? "," : out->len > 0 ? " " : "");
		if (i < NAMES)
			buf_addf(out, "cap_%s", names[i]);
		else
			buf_addf(out, "cap_%u", i);
		any = true;
	}
	if (any)
		buf_addf(out, "=%s%s%s", bits & FILECAPS_E ? "e" : "",
		    bits & FILECAPS_I ? "i" : "",
		    bits & FILECAPS_P ? "p" : "");
}

void
filecaps_text(const struct filecaps *c, struct buf *out)
{
	for (uint8_t bits = 7; bits > 0; bits--)
		one_group(c, bits, out);
}
