/* SPDX-License-Identifier: MIT */
#include "specs/unit_specifiers.h"

#include <string.h>

#include "base/buf.h"
#include "specs/unit_name.h"

/* Whose numbers and folders they are: systemd.unit(5), "Specifiers". */
static const struct {
	char c;
	const char *is;
} fixed[] = {
	{ '%', "%" },
	{ 't', "/run" },
	{ 'S', "/var/lib" },
	{ 'C', "/var/cache" },
	{ 'L', "/var/log" },
	{ 'E', "/etc" },
	{ 'T', "/tmp" },
	{ 'V', "/var/tmp" },
	{ 'h', "/root" },
	{ 'u', "root" },
	{ 'U', "0" },
	{ 'g', "root" },
	{ 'G', "0" },
};

static int
hex(char c)
{
	const char *digits = "0123456789abcdef", *at = strchr(digits, c);

	return c != '\0' && at != NULL ? (int)(at - digits) : -1;
}

/* systemd-escape(1) backwards: a dash is a slash, \xNN is a byte. */
static void
add_unescaped(struct buf *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		int hi = -1, lo = -1;

		if (s[i] == '\\' && i + 3 < len && s[i + 1] == 'x') {
			hi = hex(s[i + 2]);
			lo = hex(s[i + 3]);
		}
		if (hi >= 0 && lo >= 0 && hi + lo > 0) {
			buf_addc(out, (char)(hi * 16 + lo));
			i += 3;
		} else {
			buf_addc(out, s[i] == '-' ? '/' : s[i]);
		}
	}
}

/* The parts of a name, each a piece of it. */
struct parts {
	const char *prefix, *last, *instance;
	size_t n_prefix, n_last, n_instance, n_stem;
	bool template;
};

static struct parts
take_apart(const char *id)
{
	const char *at = strchr(id, '@'), *end = unit_name_type(id) - 1;
	struct parts p = { .prefix = id, .instance = end,
		.n_stem = (size_t)(end - id),
		.template = unit_name_is_template(id) };

	if (at != NULL) {
		p.instance = at + 1;
		p.n_instance = (size_t)(end - at) - 1;
	}
	p.n_prefix = (size_t)((at != NULL ? at : end) - id);
	p.n_last = p.n_prefix;
	for (p.last = id; memchr(p.last, '-', p.n_last) != NULL; p.n_last =
	    p.n_prefix - (size_t)(p.last - id))
		p.last = (const char *)memchr(p.last, '-', p.n_last) + 1;
	return p;
}

/* False where it is none that can be told. */
static bool
add_of_name(struct buf *out, char c, const char *id, const struct parts *p)
{
	/* They differ from instance to instance. */
	if (p->template && strchr("nNiIf", c) != NULL)
		return false;
	switch (c) {
	case 'n':
		buf_adds(out, id);
		return true;
	case 'N':
		buf_add(out, id, p->n_stem);
		return true;
	case 'p':
		buf_add(out, p->prefix, p->n_prefix);
		return true;
	case 'P':
		add_unescaped(out, p->prefix, p->n_prefix);
		return true;
	case 'i':
		buf_add(out, p->instance, p->n_instance);
		return true;
	case 'I':
		add_unescaped(out, p->instance, p->n_instance);
		return true;
	case 'j':
		buf_add(out, p->last, p->n_last);
		return true;
	case 'J':
		add_unescaped(out, p->last, p->n_last);
		return true;
	case 'f':
		buf_addc(out, '/');
		if (p->n_instance > 0)
			add_unescaped(out, p->instance, p->n_instance);
		else
			add_unescaped(out, p->prefix, p->n_prefix);
		return true;
	default:
		return false;
	}
}

static bool
add_specifier(struct buf *out, char c, const char *id, const struct parts *p)
{
	for (size_t i = 0; i < sizeof(fixed) / sizeof(*fixed); i++) {
		if (fixed[i].c != c)
			continue;
		buf_adds(out, fixed[i].is);
		return true;
	}
	return add_of_name(out, c, id, p);
}

const char *
unit_specifiers(struct arena *a, const char *id, const char *value)
{
	CLEANUP(drop_buf) struct buf b = { 0 };
	struct parts p;

	if (strchr(value, '%') == NULL)
		return value;
	p = take_apart(id);
	for (; *value != '\0'; value++) {
		if (value[0] == '%' && value[1] != '\0' &&
		    add_specifier(&b, value[1], id, &p))
			value++;
		else
			buf_addc(&b, *value);
	}
	return arena_strdup(a, buf_str(&b));
}
