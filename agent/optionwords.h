/* SPDX-License-Identifier: MIT */
#ifndef AGENT_OPTIONWORDS_H
#define AGENT_OPTIONWORDS_H

/*
 * What an option is for, in a few words of the reader's language, as help and
 * shells show it; "" for one that is not known. verb is NULL for an option
 * that stands before any.
 */
const char *option_words(const char *verb, const char *option);

#endif
