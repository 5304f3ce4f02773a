/*
 * Where GLib's log goes in the API: standard error, one line each, as base/log_line.h writes them:
 * level=warning request=… message="…". A child answers one request at a time, so each of its lines meanwhile is of that
 * one.
 */
#ifndef HF_API_LOG_H
#define HF_API_LOG_H

#include <glib.h>
#include <stdbool.h>

/* Fields of g_log_structured that stand in the line, before the message; all are strings. */
#define HF_LOG_METHOD "HOLDFAST_METHOD"
#define HF_LOG_PATH "HOLDFAST_PATH"
#define HF_LOG_STATUS "HOLDFAST_STATUS"

/* Once, at the start of the program. */
void hf_api_log_install(void);
/* "error", "warning", "info", "debug". */
void hf_api_log_set_level(const char *level);
/* The id of the request that is answered from now on, borrowed until the next call; NULL: none. */
void hf_api_log_set_request(const char *id);
/* Whether a message of that level would be shown: for those that are made for every request. */
bool hf_api_log_shows(GLogLevelFlags level);

#endif
