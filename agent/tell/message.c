/* SPDX-License-Identifier: MIT */
#include "agent/tell/message.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/text.h"
#include "base/tr.h"
#include "base/vec.h"

#define HEADER "driftctl-message 1"

const char *const news_kind_words[NEWS_KINDS + 1] = {
	[NEWS_RESTORED] = "restored", [NEWS_FLAGGED] = "flagged",
	[NEWS_UNKNOWN] = "unknown", [NEWS_MERGE] = "merge",
	[NEWS_FAILED] = "failed", [NEWS_RESOLVED] = "resolved",
};

const char *const severity_words[SEVERITY_CRITICAL + 2] = {
	[SEVERITY_INFO] = "info", [SEVERITY_WARNING] = "warning",
	[SEVERITY_CRITICAL] = "critical",
};

const char *const message_event_words[MESSAGE_EVENTS + 1] = {
	[MESSAGE_FOUND] = "found", [MESSAGE_RESOLVED] = "resolved",
	[MESSAGE_TEST] = "test", [MESSAGE_REPORT] = "report",
};

/* Its index in words, which end with NULL, or -1. */
static int
index_of(const char *const *words, const char *word)
{
	for (int i = 0; words[i] != NULL; i++)
		if (strcmp(words[i], word) == 0)
			return i;
	return -1;
}

int
severity_from(const char *word, enum severity *out)
{
	int n = index_of(severity_words, word);

	if (n >= 0)
		*out = (enum severity)n;
	return n >= 0 ? 0 : -1;
}

void
news_rule(const struct news *n, struct buf *out)
{
	/* Of what was put back the path is the id. */
	const char *of = n->kind == NEWS_RESTORED ? n->what : n->id;
	const char *colon = strstr(of, n->kind == NEWS_RESTORED ? ": " :
	    ":/");

	if (colon != NULL && memchr(of, '/', (size_t)(colon - of)) != NULL &&
	    of[0] != '/')
		buf_add(out, of, (size_t)(colon - of));
}

/* A number of 64 bits, a dot, eight bytes. */
enum { ID_MAX = 20 + 1 + 16 };

static const char *
new_id(struct arena *a, int64_t when)
{
	unsigned char random[8] = { 0 };
	CLEANUP(drop_buf) struct buf hex = { 0 };

	/* Without randomness the process tells it apart well enough. */
	if (getrandom(random, sizeof(random), GRND_NONBLOCK) < 0)
		memcpy(random, &(pid_t){ getpid() }, sizeof(pid_t));
	text_hex(&hex, random, sizeof(random));
	return arena_printf(a, "%" PRId64 ".%s", when, buf_str(&hex));
}

static void
no_texts(struct message *m)
{
	m->id = m->host = m->origin = m->transaction = m->command =
	    m->packages = m->more = m->subject = m->text = m->html = "";
}

void
message_init(struct message *m, enum message_event event, const char *host,
    int64_t when)
{
	*m = (struct message){ .event = event, .when = when };
	no_texts(m);
	m->id = new_id(&m->arena, when);
	m->host = arena_strdup(&m->arena, host);
}

void
message_add(struct message *m, const struct news *n)
{
	struct arena *a = &m->arena;

	if (m->news.n >= MESSAGE_NEWS_MAX) {
		m->left_out++;
		return;
	}
	*VEC_ADD(&m->news) = (struct news){ n->kind, n->severity,
		arena_strdup(a, n->id), arena_strdup(a, n->what),
		arena_strdup(a, n->path), arena_strdup(a, n->package) };
}

void
message_done(struct message *m)
{
	free(m->news.items);
	arena_done(&m->arena);
	*m = (struct message){ 0 };
}

void
drop_message(struct message *m)
{
	message_done(m);
}

enum severity
message_severity(const struct message *m)
{
	enum severity worst = SEVERITY_INFO;

	for (size_t i = 0; i < m->news.n; i++)
		if (m->news.items[i].severity > worst)
			worst = m->news.items[i].severity;
	return worst;
}

/* Each text of a message and its key. */
struct text_of {
	const char *key;
	const char **at;
};
enum { TEXTS = 10 };

static void
texts_of(struct message *m, struct text_of out[TEXTS])
{
	const struct text_of all[TEXTS] = {
		{ "id", &m->id }, { "host", &m->host },
		{ "origin", &m->origin }, { "transaction", &m->transaction },
		{ "command", &m->command }, { "packages", &m->packages },
		{ "more", &m->more }, { "subject", &m->subject },
		{ "text", &m->text }, { "html", &m->html },
	};

	memcpy(out, all, sizeof(all));
}

static void
add_word(struct buf *out, const char *word)
{
	buf_addc(out, ' ');
	text_encode(out, word, strlen(word));
}

void
message_write(const struct message *m, struct buf *out)
{
	struct message shown = *m;
	struct text_of texts[TEXTS];

	texts_of(&shown, texts);
	buf_addf(out, HEADER "\nevent: %s\nwhen: %" PRId64 "\n",
	    message_event_words[m->event], m->when);
	for (int i = 0; i < TEXTS; i++) {
		if ((*texts[i].at)[0] == '\0')
			continue;
		buf_addf(out, "%s:", texts[i].key);
		add_word(out, *texts[i].at);
		buf_addc(out, '\n');
	}
	for (size_t i = 0; i < m->news.n; i++) {
		const struct news *n = &m->news.items[i];

		buf_addf(out, "news: %s %s", news_kind_words[n->kind],
		    severity_words[n->severity]);
		add_word(out, n->id);
		add_word(out, n->what);
		add_word(out, n->path);
		add_word(out, n->package);
		buf_addc(out, '\n');
	}
	if (m->left_out > 0)
		buf_addf(out, "left-out: %zu\n", m->left_out);
	buf_adds(out, "end:\n");
}

enum { WORDS = 6 };

/* Words after one blank each; further ones are left out. */
static int
split(const char *at, const char *end, struct arena *a,
    const char *words[WORDS])
{
	int n = 0;

	while (at < end && n < WORDS) {
		CLEANUP(drop_buf) struct buf plain = { 0 };
		const char *to;

		if (*at++ != ' ')
			return -1;
		to = memchr(at, ' ', (size_t)(end - at));
		if (to == NULL)
			to = end;
		if (text_decode(&plain, at, (size_t)(to - at)) < 0)
			return -1;
		words[n++] = arena_strdup(a, buf_str(&plain));
		at = to;
	}
	for (int i = n; i < WORDS; i++)
		words[i] = "";
	return n;
}

static int
take_news(struct message *m, const char *words[WORDS])
{
	int kind = index_of(news_kind_words, words[0]);
	enum severity severity;

	if (kind < 0 || severity_from(words[1], &severity) < 0 ||
	    m->news.n >= MESSAGE_NEWS_MAX)
		return -1;
	*VEC_ADD(&m->news) = (struct news){ (enum news_kind)kind, severity,
		words[2], words[3], words[4], words[5] };
	return 0;
}

/* What a later version adds is left out. */
static int
take(struct message *m, const char *key, const char *words[WORDS])
{
	struct text_of texts[TEXTS];
	int event;

	if (strcmp(key, "news") == 0)
		return take_news(m, words);
	if (strcmp(key, "event") == 0) {
		event = index_of(message_event_words, words[0]);
		if (event < 0)
			return -1;
		m->event = (enum message_event)event;
	} else if (strcmp(key, "when") == 0) {
		m->when = strtoll(words[0], NULL, 10);
	} else if (strcmp(key, "left-out") == 0) {
		m->left_out = strtoul(words[0], NULL, 10);
	}
	texts_of(m, texts);
	for (int i = 0; i < TEXTS; i++)
		if (strcmp(texts[i].key, key) == 0)
			*texts[i].at = words[0];
	return 0;
}

static int
take_line(struct message *m, const char *at, const char *end)
{
	const char *colon = memchr(at, ':', (size_t)(end - at));
	const char *words[WORDS], *key;

	if (colon == NULL)
		return -1;
	key = arena_memdup(&m->arena, at, (size_t)(colon - at));
	return split(colon + 1, end, &m->arena, words) < 0 ? -1 :
	    take(m, key, words);
}

/* The last line is "end:": one that was cut short is none. */
static int
take_lines(struct message *m, const char *at, const char *end,
    unsigned *line)
{
	static const char last[] = "end:\n";
	const char *to = memchr(at, '\n', (size_t)(end - at));

	if (to == NULL || (size_t)(to - at) != strlen(HEADER) ||
	    memcmp(at, HEADER, strlen(HEADER)) != 0 ||
	    (size_t)(end - to) < sizeof(last) ||
	    memcmp(end - strlen(last), last, strlen(last)) != 0)
		return -1;
	for (at = to + 1; at < end; at = to + 1) {
		(*line)++;
		to = memchr(at, '\n', (size_t)(end - at));
		if (to == NULL || take_line(m, at, to) < 0)
			return -1;
	}
	return 0;
}

int
message_parse(const char *name, const char *bytes, size_t len,
    struct message *out, struct err *e)
{
	unsigned line = 1;

	*out = (struct message){ 0 };
	no_texts(out);
	/* The id becomes part of a mail's headers, and of one line. */
	if (len > 0 && take_lines(out, bytes, bytes + len, &line) == 0 &&
	    strspn(out->id, "0123456789abcdef.") == strlen(out->id) &&
	    strlen(out->id) <= ID_MAX)
		return 0;
	message_done(out);
	return err_at(e, name, line, 0, _("is no message of driftctl, or a "
	    "damaged one"));
}
