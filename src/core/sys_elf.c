// SPDX-License-Identifier: Apache-2.0
/* What an ELF file says of itself in its headers and notes: libelf reads what is needed with pread, never the whole file;
 * a case holds it as JSON. The file may be damaged or hostile: libelf checks its bounds, we bound what we keep. Without a
 * table of sections (some packers strip it) it knows nothing but the machine. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <string.h>
#include <unistd.h>

#include "core/json.h"
#include "core/sys_internal.h"

#define NEEDED_MAX 512
#define VERSIONS_MAX 4096
#define NOTES_MAX 16
#define ARCH_STRINGS_MAX 16
/* Notes and version tables are some kB; a larger one is damaged or hostile. */
#define TABLE_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define RODATA_BYTES_MAX ((uint64_t)256 * 1024 * 1024)
#define RODATA_PIECE_BYTES ((size_t)256 * 1024)
#define SMALL_TABLE_BYTES ((uint64_t)64 * 1024)
#define NAME_BYTES_MAX ((size_t)1024)

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

/* Like elf_strptr(), which reads the whole table: 7 MB for libtorch_cuda.so, of which we want twenty names. */
static const char *text_of(Elf *elf, size_t section, uint64_t at)
{
	GElf_Shdr header;
	Elf_Scn *scn = elf_getscn(elf, section);
	Elf_Data *data;

	if (!scn || !gelf_getshdr(scn, &header) || header.sh_type != SHT_STRTAB ||
	    at >= header.sh_size)
		return NULL;
	if (header.sh_size <= SMALL_TABLE_BYTES)
		return elf_strptr(elf, section, at);

	uint64_t rest = header.sh_size - at;
	size_t n = rest < NAME_BYTES_MAX ? (size_t)rest : NAME_BYTES_MAX;

	data = elf_getdata_rawchunk(elf, (int64_t)(header.sh_offset + at), n, ELF_T_BYTE);
	return data && data->d_buf && memchr(data->d_buf, 0, n) ? data->d_buf : NULL;
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

		const char *text = text_of(elf, header->sh_link, dyn.d_un.d_val);

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

static void take_need_versions(struct sys *s, Elf *elf, Elf_Data *data, size_t names, size_t at,
			       struct sys_elf_need *need)
{
	GElf_Vernaux aux;

	for (int i = 0; i < VERSIONS_MAX && at < data->d_size; i++) {
		if (!gelf_getvernaux(data, (int)at, &aux))
			return;

		const char *text = text_of(elf, names, aux.vna_name);

		if (text)
			PUSH(s->arena, &need->versions, esc(s->arena, text));
		if (!aux.vna_next)
			return;
		at += aux.vna_next;
	}
}

static void take_version_needs(struct sys *s, Elf *elf, Elf_Data *data, size_t names,
			       struct sys_elf *out)
{
	GElf_Verneed need;
	size_t at = 0;

	for (int i = 0; i < NEEDED_MAX && at < data->d_size; i++) {
		if (!gelf_getverneed(data, (int)at, &need))
			return;

		const char *file = text_of(elf, names, need.vn_file);

		if (file) {
			struct sys_elf_need one = { .file = esc(s->arena, file) };

			take_need_versions(s, elf, data, names, at + need.vn_aux, &one);
			PUSH(s->arena, &out->version_needs, one);
		}
		if (!need.vn_next)
			return;
		at += need.vn_next;
	}
}

/* The first one is the file's own name. */
static void take_version_defs(struct sys *s, Elf *elf, Elf_Data *data, size_t names,
			      struct sys_elf *out)
{
	GElf_Verdef def;
	GElf_Verdaux aux;
	size_t at = 0;

	for (int i = 0; i < VERSIONS_MAX && at < data->d_size; i++) {
		if (!gelf_getverdef(data, (int)at, &def))
			return;

		const char *text =
			at + def.vd_aux < data->d_size &&
					gelf_getverdaux(data, (int)(at + def.vd_aux), &aux)
				? text_of(elf, names, aux.vda_name)
				: NULL;

		if (text && !(def.vd_flags & VER_FLG_BASE))
			PUSH(s->arena, &out->version_defs, esc(s->arena, text));
		if (!def.vd_next)
			return;
		at += def.vd_next;
	}
}

static size_t padded(uint32_t n)
{
	return ((size_t)n + 3) & ~(size_t)3;
}

/* A hash may begin with any byte, a JSON text holds no controls. */
static bool is_json(const char *text, size_t n)
{
	while (n > 0 && text[n - 1] == '\0')
		n--;
	for (size_t i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return n > 1 && text[0] == '{' && text[n - 1] == '}';
}

/* Each note: three words (length of owner and content, type), then both, padded to four bytes. The linker's own notes
 * are binary; a text in JSON is meant to be read (systemd's packages, NVIDIA's forward compatibility). */
void elf_notes(struct arena *a, struct bytes section, struct strlist *ret_notes)
{
	size_t at = 0;

	while (section.n - at >= 12 && ret_notes->n < NOTES_MAX) {
		uint32_t head[3];
		const char *owner = section.v + at + sizeof head;

		memcpy(head, section.v + at, sizeof head);
		at += sizeof head;
		if (padded(head[0]) > section.n - at || head[1] > section.n - at - padded(head[0]))
			return;

		const char *text = owner + padded(head[0]);

		if (is_json(text, head[1]))
			PUSH(a, ret_notes,
			     arena_fmt(a, "%s: %s", esc_bytes(a, owner, strnlen(owner, head[0])),
				       esc_bytes(a, text, strnlen(text, head[1]))));
		at += padded(head[0]);
		at += padded(head[1]) < section.n - at ? padded(head[1]) : section.n - at;
	}
}

/* A word of the list: sm_80, sm_90a, compute_120f. Its length, or 0. */
static size_t arch_word(const char *text, size_t n, bool compute)
{
	const char *prefix = compute && n > 0 && text[0] == 'c' ? "compute_" : "sm_";
	size_t at = strlen(prefix), digits = 0;

	if (n < at || memcmp(text, prefix, at) != 0)
		return 0;
	while (at + digits < n && text[at + digits] >= '0' && text[at + digits] <= '9')
		digits++;
	at += digits;
	if (at < n && (text[at] == 'a' || text[at] == 'f'))
		at++;
	return digits >= 2 ? at : 0;
}

/* The length of a list that begins here and ends with a NUL, or 0. */
static size_t arch_list(const char *text, size_t n)
{
	size_t at = arch_word(text, n, false);

	while (at > 0 && at < n && text[at] == ' ') {
		size_t word = arch_word(text + at + 1, n - at - 1, true);

		if (!word)
			return 0;
		at += 1 + word;
	}
	return at > 0 && at < n && text[at] == '\0' ? at : 0;
}

/* In front of it other text may stand without a NUL between (2.9.1): the first place from where it is a list. */
void elf_arch_strings(struct arena *a, struct bytes text, struct strlist *ret_strings)
{
	const char *end = text.v + text.n, *at = text.v;

	while (at < end && (at = memmem(at, (size_t)(end - at), "sm_", 3))) {
		size_t n = arch_list(at, (size_t)(end - at));

		if (n > 0 && ret_strings->n < ARCH_STRINGS_MAX)
			PUSH(a, ret_strings, arena_strndup(a, at, n));
		at += n > 0 ? n : 3;
	}
}

struct elf_file {
	struct sys *sys;
	Elf *elf;
	int fd;
	const char *raw_path;
	bool archs;
};

/* Piece by piece, so that a slow disk is seen to be only slow. A piece begins behind a NUL, so that no list is cut. */
static void take_archs(const struct elf_file *file, const GElf_Shdr *header, struct sys_elf *out)
{
	struct sys *s = file->sys;
	char *piece = arena_alloc(s->arena, RODATA_PIECE_BYTES);
	uint64_t at = header->sh_offset, end = at + header->sh_size;

	if (header->sh_size > RODATA_BYTES_MAX || end < at)
		return;
	while (at < end) {
		size_t wanted =
			end - at < RODATA_PIECE_BYTES ? (size_t)(end - at) : RODATA_PIECE_BYTES;

		sys_publish(s, file->raw_path, s->dir ? s->dir->dev : 0);

		ssize_t got = pread(file->fd, piece, wanted, (off_t)at);

		if (got <= 0)
			return;

		const char *nul = memrchr(piece, '\0', (size_t)got);

		elf_arch_strings(s->arena, (struct bytes){ piece, (size_t)got },
				 &out->arch_strings);
		at += nul ? (uint64_t)(nul - piece) + 1 : (uint64_t)got;
	}
}

static void take_table(struct sys *s, Elf *elf, Elf_Scn *section, const GElf_Shdr *header,
		       struct sys_elf *out)
{
	Elf_Data *data;

	if (header->sh_size > TABLE_BYTES_MAX)
		return;
	data = header->sh_type == SHT_NOTE ? elf_rawdata(section, NULL)
					   : elf_getdata(section, NULL);
	if (!data || !data->d_buf)
		return;
	if (header->sh_type == SHT_NOTE)
		elf_notes(s->arena, (struct bytes){ data->d_buf, data->d_size }, &out->notes);
	else if (header->sh_type == SHT_GNU_verneed)
		take_version_needs(s, elf, data, header->sh_link, out);
	else
		take_version_defs(s, elf, data, header->sh_link, out);
}

static void take_section(const struct elf_file *file, Elf_Scn *section, const char *name,
			 const GElf_Shdr *header, struct sys_elf *out)
{
	switch (header->sh_type) {
	case SHT_DYNAMIC:
		take_dynamic(file->sys, file->elf, section, header, out);
		break;
	case SHT_NOTE:
	case SHT_GNU_verneed:
	case SHT_GNU_verdef:
		take_table(file->sys, file->elf, section, header, out);
		break;
	case SHT_PROGBITS:
		if (name && strcmp(name, ".interp") == 0)
			take_interp(file->sys, section, out);
		else if (file->archs && name && strcmp(name, ".rodata") == 0)
			take_archs(file, header, out);
		break;
	default:
		break;
	}
}

static int take(const struct elf_file *file, struct sys_elf *out)
{
	GElf_Ehdr header;
	GElf_Shdr section_header;
	size_t names = 0;

	if (elf_kind(file->elf) != ELF_K_ELF || !gelf_getehdr(file->elf, &header))
		return -ENOEXEC;
	*out = (struct sys_elf){ .class = gelf_getclass(file->elf) == ELFCLASS64 ? 64 : 32,
				 .machine = machine_name(file->sys, header.e_machine) };
	if (elf_getshdrstrndx(file->elf, &names) < 0)
		return 0;
	for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section));)
		if (gelf_getshdr(section, &section_header))
			take_section(file, section,
				     elf_strptr(file->elf, names, section_header.sh_name),
				     &section_header, out);
	return 0;
}

int sys_elf_fd(struct sys *s, int fd, const char *raw_path, bool archs, struct sys_elf *ret_elf)
{
	unsigned char magic[4] = { 0 };

	if (pread(fd, magic, sizeof magic, 0) != (ssize_t)sizeof magic ||
	    memcmp(magic, ELFMAG, SELFMAG) != 0)
		return -ENOEXEC;
	elf_version(EV_CURRENT);

	struct elf_file file = { s, elf_begin(fd, ELF_C_READ, NULL), fd, raw_path, archs };

	if (!file.elf)
		return -ENOEXEC;

	int err = take(&file, ret_elf);

	elf_end(file.elf);
	return err;
}

static void take_texts(struct arena *a, const json_t *array, size_t max, struct strlist *out)
{
	for (size_t i = 0; i < json_array_size(array) && i < max; i++) {
		const char *text = json_string_value(json_array_get(array, i));

		if (text)
			PUSH(a, out, arena_strdup(a, text));
	}
}

static void take_json_needs(struct arena *a, json_t *object, struct sys_elf *out)
{
	const char *file;
	json_t *versions;

	json_object_foreach(object, file, versions)
	{
		struct sys_elf_need need = { .file = arena_strdup(a, file) };

		take_texts(a, versions, VERSIONS_MAX, &need.versions);
		PUSH(a, &out->version_needs, need);
	}
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

	take_texts(s->arena, json_object_get(json, "needed"), NEEDED_MAX, &ret_elf->needed);
	take_json_needs(s->arena, json_object_get(json, "version_needs"), ret_elf);
	take_texts(s->arena, json_object_get(json, "version_defs"), VERSIONS_MAX,
		   &ret_elf->version_defs);
	take_texts(s->arena, json_object_get(json, "notes"), NOTES_MAX, &ret_elf->notes);
	take_texts(s->arena, json_object_get(json, "arch_strings"), ARCH_STRINGS_MAX,
		   &ret_elf->arch_strings);
	json_decref(json);
	return 0;
}
