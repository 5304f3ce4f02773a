#include "service/source_halt.h"

#include "base/error.h"
#include "engine/ends/postgres_copies.h"
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
    if (self->connection_limit != 0)
        return true;
    if (self->keeper != NULL && self->keeper->is_halted) {
        self->connection_limit = self->keeper->connection_limit;
        return true;
    }
    g_set_error(error, HF_ERROR, HF_ERROR_CONFLICT,
                "%s has a connection limit of 0 already, so nobody knows which one it is to have later: set that (-1 "
                "is none) and try again; or do without the halt, as it lets in superusers alone",
                hf_pg_database(pg));
    return false;
}

bool hf_source_halt_check(const HfSourceHaltKeeper *keeper, HfPg *pg, GError **error)
{
    HfSourceHalt unused = {.keeper = keeper};
    return look(&unused, pg, error);
}

/* Transfer full. */
static char *tell_statement(const HfPgTarget *source, int64_t connection_limit)
{
    g_autofree char *quoted = hf_pg_quote_ident(hf_pg_target_database(source));
    return g_strdup_printf("ALTER DATABASE %s CONNECTION LIMIT %" G_GINT64_FORMAT, quoted, connection_limit);
}

bool hf_source_halt_begin(HfSourceHalt *self, const HfSourceHaltKeeper *keeper, const HfPgTarget *source, HfPg *pg,
                          HfPg *spared, GError **error)
{
    self->source = source;
    self->keeper = keeper;
    if (!look(self, pg, error) || (keeper != NULL && !keeper->on_halt(self->connection_limit, keeper->data, error)))
        return false;
    g_autofree char *statement = tell_statement(source, self->connection_limit);
    g_autofree char *quoted = hf_pg_quote_ident(hf_pg_database(pg));
    if (keeper != NULL)
        g_message("the services of %s are halted", hf_pg_database(pg));
    else
        g_message("the services of %s are halted; if this process is killed, they resume with: %s", hf_pg_database(pg),
                  statement);
    self->begun = true;
    return hf_pg_execf(pg, error, "SET statement_timeout = '5s'; ALTER DATABASE %s CONNECTION LIMIT 0", quoted) &&
           hf_admission_end_sessions(pg, hf_pg_database(pg), pg, spared, error);
}

void hf_source_halt_end(HfSourceHalt *self, bool moved)
{
    g_autoptr(GError) reason = NULL;
    bool is_mine = self->begun && self->keeper == NULL;
    self->begun = false;
    if (!is_mine)
        return;
    const char *database = hf_pg_target_database(self->source);
    g_autofree char *statement = tell_statement(self->source, self->connection_limit);
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

bool hf_source_halt_open(const HfPgTarget *source, const char *maintenance_db, int64_t connection_limit, GError **error)
{
    g_autofree char *statement = tell_statement(source, connection_limit);
    g_autoptr(HfPg) pg = hf_postgres_connect_maintenance(source, maintenance_db, NULL, error);
    return pg != NULL && hf_pg_exec(pg, "SET statement_timeout = '5s'", error) && hf_pg_exec(pg, statement, error);
}
