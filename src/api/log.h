/* Where GLib's log goes in the API: standard error, one line each, "level=warning request=… …". */
#ifndef HF_API_LOG_H
#define HF_API_LOG_H

#include <glib.h>
#include <stdbool.h>

/* Once, at the start of the program. */
void hf_api_log_install(void);
/* "error", "warning", "info", "debug". */
void hf_api_log_set_level(const char *level);
/* Whether a message of that level would be shown: for those that are made for every request. */
bool hf_api_log_shows(GLogLevelFlags level);

#endif
