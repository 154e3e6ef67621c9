// SPDX-License-Identifier: Apache-2.0
/* Headers of an ELF file: libelf reads what is needed with pread, never the whole file; a case holds them as JSON.
 * The file may be damaged or hostile: libelf checks its bounds, we bound what we keep. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/sys_internal.h"

#define NEEDED_MAX 512

static const struct {
	int number;
	const char *name;
} machines[] = { { EM_X86_64, "x86_64" }, { EM_AARCH64, "aarch64" }, { EM_386, "i686" },
		 { EM_PPC64, "ppc64le" }, { EM_ARM, "armv7l" },      { EM_RISCV, "riscv64" },
		 { EM_S390, "s390x" } };

static const char *machine_name(struct sys *s, int number)
{
	for (size_t i = 0; i < sizeof machines / sizeof *machines; i++)
		if (machines[i].number == number)
			return machines[i].name;
	return arena_fmt(s->arena, "machine %d", number);
}

static void take_dynamic(struct sys *s, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
			 struct sys_elf *out)
{
	Elf_Data *data = elf_getdata(section, NULL);
	GElf_Dyn dyn;

	for (int i = 0; data && gelf_getdyn(data, i, &dyn) && dyn.d_tag != DT_NULL; i++) {
		if (dyn.d_tag != DT_NEEDED && dyn.d_tag != DT_SONAME && dyn.d_tag != DT_RPATH &&
		    dyn.d_tag != DT_RUNPATH)
			continue;

		const char *text = elf_strptr(elf, header->sh_link, dyn.d_un.d_val);

		if (!text)
			continue;
		text = esc(s->arena, text);
		if (dyn.d_tag == DT_NEEDED && out->needed.n < NEEDED_MAX)
			PUSH(s->arena, &out->needed, text);
		else if (dyn.d_tag == DT_SONAME)
			out->soname = text;
		else if (dyn.d_tag == DT_RPATH)
			out->rpath = text;
		else if (dyn.d_tag == DT_RUNPATH)
			out->runpath = text;
	}
}

static void take_interp(struct sys *s, Elf_Scn *section, struct sys_elf *out)
{
	Elf_Data *data = elf_getdata(section, NULL);

	if (data && data->d_buf && data->d_size)
		out->interp = esc_bytes(s->arena, data->d_buf, strnlen(data->d_buf, data->d_size));
}

static int take(struct sys *s, Elf *elf, struct sys_elf *out)
{
	GElf_Ehdr header;
	GElf_Shdr section_header;
	size_t names = 0;

	if (elf_kind(elf) != ELF_K_ELF || !gelf_getehdr(elf, &header))
		return -ENOEXEC;
	*out = (struct sys_elf){ .class = gelf_getclass(elf) == ELFCLASS64 ? 64 : 32,
				 .machine = machine_name(s, header.e_machine) };
	if (elf_getshdrstrndx(elf, &names) < 0)
		return 0;
	for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section));) {
		if (!gelf_getshdr(section, &section_header))
			continue;

		const char *name = elf_strptr(elf, names, section_header.sh_name);

		if (section_header.sh_type == SHT_DYNAMIC)
			take_dynamic(s, elf, section, &section_header, out);
		else if (section_header.sh_type == SHT_PROGBITS && name &&
			 strcmp(name, ".interp") == 0)
			take_interp(s, section, out);
	}
	return 0;
}

int sys_elf_fd(struct sys *s, int fd, struct sys_elf *ret_elf)
{
	unsigned char magic[4] = { 0 };

	if (pread(fd, magic, sizeof magic, 0) != (ssize_t)sizeof magic ||
	    memcmp(magic, ELFMAG, SELFMAG) != 0)
		return -ENOEXEC;
	elf_version(EV_CURRENT);

	Elf *elf = elf_begin(fd, ELF_C_READ, NULL);

	if (!elf)
		return -ENOEXEC;

	int err = take(s, elf, ret_elf);

	elf_end(elf);
	return err;
}

int sys_elf_json(struct sys *s, const char *text, size_t n, struct sys_elf *ret_elf)
{
	const char *why;
	json_t *json = json_parse_line(text, n, &why, s->arena);

	if (!json)
		return -ENOEXEC;
	*ret_elf =
		(struct sys_elf){ .class = (int)json_integer_value(json_object_get(json, "class")),
				  .machine = json_get_text(json, "machine", s->arena),
				  .soname = json_get_text(json, "soname", s->arena),
				  .interp = json_get_text(json, "interp", s->arena),
				  .rpath = json_get_text(json, "rpath", s->arena),
				  .runpath = json_get_text(json, "runpath", s->arena) };

	const json_t *needed = json_object_get(json, "needed");

	for (size_t i = 0; i < json_array_size(needed) && i < NEEDED_MAX; i++) {
		const char *name = json_string_value(json_array_get(needed, i));

		if (name)
			PUSH(s->arena, &ret_elf->needed, arena_strdup(s->arena, name));
	}
	json_decref(json);
	return 0;
}
