/*
 * Tells ThreadSanitizer about GLib's locks.
 *
 * GLib as Debian builds it makes its locks of bare futex calls which ThreadSanitizer cannot see, so that it would take
 * every field that a GMutex guards for a race. This library is preloaded into the ThreadSanitizer build (by `./dev
 * test`): each function calls the real one and says what it orders. "Release" before giving something away,
 * "acquire" after getting it. In programs without ThreadSanitizer, such as pg_dump, it does nothing more.
 * A function of GLib that we begin to use between threads gets a line here.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <gio/gio.h>

#undef g_bytes_unref
#undef g_object_unref

extern void __tsan_acquire(void *address) __attribute__((weak));
extern void __tsan_release(void *address) __attribute__((weak));

static void acquire(void *address)
{
    if (__tsan_acquire)
        __tsan_acquire(address);
}

static void release(void *address)
{
    if (__tsan_release)
        __tsan_release(address);
}

static void nothing(void *address G_GNUC_UNUSED)
{
}

/* A function of GLib by the same name; BEFORE and AFTER speak of its first argument. */
#define ORDERED(result, name, parameters, arguments, subject, before, after)                                           \
    result name parameters                                                                                             \
    {                                                                                                                  \
        static result(*real) parameters;                                                                               \
        if (!real)                                                                                                     \
            real = (result(*) parameters)dlsym(RTLD_NEXT, #name);                                                      \
        before(subject);                                                                                               \
        result value = real arguments;                                                                                 \
        after(subject);                                                                                                \
        return value;                                                                                                  \
    }

#define ORDERED_VOID(name, parameters, arguments, subject, before, after)                                              \
    void name parameters                                                                                               \
    {                                                                                                                  \
        static void(*real) parameters;                                                                                 \
        if (!real)                                                                                                     \
            real = (void(*) parameters)dlsym(RTLD_NEXT, #name);                                                        \
        before(subject);                                                                                               \
        real arguments;                                                                                                \
        after(subject);                                                                                                \
    }

ORDERED_VOID(g_mutex_lock, (GMutex * mutex), (mutex), mutex, nothing, acquire)
ORDERED(gboolean, g_mutex_trylock, (GMutex * mutex), (mutex), mutex, nothing, acquire)
ORDERED_VOID(g_mutex_unlock, (GMutex * mutex), (mutex), mutex, release, nothing)

ORDERED_VOID(g_cond_wait, (GCond * cond, GMutex *mutex), (cond, mutex), mutex, release, acquire)
ORDERED(gboolean, g_cond_wait_until, (GCond * cond, GMutex *mutex, gint64 until), (cond, mutex, until), mutex, release,
        acquire)

/* The last reference frees: it must come after what the owners of the others did. */
static void release_and_acquire(void *address)
{
    release(address);
    acquire(address);
}

ORDERED_VOID(g_bytes_unref, (GBytes * bytes), (bytes), bytes, release_and_acquire, nothing)
ORDERED_VOID(g_atomic_rc_box_release_full, (gpointer box, GDestroyNotify clear), (box, clear), box, release_and_acquire,
             nothing)
ORDERED_VOID(g_object_unref, (gpointer object), (object), object, release_and_acquire, nothing)
ORDERED_VOID(g_async_queue_unref, (GAsyncQueue * queue), (queue), queue, release_and_acquire, nothing)

/* A queue's links are made in one thread and freed in another, within GLib: the order must be told before the free. */
void g_async_queue_push(GAsyncQueue *queue, gpointer data)
{
    g_async_queue_lock(queue);
    g_async_queue_push_unlocked(queue, data);
    release(queue);
    g_async_queue_unlock(queue);
}

gpointer g_async_queue_try_pop(GAsyncQueue *queue)
{
    g_async_queue_lock(queue);
    acquire(queue);
    gpointer data = g_async_queue_try_pop_unlocked(queue);
    g_async_queue_unlock(queue);
    return data;
}

gpointer g_async_queue_pop(GAsyncQueue *queue)
{
    gpointer data;
    while ((data = g_async_queue_try_pop(queue)) == NULL)
        g_usleep(100);
    return data;
}

/* Who sees that it is cancelled sees what led to it; disconnecting waits for a handler that runs. */
ORDERED_VOID(g_cancellable_cancel, (GCancellable * cancellable), (cancellable), cancellable, release, nothing)
ORDERED(gboolean, g_cancellable_is_cancelled, (GCancellable * cancellable), (cancellable), cancellable, nothing,
        acquire)
ORDERED_VOID(g_cancellable_disconnect, (GCancellable * cancellable, gulong handler), (cancellable, handler),
             cancellable, nothing, acquire)

/* The lock of GLib's table of error domains is made by who needs it first: here, while there is one thread. */
__attribute__((constructor)) static void make_the_first_error(void)
{
    g_error_free(g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_FAILED, ""));
}
