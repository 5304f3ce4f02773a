/*
 * The Kerberos ticket of this process, by MIT's library, which FreeTDS uses too but does not say what it misses.
 */
#ifndef HF_TDS_TICKET_H
#define HF_TDS_TICKET_H

#include <glib.h>
#include <stdbool.h>

/* HF_ERROR_DENIED: there is none, or none that is still valid; the error says how to get one. */
bool hf_tds_ticket_check(GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
