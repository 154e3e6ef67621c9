// SPDX-License-Identifier: Apache-2.0
/* The parts of looking for torch: where it lies, what it is, and the parser of torch/version.py, apart so that tests can
 * feed it. */
#ifndef WHYCPU_COLLECT_TORCH_H
#define WHYCPU_COLLECT_TORCH_H

#include "core/str.h"
#include "core/sys.h"
#include "facts/facts.h"

/* Fills version, cuda, hip, xpu and git_version; `from` is "path:LINE". What Python itself could not parse is UNKNOWN. */
void torch_parse_version(struct arena *a, struct bytes text, const char *path, struct torch *out);

/* Where torch lies (dir, foreign), and the places of all that lie on the path (installs). */
void torch_find(struct sys *s, const struct python *py, struct torch *t);
/* What the package at t->dir is: version, cuda, hip, xpu, metadata, installer. */
void torch_describe(struct sys *s, const struct python *py, struct torch *t);
/* 1 or 0, or negative: could not be listed. Are there enough of the libraries of every build to call one of them missing? A recording may hold a torch by its text files,
 * or by the one library that told its kind; of a real one an accident takes one or two, and the installer's record tells. */
int torch_has_libraries(struct sys *s, const char *lib);
/* Its libraries: cuda_library, extension, archs. */
void torch_look_at_build(struct sys *s, const struct python *py, struct torch *t);
/* wheel_tag, source, missing_files, conda_build, conda_channel, torchvision, torchaudio, project, lock_index. */
void torch_look_at_records(struct sys *s, const struct python *py, struct torch *t);
/* missing_needs: the packages that it requires of others. */
void torch_look_at_needs(struct sys *s, const struct python *py, struct torch *t);
/* conda's record of pytorch in its folder of records; NULL: none, or *ret_err. */
const char *torch_conda_record(struct sys *s, const char *meta, int *ret_err);
/* The same for each member of installs. */
void torch_describe_installs(struct sys *s, const struct python *py, struct torch *t);
/* What can replace it: pip, externally_managed, project_index. Comes last. */
void torch_find_tools(struct sys *s, const struct python *py, struct torch *t);

#endif
