// SPDX-License-Identifier: Apache-2.0
/* May this file hold anything to report at all? Most files of a site-packages name neither torch nor a device: they are
 * dismissed unparsed, at the speed of a search for bytes.
 *
 * What counts is the import of torch or of a library built upon it; a file that uses torch without any such word gets it by
 * another file's import, and is read when that one is. */
#include "lint/prefilter.h"

#include <string.h>

bool has_device_word(struct bytes text)
{
	static const char *const words[] = { "torch", "cuda", "device", "CUDA" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (memmem(text.v, text.n, words[i], strlen(words[i])))
			return true;
	}
	return false;
}
