/* SPDX-License-Identifier: MIT */
#ifndef SPECS_SPEC_H
#define SPECS_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/entry.h"
#include "base/strlist.h"

/*
 * What must be, as plain values: specs, their rules, and what each rule
 * demands. Everything here belongs to the arena of its catalogue
 * (catalogue.h); text is UTF-8, variables are already put in.
 */

/* Where in a YAML file something was said; line and col from 1. */
struct place {
	const char *file;
	unsigned line, col;
};

enum severity { SEVERITY_INFO, SEVERITY_WARNING, SEVERITY_CRITICAL };
enum on_drift { ON_DRIFT_FLAG, ON_DRIFT_REPAIR, ON_DRIFT_RESTORE };
enum on_change { ON_CHANGE_NOTE, ON_CHANGE_FLAG, ON_CHANGE_RESTORE };
/* `enabled:` and `masked:` of a unit. */
enum enabled { ENABLED_ANY, ENABLED_NO, ENABLED_YES, ENABLED_PRESET };
enum masked { MASKED_ANY, MASKED_NO, MASKED_YES };
/* `layers:` what counts besides the path itself; see layers.h. */
enum layers { LAYERS_NONE, LAYERS_ETC, LAYERS_FILE };
enum require { REQUIRE_IF_PRESENT, REQUIRE_PRESENT, REQUIRE_ABSENT };

/* A list of strings in the arena. */
struct texts {
	const char **items;
	size_t n, cap;
};

/* How a value is judged: `keys`, `fields` of `entries`, `xpath`. */
enum test_op {
	TEST_EQUALS,	/* also a bare scalar */
	TEST_MATCHES,	/* PCRE2, bounded */
	TEST_NOT_MATCHES,	/* of several values none */
	TEST_INCLUDES,	/* a word of a list-valued key */
	TEST_EXCLUDES,
	TEST_ONE_OF,
	TEST_ABSENT,
	TEST_PRESENT,	/* exists: true */
	TEST_AT_LEAST,
	TEST_AT_MOST,
	TEST_COUNT,	/* xpath: number of nodes */
};

struct test {
	enum test_op op;
	struct texts values;	/* one, but for ONE_OF, INCLUDES, EXCLUDES */
	struct place at;
};

struct tests {
	struct test *items;
	size_t n, cap;
};

/* `lines:` */
struct line_replace {
	const char *match, *with;	/* regex; text with $1 … */
	struct place at;
};

struct lines_demand {
	struct texts require, forbid;	/* regexes, tried line by line */
	struct place *require_at, *forbid_at;
	struct texts append;		/* repair: whole lines */
	const char *comment_out;	/* repair: prefix for forbidden lines,
					 * NULL = do not */
	struct {
		struct line_replace *items;
		size_t n, cap;
	} replace;
};

/* `keys:` one `Section.Key` */
struct key_demand {
	const char *section;	/* "" for formats without sections */
	const char *key;
	struct tests tests;	/* all must hold */
	struct place at;
};

/* `entries:` one row */
struct field_test {
	const char *field;
	struct tests tests;
	struct place at;
};

struct field_tests {
	struct field_test *items;
	size_t n, cap;
};

struct entry_demand {
	struct field_tests where;	/* which rows */
	bool absent;			/* state: absent */
	struct field_tests fields;	/* what each of them must have */
	struct place at;
};

/* `xpath:` one expression */
struct xpath_demand {
	const char *expr;
	struct texts namespaces;	/* prefix, URI, prefix, URI … */
	struct tests tests;
	const char *why;		/* NULL: the rule's own */
	struct place at;
};

/* `config:` what one path expression of augeas picks */
struct config_demand {
	const char *lens;	/* as said, else that of the rule's paths */
	const char *match;	/* relative to the file's tree */
	struct tests tests;
	const char *why;	/* NULL: the rule's own */
	struct place at;
};

/* `pam:` one stack assertion */
struct pam_demand {
	const char *type;		/* auth, account, password, session */
	const char *module;		/* pam_sss.so */
	const char *control;		/* NULL = any; "sufficient", "[…]" */
	struct texts arguments;		/* each must be there */
	const char *before, *after;	/* module names, or NULL */
	bool absent;
	struct place at;
};

/* `certificate:` what of it is demanded */
enum certificate_ask {
	CERTIFICATE_ITSELF,	/* that there is one */
	CERTIFICATE_VALID_FOR,
	CERTIFICATE_NAMES,
	CERTIFICATE_KEY,
	CERTIFICATE_MIN_BITS,
	CERTIFICATE_ISSUER,
	CERTIFICATE_SIGNATURE,
	CERTIFICATE_CHAIN,
	CERTIFICATE_ASKS
};

struct certificate_demand {
	struct place at[CERTIFICATE_ASKS];	/* line 0: not demanded */
	int64_t valid_for;	/* seconds */
	struct texts names;	/* of hosts, or addresses */
	const char *key_path;	/* NULL: in the same file; without '/': in
				 * the same folder */
	int64_t min_bits;
	const char *issuer;	/* regex */
	bool complete;		/* the chain; else only its order */
	struct texts trust;	/* files with roots; none: the system's */
};

/* `count`, `size`, `age`: what lies between, the bounds included. */
struct bound {
	bool has_least, has_most;
	int64_t least, most;	/* a number, bytes, or seconds */
	struct place at;
};

/* `luks:` what a LUKS header must be; bounds and tests may be empty. */
struct luks_demand {
	struct bound version, key_bits, keyslots;
	struct tests cipher, hash, pbkdf, uuid, label;
	const char *backup_of;	/* a device, LUKS_SAME_UUID, or NULL */
	struct place backup_at;
	bool if_header;		/* what is no header at all may be that */
	struct place at;
};

/* The device whose UUID the header has, if it is there. */
#define LUKS_SAME_UUID "same-uuid"

/* `newest:` the one that was changed last */
struct newest_demand {
	struct texts of;	/* patterns; none: those of the rule */
	struct bound age, size;
	struct place at;
};

/* `command:` a service's own checker; once a rule, whatever its paths */
struct command_demand {
	struct texts run;	/* the program and its arguments */
	struct { int *items; size_t n, cap; } exit;	/* none: 0 */
	bool any_exit;
	/* Regexes of what it prints, NULL = any. */
	const char *out, *err, *not_out, *not_err;
	unsigned seconds;
	const char *user;	/* who asks; NULL = root, without most rights */
	struct texts reads;	/* patterns: all that the answer depends on;
				 * none: nobody knows */
	struct texts scratch;	/* folders that it may write to, though
				 * nothing of it stays */
	struct place at;
};

/* What a side of a relation takes from each of its files. */
enum side_reads {
	SIDE_PATHS,	/* where the file is */
	SIDE_NAMES,	/* its name, without the folder */
	SIDE_STEMS,	/* the name without what follows its last dot */
	SIDE_XPATH,
	SIDE_ENTRIES,	/* one field of a table */
	SIDE_KEYS,
	SIDE_REGEX,	/* its first group, or all that matches */
	SIDE_LUKS,	/* the UUID of the LUKS header that it holds */
};

/* One side of a relation: values, and what is left out of them. */
struct relation_side {
	struct texts paths;
	enum side_reads reads;
	const char *what;	/* the expression, field or key */
	struct texts namespaces;	/* of SIDE_XPATH: prefix, URI … */
	const char *section, *key;	/* of SIDE_KEYS */
	const char *as;
	struct field_tests where;	/* of SIDE_ENTRIES: which rows */
	struct field_tests without;	/* and which of them not; or none */
	bool words;		/* each word of a value is one */
	const char *strip;	/* only what begins so, without it; or NULL */
	const char *matches;	/* only these, or NULL */
	struct texts except;
	struct relation_side *among;	/* only what is there too, or NULL */
	struct place at;
};

enum relation_op {
	RELATION_IN,
	RELATION_NOT_IN,
	RELATION_EQUALS,	/* both sides hold the same values */
	RELATION_EXISTS,	/* a file named after the value is there */
	RELATION_CERTIFICATE,	/* the value names a file; the rule's
				 * `certificate` is demanded of it */
	RELATION_KEY_IN,	/* … whose key is in a file named there */
	RELATION_UNIQUE,	/* no value stands twice; there is no other */
};

/* Stands in a path of `exists` for ${value}. */
#define RELATION_VALUE '\1'

struct relation {
	struct relation_side each, other;
	enum relation_op op;
	struct texts exists;	/* one of these, no braces, no wildcards */
	int kind;		/* of what exists, -1 = any */
	int mode;		/* the same */
	bool mode_at_most;
	bool if_present;	/* it need not exist */
	struct place at;
};

#define DEMAND_LIST(type) struct { struct type *items; size_t n, cap; }

/* `pam:` what one module returns in an outcome */
struct pam_result {
	const char *module;
	int code;			/* enum pam_code */
};

/* `pam: outcomes:` one of them */
struct pam_outcome {
	const char *type;		/* auth, account, password, session, or
					 * setcred behind a granted auth */
	DEMAND_LIST(pam_result) when;
	int others;			/* of modules that vouch and are not
					 * named; -1 = they fail */
	bool granted;
	struct place at;
};

struct rule {
	const char *id;
	const char *why;
	const struct spec *spec;
	struct place at;
	struct texts units;	/* names; then the paths are those of all
				 * files that these may be made of */
	struct texts paths;	/* absolute patterns, braces still in */
	struct texts real_paths;	/* where symlinks lead them on this
					 * machine, when elsewhere, no braces;
					 * empty until the caller fills it */
	enum severity severity;
	enum on_drift on_drift;
	enum on_change on_change;
	enum require require;
	bool disabled, secret;
	enum enabled enabled;
	enum masked masked;

	int kind;		/* enum entry_kind, -1 = any */
	const char *owner, *group;	/* a name or a number, NULL = any */
	int mode;		/* -1 = any */
	bool mode_at_most;	/* "<=0644": grants at most these bits */
	struct texts acl;	/* "user:vmail:r-x", "default:group::r-x" */
	struct texts xattr;	/* "NAME", or "NAME=VALUE": each is there */
	struct texts capabilities;	/* "cap_net_raw+ep" */
	struct texts flags;	/* letters of chattr(1), one a text */
	/* What is demanded, so that an empty list says "none of them". */
	bool has_acl, has_capabilities, has_flags;
	/* These and others, as opposed to exactly these. */
	bool acl_includes, capabilities_includes, flags_includes;

	struct lines_demand *lines;	/* NULL = no demand */
	const char *as;			/* the view of `keys` and `entries` */
	DEMAND_LIST(key_demand) keys;
	DEMAND_LIST(entry_demand) entries;
	DEMAND_LIST(xpath_demand) xpath;
	DEMAND_LIST(pam_demand) pam;
	DEMAND_LIST(pam_outcome) outcomes;
	bool content_baseline;		/* content: baseline */
	bool content_canonical;		/* … of which XML's layout is no part */
	const char *content_sha256;	/* content: {sha256: …} */
	bool content_valid;		/* content: {valid: true} */
	bool sound;			/* nothing that is certainly wrong */
	DEMAND_LIST(config_demand) config;
	struct certificate_demand *certificate;	/* NULL = no demand */
	struct luks_demand *luks;	/* NULL = no demand */
	struct command_demand *command;	/* NULL = no demand */
	enum layers layers;
	struct texts layered;	/* with layers: the paths as written; then
				 * `paths` are those of all layers */

	struct bound *count, *size, *age;	/* NULL = no demand */
	struct newest_demand *newest;
	struct relation *relation;	/* then the rule has no paths, and
					 * demands nothing else */
};

/* Whether a rule is about many files that are read as one. */
static inline bool
rule_is_joint(const struct rule *r)
{
	return r->units.n > 0 || r->layers != LAYERS_NONE;
}

struct spec {
	const char *name, *title, *about;
	struct place at;
	const char *origin;	/* the file it came from */
	bool applies;		/* here, by the facts given */
	const char *applies_why;	/* what decided, in plain words */
	bool of_root;		/* nobody but root can change a file of it */
	struct texts track, ignore;
	struct rule *rules;
	size_t n_rules;
};

#endif
