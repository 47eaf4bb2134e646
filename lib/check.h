/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What a check sees, and all it may use besides lib's parsers and lib/root.h's reading calls.
 *
 * A check is a file in checks/ with one `const struct check` at its foot. Its run() looks at
 * scan->root and scan->facts, and for each thing wrong says
 *
 *	struct finding *f = scan_find(s, &wrong_root, "/etc/fstab", "UUID=%s is not the root", u);
 *	finding_at(f, text, line);		evidence: line number and quote
 *	propose_line(f, text, line, "%s", …);	the proposal; none: advice only
 *
 * It only proposes; whether anything is written is decided elsewhere. Everything lives in the
 * scan's arena (scan->arena): no frees, no leaks.
 */
#ifndef BOOTMEND_CHECK_H
#define BOOTMEND_CHECK_H

#include "lib/arena.h"
#include "lib/facts.h"
#include "lib/problem.h"
#include "lib/root.h"
#include "lib/text.h"

struct scan;
struct finding;
struct initramfs_seen;
struct elfclosure;

struct check {
	const char *name;		       /* "fstab"; --only and --skip take it */
	const char *summary;		       /* one line */
	const struct problem *const *problems; /* NULL-terminated, every id it can report */
	void (*run)(struct scan *s);
};

enum outcome { OPEN, FIXED, CLASHES, FAILED };

struct edit;

/* A repair below the file systems, done before anything is mounted. */
enum below_kind {
	BELOW_NOTHING,
	BELOW_FS, /* the file system of the partition, by its fault (lib/fsrepair.h) */
};

struct finding {
	const struct problem *problem;
	enum severity severity;	    /* the problem's, unless the evidence changed it */
	enum safety safety;	    /* the same; never above what the edits deserve */
	const char *path;	    /* as the broken system writes it; NULL: no file */
	size_t line;		    /* 0: none */
	const char *quote;	    /* the line itself; NULL: none */
	const char *detail;	    /* what is wrong with it, one line */
	const char *const *choices; /* NULL-terminated: what a person may choose from; or NULL */
	struct edit *edits, *last_edit;
	enum below_kind below;
	const struct partition *below_part; /* where */
	bool keeps_here; /* what it removes is kept on this machine: only with --journal DIR */
	enum outcome outcome;
	const char *outcome_why; /* for CLASHES and FAILED */
	bool absence; /* says that something is missing: unsure while a journal is unreplayed */
	struct scan *scan;
	struct finding *next;
};

struct scan {
	const struct root *root;
	const struct facts *facts;
	struct arena *arena;
	struct finding *findings, **tail;
	struct text_cache *texts;
	uint64_t texts_max;		  /* bytes of memory for all of them */
	const char *const *unseen;	  /* of unseen_find(), once it was asked */
	struct initramfs_seen *initramfs; /* of scan_initramfs() */
	struct kernel_sums *sums;	  /* of scan_kernel_fault() */
	struct elfclosure *elf;		  /* of elfscan() */
	struct platform_known *platform;  /* of platform_wanted() */
	unsigned *systemd_version;	  /* of systemdversion() */
	struct sshdeffect *sshd;	  /* of sshdeffect_of() */
};

/* --- looking --- */

/*
 * The text at path, read once per scan. 0 and *out; -ENOENT when absent (links dangling too); any
 * other error has already become an engine.unreadable finding. Use scan_text() when absent and
 * unreadable need no telling apart.
 */
int scan_read(struct scan *s, const char *path, const struct text **out);
const struct text *scan_text(struct scan *s, const char *path); /* NULL: absent or unreadable */
/* Entries of a directory in byte order as a NULL-terminated array; empty when there is none. */
const char *const *scan_dir(struct scan *s, const char *dir);
char *scan_printf(struct scan *s, const char *fmt, ...) PRINTF(2, 3);
/*
 * Bytes as they stand on a TARGET (its number from 0), below any file system; for what no file
 * shows: boot sectors, the space between partitions, an ESP that cannot be mounted. All len bytes
 * or none. -ENODATA: not known, TARGET is a directory; -ERANGE: behind the end of the TARGET, or of
 * the partition.
 */
int scan_disk_read(const struct scan *s, unsigned disk, uint64_t offset, void *buf, size_t len);
int scan_part_read(const struct scan *s, const struct partition *p, uint64_t offset, void *buf,
		   size_t len);

/* --- saying --- */

/* A finding about path (NULL: about none). detail is one line: lower case, no full stop. */
struct finding *scan_find(struct scan *s, const struct problem *p, const char *path,
			  const char *detail, ...) PRINTF(4, 5);
void finding_at(struct finding *f, const struct text *t, size_t line);
void finding_severity(struct finding *f, enum severity s);
void finding_safety(struct finding *f, enum safety s);
void finding_absence(struct finding *f);
void finding_choice(struct finding *f, const char *fmt, ...) PRINTF(2, 3);

/* --- proposing (each adds one edit; several edits of one finding are applied together) --- */

/* Line n becomes this one line (no newline in it; the file's line end is kept). */
void propose_line(struct finding *f, const struct text *t, size_t n, const char *fmt, ...)
	PRINTF(4, 5);
/* A new line before line n; n = t->lines + 1 appends (a missing final newline is added first). */
void propose_insert(struct finding *f, const struct text *t, size_t n, const char *fmt, ...)
	PRINTF(4, 5);
/* Line n becomes "# " and itself: nothing is deleted. */
void propose_comment(struct finding *f, const struct text *t, size_t n);
/* The whole file. An existing file keeps owner, labels and, with mode 0, its mode; a new one is
 * root's. */
void propose_text(struct finding *f, const char *path, const void *data, size_t len, mode_t mode);
/* The same with an owner, for a new file; an existing one changes hands too. */
void propose_text_owned(struct finding *f, const char *path, const void *data, size_t len,
			mode_t mode, uid_t uid, gid_t gid);
/*
 * The file, which has size bytes as it was looked at (NODE_BYTES of lib/node.h at most, with
 * these), gets data behind them. data is not copied: it must live as long as the scan.
 */
void propose_append(struct finding *f, const char *path, uint64_t size, const void *data,
		    size_t len);
/* The file at path becomes a copy of what stands at source (a valid backup), with mode and owner.
 */
void propose_copy(struct finding *f, const char *path, const char *source, mode_t mode, uid_t uid,
		  gid_t gid);
void propose_mode(struct finding *f, const char *path,
		  mode_t mode); /* 07777 bits; links not followed */
void propose_owner(struct finding *f, const char *path, uid_t uid, gid_t gid);
void propose_link(struct finding *f, const char *path,
		  const char *target); /* a link, or replaces one */
void propose_absent(struct finding *f,
		    const char *path); /* links, flag files, empty dirs: no user data */
/* A file that can be fetched or made again: removed, and its bytes are not kept. */
void propose_forget(struct finding *f, const char *path);
/* The backup must not lie on the patient: room is what is wanted. */
void finding_keeps_here(struct finding *f);
void propose_dir(struct finding *f, const char *path, mode_t mode); /* a new directory, root's */
/* The modules.dep family of /lib/modules/VERSION, made by the helper's depmod when applied. */
void propose_depmod(struct finding *f, const char *version);
/*
 * argv[0] (an absolute path) is a program of the patient; it is run on the patient's tree, shut off
 * from this machine and from the disk itself (lib/command.h), and of what it leaves only the
 * outputs are taken over, as edits like any other. Several commands of one finding run one after
 * the other, and nothing is taken over unless all succeed. Makes the finding FIX_ASK, and one that
 * is repaired only when its id is given.
 */
enum output_kind {
	OUTPUT_FILE,  /* path: a regular file that must be there afterwards */
	OUTPUT_TREE,  /* path: a directory and all below */
	OUTPUT_BYTES, /* len bytes at offset of TARGET number disk, below any file system */
};
struct output {
	enum output_kind kind;
	const char *path;
	unsigned disk;
	uint64_t offset, len;
};
void propose_command(struct finding *f, const char *const argv[], const struct output *out,
		     size_t n);
/* A file those programs see in place of the patient's own, for this run only. */
void propose_command_setting(struct finding *f, const char *path, const char *text);
/* What is wrong lies below the files: repaired while nothing is mounted, and undone as it was. */
void propose_below(struct finding *f, enum below_kind kind, const struct partition *p);
/* Something was proposed. */
bool finding_has_fix(const struct finding *f);

#endif
