/* SPDX-License-Identifier: MIT */
#include "specs/certblocks.h"

#include <string.h>

/* One line of a file, without its end and the blanks before that. */
struct pem_line {
	const char *text;
	size_t len, next;
};

static struct pem_line
line_at(const char *bytes, size_t len, size_t at)
{
	const char *nl = memchr(bytes + at, '\n', len - at);
	struct pem_line l = { .text = bytes + at,
		.next = nl != NULL ? (size_t)(nl - bytes) + 1 : len };

	l.len = l.next - at;
	while (l.len > 0 && (unsigned char)l.text[l.len - 1] <= ' ')
		l.len--;
	return l;
}

/* The label of "-----BEGIN LABEL-----", false when the line is none. */
static bool
label_of(const struct pem_line *l, const char *begin,
    char out[CERTBLOCK_LABEL_MAX])
{
	size_t n = strlen(begin), end = strlen("-----");

	if (l->len < n + end || l->len - n - end >= CERTBLOCK_LABEL_MAX ||
	    memcmp(l->text, begin, n) != 0 ||
	    memcmp(l->text + l->len - end, "-----", end) != 0)
		return false;
	memcpy(out, l->text + n, l->len - n - end);
	out[l->len - n - end] = '\0';
	return true;
}

int
certblocks(const char *name, const char *bytes, size_t len,
    certblock_fn *take, void *arg, struct err *e)
{
	char label[CERTBLOCK_LABEL_MAX] = "";
	struct certblock b = { 0 };
	unsigned line = 1;
	bool inside = false;
	struct pem_line l;
	int n;

	for (size_t at = 0; at < len; at = l.next, line++) {
		bool begins, ends;

		l = line_at(bytes, len, at);
		begins = label_of(&l, "-----BEGIN ", label);
		ends = !begins && label_of(&l, "-----END ", label);
		if (inside && (begins || ends)) {
			b.len = (begins ? at : l.next) -
			    (size_t)(b.bytes - bytes);
			if ((n = take(arg, name, &b, e)) != 0)
				return n;
			inside = false;
		} else if (inside && l.len > 10 &&
		    memcmp(l.text, "Proc-Type:", 10) == 0) {
			b.encrypted = memmem(l.text, l.len, "ENCRYPTED",
			    9) != NULL;
		}
		if (begins) {
			b = (struct certblock){ .bytes = bytes + at,
				.line = line };
			memcpy(b.label, label, sizeof(label));
			inside = true;
		}
	}
	b.len = len - (inside ? (size_t)(b.bytes - bytes) : len);
	return inside ? take(arg, name, &b, e) : 0;
}
