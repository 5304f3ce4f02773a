/*
 * A command at work: it can be cancelled, shows progress, and says as much as the options --quiet, --verbose,
 * --progress and --json ask for.
 */
#ifndef HF_CLI_WORK_H
#define HF_CLI_WORK_H

#include "engine/progress.h"

#include <gio/gio.h>

typedef enum {
    HF_WORK_PROGRESS = 1, /* the command has --progress */
    HF_WORK_JSON = 2,     /* the command has --json */
} HfWorkFeatures;

/* The options, for hf_options_parse. Transfer full. */
GOptionGroup *hf_work_options(HfWorkFeatures features);

/* --json and --quiet as given. */
bool hf_work_wants_json(void);
bool hf_work_is_quiet(void);

typedef struct HfWork HfWork;

/* Checks the options, and from now on signals cancel. Transfer full; NULL for HF_ERROR_USAGE. */
HfWork *hf_work_begin(GError **error) G_GNUC_WARN_UNUSED_RESULT;
void hf_work_end(HfWork *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfWork, hf_work_end)

/* Borrowed. */
GCancellable *hf_work_cancellable(const HfWork *self);

/* Shows the progress of a job from here to hf_work_end_job; `name` is static. The progress is borrowed. */
HfProgress *hf_work_begin_job(HfWork *self, const char *name);
/* Returns `ok`. What failed because of a cancel is made a HF_ERROR_CANCELLED. */
bool hf_work_end_job(HfWork *self, bool ok, GError **error);

#endif
