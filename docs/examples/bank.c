/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bank.c - a program that hangs: two transfers take the same two locks, each in
 * its own order. docs/hung.md finds out why.
 */
#include "seam.h"

struct account {
	seam_mutex lock;
	long cents;
};

static struct account savings, wages;
static seam_chan *orders;
static seam_waitgroup orders_in = { .count = 2 }; /* both, before any is done */

static void transfer(struct account *from, struct account *to, long cents)
{
	seam_lock(&from->lock, SEAM_FOREVER);
	seam_wg_done(&orders_in);
	seam_wg_wait(&orders_in, SEAM_FOREVER);
	seam_lock(&to->lock, SEAM_FOREVER);
	from->cents -= cents;
	to->cents += cents;
	seam_unlock(&to->lock);
	seam_unlock(&from->lock);
}

static void save(void *arg)
{
	(void)arg;
	seam_setname("save");
	transfer(&wages, &savings, 100);
}

static void spend(void *arg)
{
	(void)arg;
	seam_setname("spend");
	transfer(&savings, &wages, 200);
}

static void report(void *arg)
{
	(void)arg;
	seam_setname("report");
	seam_sleep(SEAM_S / 2); /* a while after the transfers have begun */
	seam_lock(&savings.lock, SEAM_FOREVER);
	seam_unlock(&savings.lock);
}

static void clerk(void *arg)
{
	long order;

	(void)arg;
	while (seam_recv(orders, &order, SEAM_FOREVER) == 0)
		savings.cents += order;
}

static void heartbeat(void *arg)
{
	(void)arg;
	seam_setname("heartbeat");
	for (;;)
		seam_sleep(60 * SEAM_S);
}

static void start(void *arg)
{
	int64_t reporter;

	(void)arg;
	orders = seam_chan_make(sizeof(long), 0);
	for (int i = 0; i < 20; i++)
		seam_go(clerk, NULL);
	seam_go(heartbeat, NULL);
	seam_go(save, NULL);
	seam_go(spend, NULL);
	seam_wg_wait(&orders_in, SEAM_FOREVER);
	reporter = seam_go(report, NULL);
	seam_join(reporter, SEAM_FOREVER);
}

int main(void)
{
	return seam_run(start, NULL);
}
