/* SPDX-License-Identifier: MIT */
#include "specs/draft.h"

#include <ctype.h>
#include <string.h>

#include "base/glob.h"
#include "base/text.h"
#include "base/vec.h"
#include "specs/catalogue.h"
#include "specs/draft_content.h"
#include "specs/filecaps.h"
#include "specs/unit_load.h"
#include "specs/unit_name.h"

/* More than this nobody reads, let alone mends. */
enum { DEMANDS_MAX = 60, TEXT_MAX = 1 << 20 };

void
draft_done(struct draft *d)
{
	arena_done(&d->arena);
	arena_done(&d->names);
}

void
drop_draft(struct draft *d)
{
	draft_done(d);
}

int
draft_quote(struct buf *out, const char *text)
{
	size_t len = strlen(text);
	CLEANUP(drop_buf) struct buf plain = { 0 };

	for (size_t i = 0; i < len;) {
		uint32_t code;
		size_t n = text_utf8(text + i, len - i, &code);

		if (n == 0)
			return -1;
		if (text[i] == '$' && text[i + 1] == '{')
			buf_addc(&plain, '$');
		buf_add(&plain, text + i, n);
		i += n;
	}
	text_quote_json(out, buf_str(&plain), plain.len);
	return 0;
}

/* True when the spec is sound and all of it holds. */
static bool
holds(struct draft *d, const char *yaml)
{
	const struct spec_source source = { "draft.yaml", yaml, strlen(yaml),
		NULL };
	struct diagnostics diags = { 0 };
	struct catalogue c = { 0 };
	struct results r = { 0 };
	bool good;

	catalogue_build(&c, &source, 1, NULL, NULL, &diags);
	good = diags.n == 0 && c.n == 1;
	for (size_t i = 0; good && i < c.specs[0]->n_rules; i++)
		eval_rule(&c.specs[0]->rules[i], d->ev, &r);
	good = good && r.n == 0 && r.held > 0;
	results_done(&r);
	catalogue_done(&c);
	diagnostics_done(&diags);
	return good;
}

bool
draft_try(struct draft_subject *s, const char *head, const char *demand,
    struct buf *group)
{
	CLEANUP(drop_buf) struct buf yaml = { 0 };

	if (s->room == 0)
		return false;
	buf_addf(&yaml, "spec: draft\ntitle: draft\nabout: draft\nrules:\n"
	    "  - id: draft\n    %s\n    why: draft\n%s%s", s->about, head,
	    demand);
	if (!holds(s->d, buf_str(&yaml)))
		return false;
	s->room--;
	buf_adds(group, demand);
	return true;
}

/* "pam-d-imap" of /etc/pam.d/imap; a number where that is taken. */
static const char *
new_id(struct draft *d, const char *from)
{
	CLEANUP(drop_buf) struct buf id = { 0 };
	const char *p = from + strlen(from);
	size_t len;

	for (int slashes = 0; p > from; p--)
		if (p[-1] == '/' && ++slashes == 2)
			break;
	for (; *p != '\0'; p++) {
		if (isalnum((unsigned char)*p) && (unsigned char)*p < 0x80)
			buf_addc(&id, (char)tolower((unsigned char)*p));
		else if (id.len > 0 && id.bytes[id.len - 1] != '-')
			buf_addc(&id, '-');
	}
	while (id.len > 0 && id.bytes[id.len - 1] == '-')
		buf_truncate(&id, id.len - 1);
	if (id.len == 0)
		buf_adds(&id, "top");
	len = id.len;
	for (int n = 2; !texts_add_once(&d->names, &d->ids,
	    arena_strdup(&d->names, buf_str(&id))); n++) {
		buf_truncate(&id, len);
		buf_addf(&id, "-%d", n);
	}
	return d->ids.items[d->ids.n - 1];
}

static void
begin(struct draft *d, const char *id, const char *about, struct buf *out)
{
	buf_addf(out, "  - id: %s\n    %s\n    why: ", id, about);
	draft_quote(out, d->why);
	buf_adds(out, "\n");
}

/* One key of a rule that stands alone on its line. */
static void
plain_key(struct draft_subject *s, struct buf *out, const char *key,
    const char *value)
{
	CLEANUP(drop_buf) struct buf line = { 0 };

	buf_addf(&line, "    %s: ", key);
	if (value == NULL || draft_quote(&line, value) < 0)
		return;
	buf_addc(&line, '\n');
	draft_try(s, "", buf_str(&line), out);
}

static void
capabilities(struct draft_subject *s, const struct entry *en, struct buf *out)
{
	struct filecaps caps = { 0 };
	CLEANUP(drop_buf) struct buf text = { 0 };

	for (uint32_t i = 0; i < en->n_xattrs; i++)
		if (strcmp(en->xattrs[i].name, "security.capability") == 0 &&
		    filecaps_decode(en->xattrs[i].value, en->xattrs[i].len,
		    &caps) == 0)
			filecaps_text(&caps, &text);
	if (text.len > 0)
		plain_key(s, out, "capabilities", buf_str(&text));
}

static void
metadata(struct draft_subject *s, const struct entry *en, struct buf *out)
{
	CLEANUP(drop_buf) struct buf mode = { 0 };

	s->room += 8;
	draft_try(s, "", "    require: present\n", out);
	plain_key(s, out, "type", entry_kind_name(en->kind));
	plain_key(s, out, "owner", en->user);
	plain_key(s, out, "group", en->group);
	buf_addf(&mode, "%04o", (unsigned)en->mode);
	if (en->kind != ENTRY_SYMLINK)
		plain_key(s, out, "mode", buf_str(&mode));
	if (en->kind == ENTRY_FILE)
		capabilities(s, en, out);
}

/* The whole content, where nothing of it is understood. */
static void
digest_of(struct draft_subject *s, const char *bytes, size_t len,
    struct buf *out)
{
	unsigned char sum[SHA256_LEN];
	struct digest *d = digest_new();
	CLEANUP(drop_buf) struct buf demand = { 0 };

	digest_sha256_start(d);
	digest_add(d, bytes, len);
	digest_end(d, sum);
	digest_free(d);
	buf_adds(&demand, "    content: {sha256: \"");
	text_hex(&demand, sum, sizeof(sum));
	buf_adds(&demand, "\"}\n");
	draft_try(s, "", buf_str(&demand), out);
}

static bool
is_text(const char *bytes, size_t len)
{
	return len <= TEXT_MAX && memchr(bytes, '\0', len) == NULL;
}

static void
content(struct draft_subject *s, struct buf *out)
{
	const struct view *view = view_for_path(s->path);
	const struct evidence *ev = s->d->ev;
	struct err e = { 0 };
	struct view_node top = { 0 };
	size_t before = out->len, len;
	const char *bytes;

	if (ev->bytes(ev->ctx, s->path, &bytes, &len, &e) < 0)
		return;
	if (is_text(bytes, len) && view != NULL &&
	    view->parse(s->path, bytes, len, &s->d->arena, &top, &e) == 0) {
		if (strcmp(view->name, "pam") == 0)
			draft_pam(s, out);
		else if (strcmp(view->name, "xml") == 0)
			draft_xml(s, bytes, len, out);
		else if (view->fields != NULL)
			draft_rows(s, view, &top, out);
		else if (view->write_key != NULL)
			draft_keys(s, view, &top, out);
	}
	if (out->len == before && is_text(bytes, len))
		draft_lines(s, bytes, len, out);
	if (out->len == before)
		digest_of(s, bytes, len, out);
}

static const char *
path_about(struct draft *d, const char *path)
{
	CLEANUP(drop_buf) struct buf pattern = { 0 }, about = { 0 };

	/* As a pattern that is it alone. */
	glob_escape(&pattern, path);
	buf_adds(&about, "path: ");
	if (draft_quote(&about, buf_str(&pattern)) < 0)
		return NULL;
	return arena_strdup(&d->arena, buf_str(&about));
}

void
draft_entry(struct draft *d, const struct entry *en, bool secret,
    struct buf *out)
{
	struct draft_subject s = { .d = d, .path = en->path,
		.about = path_about(d, en->path), .room = DEMANDS_MAX };
	/* Of its own: whoever adds keys looks whether the rule has some. */
	CLEANUP(drop_buf) struct buf known = { 0 };

	if (s.about == NULL)
		buf_addf(out, "  # a name that is no UTF-8 cannot be written "
		    "here\n");
	if (s.about == NULL)
		return;
	begin(d, new_id(d, en->path), s.about, out);
	metadata(&s, en, out);
	if (secret)
		buf_adds(out, "    # what is in it is secret, and in no "
		    "rule\n    secret: true\n");
	else if (en->kind == ENTRY_FILE)
		content(&s, &known);
	buf_add(out, known.bytes, known.len);
	arena_done(&d->arena);
}

/* The keys of each file that the unit is made of, as far as they count. */
static void
unit_keys(struct draft_subject *s, const struct unit *u, struct buf *out)
{
	const struct evidence *ev = s->d->ev;
	const struct view *view = view_find("systemd");

	for (size_t i = 0; i <= u->dropins.n; i++) {
		const char *file = i == 0 ? u->fragment :
		    u->dropins.items[i - 1];
		struct view_node top = { 0 };
		struct err ignored = { 0 };
		const char *bytes;
		size_t len;

		if (file != NULL && ev->bytes(ev->ctx, file, &bytes, &len,
		    &ignored) == 0 && is_text(bytes, len) &&
		    view->parse(file, bytes, len, &s->d->arena, &top,
		    &ignored) == 0)
			draft_keys(s, view, &top, out);
	}
}

/* How much of a line says which key it is about; all of it where none is. */
static size_t
key_length(const char *line)
{
	size_t all = strcspn(line, "\n") + 1, n = strcspn(line, "\"") + 1;

	while (n < all && line[n] != '"')
		n += line[n] == '\\' ? 2 : 1;
	return n < all ? n + 1 : all;
}

/* A key that two files of a unit have is demanded once: as the last has it,
 * which comes after the others. */
static void
once(const char *text, struct buf *out)
{
	for (const char *p = text; *p != '\0';) {
		size_t n = strcspn(p, "\n") + 1;
		CLEANUP(drop_buf) struct buf again = { 0 };

		buf_addc(&again, '\n');
		buf_add(&again, p, key_length(p));
		if (strstr(p, buf_str(&again)) == NULL)
			buf_add(out, p, n);
		p += n;
	}
}

bool
draft_unit(struct draft *d, const char *name, struct buf *out)
{
	CLEANUP(drop_buf) struct buf about = { 0 }, keys = { 0 };
	struct draft_subject s = { .d = d, .room = DEMANDS_MAX };
	struct unit u = { 0 };

	unit_load(d->ev, name, &d->arena, &u);
	if (u.fragment == NULL)
		return false;
	buf_adds(&about, "unit: ");
	if (draft_quote(&about, name) < 0)
		return false;
	s.about = buf_str(&about);
	begin(d, new_id(d, name), s.about, out);
	draft_try(&s, "", "    require: present\n", out);
	if (!draft_try(&s, "", "    masked: false\n", out))
		draft_try(&s, "", "    masked: true\n", out);
	if (!draft_try(&s, "", "    enabled: true\n", out))
		draft_try(&s, "", "    enabled: false\n", out);
	if (!u.masked)
		unit_keys(&s, &u, &keys);
	once(buf_str(&keys), out);
	arena_done(&d->arena);
	return true;
}
