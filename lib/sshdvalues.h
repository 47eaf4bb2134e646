/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The types of sshd_config's values, for sshdrules.c, where their sources are named. Each says what
 * is wrong with the words of a line, or NULL.
 */
#ifndef BOOTMEND_SSHDVALUES_H
#define BOOTMEND_SSHDVALUES_H

#include "lib/sshdrules.h"

/* One word, of a NULL-terminated list; case does not matter. */
const char *sshdvalues_one_of(const struct sshdrules *r, const struct sshdline *l,
			      const char *const list[]);

const char *sshdvalues_number(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_number_or_none(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_time(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_time_or_none(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_port(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_listen(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_algorithms(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_patterns(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_startups(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_net_block(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_rekey(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_accept_env(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_set_env(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_command(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_octal(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_qos(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_methods(const struct sshdrules *r, const struct sshdline *l);
const char *sshdvalues_match(const struct sshdrules *r, const struct sshdline *l);

#endif
