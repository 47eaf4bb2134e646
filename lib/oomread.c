/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/oomread.h"

static void read_lines(struct oomlog *l, struct syslogread *r, const struct oom_file *f)
{
	oomlog_begin(l, f->path, f->written * SYSLOGTIME_SECOND);
	oomlog_read(l, r);
	oomlog_end(l);
	syslogread_close(r);
}

static void read_journal(struct oomlog *l, struct journalread *r, const struct oom_file *f)
{
	struct journal_lines lines = { .j = r };
	struct syslogread_source source = journalread_lines(&lines);

	read_lines(l, syslogread_open(&source), f);
	journalread_close(r);
	bytes_free(&lines.line);
	bytes_free(&lines.text);
}

void oomread_files(struct oomlog *l, const struct root *r, const struct oom_files *files)
{
	for (size_t i = 0; i < files->n; i++) {
		const struct oom_file *f = &files->f[i];
		struct oom_file_reader reader = oomfiles_reader(r, f);

		if (f->journal)
			read_journal(l, oomfiles_journal(files, &reader), f);
		else
			read_lines(l, oomfiles_log(files, &reader), f);
	}
}
