#include "service/source_halt.h"

#include "base/error.h"
#include "service/admission.h"

static bool look(HfSourceHalt *self, HfPg *pg, GError **error)
{
    g_autoptr(HfPgRows) rows = hf_pg_query(pg,
                                           "SELECT r.rolsuper, d.datconnlimit FROM pg_catalog.pg_roles r, "
                                           "pg_catalog.pg_database d WHERE r.rolname = current_user AND d.datname = "
                                           "pg_catalog.current_database()",
                                           NULL, error);
    if (rows == NULL)
        return false;
    self->connection_limit = hf_pg_rows_int64(rows, 0, 1);
    if (!hf_pg_rows_bool(rows, 0, 0)) {
        g_set_error(
            error, HF_ERROR, HF_ERROR_DENIED,
            "to halt the services of %s takes a superuser, whom its connection limit does not keep out: connect "
            "as one, or stop the applications yourself",
            hf_pg_database(pg));
        return false;
    }
    if (self->connection_limit == 0) {
        g_set_error(
            error, HF_ERROR, HF_ERROR_CONFLICT,
            "%s has a connection limit of 0 already, so nobody knows which one it is to have later: set that (-1 "
            "is none) and try again",
            hf_pg_database(pg));
        return false;
    }
    return true;
}

bool hf_source_halt_check(HfPg *pg, GError **error)
{
    HfSourceHalt unused = {0};
    return look(&unused, pg, error);
}

/* Transfer full. */
static char *tell_statement(const HfSourceHalt *self)
{
    g_autofree char *quoted = hf_pg_quote_ident(hf_pg_target_database(self->source));
    return g_strdup_printf("ALTER DATABASE %s CONNECTION LIMIT %" G_GINT64_FORMAT, quoted, self->connection_limit);
}

bool hf_source_halt_begin(HfSourceHalt *self, const HfPgTarget *source, HfPg *pg, HfPg *spared, GError **error)
{
    self->source = source;
    if (!look(self, pg, error))
        return false;
    g_autofree char *statement = tell_statement(self);
    g_autofree char *quoted = hf_pg_quote_ident(hf_pg_database(pg));
    g_message("the services of %s are halted; if this process is killed, they resume with: %s", hf_pg_database(pg),
              statement);
    self->begun = true;
    return hf_pg_execf(pg, error, "SET statement_timeout = '5s'; ALTER DATABASE %s CONNECTION LIMIT 0", quoted) &&
           hf_admission_end_sessions(pg, hf_pg_database(pg), pg, spared, error);
}

void hf_source_halt_end(HfSourceHalt *self, bool moved)
{
    g_autoptr(GError) reason = NULL;
    if (!self->begun)
        return;
    self->begun = false;
    const char *database = hf_pg_target_database(self->source);
    g_autofree char *statement = tell_statement(self);
    if (moved) {
        g_message("%s stays halted, and lets in superusers alone, until: %s", database, statement);
        return;
    }
    g_autoptr(HfPg) pg = hf_pg_connect(self->source, NULL, &reason); /* also after a cancel */
    if (pg != NULL && hf_pg_exec(pg, statement, &reason))
        g_message("the services of %s resume", database);
    else
        g_warning("the services of %s are still halted (%s); they resume with: %s", database, reason->message,
                  statement);
}
