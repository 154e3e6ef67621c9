// SPDX-License-Identifier: Apache-2.0
/* May this file hold anything to report at all? Most files of a site-packages name neither torch nor a device: they are
 * dismissed unparsed, at the speed of a search for bytes.
 *
 * What counts is the import of torch or of a library built upon it; a file that uses torch without any such word gets it by
 * another file's import, and is read when that one is. */
#include "lint/prefilter.h"

#include <string.h>

static bool holds(struct bytes text, const char *word)
{
	return memmem(text.v, text.n, word, strlen(word)) != NULL;
}

bool has_torch_word(struct bytes text)
{
	return holds(text, "torch") || holds(text, "cuda") || holds(text, "CUDA");
}

bool has_device_word(struct bytes text)
{
	return has_torch_word(text) || holds(text, "device");
}
