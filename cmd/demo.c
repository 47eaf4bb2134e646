/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Makes a small broken disk image and lets this very program work on it: nothing in it is staged,
 * each step is a real run of a real command.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd/command.h"
#include "cmd/demo_tree.h"
#include "cmd/options.h"
#include "cmd/session.h"
#include "lib/io.h"
#include "lib/node.h"

#define DEPTH_MAX 32

struct demo {
	char dir[64];
	char *image, *before, *backup, *tree;
};

/* --- running commands --- */

static int run_program(const char *const *argv)
{
	pid_t pid;
	int status;

	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		execvp(argv[0], (char *const *)argv);
		fprintf(stderr, "bootmend: cannot run '%s': %s\n", argv[0], strerror(errno));
		_exit(127);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Shows the command as a person would type it, then runs this program with it. */
static int show(const char *const *args)
{
	const char *argv[16] = { "/proc/self/exe" };
	size_t n = 1;
	int status;

	printf("\n$ bootmend");
	for (; args[n - 1] && n + 1 < ARRAY_SIZE(argv); n++) {
		argv[n] = args[n - 1];
		printf(" %s", argv[n]);
	}
	putchar('\n');
	status = run_program(argv);
	printf("(exit status %d)\n", status);
	return status;
}

/* --- the image --- */

static int make_image(struct demo *d)
{
	const char *const mkfs[] = {
		"mke2fs",	  "-q", "-F",	 "-t",	   "ext4", "-U", DEMO_UUID, "-E",
		"offset=1048576", "-d", d->tree, d->image, "31M",  NULL
	};
	const char *path = getenv("PATH");
	_cleanup_free_ char *wider = xasprintf("%s:/sbin:/usr/sbin", path ? path : "/bin:/usr/bin");

	setenv("PATH", wider, 1);
	if (demo_tree_make(d->tree) < 0 || demo_disk_make(d->image) < 0) {
		complain("cannot make the demo disk in '%s': %s", d->dir, strerror(errno));
		return -1;
	}
	if (run_program(mkfs) != 0) {
		complain("mke2fs could not make the file system (Debian package e2fsprogs)");
		return -1;
	}
	return 0;
}

static int copy_image(const struct demo *d)
{
	const char *const cp[] = { "cp", "--sparse=always", d->image, d->before, NULL };

	return run_program(cp) == 0 ? 0 : -1;
}

/* --- is everything as before? --- */

struct pair {
	const struct root *a, *b;
	const char *dir;
	size_t compared, different;
	int depth;
};

static int compare_entry(void *arg, const struct root_entry *e);

static void compare_dir(struct pair *p, const char *dir)
{
	struct pair below = { .a = p->a, .b = p->b, .dir = dir, .depth = p->depth + 1 };

	if (below.depth < DEPTH_MAX)
		root_list(p->a, dir, compare_entry, &below);
	p->compared += below.compared;
	p->different += below.different;
}

static int compare_entry(void *arg, const struct root_entry *e)
{
	struct pair *p = arg;
	_cleanup_free_ char *path = xasprintf("%s/%s", streq(p->dir, "/") ? "" : p->dir, e->name);
	_cleanup_node_ struct node a = { 0 }, b = { 0 };

	p->compared++;
	if (node_read(p->a, path, NODE_WHOLE, &a) < 0 ||
	    node_read(p->b, path, NODE_WHOLE, &b) < 0 || !node_equal(&a, &b)) {
		printf("different: %s\n", path);
		p->different++;
	}
	if (a.type == NODE_DIR)
		compare_dir(p, path);
	return 0;
}

static int open_image(const char *image, struct session *s, struct arena *a)
{
	const char **targets = arena_alloc(a, 2 * sizeof(*targets));
	struct session_options o = { .targets = targets, .root_part = -1 };
	struct trouble t = { 0 };
	int e;

	targets[0] = arena_strdup(a, image);
	s->arena = a;
	e = session_open(&o, LOOK, s, &t);
	if (e < 0)
		complain("%s", t.text);
	return e;
}

/* Every path of the one is in the other, the same, and the other way round. */
static int compare(const struct demo *d)
{
	_cleanup_arena_ struct arena *arena = arena_new();
	struct session before = { 0 }, now = { 0 };
	struct trouble t = { 0 };
	struct pair p, back;
	int e = open_image(d->before, &before, arena);

	if (e == 0)
		e = open_image(d->image, &now, arena);
	if (e == 0) {
		p = (struct pair){ .a = before.root, .b = now.root, .dir = "/" };
		back = (struct pair){ .a = now.root, .b = before.root, .dir = "/" };
		compare_dir(&p, "/");
		compare_dir(&back, "/");
		printf("\n%zu paths compared with the image as it was before the repair: %zu differ\n",
		       p.compared, p.different + back.different);
		e = p.different + back.different ? -1 : 0;
	}
	session_close(&now, &t);
	session_close(&before, &t);
	return e;
}

/* --- the story --- */

static bool expect(const char *what, int status, int wanted)
{
	if (status == wanted)
		return true;
	complain("demo: %s ended with status %d, not %d", what, status, wanted);
	return false;
}

static int story(const struct demo *d)
{
	const char *const scan[] = { "scan", d->image, NULL };
	const char *const dry[] = { "scan", "--dry-run", d->image, NULL };
	const char *const fix[] = { "scan", "--fix", "--journal", d->backup, d->image, NULL };
	const char *const undo[] = { "undo", "--journal", d->backup, d->image, NULL };
	bool good = expect("scan", show(scan), STATUS_LEFT);

	good &= expect("scan --dry-run", show(dry), STATUS_LEFT);
	if (geteuid() != 0) {
		puts("\nThe repair mounts the image, which needs root: run 'sudo bootmend demo' to see it.");
		return good ? STATUS_OK : STATUS_CANNOT;
	}
	good &= expect("scan --fix", show(fix), STATUS_FIXED);
	good &= expect("the second scan", show(scan), STATUS_OK);
	good &= expect("undo", show(undo), STATUS_OK);
	good &= compare(d) == 0;
	good &= expect("the last scan", show(scan), STATUS_LEFT);
	puts(good ? "\nThe disk was broken, repaired, and is broken again just as it was."
		  : "\nThe demo did not go as it should: please report it.");
	return good ? STATUS_OK : STATUS_CANNOT;
}

static void demo_end(struct demo *d, bool keep)
{
	if (keep)
		printf("kept: %s\n", d->dir);
	else
		io_remove_tree(d->dir);
	free(d->image);
	free(d->before);
	free(d->backup);
	free(d->tree);
}

static int demo(bool keep)
{
	const char *tmp = getenv("TMPDIR");
	struct demo d = { 0 };
	int status = STATUS_CANNOT;

	snprintf(d.dir, sizeof(d.dir), "%s/bootmend-demo-XXXXXX",
		 tmp && strlen(tmp) < 32 ? tmp : "/tmp");
	if (!mkdtemp(d.dir)) {
		complain("cannot make a directory in '%s': %s", d.dir, strerror(errno));
		return STATUS_CANNOT;
	}
	d.image = xasprintf("%s/disk.img", d.dir);
	d.before = xasprintf("%s/disk.before.img", d.dir);
	d.backup = xasprintf("%s/backup", d.dir);
	d.tree = xasprintf("%s/tree", d.dir);
	puts("A small disk image is made, with a system on it that does not boot.");
	if (make_image(&d) == 0 && copy_image(&d) == 0)
		status = story(&d);
	demo_end(&d, keep);
	return status;
}

static int run(int argc, const char **argv)
{
	int keep = 0;
	const struct poptOption table[] = { { "keep", 0, POPT_ARG_NONE, &keep, 0,
					      "leave the image and the backup to look at", NULL },
					    POPT_AUTOHELP POPT_TABLEEND };
	_cleanup_arena_ struct arena *a = arena_new();
	struct arguments args;
	int r = options_parse(argc, argv, table, "[--keep]", a, &args);

	if (r != OPTIONS_GO)
		return r;
	if (args.n) {
		complain("demo takes no '%s': it makes a disk image of its own", args.words[0]);
		return STATUS_USAGE;
	}
	return demo(keep);
}

const struct command demo_command = {
	.name = "demo",
	.usage = "[--keep]",
	.summary = "break, scan, fix and undo a small disk image",
	.run = run,
};
