// SPDX-License-Identifier: Apache-2.0
/* Main's side of the looker. Main touches its environment, its descriptors, memory and waitpid, and no path at all: with
 * /proc hung, whoever reads /proc hangs too. Time is counted in main's own capped ticks, so that a suspended machine or
 * a stopped main is no hang. */
#include "core/looker.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/json.h"
#include "core/looker_child.h"

#define LINE_BYTES_MAX ((size_t)4 * 1024 * 1024)
#define ALL_BYTES_MAX ((size_t)16 * 1024 * 1024)
#define ERROR_BYTES_MAX ((size_t)64 * 1024)
#define TICK_MS 20
#define HANGS_PER_TASK 3
#define DEATHS_PER_TASK 2
#define LAST_INSPECTION_MS 200

enum ending { RUNNING, ENDED, STUCK, DIED, LIED, TIME_OUT, REFUSED };

/* One looker as main sees it. */
struct looker {
	pid_t pid;
	int facts_fd, error_fd;
	struct look_page *page;
	char *line;
	size_t n, cap, total, error_total;
	uint64_t calls; /* as last seen */
	unsigned quiet_ms;
	int status; /* of waitpid, when it ended by itself */
};

struct run {
	const struct look_plan *plan;
	struct arena *arena;
	struct look_outcome out;
	ARRAY(struct left_behind) left;
	size_t next;                      /* the task whose line comes next */
	unsigned hangs_here, deaths_here; /* in that task */
	unsigned spent_ms, shown_s;
	const char *lie; /* why a line was refused */
};

static void note(struct run *r, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
static void note(struct run *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	PUSH(r->arena, &r->out.notes, arena_vfmt(r->arena, fmt, ap));
	va_end(ap);
}

static const char *task_name(const struct run *r)
{
	return r->next < r->plan->n_tasks ? r->plan->task_names[r->next] : "the end";
}

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* The page lies in a memfd, so that a later run can read it from a stuck looker; plain shared memory does otherwise. */
static struct look_page *new_page(const struct run *r, int *ret_fd)
{
	size_t size = sizeof(struct look_page);
	int fd = (int)syscall(SYS_memfd_create, "whycpu-look", 1u /* MFD_CLOEXEC */);

	if (fd >= 0 && ftruncate(fd, (off_t)size) < 0) {
		close(fd);
		fd = -1;
	}

	int flags = MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0);
	struct look_page *page = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, fd, 0);

	if (page == MAP_FAILED) {
		if (fd >= 0)
			close(fd);
		return NULL;
	}
	memcpy(page->magic, LOOK_PAGE_MAGIC, sizeof LOOK_PAGE_MAGIC);
	page->limit_ms = r->plan->timeout_ms / 5;
	page->since_ms = (int64_t)time(NULL) * 1000;
	*ret_fd = fd;
	return page;
}

static bool start_looker(struct run *r, struct looker *l)
{
	int facts[2], errors[2], page_fd = -1;

	*l = (struct looker){ .facts_fd = -1, .error_fd = -1 };
	if (pipe2(facts, O_CLOEXEC) < 0)
		return false;
	if (pipe2(errors, O_CLOEXEC) < 0) {
		close(facts[0]);
		close(facts[1]);
		return false;
	}
	l->page = new_page(r, &page_fd);

	struct looker_start start = { .plan = r->plan,
				      .first_task = r->next,
				      .left = r->left.v,
				      .n_left = r->left.n,
				      .page = l->page,
				      .facts_fd = facts[1],
				      .error_fd = errors[1],
				      .page_fd = page_fd,
				      .parent = getpid() };

	l->pid = l->page ? fork() : -1;
	if (l->pid == 0)
		looker_child(&start);
	if (l->pid > 0)
		setpgid(l->pid, l->pid);
	close(facts[1]);
	close(errors[1]);
	if (page_fd >= 0)
		close(page_fd);
	l->facts_fd = facts[0];
	l->error_fd = errors[0];
	fcntl(facts[0], F_SETFL, O_NONBLOCK);
	fcntl(errors[0], F_SETFL, O_NONBLOCK);
	return l->pid > 0;
}

static void close_looker(struct looker *l)
{
	if (l->facts_fd >= 0)
		close(l->facts_fd);
	if (l->error_fd >= 0)
		close(l->error_fd);
	if (l->page)
		munmap(l->page, sizeof *l->page);
	free(l->line);
}

static void end_group(pid_t pid)
{
	kill(-pid, SIGKILL);
	kill(pid, SIGKILL);
}

/* Waits for a looker that is ending; gives up after 20 ms, the kernel finishes what is left. */
static void reap(struct looker *l)
{
	end_group(l->pid);
	for (int i = 0; i < 600; i++) {
		if (waitpid(l->pid, NULL, WNOHANG) != 0)
			return;
		nanosleep(&(struct timespec){ .tv_nsec = 30000 }, NULL);
	}
}

static struct left_behind *left_by_pid(struct run *r, int64_t pid)
{
	for (size_t i = 0; i < r->left.n; i++)
		if (r->left.v[i].pid == pid)
			return &r->left.v[i];
	return NULL;
}

static struct sys_skip skip_from(struct run *r, const json_t *json)
{
	const char *path = json_get_text(json, "path", r->arena),
		   *dev = json_get_text(json, "dev", r->arena);

	return (struct sys_skip){ .path = path ? unesc(r->arena, path).v : "/nowhere",
				  .dev = dev ? strtoull(dev, NULL, 10) : 0,
				  .whole_fs = json_is_true(json_object_get(json, "whole_fs")) };
}

static enum ending take_hang(struct run *r, const json_t *line)
{
	struct hang h;

	if (!hang_load(&h, json_object_get(line, "hang"), r->arena) || r->out.hangs.n > 64)
		return LIED;
	PUSH(r->arena, &r->out.hangs, h);
	/* Of a recorded machine, or of an earlier run: not one of ours to settle. */
	if (json_object_get(line, "recorded") || json_object_get(line, "adopted"))
		return RUNNING;

	struct left_behind *l = left_by_pid(r, h.pid);

	if (!l)
		return LIED;
	l->inspected = true;
	l->skip = skip_from(r, json_object_get(line, "skip"));
	return RUNNING;
}

static enum ending take_forgiven(struct run *r, const json_t *line)
{
	struct left_behind *l =
		left_by_pid(r, json_integer_value(json_object_get(line, "forgiven")));

	if (!l)
		return LIED;
	l->inspected = true;
	l->forgiven = true;
	return RUNNING;
}

static enum ending take_task(struct run *r, const json_t *line)
{
	const char *name = json_string_value(json_object_get(line, "task"));

	r->lie = "out of turn";
	if (!name || r->next >= r->plan->n_tasks || strcmp(name, task_name(r)) != 0)
		return LIED;
	r->lie = NULL;
	if (!r->plan->accept(r->plan->context, r->next, json_object_get(line, "result"), &r->lie))
		return LIED;
	r->next++;
	r->hangs_here = r->deaths_here = 0;
	return RUNNING;
}

static enum ending take_refusal(struct run *r, const json_t *line)
{
	r->out.root_hung = json_object_get(line, "root_hung") != NULL;
	r->out.refused = json_get_text(line, "refused", r->arena);
	return REFUSED;
}

static enum ending take_record(struct run *r, const json_t *line)
{
	if (!r->plan->record)
		return LIED;
	r->plan->record(r->plan->context, json_object_get(line, "record"));
	return RUNNING;
}

static enum ending take_end(struct run *r, const json_t *line)
{
	(void)line;
	return r->next == r->plan->n_tasks ? ENDED : LIED;
}

static const struct {
	const char *key;
	enum ending (*take)(struct run *r, const json_t *line);
} lines[] = {
	{ "task", take_task },         { "hang", take_hang },       { "forgiven", take_forgiven },
	{ "root_hung", take_refusal }, { "refused", take_refusal }, { "record", take_record },
	{ "end", take_end },
};

static enum ending take_line(struct run *r, const char *text, size_t n)
{
	enum ending ending = LIED;
	json_t *line = json_parse_line(text, n, &r->lie, r->arena);

	if (!line)
		return LIED;
	r->lie = "unknown line";
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		if (!json_object_get(line, lines[i].key))
			continue;
		ending = lines[i].take(r, line);
		break;
	}
	json_decref(line);
	return ending;
}

static enum ending take_lines(struct run *r, struct looker *l)
{
	enum ending ending = RUNNING;
	size_t start = 0;

	while (ending == RUNNING) {
		char *end = memchr(l->line + start, '\n', l->n - start);

		if (!end)
			break;
		ending = take_line(r, l->line + start, (size_t)(end - l->line) - start);
		start = (size_t)(end - l->line) + 1;
	}
	memmove(l->line, l->line + start, l->n - start);
	l->n -= start;
	if (ending == RUNNING && (l->n > LINE_BYTES_MAX || l->total > ALL_BYTES_MAX)) {
		r->lie = "more than it may write";
		ending = LIED;
	}
	return ending;
}

/* DIED at the end of the pipe, RUNNING when there is nothing more for now. */
static enum ending read_facts(struct run *r, struct looker *l)
{
	for (;;) {
		if (l->cap - l->n < 65536) {
			char *more = realloc(l->line, l->cap * 2 + 65536);

			if (!more) {
				r->lie = "out of memory";
				return LIED;
			}
			l->line = more;
			l->cap = l->cap * 2 + 65536;
		}

		ssize_t got = read(l->facts_fd, l->line + l->n, l->cap - l->n);

		if (got < 0)
			return errno == EAGAIN || errno == EINTR ? RUNNING : DIED;
		if (!got)
			return DIED;
		l->n += (size_t)got;
		l->total += (size_t)got;

		enum ending ending = take_lines(r, l);

		if (ending != RUNNING)
			return ending;
	}
}

/* What a looker says on stderr (a trace, a sanitizer's report) is passed on, bounded unless a trace was asked for. */
static void read_errors(const struct run *r, struct looker *l)
{
	char text[4096];
	ssize_t got;

	while (l->error_fd >= 0 && (got = read(l->error_fd, text, sizeof text)) > 0) {
		l->error_total += (size_t)got;
		if (r->plan->sys.trace || l->error_total <= ERROR_BYTES_MAX)
			(void)!write(STDERR_FILENO, text, (size_t)got);
	}
}

/* One tick of waiting; at most two ticks are ever counted, however long it took. */
static unsigned wait_tick(struct looker *l)
{
	struct pollfd fds[] = { { .fd = l->facts_fd, .events = POLLIN },
				{ .fd = l->error_fd, .events = POLLIN } };
	int64_t before = now_ms();

	poll(fds, 2, TICK_MS);
	if (fds[1].revents & (POLLHUP | POLLERR) && !(fds[1].revents & POLLIN)) {
		close(l->error_fd);
		l->error_fd = -1;
	}

	int64_t took = now_ms() - before;

	return took > 2 * TICK_MS ? 2 * TICK_MS : took > 0 ? (unsigned)took : 0;
}

/* One line that is written over, and taken away at the end. */
static void show_waiting(struct run *r)
{
	unsigned seconds = r->spent_ms / 1000;

	if (!r->plan->waiting_for || seconds == r->shown_s || !isatty(STDERR_FILENO))
		return;
	r->shown_s = seconds;
	dprintf(STDERR_FILENO, "\r\033[Kwaiting for %s (%u s)", r->plan->waiting_for, seconds);
}

static void end_waiting(const struct run *r)
{
	if (r->shown_s)
		dprintf(STDERR_FILENO, "\r\033[K");
}

static enum ending watch(struct run *r, struct looker *l, unsigned budget_ms)
{
	for (;;) {
		unsigned ticked = wait_tick(l);
		uint64_t calls = atomic_load(&l->page->calls);
		enum ending ending = read_facts(r, l);

		read_errors(r, l);
		if (ending != RUNNING)
			return ending;
		r->spent_ms += ticked;
		l->quiet_ms = calls == l->calls ? l->quiet_ms + ticked : 0;
		l->calls = calls;
		show_waiting(r);
		if (!r->plan->probe && l->quiet_ms >= r->plan->timeout_ms / 5)
			return STUCK;
		if (r->spent_ms >= budget_ms)
			return TIME_OUT;
	}
}

static const char *page_path(const struct run *r, const struct looker *l)
{
	return arena_strndup(r->arena, l->page->path, strnlen(l->page->path, sizeof l->page->path));
}

/* A looker stuck while it inspected: /proc itself does not answer, so nobody can inspect anything any more. */
static void give_up_inspecting(struct run *r)
{
	for (size_t i = 0; i < r->left.n; i++) {
		struct left_behind *l = &r->left.v[i];

		if (l->inspected)
			continue;
		end_group((pid_t)l->pid);
		l->inspected = true;
		l->skip = (struct sys_skip){ .path = path_dirname(r->arena, l->path) };
		PUSH(r->arena, &r->out.hangs,
		     ((struct hang){
			     .pid = l->pid, .path = esc(r->arena, l->path), .since = l->since }));
	}
}

static void leave_behind(struct run *r, const struct looker *l)
{
	bool inspecting = atomic_load(&l->page->phase) == LOOK_PHASE_INSPECT;
	struct left_behind left = { .pid = l->pid,
				    .path = page_path(r, l),
				    .dev = l->page->dev,
				    .since = l->page->since_ms / 1000 };

	/* Not killed here: the next looker must see the state before the signal. */
	if (left.path[0] != '/')
		left.path = "/";
	PUSH(r->arena, &r->left, left);
	if (!inspecting)
		return;
	give_up_inspecting(r);
	/* The inspecting one was in /proc: the whole of it is skipped. */
	r->left.v[r->left.n - 1].skip =
		(struct sys_skip){ .path = "/proc", .dev = left.dev, .whole_fs = true };
}

static void note_death(struct run *r, const struct looker *l)
{
	if (WIFSIGNALED(l->status))
		note(r, "%s: the process that looked died (signal %d).", task_name(r),
		     WTERMSIG(l->status));
	else
		note(r, "%s: the process that looked ended early (status %d).", task_name(r),
		     WEXITSTATUS(l->status));
}

static void after_stuck(struct run *r, const struct looker *l)
{
	leave_behind(r, l);
	if (r->plan->sys.root)
		r->out.root_hung = true;
	if (r->next < r->plan->n_tasks && ++r->hangs_here >= HANGS_PER_TASK) {
		note(r, "%s: given up after %d places that did not answer.", task_name(r),
		     HANGS_PER_TASK);
		r->next++;
		r->hangs_here = r->deaths_here = 0;
	}
}

/* How a probe ended is its answer: it is no fault of ours that a driver crashes. */
static void end_probe(struct run *r, const struct looker *l)
{
	r->out.probe_end = WIFSIGNALED(l->status)
				   ? arena_fmt(r->arena, "signal %d", WTERMSIG(l->status))
				   : arena_fmt(r->arena, "exit %d", WEXITSTATUS(l->status));
}

static void after_death(struct run *r, struct looker *l)
{
	end_group(l->pid);
	for (int i = 0; i < 600 && waitpid(l->pid, &l->status, WNOHANG) == 0; i++)
		nanosleep(&(struct timespec){ .tv_nsec = 30000 }, NULL);
	if (r->plan->probe)
		end_probe(r, l);
	else if (++r->deaths_here < DEATHS_PER_TASK)
		return;
	else
		note_death(r, l);
	r->next++;
	r->hangs_here = r->deaths_here = 0;
}

static void after_lie(struct run *r, struct looker *l)
{
	reap(l);
	if (r->plan->probe)
		r->out.probe_end = "garbage";
	else
		note(r, "%s: what the process that looked wrote was refused (%s).", task_name(r),
		     r->lie ? r->lie : "?");
	r->next++;
	r->hangs_here = r->deaths_here = 0;
}

static void after_time_out(struct run *r, struct looker *l)
{
	bool more = r->next + 1 < r->plan->n_tasks;

	leave_behind(r, l);
	r->out.probe_end = "timeout";
	if (!r->plan->probe)
		note(r, "time ran out after %u s (--timeout): not looked at: %s%s.",
		     r->plan->timeout_ms / 1000, task_name(r),
		     more ? " and what comes after it" : "");
	r->next = r->plan->n_tasks;
}

static enum ending one_looker(struct run *r, unsigned budget_ms)
{
	struct looker l;
	enum ending ending;

	if (!start_looker(r, &l)) {
		close_looker(&l);
		note(r, "no process could be started to look (%s).", sys_why(-errno));
		return TIME_OUT;
	}
	ending = watch(r, &l, budget_ms);
	read_errors(r, &l);
	if (ending == STUCK)
		after_stuck(r, &l);
	else if (ending == DIED)
		after_death(r, &l);
	else if (ending == LIED)
		after_lie(r, &l);
	else if (ending == TIME_OUT)
		after_time_out(r, &l);
	else
		reap(&l);
	close_looker(&l);
	return ending;
}

static bool has_uninspected(const struct run *r)
{
	for (size_t i = 0; i < r->left.n; i++)
		if (!r->left.v[i].inspected)
			return true;
	return false;
}

/* Children that are gone by now are reaped; one that is still there waits in the kernel. */
static void count_stuck(struct run *r)
{
	for (size_t i = 0; i < r->left.n; i++)
		if (waitpid((pid_t)r->left.v[i].pid, NULL, WNOHANG) == 0)
			r->out.stuck_left = true;
}

static void look_from_children(struct run *r)
{
	enum ending ending = RUNNING;

	while (r->next < r->plan->n_tasks && ending != ENDED && ending != REFUSED &&
	       !r->out.root_hung) {
		size_t before = r->next;

		ending = one_looker(r, r->plan->timeout_ms);
		if (ending == TIME_OUT && r->next == before)
			break;
	}
	if (has_uninspected(r)) {
		r->next = r->plan->n_tasks;
		r->spent_ms = 0;
		one_looker(r, LAST_INSPECTION_MS);
		give_up_inspecting(r);
	}
	end_waiting(r);
	count_stuck(r);
}

static void look_in_process(struct run *r)
{
	struct look_page page = { .limit_ms = 0 };
	const struct look_plan *plan = r->plan;
	struct sys *sys = sys_new(&plan->sys, &page, r->arena, &r->out.refused);

	for (; sys && r->next < plan->n_tasks; r->next++) {
		const char *why = "?";
		json_t *result = plan->run(plan->context, r->next, sys), *records;

		if (!plan->accept(plan->context, r->next, result, &why))
			note(r, "%s: refused (%s).", task_name(r), why);
		json_decref(result);
		records = sys_take_records(sys);
		for (size_t i = 0; plan->record && i < json_array_size(records); i++)
			plan->record(plan->context, json_array_get(records, i));
		json_decref(records);
	}
	if (!sys)
		return;
	for (size_t i = 0; sys_hang(sys, i); i++)
		PUSH(r->arena, &r->out.hangs, *sys_hang(sys, i));
	sys_close(sys);
}

struct look_outcome look(const struct look_plan *plan, struct arena *a)
{
	struct run r = { .plan = plan, .arena = a };

	/* An inherited SIG_IGN would make waitpid lose our children. */
	signal(SIGCHLD, SIG_DFL);
	if (plan->in_process)
		look_in_process(&r);
	else
		look_from_children(&r);
	r.out.spent_ms = r.spent_ms;
	return r.out;
}
