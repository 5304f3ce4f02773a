#include "tds/ticket.h"

#include "base/error.h"

#include <gssapi/gssapi.h>

/* What the library says of a status of its mechanism. Transfer full. */
static char *tell(OM_uint32 status)
{
    OM_uint32 ignored, context = 0;
    gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
    if (GSS_ERROR(gss_display_status(&ignored, status, GSS_C_MECH_CODE, GSS_C_NO_OID, &context, &text)))
        return g_strdup("no reason is told");
    char *told = g_strndup(text.value, text.length);
    (void)gss_release_buffer(&ignored, &text);
    return told;
}

bool hf_tds_ticket_check(GError **error)
{
    OM_uint32 ignored, reason = 0, left_s = 0;
    gss_cred_id_t credential = GSS_C_NO_CREDENTIAL;
    OM_uint32 status = gss_acquire_cred(&reason, GSS_C_NO_NAME, GSS_C_INDEFINITE, GSS_C_NO_OID_SET, GSS_C_INITIATE,
                                        &credential, NULL, &left_s);
    (void)gss_release_cred(&ignored, &credential);
    if (!GSS_ERROR(status) && left_s > 0)
        return true;
    g_autofree char *why = GSS_ERROR(status) ? tell(reason) : g_strdup("it has expired");
    g_set_error(error, HF_ERROR, HF_ERROR_DENIED, "there is no Kerberos ticket to log in with: %s; get one with kinit",
                why);
    return false;
}
