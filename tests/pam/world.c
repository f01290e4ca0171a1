/* SPDX-License-Identifier: MIT */
#include "tests/pam/world.h"

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <unistd.h>

#include "base/path.h"

const char *const world_names[FILES] = { "svc", "other", "a", "b", "c", "d" };
const char *const world_types[TYPES] = { "auth", "account", "password",
	"session" };
const char world_etc[] = "/etc/pam.d", world_lib[] = "/usr/lib/pam.d";

static unsigned long long state = 1;

void
world_seed(unsigned long long seed)
{
	state = seed;
}

static unsigned
below(unsigned n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned)((state >> 16) % n);
}

static bool
chance(unsigned percent)
{
	return below(100) < percent;
}

static enum pam_code
any_code(void)
{
	static const enum pam_code often[] = { PAM_CODE_SUCCESS,
		PAM_CODE_SUCCESS, PAM_CODE_SUCCESS, PAM_CODE_SUCCESS,
		PAM_CODE_SUCCESS, PAM_CODE_SUCCESS, PAM_CODE_AUTH_ERR,
		PAM_CODE_IGNORE, PAM_CODE_USER_UNKNOWN, 12 };

	return chance(75) ? often[below(COUNT(often))] :
	    (enum pam_code)below(PAM_CODES - (chance(90) ? 1 : 0));
}

static void
any_bracket(struct buf *b)
{
	static const char *const actions[] = { "ignore", "ok", "done", "bad",
		"die", "reset", "1", "1", "2", "3", "4", "0", "99999",
		"okay" };

	buf_addf(b, "[%s", chance(50) ? "success=ok default=ignore " : "");
	for (unsigned n = below(5); n > 0; n--) {
		const char *value = chance(30) ? "default" :
		    pam_code_words[any_code()];
		const char *action = actions[chance(30) ? 1 :
		    below(chance(97) ? 11 : COUNT(actions))];

		buf_addf(b, "%s%s%s%s", value, chance(3) ? " = " :
		    chance(1) ? "" : "=", action, chance(97) ? " " : "");
	}
	buf_addc(b, ']');
}

static void
any_control(struct buf *b)
{
	static const char *const words[] = { "required", "requisite",
		"sufficient", "optional", "Required", "OPTIONAL",
		"suficient", "success=ok", "success=okdefault=die" };

	if (chance(45))
		any_bracket(b);
	else
		buf_adds(b, words[below(chance(95) ? 4 : COUNT(words))]);
}

/* Files lead on to later ones: a circle makes some versions crash. */
static void
any_include(struct world *w, struct buf *b, unsigned from, const char *type)
{
	unsigned first = from < 2 ? 2 : from + 1;
	const char *to = NULL;
	bool at;

	if (first < FILES && chance(96)) {
		unsigned i = first + below(FILES - first);

		to = w->vendor ? world_names[i] : w->paths[i];
	}
	/* What an @include of nothing does to a file that a line of one type
	 * includes is left to what is in libpam's memory. */
	at = w->at_include && chance(15) && (to != NULL || from < 2);
	if (to == NULL)
		to = "/gone";
	if (at)
		buf_addf(b, "@include %s\n", to);
	else
		buf_addf(b, "%s %s %s\n", type,
		    chance(60) ? "substack" : "include", to);
}

/* What libpam reads otherwise than one would think, or than it did once. */
static void
any_oddity(struct world *w, struct buf *b, const char *type)
{
	const char *module = w->modules[below(MODULES)];

	switch (below(6)) {
	case 0:
		w->odd = true;
		buf_addf(b, "%s required \\\n# so\n%s\n", type, module);
		break;
	case 1:
		w->odd = true;
		buf_addf(b, "%s required %s %*s\n", type, module, 1100, "x");
		break;
	case 2:
		w->odd = true;
		buf_addf(b, "%s required %s\r\n", type, module);
		break;
	case 3:
		w->odd = true;
		buf_addf(b, "# %*s\n", 1100, "x");
		break;
	case 4:
		buf_addf(b, "%s required %s \\ # goes on? \\\n", type,
		    module);
		break;
	default:
		buf_addf(b, "# ends \\\n%s required %s [x \\] y]\n", type,
		    module);
	}
}

static void
any_line(struct world *w, struct buf *b, unsigned from, const char *mostly)
{
	const char *type = chance(85) ? mostly : world_types[below(TYPES)];

	if (chance(from < 2 ? 30 : 15)) {
		any_include(w, b, from, type);
		return;
	}
	if (chance(2)) {
		any_oddity(w, b, type);
		return;
	}
	buf_addf(b, "%s%s\t", chance(10) ? "-" : "", type);
	any_control(b);
	buf_addf(b, "%s %s%s", chance(3) ? " \\\n" : "",
	    w->modules[below(MODULES + (chance(10) ? 2 : 0))],
	    chance(10) ? " debug [a b]" : "");
	buf_adds(b, chance(5) ? " # so\n\n" : "\n");
}

void
world_write(const char *path, const char *text)
{
	FILE *out = fopen(path, "we");

	if (out == NULL || fputs(text, out) < 0 || fclose(out) != 0) {
		perror(path);
		exit(2);
	}
}

/* One of the two folders, or both: then nothing of the second counts. */
static void
choose_folder(struct world *w, unsigned i, bool there)
{
	static const char hidden[] = "auth required /gone.so\n"
	    "account required /gone.so\npassword required /gone.so\n"
	    "session required /gone.so\n";
	static char second[FILES][128];
	bool first = chance(i > 1 && !w->lib_include ? 90 : 60) || !w->has_lib;
	bool both = there && first && w->has_lib && chance(50);

	snprintf(second[i], sizeof(second[i]), "%s/%s", world_lib,
	    world_names[i]);
	snprintf(w->paths[i], sizeof(w->paths[i]), "%s/%s", world_etc,
	    world_names[i]);
	unlink(w->paths[i]);
	unlink(second[i]);
	if (!first)
		snprintf(w->paths[i], sizeof(w->paths[i]), "%s", second[i]);
	/* An @include that leads nowhere, in what one type includes. */
	w->odd |= !first && i > 1 && !w->lib_include;
	if (both)
		world_write(second[i], hidden);
	w->files[FILES + i].text = hidden;
	w->files[FILES + i].en.path = both ? second[i] : "/none";
}

/* All but the name of "other" is by path: not each libpam looks for what is
 * included in the folder that the test gives it. */
void
world_write_stack(struct world *w, unsigned i, bool there)
{
	struct fake_file *f = &w->files[i];

	if (w->vendor)
		choose_folder(w, i, there);
	f->text = buf_str(&w->texts[i]);
	f->en.path = there ? w->paths[i] : "/none";
	if (!w->vendor) {
		w->files[FILES + i] = *f;
		w->files[FILES + i].en.path = there && i == 1 ?
		    "/etc/pam.d/other" : "/none";
	}
	if (there)
		world_write(w->paths[i], f->text);
	else
		unlink(w->paths[i]);
}

void
world_stacks(struct world *w)
{
	const char *mostly = world_types[below(TYPES)];
	bool lonely = chance(5);

	w->odd = false;
	for (unsigned i = 0; i < FILES; i++) {
		buf_reset(&w->texts[i]);
		for (unsigned n = below(i < 2 ? 9 : 6); n > 0; n--)
			any_line(w, &w->texts[i], i, mostly);
		/* The last line of the file goes on with nothing. */
		if (w->texts[i].len > 0 && chance(1)) {
			w->odd = true;
			buf_adds(&w->texts[i], "auth required \\\n");
		}
		world_write_stack(w, i, i > 1 || !lonely ||
		    chance(50) != (i == 1));
	}
}

void
world_answers(struct world *w)
{
	for (unsigned m = 0; m < MODULES; m++) {
		char text[16], name[128];

		w->codes[m] = any_code();
		snprintf(text, sizeof(text), "%d", (int)w->codes[m]);
		setenv(path_name(w->modules[m]), text, 1);
		/* Most modules have no more to say, and say it. */
		w->creds[m] = chance(60) ? w->codes[m] : chance(60) ?
		    PAM_CODE_SUCCESS : any_code();
		snprintf(text, sizeof(text), "%d", (int)w->creds[m]);
		snprintf(name, sizeof(name), "%s.cred",
		    path_name(w->modules[m]));
		setenv(name, text, 1);
	}
}

int
world_make(struct world *w, const char *module)
{
	CLEANUP(drop_buf) struct buf b = { 0 };

	snprintf(w->dir, sizeof(w->dir), "%s", "/tmp/driftctl-pam.XXXXXX");
	if (mkdtemp(w->dir) == NULL)
		return -1;
	for (unsigned i = 0; i < FILES; i++)
		snprintf(w->paths[i], sizeof(w->paths[i]), "%s/%s", w->dir,
		    world_names[i]);
	for (unsigned i = 0; i < MODULES + 2; i++) {
		snprintf(w->modules[i], sizeof(w->modules[i]),
		    i == MODULES ? "%s/gone.so" : "%s/pam_t%u.so", w->dir, i);
		if (i == MODULES)
			continue;
		buf_reset(&b);
		/* The last one is no module: its file is empty. */
		buf_addf(&b, "cp '%s' '%s'", i > MODULES ? "/dev/null" : module,
		    w->modules[i]);
		if (system(buf_str(&b)) != 0)
			return -1;
	}
	return 0;
}

int
world_mount(struct world *w)
{
	static const char *const over[] = { world_etc, world_lib };

	w->vendor = true;
	if (unshare(CLONE_NEWNS) < 0 ||
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -1;
	w->has_lib = access(world_lib, F_OK) == 0;
	for (unsigned i = 0; i < COUNT(over); i++)
		if ((i == 0 || w->has_lib) &&
		    mount("tmpfs", over[i], "tmpfs", 0, "size=4m") < 0)
			return -1;
	return 0;
}

void
world_remove(const struct world *w)
{
	for (unsigned i = 0; i < FILES; i++)
		unlink(w->paths[i]);
	for (unsigned i = 0; i < MODULES + 2; i++)
		unlink(w->modules[i]);
	rmdir(w->dir);
}
