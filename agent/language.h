/* SPDX-License-Identifier: MIT */
#ifndef AGENT_LANGUAGE_H
#define AGENT_LANGUAGE_H

#include <locale.h>

/*
 * In which language people are spoken to. Of the locale only its messages are
 * taken: numbers, the classes of characters and times stay as C has them,
 * since formats are written with them and files are parsed. All texts are
 * UTF-8 until they are printed (say.h).
 */

/* As the environment asks for it (LC_ALL, LC_MESSAGES, LANG, LANGUAGE). */
void language_begin(void);

/* English from here on, for good: monitors look for words, whoever asks. */
void language_none(void);

/*
 * As the machine at root is set up (locale.conf(5), /etc/default/locale of
 * Debian): what hooks say goes to logs and mails, and must not depend on who
 * called a package manager. As before where neither file names a locale that
 * is installed.
 */
void language_of_machine(const char *root);

/* English from here on, for what is recorded and read again by machines;
 * ended by language_back (for CLEANUP). */
locale_t language_english(void);
void language_back(locale_t *was);

#endif
