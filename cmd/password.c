/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <crypt.h>
#include <errno.h>
#include <stdio.h>

#include "cmd/password.h"

#define METHOD "$6$"
#define LINE_MAX_BYTES 1024 /* crypt(3) takes less */

static char *first_line(const char *file)
{
	FILE *in = fopen(file, "re");
	char *line = xcalloc(LINE_MAX_BYTES, 1);

	if (!in) {
		free(line);
		return NULL;
	}
	if (!fgets(line, LINE_MAX_BYTES, in))
		line[0] = '\0';
	fclose(in);
	line[strcspn(line, "\r\n")] = '\0';
	return line;
}

static const char *make_hash(const char *password, struct arena *a)
{
	struct crypt_data *data = xcalloc(1, sizeof(*data));
	char salt[CRYPT_GENSALT_OUTPUT_SIZE];
	const char *hash = NULL;

	if (crypt_gensalt_rn(METHOD, 0, NULL, 0, salt, sizeof(salt)))
		hash = crypt_r(password, salt, data);
	hash = hash && hash[0] == '$' ? arena_strdup(a, hash) : NULL;
	explicit_bzero(data, sizeof(*data));
	free(data);
	return hash;
}

const char *password_hash(const char *file, struct arena *a, struct trouble *t)
{
	_cleanup_free_ char *line = first_line(file);
	const char *hash;

	if (!line) {
		trouble_set(t, "cannot read the password file '%s': %s", file, strerror(errno));
		return NULL;
	}
	if (!*line || strchr(line, ':')) {
		trouble_set(t, "the first line of '%s' must be a password or a crypt(5) hash",
			    file);
		return NULL;
	}
	if (line[0] == '$' && crypt_checksalt(line) == CRYPT_SALT_OK)
		return arena_strdup(a, line);
	hash = make_hash(line, a);
	if (!hash)
		trouble_set(t, "cannot hash the password: %s", strerror(errno));
	return hash;
}
