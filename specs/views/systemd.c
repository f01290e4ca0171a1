/* SPDX-License-Identifier: MIT */
#include "specs/views/views.h"

#include <string.h>

#include "base/tr.h"
#include "specs/views/reader.h"

/* systemd.syntax(7) */
struct unit {
	struct tree tree;
	struct reader reader;
	const char *name;
};

static bool
is_comment(const char *s, size_t start, size_t end)
{
	return start < end && (s[start] == '#' || s[start] == ';');
}

/* An even number of backslashes at the end are escaped ones. */
static bool
goes_on(const char *s, size_t start, size_t end)
{
	size_t n = 0;

	while (end > start && s[end - 1] == '\\') {
		n++;
		end--;
	}
	return n % 2 == 1;
}

/*
 * Appends the logical line that begins at start to text: a backslash at the
 * end becomes a blank, comment lines in between are left out. Returns where
 * the value's last byte ends; *last is the last line taken.
 */
static size_t
logical(struct unit *u, size_t start, struct line *last, struct buf *text)
{
	const char *s = u->reader.bytes;
	size_t end = last->end;
	struct line l;

	while (goes_on(s, start, end)) {
		size_t a, b;

		buf_add(text, s + start, end - 1 - start);
		buf_addc(text, ' ');
		do {
			if (!reader_next(&u->reader, &l))
				return end;
			*last = l;
			a = l.start;
			b = l.end;
			trim(s, &a, &b);
		} while (is_comment(s, a, b));
		start = a;
		end = l.end;
		/* Blanks behind a backslash make it an ordinary one. */
		if (a == b)
			return b;
	}
	buf_add(text, s + start, end - start);
	return end;
}

static int
section(struct unit *u, const struct line *l, size_t start, size_t end,
    struct err *e)
{
	const char *s = u->reader.bytes;

	if (end - start < 2 || s[end - 1] != ']')
		return err_at(e, u->name, l->no, 0,
		    _("'[' without its ']' on the same line"));
	tree_one(&u->tree, s + start + 1, end - start - 2, l);
	return 0;
}

static int
key(struct unit *u, const struct line *l, size_t start, struct err *e)
{
	const char *s = u->reader.bytes;
	const char *eq = memchr(s + start, '=', l->end - start);
	CLEANUP(drop_buf) struct buf text = { 0 };
	struct line last = *l;
	size_t name_end, from, end, a = 0, b;
	struct view_node *n;

	if (u->tree.one == NULL)
		return err_at(e, u->name, l->no, 0,
		    _("an assignment outside of any [Section]"));
	if (eq == NULL || eq == s + start)
		return err_at(e, u->name, l->no, 0,
		    _("neither 'Key=value' nor a [Section]"));
	name_end = (size_t)(eq - s);
	from = name_end + 1;
	trim(s, &start, &name_end);
	while (from < l->end && is_blank(s[from]))
		from++;
	end = logical(u, from, &last, &text);
	n = tree_two(&u->tree, s + start, name_end - start, l);
	n->end = u->tree.one->end = last.next;
	trim(s, &from, &end);
	n->value_start = from;
	n->value_end = end;
	b = text.len;
	trim(buf_str(&text), &a, &b);
	n->value = arena_memdup(u->tree.arena, buf_str(&text) + a, b - a);
	return 0;
}

static int
systemd_parse(const char *name, const char *bytes, size_t len,
    struct arena *a, struct view_node *out, struct err *e)
{
	struct unit u = { .name = name };
	struct line l;

	if (reader_start(&u.reader, name, bytes, len, e) < 0)
		return -1;
	tree_start(&u.tree, a, u.reader.bytes, out);
	while (reader_next(&u.reader, &l)) {
		const char *s = u.reader.bytes;
		size_t start = l.start, end = l.end;
		int done;

		trim(s, &start, &end);
		if (start == end || is_comment(s, start, end))
			continue;
		done = s[start] == '[' ? section(&u, &l, start, end, e) :
		    key(&u, &l, start, e);
		if (done < 0)
			return -1;
	}
	return 0;
}

static int
systemd_write_key(const char *key_name, const char *value, struct buf *out)
{
	buf_addf(out, "%s=", key_name);
	return write_plain(value, NULL, 0, out);
}

/*
 * Settings that may be given more than once and add up, an empty one resetting
 * them: systemd.unit(5), .service, .exec, .socket, .timer, .path,
 * .resource-control. A `*` at the end stands for any rest.
 */
static const char *const lists[] = {
	"After", "Alias", "Also", "AmbientCapabilities", "Assert*", "Before",
	"BindPaths", "BindReadOnlyPaths", "BindsTo", "BindTo",
	"CapabilityBoundingSet", "Condition*", "Conflicts", "DeviceAllow",
	"DirectoryNotEmpty", "Documentation", "Environment",
	"EnvironmentFile", "ExecCondition", "ExecPaths", "ExecReload",
	"ExecStart", "ExecStartPost", "ExecStartPre", "ExecStop",
	"ExecStopPost", "ExtensionDirectories", "ExtensionImages",
	"InaccessiblePaths", "IODeviceWeight", "IOReadBandwidthMax",
	"IOWriteBandwidthMax", "IPAddressAllow", "IPAddressDeny",
	"JoinsNamespaceOf", "ListenDatagram", "ListenFIFO",
	"ListenMessageQueue", "ListenNetlink", "ListenSequentialPacket",
	"ListenSpecial", "ListenStream", "ListenUSBFunction",
	"LoadCredential", "LoadCredentialEncrypted", "LogExtraFields",
	"MountImages", "NoExecPaths", "OnActiveSec", "OnBootSec",
	"OnCalendar", "OnFailure", "OnStartupSec", "OnSuccess",
	"OnUnitActiveSec", "OnUnitInactiveSec", "PartOf", "PassEnvironment",
	"PathChanged", "PathExists", "PathExistsGlob", "PathModified",
	"PropagatesReloadTo", "PropagatesStopTo", "ReadOnlyPaths",
	"ReadWritePaths", "ReloadPropagatedFrom", "RequiredBy", "Requires",
	"RequiresMountsFor", "Requisite", "RestartForceExitStatus",
	"RestartPreventExitStatus", "RestrictAddressFamilies",
	"RestrictFileSystems", "RestrictNetworkInterfaces", "SetCredential",
	"SocketBindAllow", "SocketBindDeny", "Sockets",
	"StopPropagatedFrom", "SuccessExitStatus", "SupplementaryGroups",
	"Symlinks", "SystemCallArchitectures", "SystemCallFilter",
	"SystemCallLog", "TemporaryFileSystem", "UnsetEnvironment",
	"UpheldBy", "Upholds", "WantedBy", "Wants", "WantsMountsFor", NULL
};

/* Of these, what cannot be taken back: systemd.unit(5), "Note that
 * dependencies cannot be reset to an empty list". */
static const char *const dependencies[] = {
	"After", "Before", "BindsTo", "BindTo", "Conflicts",
	"JoinsNamespaceOf", "OnFailure", "OnSuccess", "PartOf",
	"PropagatesReloadTo", "PropagatesStopTo", "ReloadPropagatedFrom",
	"Requires", "RequiresMountsFor", "Requisite", "StopPropagatedFrom",
	"Upholds", "Wants", "WantsMountsFor", NULL
};

static bool
listed(const char *const *names, const char *key_name)
{
	for (size_t i = 0; names[i] != NULL; i++) {
		size_t n = strcspn(names[i], "*");

		if (names[i][n] == '*' ?
		    strncmp(names[i], key_name, n) == 0 :
		    strcmp(names[i], key_name) == 0)
			return true;
	}
	return false;
}

static int
systemd_accumulates(const char *section_name, const char *key_name)
{
	(void)section_name;
	if (listed(dependencies, key_name))
		return VIEW_ADDS_ALWAYS;
	return listed(lists, key_name) ? VIEW_ADDS : VIEW_REPLACES;
}

const struct view view_systemd = {
	.name = "systemd",
	.parse = systemd_parse,
	.write_key = systemd_write_key,
	.write_value = write_plain,
	.accumulates = systemd_accumulates,
	.separators = " \t",
	.quoted_words = true,
	.sections = true,
	.comment = "# ",
};
