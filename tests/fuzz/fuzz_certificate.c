/* SPDX-License-Identifier: MIT */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "specs/catalogue.h"
#include "specs/eval.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char spec[] = "spec: f\nrules:\n"
    "  - id: a\n    path: /f\n    why: w\n    certificate:\n"
    "      valid-for: 14d\n      names: [mail.example.org, 192.0.2.7]\n"
    "      key: matches\n      min-bits: 2048\n      issuer: Root\n"
    "      signature: strong\n      chain: complete\n      trust: /f\n"
    "relations:\n  - id: b\n    why: w\n    each: {path: /f}\n"
    "    key-in: {path: /f}\n";

struct bytes {
	const uint8_t *data;
	size_t size;
};

static const struct entry the_file = { .kind = ENTRY_FILE, .path = "/f" };

static const struct entry *
f_entry(void *ctx, const char *path)
{
	(void)ctx;
	return strcmp(path, "/f") == 0 ? &the_file : NULL;
}

static void
f_find(void *ctx, const char *pattern,
    void (*each)(void *arg, const struct entry *en), void *arg)
{
	(void)ctx;
	if (strcmp(pattern, "/f") == 0)
		each(arg, &the_file);
}

static int
f_bytes(void *ctx, const char *path, const char **out_bytes, size_t *out_len,
    struct err *e)
{
	const struct bytes *b = ctx;

	(void)path;
	(void)e;
	*out_bytes = (const char *)b->data;
	*out_len = b->size;
	return 0;
}

/* A file asked all that can be asked of certificates, itself among its
 * roots. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct spec_source source = { "f.yaml", spec, strlen(spec),
		NULL };
	struct bytes bytes = { data, size };
	struct evidence ev = { .ctx = &bytes, .entry = f_entry,
		.find = f_find, .bytes = f_bytes, .now = 1795262400 };
	struct diagnostics diags = { 0 };
	struct catalogue c = { 0 };
	struct results out = { 0 };

	catalogue_build(&c, &source, 1, NULL, NULL, &diags);
	for (size_t i = 0; i < c.specs[0]->n_rules; i++)
		eval_rule(&c.specs[0]->rules[i], &ev, &out);
	results_done(&out);
	catalogue_done(&c);
	diagnostics_done(&diags);
	return 0;
}
