#include "base/budget.h"

struct HfBudget {
    GMutex mutex; /* guards all below */
    GCond changed;
    size_t capacity;
    size_t used;
    size_t pledged;
    bool stopped;
};

HfBudget *hf_budget_new(size_t capacity_bytes)
{
    HfBudget *self = g_new0(HfBudget, 1);
    g_mutex_init(&self->mutex);
    g_cond_init(&self->changed);
    self->capacity = capacity_bytes;
    return self;
}

void hf_budget_free(HfBudget *self)
{
    if (self == NULL)
        return;
    g_mutex_clear(&self->mutex);
    g_cond_clear(&self->changed);
    g_free(self);
}

void hf_budget_acquire(HfBudget *self, size_t bytes)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    while (self->used + bytes > self->capacity && self->pledged > 0 && !self->stopped)
        g_cond_wait(&self->changed, &self->mutex);
    self->used += bytes;
}

void hf_budget_pledge(HfBudget *self, size_t bytes)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    self->pledged += bytes;
}

void hf_budget_release(HfBudget *self, size_t bytes, bool pledged)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    g_assert(bytes <= self->used && (!pledged || bytes <= self->pledged));
    self->used -= bytes;
    if (pledged)
        self->pledged -= bytes;
    g_cond_broadcast(&self->changed);
}

void hf_budget_stop(HfBudget *self)
{
    g_autoptr(GMutexLocker) lock = g_mutex_locker_new(&self->mutex);
    self->stopped = true;
    g_cond_broadcast(&self->changed);
}
