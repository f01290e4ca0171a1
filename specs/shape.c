/* SPDX-License-Identifier: MIT */
#include "specs/shape.h"

#include "specs/view.h"

const struct shape shape_text = { .takes = TAKES_TEXT };

const struct shape shape_texts = {
	.takes = TAKES_TEXT | TAKES_LIST, .items = &shape_text, .filled = true,
};

static const struct shape path = { .takes = TAKES_TEXT, .pattern = "^/" };

const struct shape shape_paths = {
	.takes = TAKES_TEXT | TAKES_LIST, .pattern = "^/", .items = &path,
	.filled = true,
};

static const char *const bool_words[] = { "false", "true", NULL };

const struct shape shape_bool = { .takes = TAKES_TEXT, .words = bool_words };

const struct shape shape_name = {
	.takes = TAKES_TEXT, .pattern = "^[a-z0-9][a-z0-9-]*$",
	.literal = true,
};

const struct shape shape_number = {
	.takes = TAKES_TEXT, .pattern = "^-?[0-9]+(\\.[0-9]+)?$",
};

const struct shape shape_amount = {
	.takes = TAKES_TEXT,
	.pattern = "^[0-9]+ *(s|min|h|d|w|B|[KMGT]iB)?$",
};

const struct shape shape_mode = {
	.takes = TAKES_TEXT, .pattern = "^(<= *)?[0-7]{3,4}$",
};

const struct shape shape_type = {
	.takes = TAKES_TEXT, .words = entry_kind_words,
};

const struct shape shape_view = {
	.takes = TAKES_TEXT, .words_of = view_names,
};

static const char *const absent_words[] = { "present", "absent", NULL };

bool
shape_of(const struct keyword *k, struct shape *out)
{
	if (k->shape != NULL)
		*out = *k->shape;
	else if (k->read == keyword_text)
		*out = shape_text;
	else if (k->read == keyword_bool)
		*out = shape_bool;
	else if (k->read == keyword_absent)
		*out = (struct shape){ .takes = TAKES_TEXT,
			.words = absent_words };
	else if (k->words != NULL)
		*out = (struct shape){ .takes = TAKES_TEXT,
			.words = k->words };
	else if (k->read == keyword_texts)
		*out = shape_texts;
	else if (k->read == keyword_paths)
		*out = shape_paths;
	else
		return false;
	return true;
}
