#include "service/live.h"

#include "base/error.h"
#include "base/json.h"
#include "service/apart.h"
#include "service/own_server.h"
#include "service/probe.h"
#include "service/unseal.h"

#define LIVE_S 10
#define MAX_ANSWER ((size_t)1 << 20)

/*
 * Ordinary tables of users, as a backup counts them. The running count of live rows is fresher than what the last
 * ANALYZE saw, but lost with the statistics: then what ANALYZE saw is taken. Pages are those of the last VACUUM or
 * ANALYZE, for the true size of a table is told only under a lock on it.
 */
#define TABLES                                                                                                         \
    "(SELECT n.nspname AS schema, c.relname AS name, CASE WHEN pg_stat_get_tuples_inserted(c.oid) > 0 OR "             \
    "pg_stat_get_live_tuples(c.oid) > 0 THEN pg_stat_get_live_tuples(c.oid) ELSE greatest(c.reltuples, 0)::bigint "    \
    "END AS rows, c.relpages::bigint * current_setting('block_size')::bigint AS bytes FROM pg_class c JOIN "           \
    "pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind = 'r' AND c.relpersistence <> 't' AND n.nspname !~ "     \
    "'^pg_' AND n.nspname <> 'information_schema' AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = "          \
    "'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')) t"

typedef struct {
    HfPgTarget *server;   /* its maintenance database */
    HfPgTarget *database; /* what is asked about */
    const char *name;
    const HfOwnServer *own;
} Asked;

static void write_items(HfJsonWriter *writer, const HfPgRows *rows)
{
    hf_json_writer_begin_array(writer, "items");
    for (size_t i = 0; rows != NULL && i < hf_pg_rows_count(rows); i++) {
        hf_json_writer_begin_object(writer, NULL);
        hf_json_writer_string(writer, "schema", hf_pg_rows_text(rows, i, 0));
        hf_json_writer_string(writer, "name", hf_pg_rows_text(rows, i, 1));
        hf_json_writer_int64(writer, "rows", hf_pg_rows_int64(rows, i, 2));
        hf_json_writer_int64(writer, "bytes", hf_pg_rows_int64(rows, i, 3));
        hf_json_writer_end_object(writer);
    }
    hf_json_writer_end_array(writer);
}

/* `sums` NULL: there is no such database. */
static void write_answer(GString *answer, const HfPgRows *sums, const HfPgRows *items)
{
    static const char *const names[] = {"size_bytes", "tables", "rows"};
    HfJsonWriter writer;
    g_autoptr(GDateTime) now = g_date_time_new_now_utc();
    g_autofree char *at = g_date_time_format_iso8601(now);
    hf_json_writer_init(&writer, answer);
    hf_json_writer_begin_object(&writer, NULL);
    hf_json_writer_bool(&writer, "exists", sums != NULL);
    hf_json_writer_string(&writer, "at", at);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++)
        if (sums != NULL)
            hf_json_writer_int64(&writer, names[i], hf_pg_rows_int64(sums, 0, (int)i));
        else
            hf_json_writer_string(&writer, names[i], NULL);
    write_items(&writer, items);
    hf_json_writer_end_object(&writer);
}

/* Whether the server has it: a refused connection could mean much else. */
static bool ask_whether(const Asked *asked, bool *exists, GError **error)
{
    g_autoptr(HfPg) pg = hf_pg_connect(asked->server, NULL, error);
    if (pg == NULL || !hf_own_server_check(asked->own, pg, asked->name, NULL, error))
        return false;
    g_autoptr(HfPgRows) rows =
        hf_pg_query(pg, "SELECT FROM pg_database WHERE datname = $1", (const char *const[]){asked->name, NULL}, error);
    *exists = rows != NULL && hf_pg_rows_count(rows) > 0;
    return rows != NULL;
}

static bool ask(gconstpointer data, GString *answer, GError **error)
{
    const Asked *asked = data;
    bool exists = false;
    if (!ask_whether(asked, &exists, error))
        return false;
    if (!exists) {
        write_answer(answer, NULL, NULL);
        return true;
    }
    g_autoptr(HfPg) pg = hf_pg_connect(asked->database, NULL, error);
    g_autoptr(HfPgRows) sums =
        pg == NULL || !hf_own_server_check(asked->own, pg, asked->name, NULL, error)
            ? NULL
            : hf_pg_query(pg,
                          "SELECT pg_database_size(current_database()), count(*), coalesce(sum(rows), 0)::bigint "
                          "FROM " TABLES,
                          NULL, error);
    g_autoptr(HfPgRows) items = sums == NULL ? NULL
                                             : hf_pg_query(pg,
                                                           "SELECT schema, name, rows, bytes FROM " TABLES
                                                           " ORDER BY rows DESC, schema, name LIMIT 200",
                                                           NULL, error);
    if (items == NULL)
        return false;
    write_answer(answer, hf_pg_rows_count(sums) == 1 ? sums : NULL, items);
    return true;
}

char *hf_live_ask(HfCatalog *catalog, const HfConfiguration *configuration, const HfSealer *sealer,
                  const char *organization, const char *database_id, GError **error)
{
    g_auto(HfOwnServer) own = {0};
    g_autoptr(HfDatabaseRow) database = hf_database_get(catalog, organization, database_id, error);
    g_autoptr(HfServerRow) row =
        database != NULL ? hf_server_get(catalog, organization, database->server_id, error) : NULL;
    if (row == NULL || !hf_probe_check_host(row->host, error))
        return NULL;
    g_autoptr(HfPgTarget) server = hf_unseal_target(sealer, row, NULL, error);
    g_autoptr(HfPgTarget) target = server != NULL ? hf_unseal_target(sealer, row, database->name, error) : NULL;
    if (target == NULL || !hf_own_server_read(&own, catalog, configuration, error))
        return NULL;
    const Asked asked = {.server = server, .database = target, .name = database->name, .own = &own};
    g_autofree char *answer = hf_apart_run(ask, &asked, LIVE_S, MAX_ANSWER, error);
    if (answer == NULL) {
        g_prefix_error(error, "the server %s: ", hf_pg_target_server(server));
        return NULL;
    }
    if (g_utf8_validate(answer, -1, NULL))
        return g_steal_pointer(&answer);
    g_set_error_literal(error, HF_ERROR, HF_ERROR_DATABASE, "the server tells of tables whose names cannot be");
    return NULL;
}
