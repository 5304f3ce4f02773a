#include "api/places.h"

#include "base/error.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

/* A lock of this sort is a process's own, though all have the descriptor from one parent. */
static bool set_lock(const HfPlaces *self, int place, short type)
{
    struct flock lock = {.l_type = type, .l_whence = SEEK_SET, .l_start = place, .l_len = 1};
    return fcntl(self->fd, F_SETLK, &lock) == 0;
}

bool hf_places_open(HfPlaces *self, int children, GError **error)
{
    *self = (HfPlaces){.fd = memfd_create("places", MFD_CLOEXEC), .count = MAX(1, children / 2)};
    if (self->fd < 0)
        g_set_error(error, HF_ERROR, HF_ERROR_INTERNAL, "a file in memory cannot be made: %s", g_strerror(errno));
    return self->fd >= 0;
}

int hf_places_take(const HfPlaces *self)
{
    for (int place = 0; place < self->count; place++)
        if (set_lock(self, place, F_WRLCK))
            return place;
    return -1;
}

void hf_places_leave(const HfPlaces *self, int place)
{
    (void)set_lock(self, place, F_UNLCK);
}
