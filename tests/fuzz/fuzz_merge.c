/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/merge3.h"
#include "specs/mergeside.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Three texts with a NUL between them. */
static void
split(const char *p, size_t len, struct merge3_text out[3])
{
	for (int i = 0; i < 3; i++) {
		const char *nul = memchr(p, '\0', len);
		size_t n = i < 2 && nul != NULL ? (size_t)(nul - p) : len;

		out[i] = (struct merge3_text){ p, n };
		p += n;
		len -= n;
		if (i < 2 && nul != NULL) {
			p++;
			len--;
		}
	}
}

/* Whether both say the same. */
static bool
alike(const struct view *v, struct merge3_text a, struct merge3_text b)
{
	CLEANUP(drop_mergeside) struct mergeside x = { 0 };
	CLEANUP(drop_mergeside) struct mergeside y = { 0 };
	struct err e = { 0 };

	if (mergeside_read(v, a.bytes, a.len, &x, &e) < 0 ||
	    mergeside_read(v, b.bytes, b.len, &y, &e) < 0 ||
	    x.n_groups != y.n_groups)
		return false;
	for (size_t i = 0; i < x.n_groups; i++)
		if (mergegroup_cmp(v, &x.groups[i], &y.groups[i]) != 0 ||
		    !mergegroup_same(&x.groups[i], &y.groups[i]))
			return false;
	return true;
}

/* The laws that hold of any three texts, where the format helps at all. */
static void
check(const struct view *v, struct merge3_text b, struct merge3_text m,
    struct merge3_text t)
{
	struct merge3_input in = { .view = v, .base = b, .mine = m,
		.theirs = t, .mine_label = "m", .theirs_label = "t",
		.base_label = "b" };
	CLEANUP(drop_merge3) struct merge3 out = { 0 };
	CLEANUP(drop_merge3) struct merge3 again = { 0 };
	CLEANUP(drop_merge3) struct merge3 kept = { 0 };
	struct merge3_text result;
	struct err e = { 0 }, e2 = { 0 }, e3 = { 0 };

	if (merge3(&in, &out, &e) == 0)
		return;
	/* What the package left alone stays to the byte. */
	in.theirs = b;
	if (merge3(&in, &kept, &e2) == 1) {
		assert(kept.n == 0 && kept.text.len == m.len);
		assert(memcmp(buf_str(&kept.text), m.bytes, m.len) == 0);
	}
	if (out.n > 0)
		return;
	/* A second time there is nothing left to do. */
	result = (struct merge3_text){ buf_str(&out.text), out.text.len };
	in.theirs = in.base = t;
	in.mine = result;
	if (merge3(&in, &again, &e3) == 1)
		assert(again.n == 0 && alike(v, result, (struct merge3_text){
		    buf_str(&again.text), again.text.len }));
}

/* The first byte picks the view. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *const *names = view_names();
	struct merge3_text texts[3];
	size_t n = 0;

	while (names[n] != NULL)
		n++;
	if (size == 0)
		return 0;
	split((const char *)data + 1, size - 1, texts);
	check(view_find(names[data[0] % n]), texts[0], texts[1], texts[2]);
	return 0;
}
