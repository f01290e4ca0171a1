/* SPDX-License-Identifier: MIT */
#include "snapshots/rollscript.h"

#include <stdio.h>
#include <string.h>

#include "base/meta.h"
#include "base/path.h"
#include "base/text.h"

/* Digits of the offset, so that the script's length does not depend on it. */
enum { OFFSET_WIDTH = 10 };

/*
 * Names are quoted where they are used and shown as ASCII only, so that none
 * moves a cursor. What a tool's absence keeps from being put back is said, an
 * object a line, and makes the exit status 1.
 */
static const char prologue[] =
    "# usage: sh FILE [-n] [ROOT]     -n: only say what would be done\n"
    "# Needs sh and tar. Uses chattr, setfacl and setfattr where they are.\n"
    "LC_ALL=C\n"
    "EXTRACT_UNSAFE_SYMLINKS=1\n"	/* some busybox leave others out */
    "export LC_ALL EXTRACT_UNSAFE_SYMLINKS\n"
    "dry=\n"
    "if [ \"${1-}\" = -n ]; then dry=1; shift; fi\n"
    "r=${1-$default}\n"
    "case $r in -*) r=./$r ;; esac\n"
    "if [ ! -d \"$r/.\" ]; then echo \"no such root\" >&2; exit 2; fi\n"
    "r=${r%/}\n"
    "bad=0\n"
    "show() { printf '%s' \"$1\" | tr -c '\\040-\\176' '?'; }\n"
    "miss() { printf '%s: %s\\n' \"$(show \"$1\")\" \"$2\" >&2; bad=1; }\n"
    "would() { printf 'would %s %s\\n' \"$1\" \"$(show \"$2\")\"; }\n"
    "has() { command -v \"$1\" >/dev/null 2>&1; }\n"
    "there() { [ -e \"$r$1\" ] || [ -h \"$r$1\" ]; }\n"
    "folder() { [ -d \"$r$1\" ] && [ ! -h \"$r$1\" ]; }\n"
    "loose() {\n"
    "\tif [ -n \"$dry\" ] || [ -h \"$r$1\" ] || ! has chattr; then return; fi\n"
    "\tif [ -f \"$r$1\" ] || [ -d \"$r$1\" ]; then\n"
    "\t\tchattr -ia \"$r$1\" 2>/dev/null\n"
    "\tfi\n"
    "}\n"
    "gone() {\n"
    "\tthere \"$1\" || return\n"
    "\tif [ -n \"$dry\" ]; then would remove \"$1\"; return; fi\n"
    "\tif folder \"$1\"; then rmdir \"$r$1\" 2>/dev/null\n"
    "\telse rm -f \"$r$1\" 2>/dev/null; fi ||\n"
    "\t    miss \"$1\" 'could not be removed'\n"
    "}\n"
    "room() { folder \"$1\" || gone \"$1\"; }\n"
    "relink() {\n"
    "\tif [ -n \"$dry\" ]; then would link \"$1\"; return; fi\n"
    "\tif cmp -s \"$r$1\" \"$r$2\"; then ln -f \"$r$2\" \"$r$1\"\n"
    "\telse miss \"$1\" \"is no longer the same as $(show \"$2\")\"; fi\n"
    "}\n"
    "own() {\n"
    "\tif [ -n \"$dry\" ]; then would 'set metadata of' \"$2\"; return; fi\n"
    "\tthere \"$2\" || { miss \"$2\" 'is not there'; return; }\n"
    "\tchown -h \"$1\" \"$r$2\" || miss \"$2\" 'owner not set'\n"
    "}\n"
    "mode() {\n"
    "\t[ -n \"$dry\" ] || ! there \"$2\" || chmod \"$1\" \"$r$2\" ||\n"
    "\t    miss \"$2\" 'mode not set'\n"
    "}\n"
    "stamp() {\n"
    "\t[ -z \"$dry\" ] && there \"$2\" || return\n"
    "\ttouch -h -d \"@$1\" \"$r$2\" 2>/dev/null && return\n"
    "\tif touch -h -d \"@${1%.*}\" \"$r$2\" 2>/dev/null; then\n"
    "\t\tmiss \"$2\" 'time set to the second only (this touch knows no more)'\n"
    "\telse miss \"$2\" 'time not set'; fi\n"
    "}\n"
    "acl() {\n"
    "\t[ -z \"$dry\" ] && there \"$3\" || return\n"
    "\thas setfacl || { miss \"$3\" 'ACL not put back: no setfacl'; return; }\n"
    "\tcase $1 in\n"
    "\taccess) setfacl --set \"$2\" \"$r$3\" ;;\n"
    "\tdefault) setfacl -d --set \"$2\" \"$r$3\" ;;\n"
    "\tnone) setfacl -b \"$r$3\" ;;\n"
    "\tesac || miss \"$3\" 'ACL not put back'\n"
    "}\n"
    "xattr() {\n"
    "\t[ -z \"$dry\" ] && there \"$3\" || return\n"
    "\thas setfattr || {\n"
    "\t\tmiss \"$3\" \"attribute $(show \"$1\") not put back: no setfattr\"\n"
    "\t\treturn; }\n"
    "\tif [ \"$2\" = - ]; then\n"
    "\t\tsetfattr -h -x \"$1\" \"$r$3\" 2>/dev/null\n"
    "\telse setfattr -h -n \"$1\" -v \"$2\" \"$r$3\" ||\n"
    "\t\tmiss \"$3\" \"attribute $(show \"$1\") not put back\"; fi\n"
    "}\n"
    "flags() {\n"
    "\t[ -z \"$dry\" ] && there \"$2\" || return\n"
    "\thas chattr || { miss \"$2\" 'inode flags not put back: no chattr'\n"
    "\t\treturn; }\n"
    "\tchattr \"$1\" \"$r$2\" || miss \"$2\" 'inode flags not put back'\n"
    "}\n"
    /* What is unpacked into a folder takes over its default ACL and flags. */
    "bare() {\n"
    "\t[ -z \"$dry\" ] && there \"$2\" || return\n"
    "\t! has setfacl || setfacl -b \"$r$2\" 2>/dev/null\n"
    "\tif [ -f \"$r$2\" ] || [ -d \"$r$2\" ]; then\n"
    "\t\t! has chattr || chattr \"$1\" \"$r$2\" 2>/dev/null; fi\n"
    "}\n";

static bool
too_long(const char *path)
{
	return strlen(path) > ROLLSCRIPT_PATH_MAX;
}

/* "WORD 'path'" */
static void
call(struct buf *out, const char *words, const char *path)
{
	buf_adds(out, words);
	buf_addc(out, ' ');
	text_quote_sh(out, path);
	buf_addc(out, '\n');
}

static void
add_head(const struct rollscript *s, struct buf *out)
{
	buf_adds(out, "#!/bin/sh\n# Puts back what driftctl changed: ");
	text_escape(out, s->title, strlen(s->title));
	buf_adds(out, "\ndefault=");
	text_quote_sh(out, s->root);
	buf_addc(out, '\n');
	buf_adds(out, prologue);
}

static bool
is_saved(const struct rollscript_item *i)
{
	return i->class == ROLLBACK_PUT || i->class == ROLLBACK_META;
}

static void
add_removals(const struct rollscript *s, struct buf *out)
{
	for (size_t i = 0; i < s->n; i++)
		if (!too_long(s->items[i].en->path))
			call(out, "loose", s->items[i].en->path);
	/* Folders let go only what they are loosened for. */
	for (size_t i = 0; i < s->added->n; i++)
		if (!too_long(s->added->items[i]))
			call(out, "loose", s->added->items[i]);
	for (size_t i = s->added->n; i-- > 0;) {
		if (!too_long(s->added->items[i])) {
			call(out, "gone", s->added->items[i]);
			continue;
		}
		call(out, "miss", s->added->items[i]);
		buf_truncate(out, out->len - 1);
		buf_adds(out, " 'has too long a path to be removed'\n");
	}
	for (size_t i = s->n; i-- > 0;)
		if (s->items[i].class == ROLLBACK_PUT &&
		    !too_long(s->items[i].en->path))
			call(out, s->items[i].en->kind == ENTRY_DIR ? "room" :
			    "gone", s->items[i].en->path);
}

static bool
stays(const struct rollscript_item *i)
{
	return i->grouped && (i->class == ROLLBACK_LINK ||
	    i->class == ROLLBACK_META);
}

/* A name of the same inode that stays where it is; NULL when there is none. */
static const char *
staying_name(const struct rollscript *s, const struct entry *en)
{
	const char *key = en->hardlink != NULL ? en->hardlink : en->path;

	for (size_t k = 0; k < s->n; k++) {
		const struct entry *o = s->items[k].en;

		if (stays(&s->items[k]) && strcmp(o->hardlink != NULL ?
		    o->hardlink : o->path, key) == 0)
			return o->path;
	}
	return NULL;
}

static bool
any_staying(const struct rollscript *s)
{
	for (size_t i = 0; i < s->n; i++)
		if (stays(&s->items[i]))
			return true;
	return false;
}

static void
add_links(const struct rollscript *s, struct buf *out)
{
	if (!any_staying(s))
		return;
	for (size_t i = 0; i < s->n; i++) {
		const char *other;

		if (s->items[i].class != ROLLBACK_PUT ||
		    !s->items[i].grouped ||
		    (other = staying_name(s, s->items[i].en)) == NULL)
			continue;
		call(out, "relink", s->items[i].en->path);
		buf_truncate(out, out->len - 1);
		buf_addc(out, ' ');
		text_quote_sh(out, other);
		buf_addc(out, '\n');
	}
}

static void
add_acls(const struct rollscript_item *it, struct buf *out)
{
	const struct entry *en = it->en;

	if ((it->more_acl && en->acl == NULL) ||
	    (it->more_default_acl && en->default_acl == NULL))
		call(out, "acl none ''", en->path);
	if (en->acl != NULL) {
		buf_adds(out, "acl access ");
		text_quote_sh(out, en->acl);
		call(out, "", en->path);
	}
	if (en->default_acl != NULL) {
		buf_adds(out, "acl default ");
		text_quote_sh(out, en->default_acl);
		call(out, "", en->path);
	}
}

static void
add_xattrs(const struct rollscript_item *it, struct buf *out)
{
	const struct entry *en = it->en;

	for (size_t i = 0; it->more_xattrs != NULL &&
	    it->more_xattrs[i] != NULL; i++) {
		buf_adds(out, "xattr ");
		text_quote_sh(out, it->more_xattrs[i]);
		call(out, " -", en->path);
	}
	for (uint32_t i = 0; i < en->n_xattrs; i++) {
		const struct xattr *x = &en->xattrs[i];

		buf_adds(out, "xattr ");
		text_quote_sh(out, x->name);
		buf_adds(out, " 0x");
		text_hex(out, x->value, x->len);
		call(out, "", en->path);
	}
}

static void
add_stamp(const struct entry *en, struct buf *out)
{
	long long sec = en->mtime.tv_sec;
	long nsec = en->mtime.tv_nsec;
	const char *sign = "";

	/* The kernel counts the parts of a second upwards, people do not. */
	if (sec < 0) {
		sign = "-";
		sec = -sec - (nsec > 0);
		nsec = nsec > 0 ? 1000000000 - nsec : 0;
	}
	buf_addf(out, "stamp %s%lld.%09ld", sign, sec, nsec);
	call(out, "", en->path);
}

static void
add_metadata(const struct rollscript_item *it, struct buf *out)
{
	const struct entry *en = it->en;

	if (it->class == ROLLBACK_LINK)
		return;
	if (too_long(en->path)) {
		call(out, "miss", en->path);
		buf_truncate(out, out->len - 1);
		buf_adds(out, " 'has too long a path to be put back'\n");
		return;
	}
	if (it->class == ROLLBACK_TIME) {
		add_stamp(en, out);
		return;
	}
	if (en->kind == ENTRY_SOCKET && it->class == ROLLBACK_PUT) {
		call(out, "miss", en->path);
		buf_truncate(out, out->len - 1);
		buf_adds(out, " 'is a socket: start what listens there'\n");
		return;
	}
	if (it->class == ROLLBACK_PUT && en->kind != ENTRY_SYMLINK) {
		buf_adds(out, "bare -");
		meta_flags_text(out, meta_flags_inherited() & ~en->flags);
		call(out, "", en->path);
	}
	buf_addf(out, "own %u:%u", en->uid, en->gid);
	call(out, "", en->path);
	if (en->kind != ENTRY_SYMLINK) {
		add_acls(it, out);
		/* GNU chmod leaves a folder its setgid with less digits. */
		buf_addf(out, "mode %05o", en->mode);
		call(out, "", en->path);
	}
	add_xattrs(it, out);
	add_stamp(en, out);
}

/* Behind all else: an immutable object takes nothing more. */
static void
add_flags(const struct rollscript_item *it, struct buf *out)
{
	uint32_t minus = it->more_flags & ~it->en->flags;
	uint32_t plus = it->en->flags;

	if (too_long(it->en->path))
		return;
	if (it->class == ROLLBACK_TIME || it->class == ROLLBACK_LINK)
		plus &= meta_flags_in_the_way();
	if (minus != 0) {
		buf_adds(out, "flags -");
		meta_flags_text(out, minus);
		call(out, "", it->en->path);
	}
	if (plus != 0) {
		buf_adds(out, "flags +");
		meta_flags_text(out, plus);
		call(out, "", it->en->path);
	}
}

void
rollscript_write(const struct rollscript *s, struct buf *out)
{
	static const char unpack[] = "tail -c +";
	size_t offset = 0;

	add_head(s, out);
	add_removals(s, out);
	for (size_t i = 0; i < s->n; i++)
		if (s->items[i].class == ROLLBACK_PUT)
			call(out, "[ -z \"$dry\" ] || would 'put back'",
			    s->items[i].en->path);
	if (s->archive) {
		buf_adds(out, "if [ -z \"$dry\" ]; then\n\t");
		buf_adds(out, unpack);
		offset = out->len;
		buf_addf(out, "%0*d", OFFSET_WIDTH, 0);
		buf_adds(out, " \"$0\" | tar xpf - -C \"$r/\" || {\n"
		    "\t\techo 'tar could not unpack everything' >&2\n"
		    "\t\tbad=1; }\nfi\n");
	}
	add_links(s, out);
	for (size_t i = s->n; i-- > 0;)
		if (is_saved(&s->items[i]) ||
		    s->items[i].class == ROLLBACK_TIME)
			add_metadata(&s->items[i], out);
	for (size_t i = s->n; i-- > 0;)
		add_flags(&s->items[i], out);
	buf_adds(out, "exit $bad\n");
	if (s->archive) {
		char digits[OFFSET_WIDTH + 1];

		/* tail counts from 1; blanks behind, so that none is octal */
		snprintf(digits, sizeof(digits), "%-*zu", OFFSET_WIDTH,
		    out->len + 1);
		memcpy(out->bytes + offset, digits, OFFSET_WIDTH);
	}
}
