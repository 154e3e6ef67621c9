// SPDX-License-Identifier: Apache-2.0
/* Inside the looker. It first lets go of everything it inherited, then looks at the one that was left behind (state,
 * SIGKILL, state again), then runs the tasks. Its page lies at descriptor 4, where later runs find it. */
#include "core/looker_child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/json.h"
#include "core/sys_internal.h"

#define LOOKER_COMM "whycpu-look"
#define FACTS_FD 3
#define PAGE_FD 4
#define AFTER_KILL_MS 20

static void write_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t done = write(fd, text, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return;
		text += done;
		n -= (size_t)done;
	}
}

/* Takes the reference. */
static void send_line(const struct looker_start *start, json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT | JSON_ENSURE_ASCII);

	json_decref(line);
	if (!text)
		return;

	size_t n = strlen(text);

	text[n] = '\n';
	write_all(start->facts_fd, text, n + 1);
	free(text);
}

/* Descriptors 0 and 1 become a dead pipe end (reads EOF, writes EBADF), 2, 3 and 4 ours, the rest is closed. Few
 * numbers may be allowed, so the lowest free ones are used and ends that are not needed go first. */
static void arrange_descriptors(struct looker_start *start)
{
	int dead[2];

	close(0);
	close(1);
	dup2(start->error_fd, 2);

	int facts = dup(start->facts_fd), page = dup(start->page_fd);

	close(start->error_fd);
	close(start->facts_fd);
	if (start->page_fd >= 0)
		close(start->page_fd);
	dup2(facts, FACTS_FD);
	if (page >= 0)
		dup2(page, PAGE_FD);
	close(0);
	close(1);
	if (pipe(dead) == 0) {
		close(1);
		dup2(0, 1);
	}
	/* The kernel's own name: glibc 2.31, against which the tarball is built, has no SYS_close_range. */
	syscall(__NR_close_range, PAGE_FD + 1, ~0u, 0u);
	start->facts_fd = FACTS_FD;
	start->page_fd = PAGE_FD;
}

static void let_go(struct looker_start *start)
{
	static const struct rlimit no_core = { 0, 0 };
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != start->parent)
		_exit(0);
	setpgid(0, 0);
	prctl(PR_SET_NAME, LOOKER_COMM);
	setrlimit(RLIMIT_CORE, &no_core);
	for (int i = 1; i < 32; i++)
		signal(i, SIG_DFL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	arrange_descriptors(start);
	(void)!chdir("/");
}

/* The third field of /proc/PID/stat; comm may hold anything, so the last ')' counts. '\0' when it is gone. */
static char state_of(struct sys *sys, int64_t pid)
{
	struct bytes text;

	if (sys_read(sys, arena_fmt(sys_arena(sys), "/proc/%lld/stat", (long long)pid), &text))
		return '\0';

	const char *end = strrchr(text.v, ')');

	return end && end[1] == ' ' ? end[2] : '\0';
}

static const char *letter(struct arena *a, char state)
{
	return state ? arena_fmt(a, "%c", state) : "gone";
}

static const char *first_line_of(struct sys *sys, int64_t pid, const char *file)
{
	struct bytes text, line;
	size_t pos = 0;

	if (sys_read(sys, arena_fmt(sys_arena(sys), "/proc/%lld/%s", (long long)pid, file),
		     &text) ||
	    !next_line(text, &pos, &line) || (line.n == 1 && line.v[0] == '0'))
		return NULL;
	return esc_bytes(sys_arena(sys), line.v, line.n);
}

static const char *unit_of(struct sys *sys, int64_t pid)
{
	const char *line = first_line_of(sys, pid, "cgroup");
	const char *last = line ? strrchr(line, '/') : NULL;

	return last && last[1] ? last + 1 : NULL;
}

struct mount {
	uint64_t dev;
	const char *point, *type;
};

static bool parse_mount(struct arena *a, struct bytes line, struct mount *ret)
{
	/* 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw */
	const char *text = arena_strndup(a, line.v, line.n), *dash = strstr(text, " - ");
	struct bytes word[6];
	size_t pos = 0, n = 0;

	while (n < 5 && next_part(text, ' ', &pos, &word[n]))
		n++;
	if (n < 5 || !dash)
		return false;

	const char *dev = arena_strndup(a, word[2].v, word[2].n), *minor = strchr(dev, ':');

	pos = 0;
	if (!minor || !next_part(dash + 3, ' ', &pos, &word[5]))
		return false;
	*ret = (struct mount){ .dev = makedev((unsigned)atol(dev), (unsigned)atol(minor + 1)),
			       .point = arena_strndup(a, word[4].v, word[4].n),
			       .type = arena_strndup(a, word[5].v, word[5].n) };
	return true;
}

static bool path_is_below(const char *path, const char *dir)
{
	size_t n = strcmp(dir, "/") == 0 ? 0 : strlen(dir);

	return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

/* The mount that holds the place: one that begins right there, else the deepest above it; later lines lie on top. */
static bool find_mount(struct sys *sys, const char *path, struct mount *ret)
{
	struct bytes text, line;
	struct mount m;
	size_t pos = 0, best = 0;
	bool found = false;

	if (sys_read(sys, "/proc/self/mountinfo", &text))
		return false;
	while (next_line(text, &pos, &line)) {
		if (!parse_mount(sys_arena(sys), line, &m) || !path_is_below(path, m.point) ||
		    strlen(m.point) < best)
			continue;
		best = strlen(m.point);
		*ret = m;
		found = true;
	}
	return found;
}

/* Network and FUSE: whoever waits there waits for somebody else, and the next name will hang as well. */
static bool waits_for_others(const char *type)
{
	static const char *const types[] = { "nfs",   "nfs4",   "cifs",   "smb3",      "smbfs",
					     "9p",    "ceph",   "lustre", "gpfs",      "beegfs",
					     "afs",   "autofs", "ncpfs",  "glusterfs", "orangefs",
					     "pvfs2", "panfs",  "wekafs", "virtiofs",  "davfs" };

	for (size_t i = 0; i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i], type) == 0)
			return true;
	return starts_with(type, "fuse");
}

static json_t *describe(struct sys *sys, struct left_behind *l, struct hang *h)
{
	struct arena *a = sys_arena(sys);
	struct mount m;

	h->pid = l->pid;
	h->since = l->since;
	h->path = esc(a, l->path);
	l->skip = (struct sys_skip){ .path = path_dirname(a, l->path) };
	if (find_mount(sys, l->path, &m)) {
		h->mount = esc(a, m.point);
		h->fstype = esc(a, m.type);
		/* The device that the kernel names in mountinfo and the one that stat gives differ on btrfs and overlay;
		 * where the mount begins right at the place, only mountinfo has seen it. */
		l->skip.whole_fs = waits_for_others(m.type);
		if (l->skip.whole_fs)
			l->skip = (struct sys_skip){ .path = m.point,
						     .dev = m.dev,
						     .whole_fs = true };
	}

	json_t *line = json_object(), *skip = json_object();

	json_put_text(skip, "path", esc(a, l->skip.path));
	json_object_set_new(skip, "dev",
			    json_string(arena_fmt(a, "%llu", (unsigned long long)l->skip.dev)));
	json_object_set_new(skip, "whole_fs", json_boolean(l->skip.whole_fs));
	json_object_set_new(line, "hang", hang_dump(h));
	json_object_set_new(line, "skip", skip);
	return line;
}

static void nap_ms(long ms)
{
	nanosleep(&(struct timespec){ .tv_nsec = ms * 1000000 }, NULL);
}

/* /proc is dead: no state, no mount; the place that is known from the page has to do. */
static void take_as_stuck(const struct looker_start *start, struct sys *sys, struct left_behind *l)
{
	struct hang h = { 0 };

	kill((pid_t)-l->pid, SIGKILL);
	send_line(start, describe(sys, l, &h));
}

/* State before the signal and after it: FUSE and NFS sleepers show D only afterwards, others only before. */
static void inspect(const struct looker_start *start, struct sys *sys, struct left_behind *l)
{
	struct arena *a = sys_arena(sys);
	char before = state_of(sys, l->pid), after = before;
	struct hang h = { .state = letter(a, before),
			  .wchan = first_line_of(sys, l->pid, "wchan"),
			  .unit = unit_of(sys, l->pid) };

	/* It is there, and /proc does not know it: no proc file system, or not ours. */
	if (!before && kill((pid_t)l->pid, 0) == 0) {
		take_as_stuck(start, sys, l);
		return;
	}
	kill((pid_t)-l->pid, SIGKILL);
	kill((pid_t)l->pid, SIGKILL);
	/* Running: the signal is on its way to where it sleeps, which takes its time on a busy machine. */
	for (int waited = 0; waited < (after == 'R' ? 10 : 1) * AFTER_KILL_MS; waited += 2) {
		after = state_of(sys, l->pid);
		if (after == 'D' || after == 'Z' || !after)
			break;
		nap_ms(2);
	}
	h.state_after_kill = letter(a, after == 'Z' ? '\0' : after);
	/* Stopped or running is not waiting: the place is not to blame. */
	l->forgiven = before == 'T' || before == 't' || before == 'R' || before == 'Z' || !before;
	if (!l->forgiven) {
		send_line(start, describe(sys, l, &h));
		return;
	}

	json_t *line = json_object();

	json_object_set_new(line, "forgiven", json_integer(l->pid));
	send_line(start, line);
}

/* A stuck looker of an earlier run: what it waits for is not touched again, and is told if this run comes by. */
struct adopted {
	const char *skip_path;
	json_t *line;
};
struct adopted_list {
	struct adopted *v;
	size_t n, cap;
};

static void adopt_one(struct sys *sys, const struct look_page *page, int64_t pid,
		      struct adopted_list *out)
{
	struct left_behind l = { .pid = pid,
				 .path = arena_strdup(sys_arena(sys), page->path),
				 .dev = page->dev,
				 .since = page->since_ms / 1000 };
	struct hang h = { .state = "D",
			  .state_after_kill = "D",
			  .wchan = first_line_of(sys, pid, "wchan"),
			  .unit = unit_of(sys, pid) };
	json_t *line = describe(sys, &l, &h);

	json_object_set_new(line, "adopted", json_true());
	PUSH(sys_arena(sys), out, ((struct adopted){ l.skip.path, line }));
	sys_skip_place(sys, &l.skip);
}

/* The page of a stuck looker of an earlier run, through its descriptor 4. */
static bool read_page(int64_t pid, struct look_page *ret)
{
	char path[64];
	struct look_page *copy = ret;

	snprintf(path, sizeof path, "/proc/%lld/fd/%d", (long long)pid, PAGE_FD);

	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return false;

	ssize_t n = pread(fd, copy, sizeof *copy, 0);

	close(fd);
	copy->path[sizeof copy->path - 1] = '\0';
	copy->magic[sizeof copy->magic - 1] = '\0';
	return n == (ssize_t)sizeof *copy && strcmp(copy->magic, LOOK_PAGE_MAGIC) == 0 &&
	       copy->path[0] == '/';
}

static bool is_adoptable(struct sys *sys, int64_t pid, struct look_page *ret)
{
	struct arena *a = sys_arena(sys);
	struct sys_stat st;
	struct bytes comm;
	struct timespec now;

	if (pid == getpid() ||
	    sys_read(sys, arena_fmt(a, "/proc/%lld/comm", (long long)pid), &comm) ||
	    strcmp(comm.v, LOOKER_COMM "\n") != 0 ||
	    sys_stat(sys, arena_fmt(a, "/proc/%lld", (long long)pid), &st) || st.uid != getuid() ||
	    state_of(sys, pid) != 'D' || !read_page(pid, ret))
		return false;
	clock_gettime(CLOCK_REALTIME, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000 - ret->since_ms >=
	       (int64_t)ret->limit_ms;
}

static bool is_left(const struct looker_start *start, int64_t pid)
{
	for (size_t i = 0; i < start->n_left; i++)
		if (start->left[i].pid == pid)
			return true;
	return false;
}

static void adopt(const struct looker_start *start, struct sys *sys, struct adopted_list *out)
{
	struct strlist names = { 0 };
	struct look_page *page = arena_alloc(sys_arena(sys), sizeof *page);
	int64_t pid;

	sys_list(sys, "/proc", &names);
	for (size_t i = 0; i < names.n; i++)
		if (parse_i64(names.v[i], &pid) && !is_left(start, pid) &&
		    is_adoptable(sys, pid, page))
			adopt_one(sys, page, pid, out);
}

enum { NO_SOCKET = -1, TAKEN = -2 };

/* Takes the abstract name "whycpu-look-UID<suffix>" for as long as the process lives: it needs no file and is freed by
 * the kernel. The descriptor, NO_SOCKET, or TAKEN if another process holds it. */
static int take_name(const char *suffix)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int n = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, LOOKER_COMM "-%u%s",
			 (unsigned)getuid(), suffix);
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (size_t)n);

	if (fd < 0)
		return NO_SOCKET;
	if (bind(fd, (const struct sockaddr *)&address, length) == 0)
		return fd;

	int result = errno == EADDRINUSE ? TAKEN : NO_SOCKET;

	close(fd);
	return result;
}

/* Whoever reads /proc to look at other lookers holds a second name meanwhile. Held for 50 ms it is held by one that is
 * stuck there: then /proc is dead, and one more that tries would be one more that stays behind. */
static int take_proc_name(void)
{
	struct rlimit files;
	int fd = TAKEN;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur < 16)
		return NO_SOCKET; /* the descriptor is needed for reading */
	for (int waited = 0; fd == TAKEN && waited < 50; waited += 2) {
		fd = take_name("-proc");
		if (fd == TAKEN)
			nap_ms(2);
	}
	return fd;
}

static void send_recorded_hangs(const struct looker_start *start, struct sys *sys, size_t *sent)
{
	const struct hang *h;

	while ((h = sys_hang(sys, *sent))) {
		json_t *line = json_object();

		json_object_set_new(line, "hang", hang_dump(h));
		json_object_set_new(line, "recorded", json_true());
		send_line(start, line);
		++*sent;
	}
}

static void send_touched(const struct looker_start *start, struct sys *sys,
			 struct adopted_list *adopted)
{
	for (size_t i = 0; i < adopted->n; i++) {
		struct adopted *one = &adopted->v[i];

		if (!one->line || !sys_skip_hits(sys, one->skip_path))
			continue;
		send_line(start, one->line);
		one->line = NULL;
	}
}

static void run_task(const struct looker_start *start, struct sys *sys, size_t task)
{
	const struct look_plan *plan = start->plan;
	json_t *line = json_object();

	atomic_store(&start->page->phase, (int32_t)task);
	atomic_fetch_add(&start->page->calls, 1);
	json_object_set_new(line, "task", json_string(plan->task_names[task]));
	json_object_set_new(line, "result", plan->run(plan->context, task, sys));
	send_line(start, line);

	json_t *records = sys ? sys_take_records(sys) : NULL;

	for (size_t i = 0; i < json_array_size(records); i++) {
		line = json_object();
		json_object_set(line, "record", json_array_get(records, i));
		send_line(start, line);
	}
	json_decref(records);
}

static void run_tasks(const struct looker_start *start, struct sys *sys,
		      struct adopted_list *adopted)
{
	size_t hangs_sent = 0;

	for (size_t task = start->first_task; task < start->plan->n_tasks; task++) {
		run_task(start, sys, task);
		if (!sys)
			continue; /* a probe */
		send_recorded_hangs(start, sys, &hangs_sent);
		send_touched(start, sys, adopted);
	}

	json_t *end = json_object();

	json_object_set_new(end, "end", json_true());
	send_line(start, end);
}

static bool needs_inspection(const struct looker_start *start)
{
	for (size_t i = 0; i < start->n_left; i++)
		if (!start->left[i].inspected)
			return true;
	return false;
}

/* First what is settled already: an inspection must not step into it. */
static void settle_left_behind(const struct looker_start *start, struct sys *sys, bool proc_is_dead)
{
	for (size_t i = 0; i < start->n_left; i++)
		if (start->left[i].inspected && !start->left[i].forgiven)
			sys_skip_place(sys, &start->left[i].skip);
	for (size_t i = 0; i < start->n_left; i++) {
		struct left_behind l = start->left[i];

		if (l.inspected)
			continue;
		if (proc_is_dead)
			take_as_stuck(start, sys, &l);
		else
			inspect(start, sys, &l);
		if (!l.forgiven)
			sys_skip_place(sys, &l.skip);
	}
}

/* Looks at those that stayed behind, of this run and of earlier ones. */
static void look_at_lookers(const struct looker_start *start, struct sys *sys,
			    struct adopted_list *adopted)
{
	static const struct sys_skip proc = { .path = "/proc" };
	bool gate_is_shut = take_name("") == TAKEN;
	int name = gate_is_shut || needs_inspection(start) ? take_proc_name() : NO_SOCKET;

	if (name == TAKEN)
		sys_skip_place(sys, &proc);
	settle_left_behind(start, sys, name == TAKEN);
	if (gate_is_shut && name != TAKEN)
		adopt(start, sys, adopted);
	if (name >= 0)
		close(name);
}

/* The looker's own reading of /proc goes through a sys of its own: it is not part of what the user asked to record. */
static struct sys *own_sys(const struct looker_start *start, struct arena *a)
{
	struct sys_options options = { .self_pid = (int)getpid() };
	const char *problem = NULL;

	return sys_new(&options, start->page, a, &problem);
}

static bool root_is_skipped(const struct looker_start *start, struct sys *own)
{
	const struct sys_options *o = &start->plan->sys;

	return o->root && sys_skipped(own,
				      o->root[0] == '/' || !o->cwd
					      ? o->root
					      : path_join(sys_arena(own), o->cwd, o->root),
				      0);
}

static void send_root_hung(const struct looker_start *start)
{
	json_t *line = json_object();

	json_object_set_new(line, "root_hung", json_true());
	send_line(start, line);
	_exit(0);
}

static void refuse(const struct looker_start *start, const char *problem)
{
	json_t *line = json_object();

	json_put_text(line, "refused", problem);
	send_line(start, line);
	_exit(0);
}

/* One probe at a time: one that is stuck in the kernel keeps the name, and nobody joins it there. */
static void wait_for_turn(void)
{
	for (int waited = 0; take_name("-probe") == TAKEN; waited += 20) {
		if (waited >= 3000)
			_exit(75);
		nap_ms(20);
	}
}

_Noreturn void looker_child(const struct looker_start *parent_start)
{
	struct looker_start start = *parent_start;
	struct arena *a = arena_new();
	const char *problem = NULL;
	struct adopted_list adopted = { 0 };

	let_go(&start);
	atomic_store(&start.page->phase, LOOK_PHASE_INSPECT);

	if (start.plan->probe && !start.n_left) {
		/* What a foreign library prints is not for the user's terminal. */
		if (!start.plan->sys.trace)
			dup2(1, 2);
		wait_for_turn();
		run_tasks(&start, NULL, &adopted);
		_exit(0);
	}
	/* Left-behind lookers are settled on the looker's own sys; what is to be skipped counts for both. */
	struct sys *own = own_sys(&start, a);

	look_at_lookers(&start, own, &adopted);
	if (root_is_skipped(&start, own))
		send_root_hung(&start);

	struct sys *sys = sys_new(&start.plan->sys, start.page, a, &problem);

	if (!sys)
		refuse(&start, problem);
	sys_inherit_skips(sys, own);
	sys_close(own);
	run_tasks(&start, sys, &adopted);
	_exit(0);
}
