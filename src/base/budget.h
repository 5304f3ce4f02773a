/*
 * A bound on memory that several threads share. Who wants bytes waits while the bound would be passed AND somebody has
 * pledged to give bytes back without the waiter's help; with no such pledge waiting could last for ever, so the bytes
 * are granted over the bound (one row larger than the bound, say). Thread-safe.
 */
#ifndef HF_BASE_BUDGET_H
#define HF_BASE_BUDGET_H

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct HfBudget HfBudget;

HfBudget *hf_budget_new(size_t capacity_bytes);
void hf_budget_free(HfBudget *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfBudget, hf_budget_free)

/* Blocks as said above; after hf_budget_stop it grants at once. */
void hf_budget_acquire(HfBudget *self, size_t bytes);
/* Says that bytes which were acquired will be released soon by another thread. */
void hf_budget_pledge(HfBudget *self, size_t bytes);
/* Gives bytes back; `pledged` says whether they had been pledged. */
void hf_budget_release(HfBudget *self, size_t bytes, bool pledged);
/* Nobody waits any more: the work is being given up. */
void hf_budget_stop(HfBudget *self);

#endif
