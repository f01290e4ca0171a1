/* SPDX-License-Identifier: MIT */
#include "specs/views/pam.h"

#include <string.h>
#include <strings.h>

#include "base/path.h"
#include "base/tr.h"
#include "specs/views/reader.h"
#include "specs/views/views.h"

/* libpam before 1.6 has room for so much of one logical line. */
enum { LINE_MAX_OLD = 1023 };

/* A logical line on its way. */
struct logical {
	struct line at;
	struct buf text;
	const char *odd;	/* as in struct pam_line */
	bool open;		/* the file ends in it */
	bool returns;		/* a carriage return ends one of its lines */
};

static void
add_physical(struct logical *g, const char *s, const struct line *l,
    bool *on)
{
	const char *hash = memchr(s + l->start, '#', l->end - l->start);
	size_t start = l->start;
	size_t end = hash != NULL ? (size_t)(hash - s) : l->end;

	trim(s, &start, &end);
	if (l->next - g->at.start > LINE_MAX_OLD)
		g->odd = _("a line of more than 1023 bytes");
	else if (*on && start == end)
		g->odd = _("an empty line or a comment where a '\\' goes on "
		    "with the line above");
	/* In front of a comment a backslash is a word. */
	*on = hash == NULL && end > start && s[end - 1] == '\\';
	g->returns |= l->end < l->next && s[l->end] == '\r' &&
	    (end > start || hash == NULL);
	buf_add(&g->text, s + start, end - start - *on);
	buf_addc(&g->text, ' ');
	g->at.next = l->next;
	g->at.end = l->end;
}

/*
 * One logical line: what stands behind a # is a comment, a backslash at the end
 * goes on with the next line. False at the end of the file.
 */
static bool
next_logical(struct reader *r, struct logical *g)
{
	struct line l;
	bool on = false;

	buf_reset(&g->text);
	g->returns = false;
	if (!reader_peek(r, &g->at))
		return false;
	do {
		if (!reader_next(r, &l))
			break;
		add_physical(g, r->bytes, &l, &on);
	} while (on);
	g->open = on;
	return true;
}

static void
drop_logical(struct logical *g)
{
	buf_done(&g->text);
}

/*
 * The next word of *s, NULL at the end; what begins with [ goes on to the ]
 * that no backslash hides, and loses that backslash (pam.conf(5)).
 */
static const char *
next_word(const char **s, struct arena *a, bool keep_brackets, bool *out_open)
{
	const char *p = *s + strspn(*s, " \t\r\f\v");
	size_t n = strcspn(p, " \t\r\f\v"), k = 0;
	char *out;

	if (*p == '\0')
		return NULL;
	if (*p != '[') {
		*s = p + n;
		return arena_memdup(a, p, n);
	}
	for (n = 1; p[n] != ']' && p[n] != '\0'; n++)
		n += p[n] == '\\' && p[n + 1] == ']';
	out = arena_alloc(a, n + 2);
	if (keep_brackets)
		out[k++] = '[';
	for (p++; *p != ']' && *p != '\0'; p++) {
		if (*p == '\\' && p[1] == ']')
			p++;
		out[k++] = *p;
	}
	if (keep_brackets)
		out[k++] = ']';
	*out_open |= *p == '\0';
	*s = p + (*p == ']');
	return out;
}

static const char *
known_type(const char *word)
{
	static const char *const types[] = { "auth", "account", "password",
		"session", NULL };

	for (size_t i = 0; types[i] != NULL; i++)
		if (strcasecmp(types[i], word) == 0)
			return types[i];
	return NULL;
}

static void
take_args(struct pam_line *p, const char *s, struct arena *a, bool *open)
{
	size_t cap = 0;
	const char *word;

	while ((word = next_word(&s, a, false, open)) != NULL) {
		if (p->n_args == cap) {
			const char **more;

			cap = cap * 2 + 4;
			more = arena_alloc(a, cap * sizeof(*more));
			if (p->n_args > 0)
				memcpy(more, p->args,
				    p->n_args * sizeof(*more));
			p->args = more;
		}
		p->args[p->n_args++] = word;
	}
}

static int
one_line(struct pam_line *p, const char *s, bool with_service,
    struct arena *a, struct err *e)
{
	bool open = false;
	const char *word = next_word(&s, a, true, &open);

	if (strcasecmp(word, "@include") == 0) {
		p->kind = PAM_LINE_INCLUDE;
		if ((p->module = next_word(&s, a, true, &open)) == NULL)
			return err_at(e, p->file, p->line, 0,
			    _("@include without a file"));
		return 0;
	}
	if (with_service) {
		p->service = word;
		word = next_word(&s, a, true, &open);
	}
	p->optional = word != NULL && word[0] == '-';
	if (word == NULL || (p->type = known_type(word + p->optional)) == NULL)
		return err_at(e, p->file, p->line, 0,
		    _("unknown type '%s' [auth, account, password or session]"),
		    word != NULL ? word : "");
	p->control = next_word(&s, a, true, &open);
	p->module = next_word(&s, a, true, &open);
	take_args(p, s, a, &open);
	if (open)
		return err_at(e, p->file, p->line, 0, _("'[' without its ']'"));
	if (p->module == NULL)
		return err_at(e, p->file, p->line, 0,
		    _("a line needs a type, a control and a module"));
	if (strcasecmp(p->control, "include") == 0)
		p->kind = PAM_LINE_INCLUDE;
	if (strcasecmp(p->control, "substack") == 0)
		p->kind = PAM_LINE_SUBSTACK;
	return 0;
}

static struct pam_line *
line_new(struct logical *g, const char *file, struct arena *a)
{
	struct pam_line *p = arena_alloc(a, sizeof(*p));

	p->service = p->type = p->control = p->module = "";
	p->file = file;
	p->line = g->at.no;
	p->start = g->at.start;
	p->end = g->at.next;
	p->odd = g->odd;
	g->odd = NULL;
	return p;
}

int
pam_refuse_open(const struct pam_line *p, struct err *e)
{
	for (; p != NULL; p = p->next)
		if (p->kind == PAM_LINE_OPEN)
			return err_at(e, p->file, p->line, 0,
			    _("the file ends behind a '\\', for which libpam "
			    "denies everybody"));
	return 0;
}

int
pam_parse(const char *name, const char *bytes, size_t len, struct arena *a,
    struct pam_line **out, struct err *e)
{
	CLEANUP(drop_logical) struct logical g = { 0 };
	const char *file = arena_strdup(a, name);
	struct pam_line *first = NULL, **tail = &first;
	struct reader r;

	if (reader_start(&r, name, bytes, len, e) < 0)
		return -1;
	while (next_logical(&r, &g)) {
		struct pam_line *p;

		if (g.returns && !g.open)
			return err_at(e, name, g.at.no, 0,
			    _("a carriage return at the end of the line, which "
			    "libpam takes for part of its last word"));
		if (!g.open && strspn(g.text.bytes, " ") == g.text.len)
			continue;
		p = *tail = line_new(&g, file, a);
		tail = &p->next;
		if (g.open)
			p->kind = PAM_LINE_OPEN;
		else if (one_line(p, g.text.bytes,
		    strcmp(path_name(name), "pam.conf") == 0, a, e) < 0)
			return -1;
	}
	if (g.odd != NULL)
		(*tail = line_new(&g, file, a))->kind = PAM_LINE_ODD;
	*out = first;
	return 0;
}

/* What the four words stand for, in pam.conf(5)'s own brackets. */
static const char *
bracketed(const char *control)
{
	static const char *const words[][2] = {
		{ "required", "[success=ok new_authtok_reqd=ok "
		    "ignore=ignore default=bad]" },
		{ "requisite", "[success=ok new_authtok_reqd=ok "
		    "ignore=ignore default=die]" },
		{ "sufficient", "[success=done new_authtok_reqd=done "
		    "default=ignore]" },
		{ "optional", "[success=ok new_authtok_reqd=ok "
		    "default=ignore]" },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if (strcasecmp(words[i][0], control) == 0)
			return words[i][1];
	return control;
}

/* Every value=action of a is in b too. */
static bool
within(const char *a, const char *b)
{
	const char *const ends = " \t[]";

	for (a += strspn(a, ends); *a != '\0'; a += strspn(a, ends)) {
		size_t n = strcspn(a, ends), m = 0;
		const char *p = b + strspn(b, ends);

		for (; *p != '\0'; p += m, p += strspn(p, ends)) {
			m = strcspn(p, ends);
			if (m == n && strncasecmp(a, p, n) == 0)
				break;
		}
		if (*p == '\0')
			return false;
		a += n;
	}
	return true;
}

bool
pam_same_control(const char *a, const char *b)
{
	a = bracketed(a);
	b = bracketed(b);
	if (a[0] != '[' || b[0] != '[')
		return strcasecmp(a, b) == 0;
	return within(a, b) && within(b, a);
}

static const char *const pam_fields[] = { "service", "type", "control",
	"module", "arguments", "optional", NULL };

static void
text_field(struct tree *t, const struct line *l, size_t i, const char *value)
{
	struct view_node *n = tree_two(t, pam_fields[i],
	    strlen(pam_fields[i]), l);

	n->value = value;
}

static int
pam_view_parse(const char *name, const char *bytes, size_t len,
    struct arena *a, struct view_node *out, struct err *e)
{
	struct pam_line *p;
	struct tree t;

	tree_start(&t, a, bytes, out);
	if (pam_parse(name, bytes, len, a, &p, e) < 0 ||
	    pam_refuse_open(p, e) < 0)
		return -1;
	for (; p != NULL && p->kind != PAM_LINE_ODD; p = p->next) {
		CLEANUP(drop_buf) struct buf args = { 0 };
		struct line l = { p->start, p->end, p->end, p->line };

		for (size_t i = 0; i < p->n_args; i++)
			buf_addf(&args, "%s%s", i > 0 ? " " : "", p->args[i]);
		tree_one(&t, "", 0, &l);
		text_field(&t, &l, 0, p->service);
		text_field(&t, &l, 1, p->type);
		text_field(&t, &l, 2, p->control);
		text_field(&t, &l, 3, p->module);
		text_field(&t, &l, 4, arena_strdup(a, buf_str(&args)));
		text_field(&t, &l, 5, p->optional ? "yes" : "no");
	}
	return 0;
}

const struct view view_pam = {
	.name = "pam",
	.parse = pam_view_parse,
	.accumulates = accumulates_never,
	.separators = " \t",
	.fields = pam_fields,
};
