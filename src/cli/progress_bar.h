/*
 * Shows a job's progress on standard error while it runs: a thread that looks at it at steady intervals.
 */
#ifndef HF_CLI_PROGRESS_BAR_H
#define HF_CLI_PROGRESS_BAR_H

#include "engine/progress.h"

typedef enum {
    HF_PROGRESS_STYLE_NONE,
    HF_PROGRESS_STYLE_LIVE,  /* a bar in place, five times a second */
    HF_PROGRESS_STYLE_LINES, /* a line every five seconds */
    HF_PROGRESS_STYLE_JSON,  /* a JSON object a line, every second */
} HfProgressStyle;

typedef struct HfProgressBar HfProgressBar;

/* `progress` is borrowed; `job` is static text that names what is under way. Transfer full. */
HfProgressBar *hf_progress_bar_start(HfProgress *progress, HfProgressStyle style, const char *job);
/* Takes the bar away and ends the thread. When the job is done there is a last line, with 100 percent. */
void hf_progress_bar_stop(HfProgressBar *self, bool done);

#endif
