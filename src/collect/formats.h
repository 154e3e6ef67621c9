// SPDX-License-Identifier: Apache-2.0
/* Small text formats of the kernel and of /etc that several collectors read. Pure functions of bytes. */
#ifndef WHYCPU_COLLECT_FORMATS_H
#define WHYCPU_COLLECT_FORMATS_H

#include "core/str.h"

/* The name that /etc/group or /etc/passwd gives a number; NULL if it has none. Escaped. */
const char *name_of_id(struct arena *a, struct bytes table, uint32_t id);

/* The major number of a character device in /proc/devices. False if the name is not there. */
bool char_major(struct bytes devices, const char *name, int64_t *ret_major);

/* Is this the name of NVIDIA's driver module (nvidia, Debian's nvidia-current), not of one of its helpers (nvidia-uvm)? */
bool is_driver_name(const char *name, size_t n);

/* Does this line of modprobe.d keep NVIDIA's module from being loaded? */
bool line_forbids_nvidia(struct arena *a, struct bytes line);
/* The word of the kernel's command line that does; NULL if none. Escaped. */
const char *cmdline_forbids_nvidia(struct arena *a, struct bytes cmdline);

/* The last bytes of a kernel module: what scripts/sign-file appends ends in this text (kernel/module/signing.c). */
#define SIGNATURE_MARK "~Module signature appended~\n"
bool is_signed(struct bytes tail);

/* The kernel that a make.log of DKMS says it is for; NULL if it does not. Escaped. */
const char *kernel_of_make_log(struct arena *a, struct bytes log);

#endif
