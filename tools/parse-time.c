// SPDX-License-Identifier: Apache-2.0
/* How long does tree-sitter alone take for these files? For `make bench`: reads names from standard input and parses each file that
 * `lint` would parse too, doing nothing with the tree. Prints processor time of the parse (s), files and bytes. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "lint/ast_build.h"
#include "lint/prefilter.h"
#include "lint/source.h"

static double now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static struct bytes read_file(struct arena *a, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	off_t size = fd < 0 ? 0 : lseek(fd, 0, SEEK_END);
	char *text = arena_alloc(a, (size_t)size + 1);
	ssize_t n = size > 0 ? pread(fd, text, (size_t)size, 0) : 0;

	if (fd >= 0)
		close(fd);
	return (struct bytes){ text, n > 0 ? (size_t)n : 0 };
}

static double parse_s(struct bytes text)
{
	double start = now_s();
	TSTree *tree = parse_text(text);

	if (tree)
		ts_tree_delete(tree);
	return now_s() - start;
}

int main(void)
{
	char path[4096];
	double all_s = 0;
	size_t n_files = 0, n_bytes = 0;

	while (fgets(path, sizeof path, stdin)) {
		struct arena *a = arena_new();

		path[strcspn(path, "\n")] = '\0';

		struct bytes raw = read_file(a, path);
		const struct source *s = has_device_word(raw) ? source_new(a, path, raw) : NULL;

		if (s && !s->problem) {
			all_s += parse_s(s->text);
			n_files++;
			n_bytes += s->text.n;
		}
		arena_free(a);
	}
	printf("%.6f %zu %zu\n", all_s, n_files, n_bytes);
	return 0;
}
