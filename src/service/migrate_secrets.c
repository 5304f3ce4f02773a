#include "service/migrate_secrets.h"

#include "base/error.h"
#include "catalog/job.h"
#include "crypto/age.h"

#include <string.h>

char *hf_migrate_secrets_join(const HfMigrateSecrets *self)
{
    const char *lines[] = {self->password, self->master_key_password, self->identity};
    bool any = false;
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        any = any || lines[i] != NULL;
        lines[i] = lines[i] != NULL ? lines[i] : "";
    }
    return any ? g_strjoin("\n", lines[0], lines[1], lines[2], NULL) : NULL;
}

/* The first line of what is left; NULL: it is empty. Transfer full. */
static char *take_line(const char **rest)
{
    size_t length = strcspn(*rest, "\n");
    char *line = length > 0 ? g_strndup(*rest, length) : NULL;
    *rest += length + ((*rest)[length] == '\n');
    return line;
}

bool hf_migrate_secrets_open(HfMigrateSecrets *self, const HfSealer *sealer, GBytes *sealed, GError **error)
{
    *self = (HfMigrateSecrets){0};
    if (sealed == NULL)
        return true;
    gsize length;
    const void *bytes = g_bytes_get_data(sealed, &length);
    char *text = hf_sealer_open_text(sealer, HF_JOB_SECRET, bytes, length, error);
    const char *rest = text;
    if (text == NULL)
        return false;
    self->password = take_line(&rest);
    self->master_key_password = take_line(&rest);
    self->identity = take_line(&rest);
    hf_age_secret_free(text);
    return true;
}

void hf_migrate_secrets_clear(HfMigrateSecrets *self)
{
    g_clear_pointer(&self->password, hf_age_secret_free);
    g_clear_pointer(&self->master_key_password, hf_age_secret_free);
    g_clear_pointer(&self->identity, hf_age_secret_free);
}
