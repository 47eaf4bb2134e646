/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "lib/fsfault.h"
#include "lib/fsrepair.h"
#include "lib/gpt.h"
#include "lib/guard.h"
#include "lib/hibernate.h"
#include "lib/program.h"
#include "lib/twin.h"

#define WORDS_MAX 10
#define PASSES 3 /* of e2fsck: what one pass repairs may show more */

struct program {
	enum fs_fault fault;
	enum fsrepair_class class;
	const char *words[WORDS_MAX]; /* "-b": the backup's place follows; "-U": a UUID */
	unsigned fine;		      /* bit N: exit status N is success */
	unsigned again;		      /* bit N: another pass may finish it */
	const char *type;	      /* of the file system, or how it begins; NULL: any */
};

/* e2fsck: 1 and 2 are repairs that were made, 4 is one that was left. */
static const struct program programs[] = {
	{ FS_EXT_ERRORS, FSREPAIR_SAFE, { "e2fsck", "-f", "-p" }, 0xf, 0, NULL },
	{ FS_EXT_ERRORS, FSREPAIR_ASK, { "e2fsck", "-f", "-y" }, 0xf, 0xf0, NULL },
	{ FS_EXT_SUPERBLOCK, FSREPAIR_ASK, { "e2fsck", "-f", "-y", "-b" }, 0xf, 0xf0, NULL },
	{ FS_XFS_LOG, FSREPAIR_ASK, { "xfs_repair", "-L" }, 0x1, 0, NULL },
	{ FS_XFS_DAMAGED, FSREPAIR_ASK, { "xfs_repair" }, 0x1, 0, NULL },
	{ FS_BTRFS_SUPERBLOCK,
	  FSREPAIR_ASK,
	  { "btrfs", "rescue", "super-recover", "-y" },
	  0x5,
	  0,
	  NULL },
	{ FS_GPT, FSREPAIR_ASK, { "sgdisk", "-e" }, 0x1, 0, NULL },
	{ FS_TWIN, FSREPAIR_ASK, { "tune2fs", "-U" }, 0x1, 0, "ext" },
	{ FS_TWIN, FSREPAIR_ASK, { "xfs_admin", "-U" }, 0x1, 0, "xfs" },
	{ FS_TWIN, FSREPAIR_ASK, { "btrfstune", "-f", "-U" }, 0x1, 0, "btrfs" },
	{ FS_TWIN_LABEL, FSREPAIR_ASK, { "tune2fs", "-L", "" }, 0x1, 0, "ext" },
	{ FS_TWIN_LABEL, FSREPAIR_ASK, { "xfs_admin", "-L", "--" }, 0x1, 0, "xfs" },
	{ FS_HIBERNATED, FSREPAIR_ASK, { "bootmend", "discards", "the", "image" }, 0x1, 0, NULL },
};

struct job {
	const struct below *b;
	struct partition *p;
	enum fs_fault fault;
	struct journal *j;
	struct attached at;
	struct journal_raw raw;
	int log_fd;
	struct rawlog *log;
	const char *command, *said;
};

static const struct program *find_program(const struct partition *p, enum fs_fault fault,
					  enum fsrepair_class class)
{
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++) {
		const char *type = programs[i].type;

		if (programs[i].fault == fault && programs[i].class == class &&
		    (!type || (p->type && startswith(p->type, type))))
			return &programs[i];
	}
	return NULL;
}

/* The words of its command line; the device is added by the caller. */
static size_t command_words(const struct program *pr, const struct partition *p, struct arena *a,
			    const char **out)
{
	size_t n = 0;

	while (n < WORDS_MAX && pr->words[n]) {
		out[n] = pr->words[n];
		n++;
	}
	if (streq(out[n - 1], "-b")) {
		out[n++] = arena_printf(a, "%llu", (unsigned long long)p->spare);
		out[n++] = "-B";
		out[n++] = arena_printf(a, "%u", p->spare_block);
	} else if (streq(out[n - 1], "-U")) {
		out[n++] = twin_uuid(a, p->uuid ? p->uuid : "", p);
	}
	return n;
}

static const char *joined(const char *const *words, size_t n, struct arena *a)
{
	_cleanup_bytes_ struct bytes b = { 0 };

	for (size_t i = 0; i < n; i++)
		bytes_addf(&b, "%s%s", i ? " " : "", words[i][0] ? words[i] : "''");
	return arena_strdup(a, b.data ? b.data : "");
}

const char *fsrepair_command(const struct partition *p, enum fsrepair_class allowed,
			     struct arena *a)
{
	const char *words[WORDS_MAX + 4];
	const struct program *pr = find_program(p, p->fault, FSREPAIR_SAFE);
	const struct program *sure =
		allowed == FSREPAIR_ASK ? find_program(p, p->fault, FSREPAIR_ASK) : NULL;
	const char *first = NULL, *second = NULL;

	if (pr)
		first = joined(words, command_words(pr, p, a, words), a);
	if (sure)
		second = joined(words, command_words(sure, p, a, words), a);
	if (first && second)
		return arena_printf(a, "%s, and when that is not enough %s", first, second);
	return first ? first : second;
}

/* Its last words that say something, without the device's name in front. */
static const char *last_words(struct arena *a, const struct bytes *b)
{
	const char *s = b->data ? b->data : "", *found = "it says nothing";

	for (size_t n; *s; s += n + (s[n] == '\n')) {
		const char *line, *colon;

		n = strcspn(s, "\n");
		line = arena_strndup(a, s, n);
		colon = startswith(line, "/dev/") ? strstr(line, ": ") : NULL;
		line = colon ? colon + 2 : line;
		if (strspn(line, " \t") < strlen(line) && !strstr(line, "(i.e.,"))
			found = line + strspn(line, " \t");
	}
	return found;
}

/* --- the log of what it overwrites --- */

static int begin_log(struct job *job, struct trouble *t)
{
	int e;

	job->raw = (struct journal_raw){
		.what = job->command,
		.device = partition_describe(job->b->a, job->p),
		.disk = job->p->disk,
		.start = job->p->start,
		.size = job->p->size,
	};
	e = journal_raw_begin(job->j, job->b->a, &job->raw, &job->log_fd, t);
	if (e < 0)
		return e;
	e = rawlog_open(job->log_fd, &job->log);
	if (e < 0) {
		trouble_set(t, "cannot write the backup: %s", strerror(-e));
		job->log_fd = close_fd(job->log_fd);
	}
	return e;
}

static void end_log(struct job *job)
{
	rawlog_close(job->log);
	job->log = NULL;
	job->log_fd = close_fd(job->log_fd);
}

/* Everything as it was, and no trace of the attempt. */
static int take_back(struct job *job, struct trouble *t)
{
	int e = rawlog_undo(job->log, job->at.fd);

	if (e < 0)
		trouble_set(t, "cannot put back what '%s' wrote to %s: %s; the backup has it",
			    job->command, job->raw.device, strerror(-e));
	end_log(job);
	if (e == 0)
		journal_raw_cancel(job->j, &job->raw);
	return e;
}

/* --- one attempt --- */

static bool is_in(unsigned bits, int status)
{
	return status >= 0 && status < 32 && (bits >> status & 1);
}

/* Ten bytes: the swap area's own signature again. */
static int discard_image(struct job *job)
{
	char signature[HIBERNATE_SIG];
	uint64_t at;

	job->said = "it holds no image";
	if (!hibernate_look(job->at.fd, 0, job->p->size, &at, signature))
		return 1;
	return rawlog_write(job->log, job->at.fd, at, signature, sizeof(signature));
}

/* tune2fs wants the file system checked first, as it writes all checksums anew. */
static int check_first(struct job *job)
{
	const char *argv[] = { "e2fsck", "-f", "-p", job->at.path, NULL };
	_cleanup_bytes_ struct bytes out = { 0 };
	int status = guard_run(argv, job->at.fd, job->log, &out);

	job->said = last_words(job->b->a, &out);
	return status;
}

static int run_passes(struct job *job, const struct program *pr, const char *const *argv)
{
	int status = -EIO;

	if (pr->fault == FS_HIBERNATED)
		return discard_image(job);
	if (streq(pr->words[0], "tune2fs") && !is_in(0xf, status = check_first(job)))
		return status < 0 ? status : 1;
	for (int pass = 0; pass < PASSES; pass++) {
		_cleanup_bytes_ struct bytes out = { 0 };

		status = guard_run(argv, job->at.fd, job->log, &out);
		job->said = last_words(job->b->a, &out);
		if (is_in(pr->fine, status) || !is_in(pr->again, status))
			break;
	}
	return status;
}

static bool gpt_is_whole(const struct job *job)
{
	struct gpt g;

	return gpt_look(job->at.fd, job->p->size, &g) == 0 && g.primary && g.at_end;
}

/* Nothing is found any more, not even by the most thorough look. */
static bool is_whole(struct job *job)
{
	struct partition p = *job->p;
	uint64_t start;
	_cleanup_close_ int fd = -1;

	fsync(job->at.fd);
	if (job->fault == FS_GPT)
		return gpt_is_whole(job);
	if (job->fault == FS_HIBERNATED)
		return true;
	fd = volume_bytes(job->b->disks[p.disk], &p, &start);
	if (fd < 0)
		return false;
	p.fault = FS_FINE;
	p.error = NULL;
	p.dirty = false;
	if (!p.type)
		p.type = job->fault == FS_BTRFS_SUPERBLOCK ? "btrfs" : "ext4";
	fsfault_probe(fd, start, p.size, job->b->a, &p);
	fsfault_examine(job->b->disks[p.disk], job->b->a, FSFAULT_WHOLE, &p);
	if (p.fault != FS_FINE)
		job->said = p.fault_why;
	return p.fault == FS_FINE;
}

static int failed(struct job *job, const struct program *pr, int status, struct trouble *t)
{
	if (status == GUARD_KILLED)
		trouble_set(t, "'%s' crashed on %s, which was put back as it was", job->command,
			    job->raw.device);
	else if (status == -ENOENT)
		trouble_set(t, "'%s' is not installed on this machine (%s)", pr->words[0],
			    program_package(pr->words[0]));
	else if (status == -ENOSYS)
		trouble_set(t,
			    "this machine's kernel cannot keep what '%s' overwrites, so it was not "
			    "run; use a machine with Linux 5.5 or later, or run it by hand on a "
			    "copy of %s",
			    job->command, job->raw.device);
	else if (status < 0)
		trouble_set(t, "'%s' on %s: %s; it was put back as it was", job->command,
			    job->raw.device, strerror(-status));
	else
		trouble_set(t, "'%s' cannot repair %s (%s); it was put back as it was",
			    job->command, job->raw.device, job->said);
	return status == -ENOENT || status == -ENOSYS ? status : -EUCLEAN;
}

static int attempt(struct job *job, const struct program *pr, struct trouble *t)
{
	const char *argv[WORDS_MAX + 6] = { 0 };
	size_t n = command_words(pr, job->p, job->b->a, argv);
	int status, e;

	job->command = joined(argv, n, job->b->a);
	argv[n] = job->at.path;
	e = begin_log(job, t);
	if (e < 0)
		return e;
	status = run_passes(job, pr, argv);
	if (is_in(pr->fine, status) && is_whole(job)) {
		end_log(job);
		return 0;
	}
	e = take_back(job, t);
	return e < 0 ? e : failed(job, pr, status, t);
}

int fsrepair_run(const struct below *b, struct partition *p, enum fs_fault fault,
		 enum fsrepair_class allowed, struct journal *j, const char **step,
		 struct trouble *t)
{
	struct job job = { .b = b, .p = p, .fault = fault, .j = j, .log_fd = -1 };
	struct trouble why = { 0 };
	int e = below_attach(b, p, &job.at, t), detached;

	if (e < 0)
		return e;
	e = -EUCLEAN;
	for (enum fsrepair_class c = FSREPAIR_SAFE; e == -EUCLEAN && c <= allowed; c++) {
		const struct program *pr = find_program(p, fault, c);

		if (!pr)
			continue;
		why = (struct trouble){ 0 };
		e = attempt(&job, pr, &why);
	}
	detached = below_detach(&job.at);
	if (e < 0 && why.text[0])
		trouble_set(t, "%s", why.text);
	else if (e < 0)
		trouble_set(t, "nothing repairs %s", partition_describe(b->a, p));
	if (e == 0 && detached < 0)
		trouble_set(t, "cannot finish writing to %s: %s", partition_describe(b->a, p),
			    strerror(-detached));
	if (e == 0)
		*step = arena_printf(b->a, "%s: '%s' repaired it", job.raw.device, job.command);
	return e == 0 ? detached : e;
}
