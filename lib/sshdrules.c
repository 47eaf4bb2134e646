/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lib/sshdrules.h"
#include "lib/sshdvalues.h"

/* Before this version a comment behind a value was taken for more values. */
#define COMMENTS_SINCE 805u
/* Before this one a subsystem could not be another for some. */
#define SUBSYSTEM_IN_MATCH_SINCE 903u

static const char *const yes_no[] = { "yes", "no", NULL };
static const char *const root_login[] = {
	"yes", "no", "without-password", "prohibit-password", "forced-commands-only", NULL
};
static const char *const families[] = { "any", "inet", "inet6", NULL };
static const char *const compression[] = { "yes", "no", "delayed", NULL };
static const char *const gateway[] = { "yes", "no", "clientspecified", NULL };
static const char *const forwarding[] = { "yes", "no", "all", "local", "remote", NULL };
static const char *const rhosts[] = { "yes", "no", "shosts-only", NULL };
static const char *const tunnel[] = { "yes", "no", "point-to-point", "ethernet", NULL };
static const char *const hashes[] = { "md5", "sha1", "sha256", "sha384", "sha512", NULL };
static const char *const facilities[] = { "daemon", "user",   "auth",	"authpriv", "local0",
					  "local1", "local2", "local3", "local4",   "local5",
					  "local6", "local7", NULL };
static const char *const levels[] = { "quiet", "silent", "fatal",  "error",  "info", "verbose",
				      "debug", "debug1", "debug2", "debug3", NULL };

/* How many words. */
enum arity {
	ONE,
	TWO, /* one, or two */
	MANY,
	SUBSYSTEM, /* a name and a command, with whatever arguments */
	REST,	   /* the rest of the line as it stands */
	ANYTHING,  /* deprecated or ignored */
};

#define IN_MATCH 1u

static const struct keyword {
	const char *name;
	enum arity arity;
	unsigned flags;
	const char *const *list; /* its values */
	const char *(*judge)(const struct sshdrules *r, const struct sshdline *l);
} keywords[] = {
	{ "usepam", ONE, 0, yes_no, NULL },
	{ "port", ONE, 0, NULL, sshdvalues_port },
	{ "hostkey", ONE, 0, NULL, NULL },
	{ "hostdsakey", ONE, 0, NULL, NULL },
	{ "hostkeyagent", ONE, 0, NULL, NULL },
	{ "pidfile", ONE, 0, NULL, NULL },
	{ "modulifile", ONE, 0, NULL, NULL },
	{ "serverkeybits", ANYTHING, 0, NULL, NULL },
	{ "logingracetime", ONE, 0, NULL, sshdvalues_time },
	{ "keyregenerationinterval", ANYTHING, 0, NULL, NULL },
	{ "permitrootlogin", ONE, IN_MATCH, root_login, NULL },
	{ "syslogfacility", ONE, 0, facilities, NULL },
	{ "loglevel", ONE, IN_MATCH, levels, NULL },
	{ "logverbose", MANY, IN_MATCH, NULL, NULL },
	{ "rhostsauthentication", ANYTHING, 0, NULL, NULL },
	{ "rhostsrsaauthentication", ANYTHING, IN_MATCH, NULL, NULL },
	{ "hostbasedauthentication", ONE, IN_MATCH, yes_no, NULL },
	{ "hostbasedusesnamefrompacketonly", ONE, IN_MATCH, yes_no, NULL },
	{ "hostbasedacceptedalgorithms", ONE, IN_MATCH, NULL, sshdvalues_algorithms },
	{ "hostbasedacceptedkeytypes", ONE, IN_MATCH, NULL, sshdvalues_algorithms },
	{ "hostkeyalgorithms", ONE, 0, NULL, sshdvalues_algorithms },
	{ "rsaauthentication", ANYTHING, IN_MATCH, NULL, NULL },
	{ "pubkeyauthentication", ONE, IN_MATCH, yes_no, NULL },
	{ "pubkeyacceptedalgorithms", ONE, IN_MATCH, NULL, sshdvalues_algorithms },
	{ "pubkeyacceptedkeytypes", ONE, IN_MATCH, NULL, sshdvalues_algorithms },
	{ "pubkeyauthoptions", MANY, IN_MATCH, NULL, NULL },
	{ "dsaauthentication", ONE, 0, yes_no, NULL },
	{ "kerberosauthentication", ONE, IN_MATCH, yes_no, NULL },
	{ "kerberosorlocalpasswd", ONE, 0, yes_no, NULL },
	{ "kerberosticketcleanup", ONE, 0, yes_no, NULL },
	{ "kerberosgetafstoken", ONE, 0, yes_no, NULL },
	{ "kerberostgtpassing", ANYTHING, 0, NULL, NULL },
	{ "kerberosusekuserok", ONE, IN_MATCH, yes_no, NULL },
	{ "afstokenpassing", ANYTHING, 0, NULL, NULL },
	{ "gssapiauthentication", ONE, IN_MATCH, yes_no, NULL },
	{ "gssapicleanupcredentials", ONE, 0, yes_no, NULL },
	{ "gssapicleanupcreds", ONE, 0, yes_no, NULL },
	{ "gssapistrictacceptorcheck", ONE, 0, yes_no, NULL },
	{ "gssapikeyexchange", ONE, 0, yes_no, NULL },
	{ "gssapistorecredentialsonrekey", ONE, 0, yes_no, NULL },
	{ "gssapikexalgorithms", MANY, 0, NULL, NULL },
	{ "gssapienablek5users", ONE, IN_MATCH, yes_no, NULL },
	{ "gssusesessionccache", ANYTHING, 0, NULL, NULL },
	{ "gssapiusesessioncredcache", ANYTHING, 0, NULL, NULL },
	{ "passwordauthentication", ONE, IN_MATCH, yes_no, NULL },
	{ "kbdinteractiveauthentication", ONE, IN_MATCH, yes_no, NULL },
	{ "challengeresponseauthentication", ONE, IN_MATCH, yes_no, NULL },
	{ "skeyauthentication", ONE, IN_MATCH, yes_no, NULL },
	{ "checkmail", ANYTHING, 0, NULL, NULL },
	{ "listenaddress", MANY, 0, NULL, sshdvalues_listen },
	{ "addressfamily", ONE, 0, families, NULL },
	{ "printmotd", ONE, 0, yes_no, NULL },
	{ "printlastlog", ONE, 0, yes_no, NULL },
	{ "ignorerhosts", ONE, IN_MATCH, rhosts, NULL },
	{ "ignoreuserknownhosts", ONE, 0, yes_no, NULL },
	{ "x11forwarding", ONE, IN_MATCH, yes_no, NULL },
	{ "x11displayoffset", ONE, IN_MATCH, NULL, sshdvalues_number },
	{ "x11uselocalhost", ONE, IN_MATCH, yes_no, NULL },
	{ "xauthlocation", ONE, 0, NULL, NULL },
	{ "strictmodes", ONE, 0, yes_no, NULL },
	{ "permitblacklistedkeys", ANYTHING, 0, NULL, NULL },
	{ "permitemptypasswords", ONE, IN_MATCH, yes_no, NULL },
	{ "permituserenvironment", ONE, 0, NULL, NULL },
	{ "uselogin", ANYTHING, 0, NULL, NULL },
	{ "compression", ONE, 0, compression, NULL },
	{ "rekeylimit", TWO, IN_MATCH, NULL, sshdvalues_rekey },
	{ "tcpkeepalive", ONE, 0, yes_no, NULL },
	{ "keepalive", ONE, 0, yes_no, NULL },
	{ "allowtcpforwarding", ONE, IN_MATCH, forwarding, NULL },
	{ "allowagentforwarding", ONE, IN_MATCH, yes_no, NULL },
	{ "allowusers", MANY, IN_MATCH, NULL, sshdvalues_patterns },
	{ "denyusers", MANY, IN_MATCH, NULL, sshdvalues_patterns },
	{ "allowgroups", MANY, IN_MATCH, NULL, NULL },
	{ "denygroups", MANY, IN_MATCH, NULL, NULL },
	{ "ciphers", ONE, 0, NULL, sshdvalues_algorithms },
	{ "macs", ONE, 0, NULL, sshdvalues_algorithms },
	{ "protocol", ANYTHING, 0, NULL, NULL },
	{ "gatewayports", ONE, IN_MATCH, gateway, NULL },
	{ "subsystem", SUBSYSTEM, IN_MATCH, NULL, NULL },
	{ "maxstartups", ONE, 0, NULL, sshdvalues_startups },
	{ "persourcemaxstartups", ONE, 0, NULL, sshdvalues_number_or_none },
	{ "persourcenetblocksize", ONE, 0, NULL, sshdvalues_net_block },
	{ "persourcepenalties", MANY, 0, NULL, NULL },
	{ "persourcepenaltyexemptlist", MANY, 0, NULL, NULL },
	{ "maxauthtries", ONE, IN_MATCH, NULL, sshdvalues_number },
	{ "maxsessions", ONE, IN_MATCH, NULL, sshdvalues_number },
	{ "banner", ONE, IN_MATCH, NULL, NULL },
	{ "usedns", ONE, 0, yes_no, NULL },
	{ "verifyreversemapping", ANYTHING, 0, NULL, NULL },
	{ "reversemappingcheck", ANYTHING, 0, NULL, NULL },
	{ "clientaliveinterval", ONE, IN_MATCH, NULL, sshdvalues_time },
	{ "clientalivecountmax", ONE, IN_MATCH, NULL, sshdvalues_number },
	{ "authorizedkeysfile", MANY, IN_MATCH, NULL, NULL },
	{ "authorizedkeysfile2", ANYTHING, IN_MATCH, NULL, NULL },
	{ "useprivilegeseparation", ANYTHING, 0, NULL, NULL },
	{ "acceptenv", MANY, IN_MATCH, NULL, sshdvalues_accept_env },
	{ "setenv", MANY, IN_MATCH, NULL, sshdvalues_set_env },
	{ "permittunnel", ONE, IN_MATCH, tunnel, NULL },
	{ "permittty", ONE, IN_MATCH, yes_no, NULL },
	{ "permituserrc", ONE, IN_MATCH, yes_no, NULL },
	{ "match", REST, IN_MATCH, NULL, sshdvalues_match },
	{ "permitopen", MANY, IN_MATCH, NULL, NULL },
	{ "permitlisten", MANY, IN_MATCH, NULL, NULL },
	{ "forcecommand", REST, IN_MATCH, NULL, NULL },
	{ "chrootdirectory", ONE, IN_MATCH, NULL, NULL },
	{ "hostcertificate", ONE, 0, NULL, NULL },
	{ "revokedkeys", ONE, IN_MATCH, NULL, NULL },
	{ "trustedusercakeys", ONE, IN_MATCH, NULL, NULL },
	{ "authorizedprincipalsfile", ONE, IN_MATCH, NULL, NULL },
	{ "kexalgorithms", ONE, 0, NULL, sshdvalues_algorithms },
	{ "include", MANY, IN_MATCH, NULL, NULL },
	{ "ipqos", TWO, IN_MATCH, NULL, sshdvalues_qos },
	{ "authorizedkeyscommand", REST, IN_MATCH, NULL, sshdvalues_command },
	{ "authorizedkeyscommanduser", ONE, IN_MATCH, NULL, NULL },
	{ "authorizedkeyscommandrunas", ONE, IN_MATCH, NULL, NULL },
	{ "authorizedprincipalscommand", REST, IN_MATCH, NULL, sshdvalues_command },
	{ "authorizedprincipalscommanduser", ONE, IN_MATCH, NULL, NULL },
	{ "versionaddendum", REST, 0, NULL, NULL },
	{ "authenticationmethods", MANY, IN_MATCH, NULL, sshdvalues_methods },
	{ "streamlocalbindmask", ONE, IN_MATCH, NULL, sshdvalues_octal },
	{ "streamlocalbindunlink", ONE, IN_MATCH, yes_no, NULL },
	{ "allowstreamlocalforwarding", ONE, IN_MATCH, forwarding, NULL },
	{ "fingerprinthash", ONE, 0, hashes, NULL },
	{ "disableforwarding", ONE, IN_MATCH, yes_no, NULL },
	{ "exposeauthinfo", ONE, IN_MATCH, yes_no, NULL },
	{ "exposeauthenticationmethods", ANYTHING, IN_MATCH, NULL, NULL },
	{ "requiredauthentications1", ANYTHING, IN_MATCH, NULL, NULL },
	{ "requiredauthentications2", ANYTHING, IN_MATCH, NULL, NULL },
	{ "rdomain", ONE, IN_MATCH, NULL, NULL },
	{ "casignaturealgorithms", ONE, IN_MATCH, NULL, sshdvalues_algorithms },
	{ "securitykeyprovider", ONE, 0, NULL, NULL },
	{ "requiredrsasize", ONE, IN_MATCH, NULL, sshdvalues_number },
	{ "rsaminsize", ONE, IN_MATCH, NULL, sshdvalues_number },
	{ "channeltimeout", MANY, IN_MATCH, NULL, NULL },
	{ "unusedconnectiontimeout", ONE, IN_MATCH, NULL, sshdvalues_time_or_none },
	{ "refuseconnection", ONE, IN_MATCH, yes_no, NULL },
	{ "sshdsessionpath", ONE, 0, NULL, NULL },
	{ "sshdauthpath", ONE, 0, NULL, NULL },
	{ "debianbanner", ONE, 0, yes_no, NULL },
	{ "showpatchlevel", ANYTHING, 0, NULL, NULL },
	{ "pamauthenticationviakbdint", ANYTHING, 0, NULL, NULL },
	{ "useblacklist", ONE, 0, yes_no, NULL },
	{ "useblocklist", ONE, 0, yes_no, NULL },
	{ "hpndisabled", ANYTHING, IN_MATCH, NULL, NULL },
	{ "hpnbuffersize", ANYTHING, IN_MATCH, NULL, NULL },
	{ "tcprcvbufpoll", ANYTHING, IN_MATCH, NULL, NULL },
	{ "tcprcvbuf", ANYTHING, IN_MATCH, NULL, NULL },
	{ "noneenabled", ANYTHING, IN_MATCH, NULL, NULL },
	{ "nonemacenabled", ANYTHING, IN_MATCH, NULL, NULL },
	{ "disablemtaes", ANYTHING, IN_MATCH, NULL, NULL },
};

static const struct keyword *find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		if (streq(keywords[i].name, name))
			return &keywords[i];
	}
	return NULL;
}

bool sshdrules_is_keyword(const char *keyword)
{
	return find(keyword) != NULL;
}

const char *sshdrules_nearest(const char *keyword)
{
	const char *best = NULL;
	size_t least = strlen(keyword) < 6 ? 2 : 3;

	for (size_t i = 0; i < ARRAY_SIZE(keywords); i++) {
		size_t d = strlen(keyword) < 64 ? edit_distance(keyword, keywords[i].name) : 99;

		if (d > least || (d == least && !best))
			continue;
		best = d < least ? keywords[i].name : NULL;
		least = d;
	}
	return best;
}

/* --- the keyword --- */

static const char *judge_keyword(const struct sshdrules *r, const struct keyword *k,
				 const char *name)
{
	enum sshdbinary_answer known = sshdbinary_knows(r->sshd, name);
	const char *near;

	if (known == SSHDBINARY_YES)
		return NULL;
	if (k)
		return known == SSHDBINARY_NO
			       ? arena_printf(r->arena, "'%s' is not known to this version", name)
			       : NULL;
	near = sshdrules_nearest(name);
	/* A keyword of some vendor's, for all that is known. */
	if (known == SSHDBINARY_UNSURE && !near)
		return NULL;
	return near ? arena_printf(r->arena, "no keyword '%.100s': '%s' perhaps", name, near)
		    : arena_printf(r->arena, "no keyword '%.100s'", name);
}

/* --- the words --- */

static size_t most(enum arity a)
{
	return a == ONE ? 1 : a == TWO ? 2 : SSHDLINE_WORDS;
}

static const char *judge_count(const struct sshdrules *r, const struct keyword *k,
			       const struct sshdline *l, bool in_match)
{
	/* Whether a list of none is a fault depends on the version. */
	if (l->n == 0 && l->comment && most(k->arity) == SSHDLINE_WORDS)
		return NULL;
	if (l->n == 0 || (!*l->word[0] && k->arity != REST))
		return "the value is missing";
	if (k->arity == SUBSYSTEM && l->n < 2 && !in_match)
		return "the command is missing";
	if (l->n > most(k->arity))
		return arena_printf(r->arena, "'%.100s' is more than it takes",
				    l->word[most(k->arity)]);
	if (l->comment && most(k->arity) < SSHDLINE_WORDS && r->sshd->version &&
	    r->sshd->version < COMMENTS_SINCE)
		return "this version takes no comment behind a value";
	return NULL;
}

static bool is_for_match(const struct sshdrules *r, const struct keyword *k)
{
	if (k->arity == SUBSYSTEM && r->sshd->version &&
	    r->sshd->version < SUBSYSTEM_IN_MATCH_SINCE)
		return false;
	return k->flags & IN_MATCH;
}

const char *sshdrules_judge(const struct sshdrules *r, const struct sshdline *l, bool in_match)
{
	const struct keyword *k = find(l->keyword);
	const char *fault = judge_keyword(r, k, l->keyword);

	if (fault)
		return fault;
	if (l->fault == SSHDLINE_QUOTES)
		return "a quote is left open";
	if (l->fault == SSHDLINE_NO_ARGUMENT)
		return "the value is missing";
	if (!k)
		return NULL;
	if (in_match && !is_for_match(r, k))
		return "it may not stand in a Match block";
	if (k->arity == ANYTHING || (k->arity == REST && !k->judge))
		return NULL;
	fault = judge_count(r, k, l, in_match);
	if (fault)
		return fault;
	if (k->list)
		return sshdvalues_one_of(r, l, k->list);
	return k->judge ? k->judge(r, l) : NULL;
}
