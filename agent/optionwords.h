/* SPDX-License-Identifier: MIT */
#ifndef AGENT_OPTIONWORDS_H
#define AGENT_OPTIONWORDS_H

#include <stddef.h>

/*
 * What an option is for, in a few words of the reader's language, as help and
 * shells show it; "" for one that is not known. verb is NULL for an option
 * that stands before any.
 */
const char *option_words(const char *verb, const char *option);

/* A word that a verb can begin with, and what for, to be translated. */
struct verb_word {
	const char *verb, *word, *words;
};
/* Those of a verb one by one, *at from 0 on; NULL after the last. */
const struct verb_word *verb_word_next(const char *verb, size_t *at);

#endif
