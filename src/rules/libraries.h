// SPDX-License-Identifier: Apache-2.0
/* How the list of torch's libraries (facts.libs) is read: shared by the import's verdict and the rules. */
#ifndef WHYCPU_RULES_LIBRARIES_H
#define WHYCPU_RULES_LIBRARIES_H

#include "rules/data.h"
#include "rules/machine.h"

/* The loader gives up at it: an empty or damaged file. */
bool is_fatal(const struct needed *n);
/* The file that is there and may not be read, or NULL. */
const char *refused_file(const struct needed *n);
bool cannot_be_had(const struct needed *n);
/* The one that decides, in the order of the import; NULL: none is known to fail. */
const struct needed *first_failure(const struct facts *f);
/* A place of the search could not be read. */
bool is_list_open(const struct facts *f);
/* Opened by its name when it is used, not by the import. */
bool is_for_later(const struct needed *n);
/* A library of NVIDIA's from another place than the wheel's own: has it what torch asks of it? */
enum tri serves_torch(const struct facts *f, const struct needed *n);
enum tri libc_suffices(const struct facts *f);
/* A CUDA wheel by its version.py, without its CUDA library. */
bool lacks_cuda_library(const struct facts *f);
/* Whether torch's own files are all there could not be looked at. */
bool are_files_open(const struct facts *f);
/* A path in the installer's record ("torch/lib/libc10.so"). */
bool is_needed_for_import(const char *file);
/* torch/version.py is not there: no import of any release gets further. */
bool lacks_version_py(const struct facts *f);
/* What becomes of this release's import without the module; NULL: it does not need it. */
const struct torch_import_need_row *import_need(const struct facts *f, const char *module);
/* Of libcudnn.so.9 or libcudnn.so.*[0-9]: the package that holds it; NULL: none of NVIDIA's. */
const struct nvidia_library_row *nvidia_library(const char *name);

#endif
