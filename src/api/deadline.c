#include "api/deadline.h"

#include "base/error.h"

#include <errno.h>
#include <stdatomic.h>
#include <sys/mman.h>

HfDeadline *hf_deadlines_open(int count, GError **error)
{
    void *shared =
        mmap(NULL, (size_t)count * sizeof(HfDeadline), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (shared != MAP_FAILED)
        return shared;
    g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "memory cannot be shared: %s", g_strerror(errno));
    return NULL;
}

void hf_deadline_set(HfDeadline *self, int64_t until_us)
{
    atomic_store_explicit(self, until_us, memory_order_relaxed);
}

bool hf_deadline_is_over(const HfDeadline *self)
{
    int64_t until_us = atomic_load_explicit(self, memory_order_relaxed);
    return until_us != 0 && until_us < g_get_monotonic_time();
}
