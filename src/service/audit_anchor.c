/*
 * The file has two lines: "<rows> <hash> <time>", and the same sealed and in Base64, which makes it ours. Where it lies
 * is not said in what it finds, which auditors of any organization read.
 */
#include "service/audit_anchor.h"

#include "base/error.h"
#include "base/units.h"
#include "crypto/age.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#define PURPOSE "audit anchor"
#define MAX_FILE 4096

void hf_audit_anchor_clear(HfAuditAnchor *self)
{
    g_clear_pointer(&self->at, g_free);
    self->end = (HfAuditEnd){0};
}

/* ---- The file ------------------------------------------------------------------------------------------------------
 */

static bool fail_forged(GError **error)
{
    g_set_error_literal(
        error, HF_ERROR, HF_ERROR_CORRUPT,
        "the note of how long the audit log was is not as this installation wrote it: somebody changed it, or the "
        "secret is another one; look into it, and remove the file then ([service] audit_anchor)");
    return false;
}

static bool is_ours(const HfSealer *sealer, const char *line, const char *mark)
{
    gsize length = 0;
    g_autofree guchar *sealed = g_base64_decode(mark, &length);
    char *opened = hf_sealer_open_text(sealer, PURPOSE, sealed, length, NULL);
    bool ours = g_strcmp0(opened, line) == 0;
    hf_age_secret_free(opened);
    return ours;
}

static bool parse(const char *line, HfAuditAnchor *self)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 4);
    guint64 rows;
    if (g_strv_length(words) != 3 || !g_ascii_string_to_unsigned(words[0], 10, 1, INT64_MAX, &rows, NULL))
        return false;
    self->end.rows = rows;
    g_strlcpy(self->end.hash, words[1], sizeof self->end.hash);
    self->at = g_strdup(words[2]);
    return true;
}

/* Nothing was noted: that is no error. */
static bool read_anchor(const HfSealer *sealer, const char *path, HfAuditAnchor *self, GError **error)
{
    g_autofree char *text = NULL;
    g_autoptr(GError) reason = NULL;
    gsize length;
    if (*path == '\0')
        return true;
    if (!g_file_get_contents(path, &text, &length, &reason)) {
        if (g_error_matches(reason, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return true;
        g_warning("what was noted of the audit log cannot be read: %s", reason->message);
        g_set_error_literal(error, HF_ERROR, HF_ERROR_DENIED,
                            "what was noted of the audit log cannot be read; the service's log says why");
        return false;
    }
    g_auto(GStrv) lines = g_strsplit(text, "\n", 3);
    return (length <= MAX_FILE && g_strv_length(lines) == 3 && is_ours(sealer, lines[0], lines[1]) &&
            parse(lines[0], self)) ||
           fail_forged(error);
}

static bool write_anchor(const HfSealer *sealer, const char *path, const HfAuditEnd *end, GError **error)
{
    g_autofree char *now = hf_format_time(g_get_real_time());
    g_autofree char *line = g_strdup_printf("%" G_GUINT64_FORMAT " %s %s", end->rows, end->hash, now);
    g_autoptr(GBytes) sealed = hf_sealer_seal(sealer, PURPOSE, line, strlen(line), error);
    if (sealed == NULL)
        return false;
    g_autofree char *mark = g_base64_encode(g_bytes_get_data(sealed, NULL), g_bytes_get_size(sealed));
    g_autofree char *text = g_strconcat(line, "\n", mark, "\n", NULL);
    g_autoptr(GError) reason = NULL;
    if (g_file_set_contents_full(path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0640, &reason))
        return true;
    g_set_error(
        error, HF_ERROR, HF_ERROR_STORAGE,
        "how long the audit log is cannot be noted, so that rows which are cut off its end would not be seen: %s",
        reason->message);
    return false;
}

/* ---- Against the log -----------------------------------------------------------------------------------------------
 */

static bool compare(HfCatalog *catalog, const HfAuditAnchor *anchor, GError **error)
{
    bool has = true;
    if (anchor->end.rows != 0 && !hf_audit_has(catalog, &anchor->end, &has, error))
        return false;
    if (!has)
        g_set_error(error, HF_ERROR, HF_ERROR_CORRUPT,
                    "the audit log has lost rows: its row %" G_GUINT64_FORMAT
                    " as it was noted at %s is not there any more; somebody with the rights of the catalog's owner cut "
                    "off the end, or the catalog was restored from an older copy (then remove the file that [service] "
                    "audit_anchor names)",
                    anchor->end.rows, anchor->at);
    return has;
}

/* An older end never replaces a newer one. */
static bool note(HfCatalog *catalog, const HfSealer *sealer, const char *path, GError **error)
{
    HfAuditEnd end;
    g_auto(HfAuditAnchor) anchor = {0};
    if (!read_anchor(sealer, path, &anchor, error) || !compare(catalog, &anchor, error) ||
        !hf_audit_last(catalog, &end, error))
        return false;
    return end.rows <= anchor.end.rows || write_anchor(sealer, path, &end, error);
}

/* Workers of a machine share the file, and whoever comes while another is at it need not wait. The lock is the
 * folder's, for each note is a new file. */
bool hf_audit_anchor_note(HfCatalog *catalog, const HfSealer *sealer, const char *path, GError **error)
{
    if (*path == '\0')
        return true;
    g_autofree char *folder = g_path_get_dirname(path);
    int lock = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool busy = lock >= 0 && flock(lock, LOCK_EX | LOCK_NB) != 0;
    bool noted = busy || note(catalog, sealer, path, error);
    if (lock >= 0)
        close(lock);
    return noted;
}

bool hf_audit_anchor_verify(HfCatalog *catalog, const HfSealer *sealer, const char *path, int64_t until_us,
                            HfAuditEnd *end, HfAuditAnchor *anchor, GError **error)
{
    *end = (HfAuditEnd){0};
    *anchor = (HfAuditAnchor){0};
    /* Read first: what is noted meanwhile is of rows that nobody has walked. */
    return read_anchor(sealer, path, anchor, error) && hf_audit_verify(catalog, until_us, end, error) &&
           compare(catalog, anchor, error);
}
