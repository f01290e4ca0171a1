/* SPDX-License-Identifier: MIT */
#include "specs/unit_name.h"

#include <string.h>

#include "base/buf.h"
#include "base/vec.h"

const char *const unit_folders[] = {
	"/etc/systemd/system.control",
	"/run/systemd/system.control",
	"/run/systemd/transient",
	"/run/systemd/generator.early",
	"/etc/systemd/system",
	"/etc/systemd/system.attached",
	"/run/systemd/system",
	"/run/systemd/system.attached",
	"/run/systemd/generator",
	"/usr/local/lib/systemd/system",
	"/usr/lib/systemd/system",
	"/lib/systemd/system",
	"/run/systemd/generator.late",
	NULL
};

const char *const unit_pulls[] = { ".wants", ".requires", ".upholds", NULL };

bool
texts_add_once(struct arena *a, struct texts *out, const char *s)
{
	for (size_t i = 0; i < out->n; i++)
		if (strcmp(out->items[i], s) == 0)
			return false;
	*VEC_ADD_IN(a, out) = s;
	return true;
}

const char *
unit_name_type(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot != NULL ? dot + 1 : name + strlen(name);
}

bool
unit_name_is(const char *name)
{
	static const char *const types[] = { "service", "socket", "device",
		"mount", "automount", "swap", "target", "path", "timer",
		"slice", "scope", NULL };
	const char *type = unit_name_type(name);
	size_t i = 0;

	while (types[i] != NULL && strcmp(types[i], type) != 0)
		i++;
	return types[i] != NULL && strlen(name) < 256 && name[0] != '@' &&
	    type - name > 1 && name[strspn(name, "0123456789:-_.\\@"
	    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")] == '\0';
}

/* The length of what stands before '@', or before the type. */
static size_t
prefix_length(const char *name)
{
	const char *end = strchr(name, '@');

	if (end == NULL)
		end = strrchr(name, '.');
	return end != NULL ? (size_t)(end - name) : strlen(name);
}

bool
unit_name_is_template(const char *name)
{
	const char *at = strchr(name, '@');

	return at != NULL && at + 2 == unit_name_type(name);
}

bool
unit_name_is_instance(const char *name)
{
	return strchr(name, '@') != NULL && !unit_name_is_template(name);
}

const char *
unit_name_template(struct arena *a, const char *name)
{
	return arena_printf(a, "%.*s@.%s", (int)prefix_length(name), name,
	    unit_name_type(name));
}

const char *
unit_name_instance(struct arena *a, const char *of, const char *like)
{
	return arena_printf(a, "%.*s%s", (int)prefix_length(of), of,
	    like + prefix_length(like));
}

bool
unit_name_may_alias(struct arena *a, const char *name, const char *target)
{
	if (!unit_name_is(name) || !unit_name_is(target) ||
	    strcmp(unit_name_type(name), unit_name_type(target)) != 0)
		return false;
	if (unit_name_is_instance(name))
		return unit_name_is_template(target) ||
		    strcmp(unit_name_instance(a, target, name), target) == 0;
	return unit_name_is_template(name) == unit_name_is_template(target) &&
	    !unit_name_is_instance(target);
}

/*
 * The next shorter name that ends at a dash, 0 when there is none:
 * a-b-c -> a-b- -> a-. A leading dash does not count.
 */
static size_t
shorter(const char *name, size_t len)
{
	bool chopped = false;

	for (;;) {
		size_t end = len;

		while (end > 0 && name[end - 1] != '-')
			end--;
		if (end <= 1)
			return 0;
		if (end < len || chopped)
			return end;
		len = end - 1;
		chopped = true;
	}
}

/* Shorter names keep the instance; those of a template are no templates. */
void
unit_name_dropins(struct arena *a, const char *name, struct texts *out)
{
	bool instance = unit_name_is_instance(name);
	size_t all = prefix_length(name);
	size_t len = shorter(name, all);

	if (!texts_add_once(a, out, name))
		return;
	if (instance)
		unit_name_dropins(a, unit_name_template(a, name), out);
	if (len > 0)
		unit_name_dropins(a, arena_printf(a, "%.*s%s", (int)len, name,
		    instance ? name + all : unit_name_type(name) - 1), out);
}

const char *
unit_name_pattern(struct arena *a, const char *name)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	for (; *name != '\0'; name++) {
		if (*name == '\\')
			buf_addc(&b, '\\');
		buf_addc(&b, *name);
	}
	return arena_strdup(a, buf_str(&b));
}

void
unit_name_track_dropins(struct arena *a, const char *name, struct texts *out)
{
	struct texts names = { 0 };

	unit_name_dropins(a, name, &names);
	for (size_t f = 0; unit_folders[f] != NULL; f++) {
		const char *dir = unit_folders[f];

		for (size_t i = 0; i < names.n; i++)
			texts_add_once(a, out, arena_printf(a,
			    "%s/%s.d/*.conf", dir,
			    unit_name_pattern(a, names.items[i])));
		texts_add_once(a, out, arena_printf(a, "%s/%s.d/*.conf", dir,
		    unit_name_type(name)));
	}
}

void
unit_name_track_starts(struct arena *a, const char *name, struct texts *out)
{
	const char *links = unit_name_pattern(a, name);

	if (unit_name_is_template(name))
		links = arena_printf(a, "%.*s@*.%s",
		    (int)prefix_length(links), links, unit_name_type(name));
	for (size_t f = 0; unit_folders[f] != NULL; f++)
		for (size_t i = 0; unit_pulls[i] != NULL; i++)
			texts_add_once(a, out, arena_printf(a, "%s/*%s/%s",
			    unit_folders[f], unit_pulls[i], links));
}

void
unit_name_track(struct arena *a, const char *name, struct texts *out)
{
	for (size_t f = 0; unit_folders[f] != NULL; f++) {
		const char *dir = unit_folders[f];

		texts_add_once(a, out, arena_printf(a, "%s/%s", dir,
		    unit_name_pattern(a, name)));
		if (unit_name_is_instance(name))
			texts_add_once(a, out, arena_printf(a, "%s/%s", dir,
			    unit_name_pattern(a, unit_name_template(a,
			    name))));
	}
	unit_name_track_dropins(a, name, out);
	unit_name_track_starts(a, name, out);
}
