/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lib/depmod.h"
#include "lib/io.h"

#define MODULES_MAX 60000u
#define DEPTH_MAX 12u
#define INPUT_MAX (16u << 20)
#define OUTPUT_MAX (64u << 20)
#define SECONDS_MAX 60
#define ROOT_FD 3 /* what the patient's root is in depmod */
#define STRING(x) STRING_(x)
#define STRING_(x) #x

static const char *const programs[] = { "/usr/sbin/depmod", "/sbin/depmod", "/usr/bin/depmod",
					"/bin/depmod" };
static const char *const inputs[] = { "modules.order", "modules.builtin",
				      "modules.builtin.modinfo" };
static const char *const outputs[] = {
	"modules.dep",	       "modules.dep.bin",	    "modules.alias",
	"modules.alias.bin",   "modules.symbols",	    "modules.symbols.bin",
	"modules.softdep",     "modules.weakdep",	    "modules.devname",
	"modules.builtin.bin", "modules.builtin.alias.bin",
};
static const char *const suffixes[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst" };
static const char *const config_dirs[] = { "/etc/depmod.d", "/lib/depmod.d" };

static bool version_is_sane(const char *s)
{
	return *s && *s != '.' && *s != '-' && strlen(s) < 200 &&
	       s[strspn(s,
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._+~-")] ==
		       '\0';
}

/* --- the scratch directory --- */

struct mirror {
	const struct root *root;
	struct arena *arena;
	const char *from; /* the modules as the root has them, links followed */
	const char *to;	  /* the mirror of them */
	const char *dir;  /* below from and to, "" or with a slash in front */
	unsigned depth;
	size_t *modules;
	int err;
};

static void remove_scratch(char **dir)
{
	if (*dir)
		io_remove_tree(*dir);
}

static int make_dirs(const char *path)
{
	int e = io_make_parents(path, 0700);

	return e == 0 && mkdir(path, 0700) < 0 && errno != EEXIST ? -errno : e;
}

bool depmod_is_module(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (endswith(name, suffixes[i]))
			return true;
	}
	return false;
}

/*
 * kmod ends itself by an assertion when an object has no table of section names. Such a module
 * could not be loaded either: it is left out. Of compressed ones only the magic is looked at.
 */
static bool is_object(const struct root *r, const char *path)
{
	static const unsigned char packed[][4] = { { 0x1f, 0x8b, 8 },
						   { 0xfd, '7', 'z', 'X' },
						   { 0x28, 0xb5, 0x2f, 0xfd } };
	union {
		unsigned char bytes[sizeof(Elf64_Ehdr)];
		Elf64_Ehdr h64;
		Elf32_Ehdr h32;
	} u = { { 0 } };
	size_t got = 0;

	if (root_pread(r, path, 0, &u, sizeof(u), &got) < 0 || got < sizeof(u.h32))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(packed); i++) {
		if (memcmp(u.bytes, packed[i], i == 0 ? 3 : 4) == 0)
			return true;
	}
	if (memcmp(u.bytes, ELFMAG, SELFMAG) != 0)
		return false;
	if (u.bytes[EI_CLASS] == ELFCLASS64)
		return u.h64.e_shnum && u.h64.e_shstrndx && u.h64.e_shoff;
	return u.bytes[EI_CLASS] == ELFCLASS32 && u.h32.e_shnum && u.h32.e_shstrndx &&
	       u.h32.e_shoff;
}

/* A link in the mirror to the one regular file that path means inside the root. */
static int mirror_file(struct mirror *m, const char *name)
{
	const char *path = arena_printf(m->arena, "%s%s/%s", m->from, m->dir, name);
	_cleanup_free_ char *real = NULL;
	struct stat st;

	if (root_resolve(m->root, path, &real) < 0 || root_lstat(m->root, real, &st) < 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	if (depmod_is_module(name) && !is_object(m->root, real))
		return 0;
	if (symlink(arena_printf(m->arena, "/proc/self/fd/" STRING(ROOT_FD) "%s", real),
		    arena_printf(m->arena, "%s%s/%s", m->to, m->dir, name)) < 0)
		return -errno;
	return 0;
}

static int mirror_entry(void *arg, const struct root_entry *e);

static int mirror_dir(struct mirror *m, const char *name)
{
	struct mirror below = *m;
	int r;

	if (m->depth == DEPTH_MAX)
		return 0;
	below.dir = arena_printf(m->arena, "%s/%s", m->dir, name);
	below.depth++;
	r = make_dirs(arena_printf(m->arena, "%s%s", m->to, below.dir));
	if (r == 0)
		r = root_list(m->root, arena_printf(m->arena, "%s%s", m->from, below.dir),
			      mirror_entry, &below);
	return below.err ? below.err : r < 0 ? r : 0;
}

/* "build" and "source" are links to directories: not followed. */
static int mirror_entry(void *arg, const struct root_entry *e)
{
	struct mirror *m = arg;

	if (e->type == DT_DIR) {
		m->err = mirror_dir(m, e->name);
	} else if ((e->type == DT_REG || e->type == DT_LNK) && depmod_is_module(e->name)) {
		if (++*m->modules > MODULES_MAX)
			m->err = -E2BIG;
		else
			m->err = mirror_file(m, e->name);
	}
	return m->err;
}

static int mirror_modules(const struct root *r, struct arena *a, const char *from, const char *to)
{
	size_t modules = 0;
	struct mirror m = {
		.root = r, .arena = a, .from = from, .to = to, .dir = "", .modules = &modules
	};
	int e = make_dirs(to);

	if (e == 0)
		e = root_list(r, from, mirror_entry, &m);
	if (m.err || e < 0)
		return m.err ? m.err : e;
	if (modules == 0)
		return -ENOENT;
	for (size_t i = 0; i < ARRAY_SIZE(inputs); i++) {
		e = mirror_file(&m, inputs[i]);
		if (e < 0)
			return e;
	}
	return 0;
}

static int write_file(const char *path, const struct bytes *b)
{
	FILE *f = fopen(path, "we");
	bool ok;

	if (!f)
		return -errno;
	ok = fwrite(b->data ? b->data : "", 1, b->len, f) == b->len;
	return fclose(f) == 0 && ok ? 0 : -EIO;
}

/* --- depmod.d --- */

struct config {
	const struct root *root;
	const char *dir;
	struct bytes lines;
	unsigned files;
};

/* "external" and "make_map_files" would send depmod elsewhere. */
static void take_lines(struct config *c, char *s)
{
	char *rest = NULL;

	for (char *line = strtok_r(s, "\r\n", &rest); line; line = strtok_r(NULL, "\r\n", &rest)) {
		line += strspn(line, " \t");
		if (startswith(line, "search ") || startswith(line, "override "))
			bytes_addf(&c->lines, "%s\n", line);
	}
}

static int config_file(void *arg, const struct root_entry *e)
{
	struct config *c = arg;
	_cleanup_free_ char *path = xasprintf("%s/%s", c->dir, e->name);
	_cleanup_bytes_ struct bytes b = { 0 };

	if (endswith(e->name, ".conf") && root_read(c->root, path, 64u << 10, &b) == 0)
		take_lines(c, b.data);
	return ++c->files > 100;
}

static int write_config(const struct root *r, const char *path)
{
	struct config c = { .root = r };
	int e;

	for (size_t i = 0; i < ARRAY_SIZE(config_dirs); i++) {
		c.dir = config_dirs[i];
		root_list(r, c.dir, config_file, &c);
	}
	e = write_file(path, &c.lines);
	bytes_free(&c.lines);
	return e;
}

/* --- running it --- */

static const char *find_program(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		if (access(programs[i], X_OK) == 0)
			return programs[i];
	}
	return NULL;
}

static void limit(int what, rlim_t value)
{
	setrlimit(what, &(struct rlimit){ .rlim_cur = value, .rlim_max = value });
}

/* Only 0, 1, 2 and the root's fd stay open. */
static _Noreturn void run_child(const char *program, int root_fd, char *const argv[])
{
	static char *const environment[] = { (char *)"PATH=/usr/sbin:/usr/bin:/sbin:/bin",
					     (char *)"LC_ALL=C", NULL };
	int null = open("/dev/null", O_RDWR);
	long max = sysconf(_SC_OPEN_MAX);

	setpgid(0, 0);
	for (int fd = 0; fd <= 2; fd++)
		dup2(null, fd);
	if (null < 0 || dup2(root_fd, ROOT_FD) < 0)
		_exit(127);
	for (int fd = ROOT_FD + 1; fd < (max > 0 && max < 65536 ? max : 1024); fd++)
		close(fd);
	limit(RLIMIT_CPU, SECONDS_MAX);
	limit(RLIMIT_FSIZE, 4u * OUTPUT_MAX);
	limit(RLIMIT_CORE, 0);
	execve(program, argv, environment);
	_exit(127);
}

static int wait_child(pid_t pid)
{
	const struct timespec nap = { .tv_nsec = 10 * 1000 * 1000 };
	struct timespec start, now;
	int status;

	clock_gettime(CLOCK_MONOTONIC, &start);
	for (;;) {
		pid_t got = waitpid(pid, &status, WNOHANG);

		if (got < 0 && errno != EINTR)
			return -errno;
		if (got == pid)
			return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec - start.tv_sec > SECONDS_MAX) {
			kill(-pid, SIGKILL);
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return -ETIMEDOUT;
		}
		nanosleep(&nap, NULL);
	}
}

static int run(int root_fd, const char *scratch, const char *version, struct arena *a)
{
	const char *program = find_program();
	_cleanup_close_ int fd = -1;
	char *const argv[] = {
		(char *)"depmod",
		(char *)"-b",
		arena_printf(a, "%s/base", scratch),
		(char *)"-C",
		arena_printf(a, "%s/depmod.conf", scratch),
		arena_strdup(a, version),
		NULL,
	};
	pid_t pid;

	if (!program)
		return -ENOSYS;
	/* A number that the child's own ones cannot hit. */
	fd = fcntl(root_fd, F_DUPFD_CLOEXEC, 64);
	if (fd < 0)
		return -errno;
	pid = fork();
	if (pid < 0)
		return -errno;
	if (pid == 0)
		run_child(program, fd, argv);
	return wait_child(pid);
}

/* --- what it wrote --- */

static int read_output(struct arena *a, const char *path, struct depmod_file *out)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	_cleanup_free_ char *data = NULL;
	size_t len = 0;
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > OUTPUT_MAX)
		return -EFBIG;
	data = xmalloc((size_t)st.st_size + 1);
	while (len < (size_t)st.st_size) {
		ssize_t got = read(fd, data + len, (size_t)st.st_size - len);

		if (got <= 0)
			return got < 0 ? -errno : -EIO;
		len += (size_t)got;
	}
	out->data = arena_memdup(a, data, len);
	out->len = len;
	return 0;
}

static int read_outputs(struct arena *a, const char *dir, struct depmod_file **out, size_t *n)
{
	struct depmod_file *files = arena_alloc(a, ARRAY_SIZE(outputs) * sizeof(*files));
	size_t used = 0;

	for (size_t i = 0; i < ARRAY_SIZE(outputs); i++) {
		int e = read_output(a, arena_printf(a, "%s/%s", dir, outputs[i]), &files[used]);

		if (e == -ENOENT && i > 0)
			continue; /* a kind this depmod does not know */
		if (e < 0)
			return e == -ENOENT ? -EIO : e;
		files[used++].name = outputs[i];
	}
	if (files[0].len == 0)
		return -EIO;
	*out = files;
	*n = used;
	return 0;
}

static int find_modules(const struct root *r, const char *version, char **real)
{
	static const char *const bases[] = { "/lib/modules", "/usr/lib/modules" };

	for (size_t i = 0; i < ARRAY_SIZE(bases); i++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", bases[i], version);

		if (root_is_dir(r, path))
			return root_resolve(r, path, real);
	}
	return -ENOENT;
}

/* The scratch directory with both places that a depmod may have been built to look in. */
static int make_scratch(const struct root *r, struct arena *a, const char *version,
			const char *from, char *dir)
{
	const char *to = arena_printf(a, "%s/base/lib/modules/%s", dir, version);
	int e = mirror_modules(r, a, from, to);

	if (e < 0)
		return e;
	if (mkdir(arena_printf(a, "%s/base/usr", dir), 0700) < 0 ||
	    symlink("../lib", arena_printf(a, "%s/base/usr/lib", dir)) < 0)
		return -errno;
	return write_config(r, arena_printf(a, "%s/depmod.conf", dir));
}

int depmod_make(const struct root *r, const char *version, struct arena *a,
		struct depmod_file **out, size_t *n)
{
	char template[] = "/tmp/bootmend-depmod-XXXXXX";
	_cleanup_(remove_scratch) char *scratch = NULL;
	_cleanup_free_ char *from = NULL;
	_cleanup_close_ int fd = -1;
	const char *name;
	int e;

	if (!version_is_sane(version))
		return -EINVAL;
	if (!find_program())
		return -ENOSYS;
	e = find_modules(r, version, &from);
	if (e == 0)
		e = root_parent(r, "/x", &fd, &name);
	if (e < 0)
		return e;
	scratch = mkdtemp(template);
	if (!scratch)
		return -errno;
	e = make_scratch(r, a, version, from, scratch);
	if (e == 0)
		e = run(fd, scratch, version, a);
	if (e == 0)
		e = read_outputs(a, arena_printf(a, "%s/base/lib/modules/%s", scratch, version),
				 out, n);
	return e;
}
