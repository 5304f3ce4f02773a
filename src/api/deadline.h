/*
 * Until when a child may take for what it does. Shared with the parent, which ends a child that is late: a child that
 * waits for something cannot be trusted to look at a clock.
 */
#ifndef HF_API_DEADLINE_H
#define HF_API_DEADLINE_H

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

typedef _Atomic(int64_t) HfDeadline; /* monotonic, us; 0: it waits for requests */

/* In the parent, before its children are started: one for each of `count`, until the process ends. */
HfDeadline *hf_deadlines_open(int count, GError **error);
void hf_deadline_set(HfDeadline *self, int64_t until_us);
bool hf_deadline_is_over(const HfDeadline *self);

#endif
