// SPDX-License-Identifier: Apache-2.0
/* Small questions about texts that the rules about classes ask. */
#include <string.h>

#include "lint/classes.h"

bool has_word(const char *words, const char *word)
{
	size_t n = strlen(word);

	for (const char *at = strstr(words, word); n && at; at = strstr(at + 1, word))
		if ((at == words || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

bool text_has(const struct unit *u, const char *word)
{
	return memmem(u->text, u->n_text, word, strlen(word)) != NULL;
}

bool speaks_of_accelerator(const struct unit *u)
{
	static const char *const words[] = { "cuda", "device", "lightning", "accelerat",
					     "Trainer" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (text_has(u, words[i]))
			return true;
	return false;
}
