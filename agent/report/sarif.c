/* SPDX-License-Identifier: MIT */
#include <string.h>
#include <time.h>

#include "agent/json.h"
#include "agent/report/report.h"

/* Static Analysis Results Interchange Format 2.1.0, as OASIS has it. */

static const char *
level_of(enum severity s)
{
	static const char *const levels[] = { [SEVERITY_INFO] = "note",
		[SEVERITY_WARNING] = "warning",
		[SEVERITY_CRITICAL] = "error" };

	return levels[s];
}

static void
message(struct json *j, const char *key, const char *text)
{
	json_open(j, key, '{');
	json_text(j, "text", text);
	json_close(j, '}');
}

static void
rule_id(struct buf *out, const char *spec, const char *rule)
{
	buf_addf(out, "%s/%s", spec, rule);
}

static void
add_rule(struct json *j, const struct model_check *c)
{
	CLEANUP(drop_buf) struct buf id = { 0 };

	rule_id(&id, c->spec, c->rule);
	json_open(j, NULL, '{');
	json_text(j, "id", buf_str(&id));
	message(j, "shortDescription", c->title != NULL ? c->title : c->rule);
	if (c->why != NULL)
		message(j, "fullDescription", c->why);
	json_open(j, "defaultConfiguration", '{');
	json_text(j, "level", level_of(c->severity));
	json_close(j, '}');
	json_close(j, '}');
}

static void
add_own_rule(struct json *j, const char *id, const char *text)
{
	json_open(j, NULL, '{');
	json_text(j, "id", id);
	message(j, "shortDescription", text);
	json_close(j, '}');
}

static void
tool(struct json *j, const struct model *m)
{
	json_open(j, "tool", '{');
	json_open(j, "driver", '{');
	json_text(j, "name", "driftctl");
	json_text(j, "version", VERSION);
	json_open(j, "rules", '[');
	for (size_t i = 0; i < m->checks.n; i++)
		add_rule(j, &m->checks.items[i]);
	add_own_rule(j, "change", "A file is as the baseline has it");
	add_own_rule(j, "unknown", "What is tracked can be looked at");
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, '}');
}

/* RFC 8089, RFC 3986: any byte but the plainest by its number. */
static void
uri_of(struct buf *out, const char *path)
{
	buf_adds(out, "file://");
	for (const char *p = path; *p != '\0'; p++) {
		unsigned char c = (unsigned char)*p;

		if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
		    (c >= '0' && c <= '9') || strchr("/-._~", c) != NULL)
			buf_addc(out, *p);
		else
			buf_addf(out, "%%%02X", c);
	}
}

static void
location(struct json *j, const struct model_finding *f)
{
	CLEANUP(drop_buf) struct buf uri = { 0 };

	uri_of(&uri, f->file != NULL ? f->file : f->path);
	json_open(j, "locations", '[');
	json_open(j, NULL, '{');
	json_open(j, "physicalLocation", '{');
	json_open(j, "artifactLocation", '{');
	json_text(j, "uri", buf_str(&uri));
	json_close(j, '}');
	if (f->line > 0) {
		json_open(j, "region", '{');
		json_number(j, "startLine", f->line);
		json_close(j, '}');
	}
	json_close(j, '}');
	json_close(j, '}');
	json_close(j, ']');
}

static void
add_message(struct json *j, const struct model_finding *f)
{
	CLEANUP(drop_buf) struct buf text = { 0 };

	buf_addf(&text, "%s: %s", f->path, f->what);
	if (f->cause != NULL)
		buf_addf(&text, "; %s", f->cause);
	if (f->why != NULL)
		buf_addf(&text, "\n%s", f->why);
	message(j, "message", buf_str(&text));
}

static void
add_result(struct json *j, const struct model *m,
    const struct model_finding *f)
{
	CLEANUP(drop_buf) struct buf id = { 0 };
	bool unknown = f->kind == FINDING_UNKNOWN;

	if (f->rule != NULL && f->kind != FINDING_CHANGE)
		rule_id(&id, f->spec, f->rule);
	else
		buf_adds(&id, model_kind(f));
	json_open(j, NULL, '{');
	json_text(j, "ruleId", buf_str(&id));
	/* 3.27.10: what is no failure has no level. */
	json_text(j, "kind", unknown ? "open" : "fail");
	json_text(j, "level", unknown ? "none" : !f->flagged ? "note" :
	    level_of(f->severity));
	add_message(j, f);
	location(j, f);
	json_open(j, "partialFingerprints", '{');
	json_text(j, "driftctlFinding/v1", f->id);
	json_close(j, '}');
	if (!m->moment)
		json_text(j, "baselineState", f->known ? "unchanged" : "new");
	json_open(j, "properties", '{');
	json_text(j, "id", f->id);
	json_text(j, "path", f->path);
	json_text(j, "remedy", f->remedy);
	json_text(j, "transaction", f->transaction);
	json_close(j, '}');
	json_close(j, '}');
}

static void
invocation(struct json *j, const struct model *m)
{
	char when[32] = "1970-01-01T00:00:00Z";
	time_t at = (time_t)m->until;
	struct tm tm;

	if (gmtime_r(&at, &tm) != NULL)
		strftime(when, sizeof(when), "%Y-%m-%dT%H:%M:%SZ", &tm);
	json_open(j, "invocations", '[');
	json_open(j, NULL, '{');
	json_bool(j, "executionSuccessful", m->troubles.n == 0);
	json_number(j, "exitCode", (uint64_t)m->exit_code);
	json_text(j, "endTimeUtc", when);
	json_text(j, "machine", m->host);
	json_open(j, "toolExecutionNotifications", '[');
	for (size_t i = 0; i < m->troubles.n; i++) {
		json_open(j, NULL, '{');
		json_text(j, "level", "error");
		message(j, "message", m->troubles.items[i]);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
	json_close(j, ']');
}

void
report_sarif(const struct model *m, struct buf *out)
{
	struct json j = { .out = out };

	json_open(&j, NULL, '{');
	json_text(&j, "$schema",
	    "https://json.schemastore.org/sarif-2.1.0.json");
	json_text(&j, "version", "2.1.0");
	json_open(&j, "runs", '[');
	json_open(&j, NULL, '{');
	tool(&j, m);
	invocation(&j, m);
	json_text(&j, "columnKind", "unicodeCodePoints");
	json_open(&j, "results", '[');
	for (size_t i = 0; i < m->findings.n; i++)
		add_result(&j, m, &m->findings.items[i]);
	json_close(&j, ']');
	json_close(&j, '}');
	json_close(&j, ']');
	json_close(&j, '}');
	buf_addc(out, '\n');
}
