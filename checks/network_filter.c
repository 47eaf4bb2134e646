/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the packet filter that is loaded at boot lets TCP to sshd's port in. */
#include "checks/network_parts.h"
#include "lib/firewalld.h"
#include "lib/ifcfg.h"
#include "lib/ipfilter.h"
#include "lib/sshdbinary.h"
#include "lib/sshdeffect.h"
#include "lib/sshdstart.h"
#include "lib/unitenabled.h"

#define PORTS_MAX 16u

struct ports {
	uint16_t port[PORTS_MAX];
	size_t n;
};

/* --- sshd --- */

static bool is_on(struct network *n, const char *const names[])
{
	for (size_t k = 0; names[k]; k++) {
		if (unitenabled(n->scan, names[k]) == UNITENABLED_ON)
			return true;
	}
	return false;
}

static bool has_file(struct network *n, const char *const paths[])
{
	for (size_t k = 0; paths[k]; k++) {
		if (root_is_file(n->scan->root, paths[k]))
			return true;
	}
	return false;
}

static bool offers_ssh(struct network *n)
{
	struct sshdstart start;

	sshdstart_find(n->scan, &start);
	return sshdbinary_path(n->scan) && start.state == SSHDSTART_ON;
}

static void add_port(struct ports *p, const char *word)
{
	uint64_t port;

	if (parse_u64(word, &port) && port > 0 && port < 65536 && p->n < PORTS_MAX)
		p->port[p->n++] = (uint16_t)port;
}

/* "Port 22", "ListenAddress 192.0.2.1:2222"; a port too many only makes this more careful. */
static void take_ports(struct network *n, struct ports *p)
{
	const struct sshdeffect *conf = sshdeffect_of(n->scan);

	for (size_t i = 0; i < conf->n; i++) {
		const struct sshdeffect_line *l = &conf->line[i];
		const char *colon = strrchr(l->word[0], ':');

		if (streq(l->keyword, "port"))
			add_port(p, l->word[0]);
		else if (streq(l->keyword, "listenaddress") && colon)
			add_port(p, colon + 1);
	}
}

/* "ListenStream=2222" of a socket, "-p 2222" among the arguments of the service. */
static void take_other_ports(struct network *n, struct ports *p, const struct text *t)
{
	for (size_t i = 1; t && i <= t->lines; i++) {
		const char *s = text_line(t, i), *listen = after(s, "ListenStream="), *colon;

		if (*s == '#')
			continue;
		colon = listen ? strrchr(listen, ':') : NULL;
		s = listen ? colon ? colon + 1 : listen : strstr(s, "-p");
		if (s && !listen)
			s += 2 + strspn(s + 2, " ");
		if (s)
			add_port(p, scan_printf(n->scan, "%.*s", (int)strspn(s, "0123456789"), s));
	}
}

static void take_elsewhere(struct network *n, struct ports *p)
{
	static const char *const files[] = { "/etc/default/ssh", "/etc/sysconfig/sshd",
					     "/etc/systemd/system/ssh.socket",
					     "/etc/systemd/system/sshd.socket" };
	static const char *const dirs[] = { "/etc/systemd/system/ssh.socket.d",
					    "/etc/systemd/system/sshd.socket.d" };

	for (size_t k = 0; k < ARRAY_SIZE(files); k++) {
		if (root_is_file(n->scan->root, files[k]))
			take_other_ports(n, p, scan_text(n->scan, files[k]));
	}
	for (size_t k = 0; k < ARRAY_SIZE(dirs); k++) {
		for (const char *const *e = scan_dir(n->scan, dirs[k]); *e; e++)
			take_other_ports(
				n, p,
				scan_text(n->scan, scan_printf(n->scan, "%s/%s", dirs[k], *e)));
	}
}

static struct ports sshd_ports(struct network *n)
{
	struct ports p = { .n = 0 };

	take_ports(n, &p);
	if (p.n == 0)
		add_port(&p, "22");
	take_elsewhere(n, &p);
	return p;
}

/* --- rules --- */

struct source {
	const char *path;
	const char *services[3];
	bool nft;
};

static const struct source sources[] = {
	{ "/etc/sysconfig/iptables", { "iptables", NULL }, false },
	{ "/etc/iptables/rules.v4",
	  { "netfilter-persistent", "iptables-persistent", NULL },
	  false },
	{ "/etc/iptables/rules", { "iptables-persistent", NULL }, false },
	{ "/etc/iptables/rules-save", { "iptables", NULL }, false },
	{ "/etc/iptables/iptables.rules", { "iptables", NULL }, false },
	{ "/var/lib/iptables/rules-save", { "iptables", NULL }, false },
	{ "/etc/nftables.conf", { "nftables", NULL }, true },
	{ "/etc/sysconfig/nftables.conf", { "nftables", NULL }, true },
	{ "/etc/nftables.nft", { "nftables", NULL }, true },
};

static bool is_loaded(struct network *n, const struct source *src)
{
	static const char *const iptables[] = { "/sbin/iptables-restore",
						"/usr/sbin/iptables-restore",
						"/usr/bin/iptables-restore", NULL };
	static const char *const nft[] = { "/usr/sbin/nft", "/sbin/nft", "/usr/bin/nft", NULL };

	return root_is_file(n->scan->root, src->path) && has_file(n, src->nft ? nft : iptables) &&
	       is_on(n, src->services);
}

/* How a set of rules is filled for one packet. */
struct ruleset {
	struct network *n;
	const struct source *source; /* NULL: ufw */
};

static void fill_ufw(struct network *n, struct ipfilter_set *set)
{
	static const char *const files[] = { "/etc/ufw/before.rules", "/etc/ufw/user.rules",
					     "/lib/ufw/user.rules", "/etc/ufw/after.rules" };
	static const char *const in[] = { "ufw-before-logging-input", "ufw-before-input",
					  "ufw-user-input", "ufw-after-input", NULL };
	static const char *const out[] = { "ufw-before-output", "ufw-user-output",
					   "ufw-after-output", NULL };
	const struct text *defaults = scan_text(n->scan, "/etc/default/ufw"), *t, *user = NULL;
	const char *policy = "ACCEPT";

	for (size_t k = 0; k < ARRAY_SIZE(files); k++) {
		t = scan_text(n->scan, files[k]);
		if (t)
			ipfilter_iptables(set, t);
		if (t && endswith(files[k], "/user.rules") && !user)
			user = t;
	}
	for (size_t i = 1; defaults && i <= defaults->lines; i++) {
		const char *name, *value;
		bool open;

		if (ifcfg_assignment(n->scan->arena, text_line(defaults, i), &name, &value,
				     &open) &&
		    streq(name,
			  set->packet.answer ? "DEFAULT_OUTPUT_POLICY" : "DEFAULT_INPUT_POLICY"))
			policy = value;
	}
	if (user && defaults)
		ipfilter_join(set, user, set->packet.answer ? out : in, policy);
}

static struct ipfilter_result verdict(const struct ruleset *r, uint16_t port, bool answer)
{
	struct ipfilter_set set = { .scan = r->n->scan,
				    .packet = { .port = port, .answer = answer } };
	struct ipfilter_result result;

	if (!r->source) {
		fill_ufw(r->n, &set);
	} else {
		const struct text *t = scan_text(r->n->scan, r->source->path);

		if (t && r->source->nft)
			ipfilter_nft(&set, t);
		else if (t)
			ipfilter_iptables(&set, t);
	}
	ipfilter_walk(&set, &result);
	return result;
}

/* --- proposals --- */

static void accept_iptables(struct finding *f, const struct ipfilter_result *v, uint16_t port,
			    bool answer)
{
	if (v->before)
		propose_insert(f, v->chain->text, v->before,
			       "-A %s -p tcp -m tcp --%cport %u -j ACCEPT", v->chain->name,
			       answer ? 's' : 'd', port);
}

static void accept_nft(struct finding *f, const struct ipfilter_result *v, uint16_t port,
		       bool answer)
{
	const char *line = text_line(v->chain->text, v->before);
	int blanks = (int)strspn(line, " \t");

	if (v->before > 1)
		propose_insert(f, v->chain->text, v->before, "%.*s%stcp %cport %u accept", blanks,
			       line, line[blanks] == '}' ? "\t" : "", answer ? 's' : 'd', port);
}

static void accept_ufw(struct finding *f, const struct ipfilter_result *v, uint16_t port,
		       bool answer)
{
	const struct text *t = v->chain->text;

	for (size_t n = 1; n <= t->lines; n++) {
		if (!startswith(text_line(t, n), "### RULES ###"))
			continue;
		propose_insert(f, t, n + 1, "-A ufw-user-%s -p tcp --%cport %u -j ACCEPT",
			       answer ? "output" : "input", answer ? 's' : 'd', port);
		return;
	}
}

static void propose_accept(const struct ruleset *r, struct finding *f,
			   const struct ipfilter_result *v, uint16_t port, bool answer)
{
	if (!r->source)
		accept_ufw(f, v, port, answer);
	else if (r->source->nft)
		accept_nft(f, v, port, answer);
	else
		accept_iptables(f, v, port, answer);
	if (!finding_has_fix(f))
		finding_safety(f, FIX_NONE);
}

static const char *which(struct network *n, uint16_t port, bool answer)
{
	return answer ? scan_printf(n->scan, "answers from port %u", port)
		      : scan_printf(n->scan, "new connections to port %u", port);
}

static void report(const struct ruleset *r, const struct ipfilter_result *v, uint16_t port,
		   bool answer)
{
	struct scan *s = r->n->scan;
	const struct text *t = v->rule ? v->rule->text : v->chain->text;
	const char *what = which(r->n, port, answer);
	struct finding *f;

	if (v->verdict == IPFILTER_RANDOM)
		f = scan_find(s, &network_filter, t->path, "some of the %s are dropped at random",
			      what);
	else if (v->rule)
		f = scan_find(s, &network_filter, t->path, "this drops %s to sshd", what);
	else
		f = scan_find(s, &network_filter, t->path,
			      "the policy drops %s to sshd: no rule lets them through", what);
	if (v->rule && v->rule->line)
		finding_at(f, t, v->rule->line);
	if (v->verdict == IPFILTER_RANDOM)
		propose_comment(f, t, v->rule->line);
	else
		propose_accept(r, f, v, port, answer);
}

static void judge(const struct ruleset *r, const struct ports *p)
{
	struct ipfilter_result first = { 0 };
	bool answer = false;

	for (size_t k = 0; k < p->n; k++) {
		struct ipfilter_result v = verdict(r, p->port[k], false);
		bool back = v.verdict == IPFILTER_PASS;

		if (back)
			v = verdict(r, p->port[k], true);
		/* One way in is enough. */
		if (v.verdict == IPFILTER_PASS)
			return;
		if (k == 0 || v.verdict == IPFILTER_RANDOM) {
			first = v;
			answer = back;
		}
	}
	report(r, &first, p->port[0], answer);
}

/* --- firewalld --- */

static bool gives_zones(const struct network *n)
{
	for (size_t k = 0; k < n->view.conf.n; k++) {
		if (n->view.conf.iface[k].zone.s)
			return true;
	}
	return false;
}

static void report_zone(struct network *n, const struct firewalld *fw, uint16_t port)
{
	const char *path = scan_printf(n->scan, "/etc/firewalld/zones/%s.xml", fw->zone);
	_cleanup_bytes_ struct bytes b = { 0 };
	const char *add = scan_printf(n->scan, "  <port port=\"%u\" protocol=\"tcp\"/>", port);
	struct finding *f;

	if (port == 22)
		add = "  <service name=\"ssh\"/>";
	f = scan_find(n->scan, &network_filter, fw->text->path,
		      "firewalld's default zone '%s' does not let port %u in", fw->zone, port);
	if (!fw->end) {
		finding_safety(f, FIX_NONE);
		return;
	}
	if (startswith(fw->text->path, "/etc/")) {
		propose_insert(f, fw->text, fw->end, "%s", add);
		return;
	}
	for (size_t k = 1; k <= fw->text->lines; k++) {
		if (k == fw->end)
			bytes_addf(&b, "%s\n", add);
		bytes_addf(&b, "%s\n", text_line(fw->text, k));
	}
	propose_text(f, path, b.data, b.len, 0644);
}

static bool check_firewalld(struct network *n, const struct ports *p)
{
	static const char *const programs[] = { "/usr/sbin/firewalld", "/usr/bin/firewalld", NULL };
	static const char *const units[] = { "firewalld", NULL };
	struct firewalld fw;

	if (!has_file(n, programs) || !is_on(n, units))
		return false;
	if (gives_zones(n))
		return true;
	for (size_t k = p->n; k-- > 0;) {
		firewalld_read(n->scan, p->port[k], &fw);
		if (fw.lets_in)
			return true;
	}
	report_zone(n, &fw, p->port[0]);
	return true;
}

static bool ufw_is_on(struct network *n)
{
	static const char *const programs[] = { "/usr/sbin/ufw", "/sbin/ufw", NULL };
	static const char *const units[] = { "ufw", NULL };
	const struct text *t = scan_text(n->scan, "/etc/ufw/ufw.conf");

	for (size_t i = 1; t && i <= t->lines; i++) {
		if (startswith(text_line(t, i), "ENABLED=yes"))
			return has_file(n, programs) && is_on(n, units);
	}
	return false;
}

void network_check_filter(struct network *n)
{
	struct ruleset r = { .n = n };
	struct ports p;

	if (!offers_ssh(n))
		return;
	p = sshd_ports(n);
	/* firewalld and the services that load a file exclude each other. */
	if (check_firewalld(n, &p))
		return;
	for (size_t k = 0; k < ARRAY_SIZE(sources); k++) {
		r.source = &sources[k];
		if (is_loaded(n, r.source))
			judge(&r, &p);
	}
	r.source = NULL;
	if (ufw_is_on(n))
		judge(&r, &p);
}
