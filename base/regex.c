/* SPDX-License-Identifier: MIT */
#include "base/regex.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/tr.h"

/*
 * An honest expression needs a few steps a byte; these stop one that explodes
 * within some tens of milliseconds. Heap is in KiB, as PCRE2 counts it.
 */
enum {
	PATTERN_MAX = 16 * 1024,
	PARENS_MAX = 100,
	STEPS_MAX = 1000 * 1000,
	DEPTH_MAX = 20 * 1000,
	HEAP_MAX = 20 * 1024,
	JIT_STACK_MIN = 32 * 1024,
	JIT_STACK_MAX = 1024 * 1024
};

struct regex {
	pcre2_code *code;
	pcre2_match_data *data;
	pcre2_match_context *limits;
	pcre2_jit_stack *stack;
};

static void
drop_compile_context(pcre2_compile_context **c)
{
	pcre2_compile_context_free(*c);
}

static void
pcre2_words(int code, char *out, size_t size)
{
	if (pcre2_get_error_message(code, (PCRE2_UCHAR *)out, size) < 0)
		strncpy(out, "?", size);
}

/* What PCRE2 cannot allocate ends the program, as in mem.h. */
static void *
must(void *p)
{
	if (p == NULL)
		free(xmalloc(SIZE_MAX / 2));
	return p;
}

static void
set_limits(struct regex *re)
{
	re->data = must(pcre2_match_data_create_from_pattern(re->code, NULL));
	re->limits = must(pcre2_match_context_create(NULL));
	pcre2_set_match_limit(re->limits, STEPS_MAX);
	pcre2_set_depth_limit(re->limits, DEPTH_MAX);
	pcre2_set_heap_limit(re->limits, HEAP_MAX);
	/* Without JIT (a hardened kernel, another machine) all works as well,
	 * only slower. */
	if (pcre2_jit_compile(re->code, PCRE2_JIT_COMPLETE) != 0)
		return;
	re->stack = pcre2_jit_stack_create(JIT_STACK_MIN, JIT_STACK_MAX, NULL);
	if (re->stack != NULL)
		pcre2_jit_stack_assign(re->limits, NULL, re->stack);
}

static pcre2_code *
compile(const char *pattern, struct err *e)
{
	CLEANUP(drop_compile_context) pcre2_compile_context *how =
	    pcre2_compile_context_create(NULL);
	pcre2_code *compiled;
	PCRE2_SIZE at = 0;
	int code = 0;
	char words[256];

	must(how);
	pcre2_set_max_pattern_length(how, PATTERN_MAX);
	pcre2_set_parens_nest_limit(how, PARENS_MAX);
	compiled = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED,
	    PCRE2_NEVER_UTF, &code, &at, how);
	if (compiled == NULL) {
		pcre2_words(code, words, sizeof(words));
		err_set(e, ERR_INPUT, "",
		    _("the expression '%.200s' is wrong at byte %zu: %s"),
		    pattern, (size_t)at + 1, words);
	}
	return compiled;
}

struct regex *
regex_new(const char *pattern, struct err *e)
{
	pcre2_code *code = compile(pattern, e);
	struct regex *re;

	if (code == NULL)
		return NULL;
	re = xcalloc(1, sizeof(*re));
	re->code = code;
	set_limits(re);
	return re;
}

int
regex_check(const char *pattern, struct err *e)
{
	pcre2_code *code = compile(pattern, e);

	pcre2_code_free(code);
	return code != NULL ? 0 : -1;
}

void
regex_free(struct regex *re)
{
	if (re == NULL)
		return;
	pcre2_match_data_free(re->data);
	pcre2_match_context_free(re->limits);
	pcre2_jit_stack_free(re->stack);
	pcre2_code_free(re->code);
	free(re);
}

void
drop_regex(struct regex **re)
{
	regex_free(*re);
}

/* \K in a lookahead can put the start behind the end. */
static struct regex_span
span_of(const PCRE2_SIZE *pair)
{
	return (struct regex_span){ pair[0],
		pair[1] < pair[0] ? pair[0] : pair[1] };
}

int
regex_find(const struct regex *re, const char *s, size_t len, size_t from,
    struct regex_span *out, struct regex_span *group)
{
	const PCRE2_SIZE *spans;
	int n = pcre2_match(re->code, (PCRE2_SPTR)(s != NULL ? s : ""), len,
	    from, 0, re->data, re->limits);

	if (n == PCRE2_ERROR_NOMATCH)
		return 0;
	if (n < 0)
		return -1;
	spans = pcre2_get_ovector_pointer(re->data);
	if (out != NULL)
		*out = span_of(spans);
	if (group == NULL)
		return 1;
	*group = span_of(spans);
	for (int i = 1; i < n; i++) {
		if (spans[2 * i] == PCRE2_UNSET)
			continue;
		*group = span_of(spans + 2 * i);
		break;
	}
	return 1;
}

int
regex_match(const struct regex *re, const char *s, size_t len,
    struct regex_span *out)
{
	return regex_find(re, s, len, 0, out, NULL);
}

int
regex_substitute(const struct regex *re, const char *s, size_t len,
    const char *with, struct buf *out, struct err *e)
{
	const uint32_t how = PCRE2_SUBSTITUTE_GLOBAL |
	    PCRE2_SUBSTITUTE_UNSET_EMPTY | PCRE2_SUBSTITUTE_OVERFLOW_LENGTH;
	PCRE2_SIZE room = len + strlen(with) + 64;
	char words[256], *to;
	int n;

	/* The first call may find that it needs more room and says how much. */
	for (int turn = 0;; turn++) {
		PCRE2_SIZE had = room;

		to = buf_reserve(out, room + 1);
		n = pcre2_substitute(re->code, (PCRE2_SPTR)(s ? s : ""), len,
		    0, how, re->data, re->limits, (PCRE2_SPTR)with,
		    PCRE2_ZERO_TERMINATED, (PCRE2_UCHAR *)to, &room);
		if (n != PCRE2_ERROR_NOMEMORY || turn > 0 || room <= had)
			break;
	}
	if (n > 0) {
		out->len += room;
		out->bytes[out->len] = '\0';
		return 1;
	}
	if (out->bytes != NULL)
		out->bytes[out->len] = '\0';
	if (n == 0)
		return 0;
	pcre2_words(n, words, sizeof(words));
	return err_set(e, ERR_INPUT, "",
	    _("the replacement '%.200s' cannot be put in: %s"), with, words);
}

int
regex_check_replacement(const struct regex *re, const char *with,
    struct err *e)
{
	uint32_t groups = 0;

	pcre2_pattern_info(re->code, PCRE2_INFO_CAPTURECOUNT, &groups);
	for (const char *s = with; (s = strchr(s, '$')) != NULL;) {
		const char *n = s + 1 + (s[1] == '{');

		if (s[1] == '$') {
			s += 2;
			continue;
		}
		if (isdigit((unsigned char)*n) &&
		    strtoul(n, NULL, 10) > groups)
			return err_set(e, ERR_INPUT, "",
			    _("'$%lu' names a group that the expression does "
			    "not have (it has %u)"), strtoul(n, NULL, 10),
			    (unsigned)groups);
		if (!isdigit((unsigned char)*n) && *n != '_' &&
		    !isalpha((unsigned char)*n))
			return err_set(e, ERR_INPUT, "",
			    _("'$' without a group behind it [write $$ for "
			    "the sign itself]"));
		s++;
	}
	return 0;
}
