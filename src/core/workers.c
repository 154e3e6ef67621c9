// SPDX-License-Identifier: Apache-2.0
/* Main's side and the workers' side of core/workers.h. A worker gets batches of neighbouring items and writes one JSON line for
 * each that has something to say; which item it is at stands in a shared page, so that main knows what a dead one died of. */
#include "core/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/json.h"

#define TICK_MS 50
#define LINE_BYTES_MAX ((size_t)64 << 20)
#define REAP_MS 20
#define HANGS_MAX 3

/* Shared with one worker. */
struct desk {
	_Atomic uint32_t at;   /* the item that it works on */
	_Atomic uint32_t done; /* how many items it has left behind */
};

struct batch {
	uint32_t first, last; /* [first, last) */
};

struct worker {
	pid_t pid; /* 0: none */
	int order_fd, line_fd;
	struct desk *desk;
	struct batch batch;
	bool busy;
	char *line;
	size_t n, cap;
	uint32_t seen;             /* desk->done as last seen */
	int64_t since;             /* when that changed */
	int64_t cpu_ns, cpu_since; /* what it has computed, and when that changed */
};

struct run {
	const struct work_plan *plan;
	struct arena *arena;
	struct worker *workers;
	unsigned n_workers;
	size_t next, done;
	unsigned hangs;
	ARRAY(struct batch) again; /* what a worker that died has left over */
	int64_t start, shown;
};

static int64_t now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* ---- in the worker ---- */

static bool write_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t done = write(fd, text, n);

		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		text += done;
		n -= (size_t)done;
	}
	return true;
}

/* Takes the reference. False: nobody listens any more. */
static bool send_line(int fd, json_t *line)
{
	char *text = json_dumps(line, JSON_COMPACT | JSON_ENSURE_ASCII);
	bool sent;

	json_decref(line);
	if (!text)
		return true;

	size_t n = strlen(text);

	text[n] = '\n';
	sent = write_all(fd, text, n + 1);
	free(text);
	return sent;
}

static bool do_batch(const struct work_plan *plan, void *worker, struct desk *desk, int line_fd,
		     struct batch b)
{
	for (uint32_t i = b.first; i < b.last; i++) {
		atomic_store(&desk->at, i);

		json_t *result = plan->run(plan->context, worker, i);

		if (result &&
		    !send_line(line_fd, json_pack("{s:i, s:o}", "item", (int)i, "result", result)))
			return false;
		atomic_fetch_add(&desk->done, 1);
	}
	return send_line(line_fd, json_pack("{s:b}", "end", 1));
}

_Noreturn static void worker_main(const struct work_plan *plan, struct desk *desk, int order_fd,
				  int line_fd, pid_t parent)
{
	static const struct rlimit no_core = { 0, 0 };
	struct batch b;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	setrlimit(RLIMIT_CORE, &no_core);
	/* SIGINT at a terminal goes to all of the group: workers end with main. */
	close(STDIN_FILENO);
	close(STDOUT_FILENO);
#ifndef __SANITIZE_ADDRESS__
	/* Who reads main's stderr through a pipe would wait for a worker that hangs. This end cannot be written to. */
	dup2(order_fd, STDERR_FILENO);
#endif

	void *worker = plan->begin(plan->context, &plan->sys);

	while (read(order_fd, &b, sizeof b) == (ssize_t)sizeof b)
		if (!do_batch(plan, worker, desk, line_fd, b))
			break;
	_exit(0);
}

/* ---- in main ---- */

static void close_worker(struct worker *w)
{
	close(w->order_fd);
	close(w->line_fd);
	munmap(w->desk, sizeof *w->desk);
	free(w->line);
	*w = (struct worker){ 0 };
}

/* The ends of the other workers' pipes are not kept by a new one: theirs would never close. */
static void close_others(const struct run *r)
{
	for (unsigned i = 0; i < r->n_workers; i++) {
		if (!r->workers[i].pid)
			continue;
		close(r->workers[i].order_fd);
		close(r->workers[i].line_fd);
	}
}

static bool start_worker(struct run *r, struct worker *w)
{
	int order[2], line[2];
	pid_t parent = getpid();
	struct desk *desk =
		mmap(NULL, sizeof *desk, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	if (desk == MAP_FAILED)
		return false;
	if (pipe2(order, O_CLOEXEC) < 0) {
		munmap(desk, sizeof *desk);
		return false;
	}
	if (pipe2(line, O_CLOEXEC) < 0) {
		close(order[0]);
		close(order[1]);
		munmap(desk, sizeof *desk);
		return false;
	}

	pid_t pid = fork();

	if (pid == 0) {
		close(order[1]);
		close(line[0]);
		close_others(r);
		worker_main(r->plan, desk, order[0], line[1], parent);
	}
	close(order[0]);
	close(line[1]);
	*w = (struct worker){ .pid = pid, .order_fd = order[1], .line_fd = line[0], .desk = desk };
	fcntl(w->line_fd, F_SETFL, O_NONBLOCK);
	if (pid < 0)
		close_worker(w);
	return pid > 0;
}

static bool next_batch(struct run *r, struct batch *ret)
{
	size_t size = r->plan->batch ? r->plan->batch : 1;

	if (r->again.n) {
		*ret = r->again.v[--r->again.n];
		return true;
	}
	if (r->next >= r->plan->n_items)
		return false;
	ret->first = (uint32_t)r->next;
	r->next = r->next + size < r->plan->n_items ? r->next + size : r->plan->n_items;
	ret->last = (uint32_t)r->next;
	return true;
}

/* Hands out a batch; false when there is none, or no process to give it to. */
static bool give_work(struct run *r, struct worker *w)
{
	struct batch b;

	if (r->hangs >= HANGS_MAX || !next_batch(r, &b))
		return false;
	if (!w->pid && !start_worker(r, w)) {
		PUSH(r->arena, &r->again, b);
		return false;
	}
	w->batch = b;
	w->busy = true;
	w->since = w->cpu_since = now_ms();
	w->seen = atomic_load(&w->desk->done);
	/* A worker that is gone is found at the end of its pipe. */
	(void)write_all(w->order_fd, (const char *)&b, sizeof b);
	return true;
}

/* What came out of a worker's pipe: more will come; the batch is done; the pipe has ended; what was written is no use. */
enum taken { MORE, DONE, GONE, REFUSED };

static enum taken take_line(struct run *r, struct worker *w, const char *text, size_t n)
{
	const char *why = NULL;
	json_t *line = json_parse_line(text, n, &why, r->arena);
	const json_t *item = json_object_get(line, "item");
	json_int_t i = json_integer_value(item);
	enum taken taken = REFUSED;

	if (json_is_integer(item) && i >= w->batch.first && i < w->batch.last)
		taken = r->plan->accept(r->plan->context, (size_t)i,
					json_object_get(line, "result"))
				? MORE
				: REFUSED;
	else if (json_object_get(line, "end"))
		taken = DONE;
	json_decref(line);
	return taken;
}

static enum taken take_lines(struct run *r, struct worker *w)
{
	size_t start = 0;
	enum taken taken = MORE;

	while (taken == MORE) {
		char *end = memchr(w->line + start, '\n', w->n - start);

		if (!end)
			break;
		taken = take_line(r, w, w->line + start, (size_t)(end - w->line) - start);
		start = (size_t)(end - w->line) + 1;
	}
	memmove(w->line, w->line + start, w->n - start);
	w->n -= start;
	return w->n > LINE_BYTES_MAX ? REFUSED : taken;
}

static enum taken read_worker(struct run *r, struct worker *w)
{
	for (;;) {
		if (w->cap - w->n < 65536) {
			char *more = realloc(w->line, w->cap * 2 + 65536);

			if (!more)
				return REFUSED;
			w->line = more;
			w->cap = w->cap * 2 + 65536;
		}

		ssize_t got = read(w->line_fd, w->line + w->n, w->cap - w->n);

		if (got < 0)
			return errno == EAGAIN || errno == EINTR ? MORE : GONE;
		if (!got)
			return GONE;
		w->n += (size_t)got;

		enum taken taken = take_lines(r, w);

		if (taken != MORE)
			return taken;
	}
}

/* Waits a little; what stays is stuck in the kernel and ends when that lets go of it. */
static const char *end_of(struct run *r, struct worker *w)
{
	int status = 0;

	for (int i = 0; i < REAP_MS; i++) {
		if (waitpid(w->pid, &status, WNOHANG) == w->pid)
			return WIFSIGNALED(status)
				       ? arena_fmt(r->arena,
						   "the process that read it died (signal %d)",
						   WTERMSIG(status))
				       : arena_fmt(
						 r->arena,
						 "the process that read it ended early (status %d)",
						 WEXITSTATUS(status));
		if (i == 2)
			kill(w->pid, SIGKILL);
		nanosleep(&(struct timespec){ .tv_nsec = 1000000 }, NULL);
	}
	return "it does not answer";
}

/* The item that the worker was at is lost, what comes behind it in its batch is done again by another one. */
static void lose(struct run *r, struct worker *w, const char *why)
{
	uint32_t at = atomic_load(&w->desk->at);
	const char *end = end_of(r, w);

	if (at < w->batch.first || at >= w->batch.last)
		at = w->batch.first;
	if (w->busy) {
		r->plan->lost(r->plan->context, at, why ? why : end);
		r->done += at + 1 - w->batch.first;
		if (at + 1 < w->batch.last)
			PUSH(r->arena, &r->again, ((struct batch){ at + 1, w->batch.last }));
	}
	close_worker(w);
}

/* What the process has computed so far. -1: the kernel does not say. */
static int64_t cpu_ns(pid_t pid)
{
	struct timespec t;
	clockid_t clock;

	if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &t) != 0)
		return -1;
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* Why nothing more is expected of it, or NULL. */
static const char *is_late(struct run *r, struct worker *w)
{
	int64_t now = now_ms(), cpu = cpu_ns(w->pid);
	uint32_t done = atomic_load(&w->desk->done);

	if (done != w->seen)
		w->since = now;
	w->seen = done;
	if (cpu != w->cpu_ns || cpu < 0)
		w->cpu_since = now;
	w->cpu_ns = cpu;
	if (r->plan->quiet_ms && now - w->cpu_since > r->plan->quiet_ms) {
		r->hangs++;
		return "it does not answer";
	}
	if (now - w->since > r->plan->item_ms)
		return arena_fmt(r->arena, "it took more than %u s", r->plan->item_ms / 1000);
	return NULL;
}

static void look_at_worker(struct run *r, struct worker *w, bool readable)
{
	enum taken taken = readable ? read_worker(r, w) : MORE;
	const char *late = taken == MORE ? is_late(r, w) : NULL;

	if (taken == DONE) {
		r->done += w->batch.last - w->batch.first;
		w->busy = false;
		give_work(r, w);
	} else if (taken != MORE) {
		lose(r, w, taken == REFUSED ? "what was read of it was refused" : NULL);
		give_work(r, w);
	} else if (late) {
		kill(w->pid, SIGKILL);
		lose(r, w, late);
		give_work(r, w);
	}
}

static bool is_busy(const struct run *r)
{
	for (unsigned i = 0; i < r->n_workers; i++)
		if (r->workers[i].busy)
			return true;
	return false;
}

static void show_progress(struct run *r)
{
	int64_t now = now_ms();
	size_t done = r->done;

	if (!r->plan->verb || now - r->start < 1000 || now - r->shown < 200 ||
	    !isatty(STDERR_FILENO))
		return;
	for (unsigned i = 0; i < r->n_workers; i++)
		if (r->workers[i].busy)
			done += atomic_load(&r->workers[i].desk->at) - r->workers[i].batch.first;
	r->shown = now;
	dprintf(STDERR_FILENO, "\r\033[K%s %s: %zu of %zu", r->plan->verb, r->plan->noun, done,
		r->plan->n_items);
}

static void tick(struct run *r)
{
	struct pollfd fds[WORKERS_MAX];
	unsigned of[WORKERS_MAX], n = 0;

	for (unsigned i = 0; i < r->n_workers; i++) {
		if (!r->workers[i].busy)
			continue;
		fds[n] = (struct pollfd){ .fd = r->workers[i].line_fd, .events = POLLIN };
		of[n++] = i;
	}
	poll(fds, n, TICK_MS);
	for (unsigned i = 0; i < n; i++)
		look_at_worker(r, &r->workers[of[i]], fds[i].revents != 0);
	show_progress(r);
}

/* No process at all could be started, or too many places do not answer. */
static void lose_rest(struct run *r)
{
	const char *why = r->hangs >= HANGS_MAX ? "not looked at: others before it did not answer"
						: "no process could be started to read it";
	struct batch b;

	while (next_batch(r, &b))
		for (uint32_t i = b.first; i < b.last; i++)
			r->plan->lost(r->plan->context, i, why);
}

static void work_in_process(const struct work_plan *plan)
{
	void *worker = plan->begin(plan->context, &plan->sys);

	for (size_t i = 0; i < plan->n_items; i++) {
		json_t *result = plan->run(plan->context, worker, i);

		if (result && !plan->accept(plan->context, i, result))
			plan->lost(plan->context, i, "what was read was refused");
		json_decref(result);
	}
}

void work(const struct work_plan *plan, struct arena *a)
{
	struct run r = { .plan = plan, .arena = a, .start = now_ms() };
	size_t batches = (plan->n_items + (plan->batch ? plan->batch : 1) - 1) /
			 (plan->batch ? plan->batch : 1);

	if (plan->in_process) {
		work_in_process(plan);
		return;
	}
	/* An inherited SIG_IGN would make waitpid lose our children. */
	signal(SIGCHLD, SIG_DFL);
	r.n_workers = plan->n_workers < 1             ? 1
		      : plan->n_workers > WORKERS_MAX ? WORKERS_MAX
						      : plan->n_workers;
	if (r.n_workers > batches)
		r.n_workers = (unsigned)batches;
	r.workers = arena_alloc(a, WORKERS_MAX * sizeof *r.workers);
	for (unsigned i = 0; i < r.n_workers; i++)
		give_work(&r, &r.workers[i]);
	while (is_busy(&r))
		tick(&r);
	lose_rest(&r);
	if (r.shown)
		dprintf(STDERR_FILENO, "\r\033[K");
	for (unsigned i = 0; i < r.n_workers; i++) {
		if (!r.workers[i].pid)
			continue;
		/* The end of its orders ends it; only one that is stuck has to be told. */
		kill(r.workers[i].pid, SIGKILL);
		end_of(&r, &r.workers[i]);
		close_worker(&r.workers[i]);
	}
}
