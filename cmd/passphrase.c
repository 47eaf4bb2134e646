/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/passphrase.h"

#define LENGTH_MAX 512 /* as cryptsetup's own prompt takes */

struct answer {
	const char *what;
	struct bytes typed;
	struct answer *next;
};

struct answers {
	struct arena *a;
	struct answer *first;
};

static bool read_line(struct arena *a, struct bytes *out)
{
	char *buf = arena_alloc(a, LENGTH_MAX + 2);

	if (!fgets(buf, LENGTH_MAX + 2, stdin))
		return false;
	buf[strcspn(buf, "\n")] = '\0';
	*out = (struct bytes){ .data = buf, .len = strlen(buf) };
	return out->len > 0;
}

/* What is typed must not be seen. */
static bool ask_person(struct arena *a, const char *what, struct bytes *out)
{
	struct termios seen, hidden;
	bool given;

	if (tcgetattr(STDIN_FILENO, &seen) < 0)
		return false;
	hidden = seen;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fprintf(stderr, "Passphrase of the %s: ", what);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	given = read_line(a, out);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &seen);
	fputc('\n', stderr);
	return given;
}

static bool ask(void *arg, const char *what, const struct bytes **out)
{
	struct answers *all = arg;
	struct answer *answer = all->first;

	while (answer && !streq(answer->what, what))
		answer = answer->next;
	if (!answer) {
		answer = arena_new_struct(all->a, struct answer);
		if (!ask_person(all->a, what, &answer->typed))
			return false;
		answer->what = arena_strdup(all->a, what);
		answer->next = all->first;
		all->first = answer;
	}
	*out = &answer->typed;
	return true;
}

/* Programs are run in another directory. */
static bool use_file(struct arena *a, const char *file, struct layers_options *out)
{
	_cleanup_free_ char *real = realpath(file, NULL);

	if (!real || access(real, R_OK) < 0) {
		complain("--key-file=%s: %s", file, strerror(errno));
		return false;
	}
	out->key_file = arena_strdup(a, real);
	return true;
}

bool passphrase_options(struct arena *a, const char *key_file, struct layers_options *out)
{
	struct answers *all;

	*out = (struct layers_options){ 0 };
	if (key_file)
		return use_file(a, key_file, out);
	if (!isatty(STDIN_FILENO))
		return true;
	all = arena_new_struct(a, struct answers);
	all->a = a;
	out->ask = ask;
	out->arg = all;
	return true;
}
