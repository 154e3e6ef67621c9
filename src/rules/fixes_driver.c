// SPDX-License-Identifier: Apache-2.0
/* How this machine gets the driver that its GPUs need: the distribution's commands (data/distro.tsv, driver_package.tsv),
 * or who else can do it. Which branch: the GPU's last one where it is out of newer drivers, the open module where there is
 * no other. It cannot know what the distribution's mirror holds today. */
#include "rules/fixes.h"

#include <string.h>

#include "core/str.h"
#include "core/version.h"
#include "rules/data.h"
#include "rules/machine.h"

/* ---- who can change it ---- */

bool fix_on_the_host(const struct facts *f, struct report *r, struct finding *finding,
		     const char *words)
{
	if (f->platform.container.st != PRESENT)
		return false;
	finding_fix(r, finding, APPLIES_MANUAL, words, NULL);
	return true;
}

static const char *who_else(const struct facts *f, struct arena *a, const char *what)
{
	if (is_true(&f->platform.wsl) == YES)
		return arena_fmt(a,
				 "in Windows: %s, then `wsl --shutdown`; inside WSL no driver is "
				 "installed",
				 what);
	if (is_true(&f->platform.tegra) == YES)
		return arena_fmt(a, "%s: it is part of JetPack; update JetPack", what);
	if (f->platform.service.st == PRESENT)
		return arena_fmt(a, "%s: only the service can do that; start again with a GPU",
				 what);
	if (f->platform.container.st == PRESENT)
		return arena_fmt(a, "%s on the host (root there, a reboot); not in this container",
				 what);
	if (f->platform.scheduler.st == PRESENT)
		return arena_fmt(a, "%s: on a cluster ask your admins", what);
	return NULL;
}

bool fix_driver_elsewhere(const struct facts *f, struct report *r, struct finding *finding,
			  const char *what)
{
	const char *words = who_else(f, r->arena, what);

	if (words)
		finding_fix(r, finding, APPLIES_MANUAL, words, NULL);
	return words != NULL;
}

/* In none of the groups that sudo listens to. */
static bool is_no_admin(const struct facts *f)
{
	static const char *const admins[] = { "sudo", "wheel", "admin", "root" };
	const struct fact_strs *groups = &f->platform.groups;

	if (groups->st != PRESENT || f->platform.uid.st != PRESENT || f->platform.uid.v == 0)
		return false;
	for (size_t i = 0; i < groups->v.n; i++)
		for (size_t k = 0; k < sizeof admins / sizeof *admins; k++)
			if (strcmp(groups->v.v[i], admins[k]) == 0)
				return false;
	return true;
}

/* ---- a command for root ---- */

static const char *replaced(struct arena *a, const char *text, const char *what, const char *by)
{
	struct str s = str_new(a, 4096);
	const char *at;

	for (; (at = strstr(text, what)); text = at + strlen(what)) {
		str_addn(&s, text, (size_t)(at - text));
		str_add(&s, by);
	}
	str_add(&s, text);
	return str_text(&s);
}

/* root needs no sudo, and small systems have none. */
static void add_command(const struct facts *f, struct report *r, struct finding *finding,
			const char *words, const char *command)
{
	bool root = f->platform.uid.st == PRESENT && f->platform.uid.v == 0;
	const char *admin = is_no_admin(f) ? "an administrator has to do it" : NULL;

	if (admin)
		words = words ? arena_fmt(r->arena, "%s; %s", words, admin) : admin;
	finding_fix(r, finding, APPLIES_LIKELY, words, "%s",
		    root ? replaced(r->arena, command, "sudo ", "") : command);
}

/* ---- this distribution ---- */

/* ID, then the words of ID_LIKE: a derivative (Mint, EndeavourOS) installs as the one it names first. */
static bool next_id(const struct facts *f, size_t *pos, struct bytes *ret_id)
{
	const struct fact_str *id = &f->platform.distro, *like = &f->platform.distro_like;
	size_t n = id->st == PRESENT ? strlen(id->v) : 0, in_like;
	bool found;

	if (*pos == 0) {
		*ret_id = (struct bytes){ n ? id->v : "", n };
		*pos = 1;
		return true;
	}
	in_like = *pos - 1;
	found = like->st == PRESENT && next_part(like->v, ' ', &in_like, ret_id);
	*pos = in_like + 1;
	return found;
}

static bool is_word(const char *text, const struct bytes *word)
{
	return strlen(text) == word->n && memcmp(text, word->v, word->n) == 0;
}

static bool is_version(const char *wanted, const struct facts *f)
{
	const struct fact_str *version = &f->platform.distro_version;

	return strcmp(wanted, "*") == 0 ||
	       (version->st == PRESENT &&
		version_major(version->v, NULL) == version_major(wanted, NULL));
}

static const struct distro_row *distro_of(const struct facts *f)
{
	struct bytes id;

	for (size_t pos = 0; next_id(f, &pos, &id);)
		for (size_t i = 0; i < n_distro_table; i++)
			if (is_word(distro_table[i].id, &id) &&
			    is_version(distro_table[i].version, f))
				return &distro_table[i];
	return NULL;
}

static const struct driver_package_row *package_for(const struct facts *f, const char *branch,
						    const char *module)
{
	struct bytes id;

	for (size_t pos = 0; next_id(f, &pos, &id);)
		for (size_t i = 0; i < n_driver_package_table; i++) {
			const struct driver_package_row *row = &driver_package_table[i];

			if (is_word(row->id, &id) && strcmp(row->module, module) == 0 &&
			    (strcmp(row->branch, branch) == 0 || strcmp(row->branch, "*") == 0))
				return row;
		}
	return NULL;
}

/* ---- these GPUs ---- */

/* What the GPUs here allow; those that are not known allow everything. */
struct wish {
	bool open, proprietary;   /* some GPU has no other module */
	const char *last, *first; /* branches: NULL, no limit */
};

static bool is_branch(const char *text)
{
	return text && *text >= '0' && *text <= '9';
}

static struct wish wish_of(const struct facts *f)
{
	struct wish wish = { 0 };

	for (size_t i = 0; i < f->pci.gpus.n; i++) {
		const struct gpu *gpu = &f->pci.gpus.v[i];
		struct gpu_model model = { 0 };

		if (is_nvidia(gpu))
			model = gpu_model_of(gpu);
		wish.open = wish.open || (model.module && strcmp(model.module, "open") == 0);
		wish.proprietary =
			wish.proprietary || (model.module && strcmp(model.module, "prop") == 0);
		if (is_branch(model.last_branch) &&
		    (!wish.last || version_compare(model.last_branch, wish.last) < 0))
			wish.last = model.last_branch;
		if (is_branch(model.first_branch) &&
		    (!wish.first || version_compare(model.first_branch, wish.first) > 0))
			wish.first = model.first_branch;
	}
	return wish;
}

/* An old and a new GPU together: the branches between the first of one and the last of the other, if a module fits both. */
static bool is_contradiction(const struct wish *wish)
{
	return (wish->open && wish->proprietary) ||
	       (wish->last && wish->first && version_compare(wish->last, wish->first) < 0);
}

static void add_branch(const struct facts *f, struct report *r, struct finding *finding,
		       const char *branch, const char *what)
{
	struct wish wish = wish_of(f);
	const struct driver_package_row *row = package_for(f, branch, wish.open ? "open" : "prop");
	struct arena *a = r->arena;

	if (is_contradiction(&wish)) {
		finding_fix(r, finding, APPLIES_MANUAL,
			    "no one driver runs all GPUs here: take the older one out, or leave it "
			    "unused",
			    NULL);
		return;
	}
	if (!row) {
		finding_fix(r, finding, APPLIES_MANUAL,
			    arena_fmt(a, "%s, by your distribution's package of it%s", what,
				      wish.open ? ", with the open kernel module" : ""),
			    NULL);
		return;
	}
	add_command(f, r, finding, row->words[0] ? arena_fmt(a, "%s, %s", what, row->words) : what,
		    replaced(a, row->command, "BRANCH", branch));
}

void fix_install_driver(const struct facts *f, struct report *r, struct finding *finding,
			const char *what)
{
	const struct distro_row *row = distro_of(f);
	struct wish wish = wish_of(f);
	struct arena *a = r->arena;

	if (fix_driver_elsewhere(f, r, finding, "NVIDIA's driver"))
		return;
	if (is_contradiction(&wish) || wish.last)
		add_branch(f, r, finding, wish.last ? wish.last : wish.first,
			   wish.last ? arena_fmt(a, "%s: branch %s, the last for this GPU", what,
						 wish.last)
				     : what);
	else if (row && wish.open && strcmp(row->open, "no") == 0)
		add_branch(f, r, finding, wish.first, what);
	else if (row)
		add_command(f, r, finding,
			    row->words[0] ? arena_fmt(a, "%s, %s", what, row->words) : what,
			    row->install);
	else
		finding_fix(
			r, finding, APPLIES_MANUAL,
			arena_fmt(
				a,
				"%s: your distribution's package of it (Debian: nvidia-driver; Ubuntu: `sudo "
				"ubuntu-drivers install`; Fedora: akmod-nvidia), then reboot",
				what),
			NULL);
}

void fix_driver_branch(const struct facts *f, struct report *r, struct finding *finding,
		       const char *branch)
{
	const char *what = arena_fmt(r->arena, "driver %s", branch);

	if (!fix_driver_elsewhere(f, r, finding, what))
		add_branch(f, r, finding, branch, what);
}

/* An old GPU takes its last branch, a new one at least its first. */
static const char *nearest_branch(const struct wish *wish, const char *branch)
{
	if (wish->last)
		return wish->last;
	return wish->first && version_compare(wish->first, branch) > 0 ? wish->first : branch;
}

void fix_driver_at_least(const struct facts *f, struct report *r, struct finding *finding,
			 const char *branch)
{
	const struct distro_row *row = distro_of(f);
	struct wish wish = wish_of(f);
	struct arena *a = r->arena;
	const char *what = arena_fmt(a, "driver %s or newer", branch);

	if (wish.last && version_compare(wish.last, branch) < 0)
		finding_fix(r, finding, APPLIES_MANUAL,
			    arena_fmt(a, "a driver %s is not made for this GPU: its last is %s",
				      branch, wish.last),
			    NULL);
	else if (fix_driver_elsewhere(f, r, finding, what))
		return;
	else if (row && row->upgrade[0] && !wish.last)
		add_command(f, r, finding, arena_fmt(a, "%s (root, a reboot)", what), row->upgrade);
	else
		add_branch(f, r, finding, nearest_branch(&wish, branch),
			   arena_fmt(a, "%s (root, a reboot)", what));
}

/* ---- the kernel module ---- */

/* The branch that is there, as far as the GPUs can have it. */
static const char *present_branch(const struct facts *f, struct arena *a)
{
	const struct fact_str *version = driver_version(f);
	struct wish wish = wish_of(f);
	const char *branch =
		version ? arena_strndup(a, version->v, strspn(version->v, "0123456789")) : NULL;

	if (wish.first && (!branch || version_compare(branch, wish.first) < 0))
		return wish.first;
	if (wish.last && (!branch || version_compare(branch, wish.last) > 0))
		return wish.last;
	return branch && *branch ? branch : NULL;
}

static void fix_module(const struct facts *f, struct report *r, struct finding *finding,
		       const char *module, const char *what)
{
	const char *branch = present_branch(f, r->arena);
	const struct driver_package_row *row = branch ? package_for(f, branch, module) : NULL;

	if (fix_driver_elsewhere(f, r, finding, what))
		return;
	if (!row)
		finding_fix(r, finding, APPLIES_MANUAL,
			    arena_fmt(r->arena, "%s, by your distribution's package of it", what),
			    NULL);
	else
		add_command(f, r, finding,
			    row->words[0] ? arena_fmt(r->arena, "%s, %s", what, row->words) : what,
			    replaced(r->arena, row->command, "BRANCH", branch));
}

void fix_open_module(const struct facts *f, struct report *r, struct finding *finding)
{
	fix_module(f, r, finding, "open", "the driver with its open kernel module");
}

void fix_proprietary_module(const struct facts *f, struct report *r, struct finding *finding)
{
	fix_module(f, r, finding, "prop", "the driver with its proprietary kernel module");
}

void fix_reload_module(const struct facts *f, struct report *r, struct finding *finding)
{
	const char *what = "restart with the driver that is installed now";

	if (f->platform.container.st == PRESENT) {
		finding_fix(
			r, finding, APPLIES_MANUAL,
			"start this container again: it holds the driver libraries of before; if "
			"that does not help, reboot the host",
			NULL);
		return;
	}
	if (fix_driver_elsewhere(f, r, finding, what))
		return;
	add_command(f, r, finding, "reboot, so that the kernel loads the module of the new driver",
		    "sudo reboot");
	add_command(f, r, finding,
		    "without a reboot, if no program uses the GPU (no desktop on it)",
		    "sudo rmmod nvidia_drm nvidia_modeset nvidia_uvm nvidia; sudo modprobe nvidia");
}

/* ---- libraries ---- */

void fix_reinstall_libraries(const struct facts *f, struct report *r, struct finding *finding)
{
	const struct distro_row *row = distro_of(f);
	const struct fact_str *version = module_version(f);
	const char *command = row ? row->libraries : "";

	if (fix_driver_elsewhere(f, r, finding, "the driver's libraries"))
		return;
	if (strstr(command, "BRANCH"))
		command = version ? replaced(r->arena, command, "BRANCH",
					     arena_strndup(r->arena, version->v,
							   strspn(version->v, "0123456789")))
				  : "";
	if (*command)
		add_command(f, r, finding, "install the driver's libraries again", command);
	else
		finding_fix(
			r, finding, APPLIES_MANUAL,
			"install your distribution's package of the driver's libraries again (Debian: "
			"libcuda1; Ubuntu: libnvidia-compute-550 for driver 550)",
			NULL);
}

/* ---- groups ---- */

void fix_user_group(const struct facts *f, struct report *r, struct finding *finding,
		    const char *group)
{
	const struct fact_str *caller = &f->python.sudo_user;
	struct arena *a = r->arena;

	if (f->platform.container.st == PRESENT)
		finding_fix(r, finding, APPLIES_MANUAL,
			    arena_fmt(a,
				      "start the container with the group that owns the nodes: "
				      "`--group-add %s`",
				      group),
			    NULL);
	else if (f->platform.scheduler.st == PRESENT)
		finding_fix(r, finding, APPLIES_MANUAL,
			    arena_fmt(a, "group %s has to be given to you: ask your admins", group),
			    NULL);
	else
		add_command(
			f, r, finding, "then log out and in again",
			arena_fmt(a, "sudo usermod -aG %s %s", shell_word(a, group),
				  caller->st == PRESENT ? shell_word(a, caller->v) : "\"$USER\""));
}
