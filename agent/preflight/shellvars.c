/* SPDX-License-Identifier: MIT */
#include "agent/preflight/shelltokens.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/glob.h"
#include "base/vec.h"

enum { VALUE_MAX = 1 << 16, WORDS_MAX = 256 };

void
shellvars_set(struct shellvars *v, const char *name, const char *value)
{
	struct shellvar *x = NULL;

	for (size_t i = 0; i < v->n; i++)
		if (strcmp(v->items[i].name, name) == 0)
			x = &v->items[i];
	if (x == NULL) {
		x = VEC_ADD_IN(&v->arena, v);
		x->name = arena_strdup(&v->arena, name);
	}
	x->value = value != NULL ? arena_strdup(&v->arena, value) : NULL;
}

void
shellvars_done(struct shellvars *v)
{
	arena_done(&v->arena);
	*v = (struct shellvars){ 0 };
}

/* These are empty where the root is "/". */
static const char *const empty[] = { "DPKG_ROOT", "RPM_INSTALL_PREFIX",
	"RPM_ROOT", "DESTDIR" };

static const char *
value_of(const struct shellvars *v, const char *name, size_t len)
{
	if (len == 1 && name[0] >= '1' && name[0] <= '9') {
		size_t i = (size_t)(name[0] - '1');

		return i < v->n_args ? v->args[i] : "";
	}
	for (size_t i = 0; i < v->n; i++)
		if (strlen(v->items[i].name) == len &&
		    memcmp(v->items[i].name, name, len) == 0)
			return v->items[i].value;
	for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
		if (strlen(empty[i]) == len &&
		    memcmp(empty[i], name, len) == 0)
			return "";
	return NULL;
}

/* A word while it is expanded. */
struct expanding {
	const struct shellvars *v;
	struct buf text;
	bool sure, split, braces;
};

static void
unsure(struct expanding *x)
{
	buf_addc(&x->text, '*');
	x->sure = false;
}

static void
put_value(struct expanding *x, const char *value, bool quoted)
{
	if (value == NULL || x->text.len + strlen(value) > VALUE_MAX) {
		unsure(x);
		return;
	}
	x->split |= !quoted && strpbrk(value, " \t\n") != NULL;
	buf_adds(&x->text, value);
}

static void
put_args(struct expanding *x)
{
	for (size_t i = 0; i < x->v->n_args; i++) {
		if (i > 0)
			buf_addc(&x->text, ' ');
		put_value(x, x->v->args[i], true);
	}
	x->split = x->v->n_args > 1;
}

/* ${NAME}, ${NAME:-DEFAULT}; others are beyond us. */
static const char *
put_braced(struct expanding *x, const char *p, bool quoted)
{
	size_t n = strspn(p, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	    "abcdefghijklmnopqrstuvwxyz_0123456789");
	const char *end = strchrnul(p, '}');
	const char *value = value_of(x->v, p, n);

	if (n > 0 && p[n] == '}') {
		put_value(x, value, quoted);
	} else if (n > 0 && p[n] == ':' && p[n + 1] == '-' &&
	    value != NULL && value[0] != '\0') {
		put_value(x, value, quoted);
	} else if (n > 0 && p[n] == ':' && p[n + 1] == '-' &&
	    memchr(p + n + 2, '$', (size_t)(end - p - (ptrdiff_t)n - 2)) ==
	    NULL && value != NULL) {
		buf_add(&x->text, p + n + 2, (size_t)(end - (p + n + 2)));
	} else {
		unsure(x);
	}
	return *end != '\0' ? end + 1 : end;
}

/* Behind what closes a substitution that was opened before p. */
static const char *
skip_substitution(const char *p, char open, char close)
{
	for (int depth = 1; *p != '\0' && depth > 0; p++) {
		if (*p == '\\' && p[1] != '\0')
			p++;
		else if (*p == close)
			depth--;
		else if (*p == open)
			depth++;
	}
	return p;
}

static const char *
put_dollar(struct expanding *x, const char *p, bool quoted)
{
	size_t n;

	if (*p == '{')
		return put_braced(x, p + 1, quoted);
	if (*p == '(') {
		unsure(x);
		return skip_substitution(p + 1, '(', ')');
	}
	if (*p == '@' || *p == '*') {
		put_args(x);
		return p + 1;
	}
	if (*p == '#') {
		buf_addf(&x->text, "%zu", x->v->n_args);
		return p + 1;
	}
	if (isdigit((unsigned char)*p)) {
		put_value(x, value_of(x->v, p, 1), quoted);
		return p + 1;
	}
	for (n = 0; isalnum((unsigned char)p[n]) || p[n] == '_'; n++)
		;
	if (n == 0) {
		/* $? and $$ are numbers that nobody knows. */
		unsure(x);
		return *p != '\0' ? p + 1 : p;
	}
	put_value(x, value_of(x->v, p, n), quoted);
	return p + n;
}

static const char *
put_quoted(struct expanding *x, const char *p)
{
	while (*p != '\0' && *p != '"') {
		if (*p == '\\' && p[1] != '\0') {
			if (strchr("$`\"\\\n", p[1]) == NULL)
				buf_addc(&x->text, '\\');
			if (p[1] != '\n')
				buf_addc(&x->text, p[1]);
			p += 2;
		} else if (*p == '$') {
			p = put_dollar(x, p + 1, true);
		} else if (*p == '`') {
			unsure(x);
			p = skip_substitution(p + 1, '\0', '`');
		} else {
			buf_addc(&x->text, *p++);
		}
	}
	return *p != '\0' ? p + 1 : p;
}

static void
put_word(struct expanding *x, const char *p)
{
	while (*p != '\0') {
		const char *end;

		switch (*p) {
		case '\'':
			end = strchrnul(p + 1, '\'');
			buf_add(&x->text, p + 1, (size_t)(end - p - 1));
			p = *end != '\0' ? end + 1 : end;
			break;
		case '"':
			p = put_quoted(x, p + 1);
			break;
		case '\\':
			if (p[1] != '\0' && p[1] != '\n')
				buf_addc(&x->text, p[1]);
			p += p[1] != '\0' ? 2 : 1;
			break;
		case '$':
			p = put_dollar(x, p + 1, false);
			break;
		case '`':
			unsure(x);
			p = skip_substitution(p + 1, '\0', '`');
			break;
		default:
			x->braces |= *p == '{';
			if (*p == '*' || *p == '?')
				x->sure = false;
			buf_addc(&x->text, *p++);
			break;
		}
	}
}

static void
add_braces(const struct expanding *x, const char *word, struct strlist *out)
{
	struct err ignored = { 0 };
	size_t before = out->n;

	if (!x->braces || strchr(word, ',') == NULL ||
	    glob_braces(word, out, &ignored) < 0 || out->n > WORDS_MAX) {
		while (out->n > before)
			free(out->items[--out->n]);
		strlist_add(out, word);
	}
}

void
shellvars_expand(const struct shellvars *v, const char *word,
    struct strlist *out, bool *out_sure)
{
	struct expanding x = { .v = v, .sure = true };
	char *save = NULL;

	put_word(&x, word);
	if (!x.split)
		add_braces(&x, buf_str(&x.text), out);
	for (char *w = x.split ? strtok_r(x.text.bytes, " \t\n", &save) : NULL;
	    w != NULL && out->n < WORDS_MAX;
	    w = strtok_r(NULL, " \t\n", &save))
		add_braces(&x, w, out);
	*out_sure = x.sure;
	buf_done(&x.text);
}
