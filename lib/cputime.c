/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <signal.h>

#include "lib/cputime.h"

/* A limit that somebody else set (setrlimit(2)) sends the same signal, with no reason. */
static void used_up(int sig, siginfo_t *info, void *context)
{
	(void)sig;
	(void)context;
	end_program(info->si_code == SI_TIMER ? info->si_value.sival_ptr
					      : "has used up the processor time it was given");
}

/* Without a timer there is no limit: no reason not to look. */
void cputime_start(struct cputime *t, unsigned seconds, const char *why)
{
	struct sigevent event = { .sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGXCPU };
	struct sigaction act = { .sa_sigaction = used_up, .sa_flags = SA_SIGINFO };
	const struct itimerspec when = { .it_value.tv_sec = (time_t)seconds };

	*t = (struct cputime){ 0 };
	event.sigev_value.sival_ptr = (void *)why;
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGXCPU, &act, NULL) < 0 ||
	    timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &t->timer) < 0)
		return;
	t->runs = true;
	timer_settime(t->timer, 0, &when, NULL);
}

void cputime_stop(struct cputime *t)
{
	if (!t->runs)
		return;
	timer_delete(t->timer);
	t->runs = false;
	signal(SIGXCPU, SIG_DFL);
}
