/*
 * A view of the progress as text, in three shapes. Pure. Strings are transfer full.
 */
#ifndef HF_CLI_PROGRESS_TEXT_H
#define HF_CLI_PROGRESS_TEXT_H

#include "engine/progress.h"

/* The live bar: lines that each end in a line break, none wider than `columns`, fewer than `rows`: the bar, the
 * numbers, a line for each table in flight. */
char *hf_progress_text_bar(const HfProgressView *view, unsigned columns, unsigned rows);

/* One line without a line break: "backup: 42.3% copying rows, 1,234 rows, 412 MB/s in, 98 MB/s out, 1 min 05 s left".
 * `job` says what is under way. */
char *hf_progress_text_line(const HfProgressView *view, const char *job);

/* One line of JSON without a line break; see PROGRESS in holdfast(1). */
char *hf_progress_text_json(const HfProgressView *view, const char *job);

#endif
