/*
 * How many children may wait at once for servers and storages of others, which may never answer: half of them, so that
 * gates, polls and everything else go on. Shared by all children; the place of a child that dies is free again.
 */
#ifndef HF_API_PLACES_H
#define HF_API_PLACES_H

#include <glib.h>
#include <stdbool.h>

typedef struct {
    int fd; /* a byte of it, locked, is a place */
    int count;
} HfPlaces;

/* In the parent, before its children are started. */
bool hf_places_open(HfPlaces *self, int children, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The place's number; -1: none is free. */
int hf_places_take(const HfPlaces *self);
void hf_places_leave(const HfPlaces *self, int place);

#endif
