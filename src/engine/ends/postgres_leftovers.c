#include "engine/ends/postgres_model.h"

#include <string.h>

/*
 * One row for each kind of object that has no place in the model: its name and its source. A query takes an array of
 * OIDs as $1, and gives nothing that an extension made; the extension itself is one line. Where the server prints no
 * statement for a kind, its description has to do.
 */

typedef enum {
    OF_TABLES,    /* belongs to the tables of the model, whose OIDs are $1 */
    OF_RELATIONS, /* to them, to their partitions, or to a view, which $1 has, too */
    OF_DATABASE,  /* to none: not with a selection */
} Owner;

typedef struct {
    const char *kind;
    Owner owner;

    const char *sql;
} Leftover;

#define NOT_OF_EXTENSION(catalog, oid)                                                                                 \
    oid " >= 16384 AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog." catalog          \
        "'::pg_catalog.regclass AND x.objid = " oid " AND x.deptype = 'e')"

/* What the server made for something else, as the functions of a range type are. */
#define NOT_INTERNAL(catalog, oid)                                                                                     \
    "NOT EXISTS (SELECT FROM pg_catalog.pg_depend x WHERE x.classid = 'pg_catalog." catalog                            \
    "'::pg_catalog.regclass AND x.objid = " oid " AND x.deptype = 'i')"

#define OURS(relation) relation " = ANY ($1::pg_catalog.oid[])"
/* A partition of one of them, c. */
#define BELOW                                                                                                          \
    "c.relispartition AND NOT " OURS("c.oid") " AND EXISTS (SELECT FROM pg_catalog.pg_partition_ancestors(c.oid) a "   \
                                              "WHERE " OURS("a.relid") ")"
/* What initdb or an extension gave is no grant of anybody's. */
#define GRANTED(acl, catalog)                                                                                          \
    acl " IS NOT NULL AND NOT EXISTS (SELECT FROM pg_catalog.pg_init_privs p WHERE p.objoid = o.oid AND p.classoid = " \
        "'pg_catalog." catalog "'::pg_catalog.regclass AND p.objsubid = 0 AND p.initprivs = " acl ")"
#define GRANTS_ON(word, name, acl, catalog, more)                                                                      \
    "SELECT '" word " ' || " name ", " acl "::pg_catalog.text FROM pg_catalog." catalog                                \
    " o WHERE $1::pg_catalog.oid[] IS NOT NULL AND " GRANTED(acl, catalog) " AND " more

#define REGPROCEDURE "o.oid::pg_catalog.regprocedure::pg_catalog.text"

/* All of a catalog, by what the server says of each. */
#define DESCRIBED(catalog, more)                                                                                       \
    "SELECT pg_catalog.pg_describe_object('pg_catalog." catalog "'::pg_catalog.regclass, o.oid, 0), "                  \
    "coalesce(pg_catalog.obj_description(o.oid, '" catalog "'), '') FROM pg_catalog." catalog                          \
    " o WHERE $1::pg_catalog.oid[] IS NOT NULL "                                                                       \
    "AND " NOT_OF_EXTENSION(catalog, "o.oid") " " more

static const Leftover leftovers[] = {
    {"trigger", OF_RELATIONS,
     "SELECT pg_catalog.format('%s on %s', o.tgname, o.tgrelid::pg_catalog.regclass), "
     "pg_catalog.pg_get_triggerdef(o.oid) "
     "FROM pg_catalog.pg_trigger o WHERE NOT o.tgisinternal AND o.tgparentid = 0 AND " OURS("o.tgrelid")},
    {"rule", OF_RELATIONS,
     "SELECT pg_catalog.format('%s on %s', o.rulename, o.ev_class::pg_catalog.regclass), "
     "pg_catalog.pg_get_ruledef(o.oid) "
     "FROM pg_catalog.pg_rewrite o WHERE o.rulename <> '_RETURN' AND " OURS("o.ev_class")},
    {"policy", OF_RELATIONS,
     "SELECT pg_catalog.format('%s on %s', o.polname, o.polrelid::pg_catalog.regclass), pg_catalog.format('CREATE "
     "POLICY "
     "%I ON %s AS %s FOR %s USING (%s) WITH CHECK (%s)', o.polname, o.polrelid::pg_catalog.regclass, CASE WHEN "
     "o.polpermissive THEN 'PERMISSIVE' ELSE 'RESTRICTIVE' END, CASE o.polcmd WHEN 'r' THEN 'SELECT' WHEN 'a' THEN "
     "'INSERT' WHEN 'w' THEN 'UPDATE' WHEN 'd' THEN 'DELETE' ELSE 'ALL' END, pg_catalog.pg_get_expr(o.polqual, "
     "o.polrelid), pg_catalog.pg_get_expr(o.polwithcheck, o.polrelid)) FROM pg_catalog.pg_policy o WHERE " OURS(
         "o.polrelid")},
    {"row security", OF_RELATIONS,
     "SELECT o.oid::pg_catalog.regclass::pg_catalog.text, pg_catalog.format('ALTER TABLE %s %s ROW LEVEL SECURITY', "
     "o.oid::pg_catalog.regclass, CASE WHEN o.relforcerowsecurity THEN 'FORCE' ELSE 'ENABLE' END) FROM "
     "pg_catalog.pg_class o WHERE o.relrowsecurity AND " OURS("o.oid")},
    {"exclusion constraint", OF_RELATIONS,
     "SELECT pg_catalog.format('%s on %s', o.conname, o.conrelid::pg_catalog.regclass), "
     "pg_catalog.pg_get_constraintdef(o.oid) FROM pg_catalog.pg_constraint o WHERE o.contype = 'x' AND " OURS(
         "o.conrelid")},
    {"inheritance", OF_TABLES,
     "SELECT pg_catalog.format('%s of %s', o.inhrelid::pg_catalog.regclass, o.inhparent::pg_catalog.regclass), "
     "pg_catalog.format('INHERITS (%s)', o.inhparent::pg_catalog.regclass) FROM pg_catalog.pg_inherits o JOIN "
     "pg_catalog.pg_class c ON c.oid = o.inhrelid WHERE NOT c.relispartition AND c.relkind = 'r' AND " OURS(
         "o.inhrelid")},
    {"partition", OF_TABLES,
     "SELECT o.oid::pg_catalog.regclass::pg_catalog.text, pg_catalog.format('PARTITION OF %s %s', "
     "i.inhparent::pg_catalog.regclass, pg_catalog.pg_get_expr(o.relpartbound, o.oid)) FROM pg_catalog.pg_class o JOIN "
     "pg_catalog.pg_inherits i ON i.inhrelid = o.oid WHERE o.relispartition AND o.relkind IN ('r', 'p', 'f') AND "
     "EXISTS "
     "(SELECT FROM pg_catalog.pg_partition_ancestors(o.oid) a WHERE " OURS("a.relid") ")"},
    {"constraint of a partition", OF_TABLES,
     "SELECT pg_catalog.format('%s on %s', o.conname, c.oid::pg_catalog.regclass), "
     "pg_catalog.pg_get_constraintdef(o.oid) FROM pg_catalog.pg_constraint o JOIN pg_catalog.pg_class c ON c.oid = "
     "o.conrelid WHERE o.contype IN ('p', 'u', 'c', 'f') AND o.conparentid = 0 AND o.coninhcount = 0 AND " BELOW},
    {"index of a partition", OF_TABLES,
     "SELECT pg_catalog.format('%s on %s', n.relname, c.oid::pg_catalog.regclass), "
     "pg_catalog.pg_get_indexdef(o.indexrelid) FROM pg_catalog.pg_index o JOIN pg_catalog.pg_class c ON c.oid = "
     "o.indrelid JOIN pg_catalog.pg_class n ON n.oid = o.indexrelid WHERE NOT EXISTS (SELECT FROM "
     "pg_catalog.pg_inherits h WHERE h.inhrelid = o.indexrelid) AND NOT EXISTS (SELECT FROM pg_catalog.pg_constraint k "
     "WHERE k.conindid = o.indexrelid AND k.contype IN ('p', 'u', 'x')) AND " BELOW},
    {"default of a partition", OF_TABLES,
     "SELECT pg_catalog.format('%s.%s', c.oid::pg_catalog.regclass, t.attname), pg_catalog.pg_get_expr(o.adbin, "
     "o.adrelid) FROM pg_catalog.pg_attrdef o JOIN pg_catalog.pg_class c ON c.oid = o.adrelid JOIN "
     "pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attnum = o.adnum JOIN pg_catalog.pg_inherits h ON "
     "h.inhrelid = c.oid JOIN pg_catalog.pg_attribute u ON u.attrelid = h.inhparent AND u.attname = t.attname LEFT "
     "JOIN pg_catalog.pg_attrdef d ON d.adrelid = u.attrelid AND d.adnum = u.attnum WHERE pg_catalog.pg_get_expr("
     "o.adbin, o.adrelid) IS DISTINCT FROM pg_catalog.pg_get_expr(d.adbin, d.adrelid) AND " BELOW},
    {"invalid index", OF_TABLES,
     "SELECT pg_catalog.format('%s on %s', n.relname, o.indrelid::pg_catalog.regclass), "
     "pg_catalog.pg_get_indexdef(o.indexrelid) FROM pg_catalog.pg_index o JOIN pg_catalog.pg_class n ON n.oid = "
     "o.indexrelid WHERE NOT o.indisvalid AND " OURS("o.indrelid")},
    {"statistics", OF_RELATIONS,
     "SELECT pg_catalog.format('%s on %s', o.stxname, o.stxrelid::pg_catalog.regclass), "
     "pg_catalog.pg_get_statisticsobjdef(o.oid) FROM pg_catalog.pg_statistic_ext o WHERE " OURS("o.stxrelid")},
    {"function", OF_DATABASE,
     "SELECT " REGPROCEDURE
     ", pg_catalog.pg_get_functiondef(o.oid) FROM pg_catalog.pg_proc o WHERE $1::pg_catalog.oid[] IS NOT NULL AND "
     "o.prokind IN ('f', 'w') AND " NOT_INTERNAL("pg_proc", "o.oid") " AND " NOT_OF_EXTENSION("pg_proc", "o.oid")},
    {"procedure", OF_DATABASE,
     "SELECT " REGPROCEDURE
     ", pg_catalog.pg_get_functiondef(o.oid) FROM pg_catalog.pg_proc o WHERE $1::pg_catalog.oid[] IS NOT NULL AND "
     "o.prokind = 'p' AND " NOT_OF_EXTENSION("pg_proc", "o.oid")},
    {"aggregate", OF_DATABASE,
     "SELECT " REGPROCEDURE ", pg_catalog.format('CREATE AGGREGATE %s (SFUNC = %s, STYPE = %s)', " REGPROCEDURE
     ", g.aggtransfn, pg_catalog.format_type(g.aggtranstype, NULL)) FROM pg_catalog.pg_proc o JOIN "
     "pg_catalog.pg_aggregate g ON g.aggfnoid = o.oid WHERE $1::pg_catalog.oid[] IS NOT NULL AND " NOT_OF_EXTENSION(
         "pg_proc", "o.oid")},
    {"materialized view", OF_DATABASE,
     "SELECT o.oid::pg_catalog.regclass::pg_catalog.text, pg_catalog.pg_get_viewdef(o.oid) FROM pg_catalog.pg_class o "
     "WHERE $1::pg_catalog.oid[] IS NOT NULL AND o.relkind = 'm' AND " NOT_OF_EXTENSION("pg_class", "o.oid")},
    {"foreign table", OF_DATABASE,
     "SELECT o.oid::pg_catalog.regclass::pg_catalog.text, pg_catalog.format('SERVER %I', s.srvname) FROM "
     "pg_catalog.pg_class o JOIN pg_catalog.pg_foreign_table f ON f.ftrelid = o.oid JOIN pg_catalog.pg_foreign_server "
     "s "
     "ON s.oid = f.ftserver WHERE $1::pg_catalog.oid[] IS NOT NULL AND NOT o.relispartition AND " NOT_OF_EXTENSION(
         "pg_class", "o.oid")},
    {"type", OF_DATABASE,
     "SELECT pg_catalog.format_type(o.oid, NULL), CASE o.typtype WHEN 'e' THEN pg_catalog.format('ENUM %s', (SELECT "
     "pg_catalog.json_agg(e.enumlabel ORDER BY e.enumsortorder) FROM pg_catalog.pg_enum e WHERE e.enumtypid = o.oid)) "
     "WHEN 'c' THEN pg_catalog.format('COMPOSITE %s', (SELECT pg_catalog.string_agg(a.attname || ' ' || "
     "pg_catalog.format_type(a.atttypid, a.atttypmod), ', ' ORDER BY a.attnum) FROM pg_catalog.pg_attribute a WHERE "
     "a.attrelid = o.typrelid AND a.attnum > 0)) WHEN 'd' THEN pg_catalog.format('DOMAIN OVER %s', "
     "pg_catalog.format_type(o.typbasetype, o.typtypmod)) WHEN 'r' THEN 'RANGE' ELSE 'BASE TYPE' END FROM "
     "pg_catalog.pg_type o LEFT JOIN pg_catalog.pg_class c ON c.oid = o.typrelid WHERE $1::pg_catalog.oid[] IS NOT "
     "NULL AND o.typtype IN "
     "('b', 'c', 'd', 'e', 'r') AND (c.oid IS NULL OR c.relkind = 'c') AND NOT (o.typtype = 'b' AND o.typelem <> 0 AND "
     "o.typcategory = 'A') AND " NOT_OF_EXTENSION("pg_type", "o.oid")},
    {"extension", OF_DATABASE,
     "SELECT o.extname, pg_catalog.format('CREATE EXTENSION %I VERSION %L', o.extname, o.extversion) FROM "
     "pg_catalog.pg_extension o WHERE $1::pg_catalog.oid[] IS NOT NULL AND o.extname <> 'plpgsql'"},
    {"publication", OF_DATABASE,
     "SELECT o.pubname, pg_catalog.format('CREATE PUBLICATION %I%s', o.pubname, CASE WHEN o.puballtables THEN ' FOR "
     "ALL "
     "TABLES' ELSE '' END) FROM pg_catalog.pg_publication o WHERE $1::pg_catalog.oid[] IS NOT NULL"},
    {"subscription", OF_DATABASE,
     "SELECT o.subname, 'its connection may hold a password and is not shown' FROM pg_catalog.pg_subscription o JOIN "
     "pg_catalog.pg_database d ON d.oid = o.subdbid WHERE d.datname = pg_catalog.current_database() AND "
     "$1::pg_catalog.oid[] IS NOT NULL"},
    {"event trigger", OF_DATABASE,
     "SELECT o.evtname, pg_catalog.format('ON %s EXECUTE FUNCTION %s', o.evtevent, o.evtfoid::pg_catalog.regprocedure) "
     "FROM pg_catalog.pg_event_trigger o WHERE $1::pg_catalog.oid[] IS NOT NULL"},
    {"large objects", OF_DATABASE,
     "SELECT pg_catalog.count(*)::pg_catalog.text, 'their contents stay in PostgreSQL; columns of type oid keep their "
     "numbers' FROM pg_catalog.pg_largeobject_metadata WHERE $1::pg_catalog.oid[] IS NOT NULL HAVING "
     "pg_catalog.count(*) > 0"},
    {"operator", OF_DATABASE, DESCRIBED("pg_operator", "")},
    {"operator class", OF_DATABASE, DESCRIBED("pg_opclass", "")},
    {"operator family", OF_DATABASE, DESCRIBED("pg_opfamily", "")},
    {"cast", OF_DATABASE, DESCRIBED("pg_cast", "AND " NOT_INTERNAL("pg_cast", "o.oid"))},
    {"collation", OF_DATABASE, DESCRIBED("pg_collation", "")},
    {"conversion", OF_DATABASE, DESCRIBED("pg_conversion", "")},
    {"language", OF_DATABASE, DESCRIBED("pg_language", "")},
    {"access method", OF_DATABASE, DESCRIBED("pg_am", "")},
    {"transform", OF_DATABASE, DESCRIBED("pg_transform", "")},
    {"text search configuration", OF_DATABASE, DESCRIBED("pg_ts_config", "")},
    {"text search dictionary", OF_DATABASE, DESCRIBED("pg_ts_dict", "")},
    {"text search parser", OF_DATABASE, DESCRIBED("pg_ts_parser", "")},
    {"text search template", OF_DATABASE, DESCRIBED("pg_ts_template", "")},
    {"foreign-data wrapper", OF_DATABASE, DESCRIBED("pg_foreign_data_wrapper", "")},
    {"foreign server", OF_DATABASE, DESCRIBED("pg_foreign_server", "")},
    {"user mapping", OF_DATABASE,
     "SELECT pg_catalog.format('%s on %s', o.usename, o.srvname), 'its options may hold a password and are not shown' "
     "FROM pg_catalog.pg_user_mappings o WHERE $1::pg_catalog.oid[] IS NOT NULL"},
    {"default privileges", OF_DATABASE, DESCRIBED("pg_default_acl", "")},
    {"setting", OF_DATABASE,
     "SELECT pg_catalog.split_part(s, '=', 1) || CASE WHEN o.setrole = 0 THEN '' ELSE ' for ' || "
     "o.setrole::pg_catalog.regrole::pg_catalog.text END, s FROM pg_catalog.pg_db_role_setting o JOIN "
     "pg_catalog.pg_database d ON d.oid = o.setdatabase, pg_catalog.unnest(o.setconfig) s WHERE d.datname = "
     "pg_catalog.current_database() AND $1::pg_catalog.oid[] IS NOT NULL"},
    {"security label", OF_DATABASE,
     "SELECT pg_catalog.format('%s %s', o.objtype, o.objname), pg_catalog.format('SECURITY LABEL FOR %s IS %L', "
     "o.provider, o.label) FROM pg_catalog.pg_seclabels o WHERE o.objtype NOT IN ('role', 'tablespace') AND (o.objtype "
     "<> 'database' OR o.objname = pg_catalog.quote_ident(pg_catalog.current_database())) AND $1::pg_catalog.oid[] IS "
     "NOT NULL"},
    {"view option", OF_RELATIONS,
     "SELECT pg_catalog.format('%s of %s', v.option_name, o.oid::pg_catalog.regclass), pg_catalog.format('ALTER VIEW "
     "%s SET (%s = %s)', o.oid::pg_catalog.regclass, v.option_name, v.option_value) FROM pg_catalog.pg_class o, "
     "pg_catalog.pg_options_to_table(o.reloptions) v WHERE o.relkind = 'v' AND v.option_name <> 'check_option' "
     "AND " OURS("o.oid")},
    {"default of a view", OF_RELATIONS,
     "SELECT pg_catalog.format('%s.%s', c.oid::pg_catalog.regclass, t.attname), pg_catalog.pg_get_expr(o.adbin, "
     "o.adrelid) FROM pg_catalog.pg_attrdef o JOIN pg_catalog.pg_class c ON c.oid = o.adrelid JOIN "
     "pg_catalog.pg_attribute t ON t.attrelid = c.oid AND t.attnum = o.adnum WHERE c.relkind = 'v' AND " OURS("c.oid")},
    {"comment", OF_DATABASE,
     "SELECT pg_catalog.pg_describe_object(o.classoid, o.objoid, o.objsubid), o.description FROM "
     "pg_catalog.pg_description o LEFT JOIN pg_catalog.pg_constraint k ON k.oid = o.objoid AND o.classoid = "
     "'pg_catalog.pg_constraint'::pg_catalog.regclass LEFT JOIN pg_catalog.pg_class c ON c.oid = coalesce(k.conrelid, "
     "o.objoid) AND (k.oid IS NOT NULL OR o.classoid = 'pg_catalog.pg_class'::pg_catalog.regclass) WHERE "
     "$1::pg_catalog.oid[] IS NOT NULL AND o.objoid >= 16384 AND (k.contypid <> 0 OR c.relispartition OR c.relkind IN "
     "('m', 'f', 'c') OR o.classoid IN (SELECT pg_catalog.unnest('{pg_type,pg_proc,pg_trigger,pg_policy,pg_rewrite,"
     "pg_event_trigger,pg_publication,pg_subscription,pg_statistic_ext}'::pg_catalog.regclass[]))) AND NOT EXISTS "
     "(SELECT FROM pg_catalog.pg_depend x WHERE x.classid = o.classoid AND x.objid = o.objoid AND x.deptype = 'e')"},
    {"grants", OF_RELATIONS,
     "SELECT o.oid::pg_catalog.regclass::pg_catalog.text, o.relacl::pg_catalog.text FROM pg_catalog.pg_class o WHERE "
     "o.relacl IS NOT NULL AND " OURS("o.oid")},
    {"grants", OF_RELATIONS,
     "SELECT pg_catalog.format('%s.%s', t.attrelid::pg_catalog.regclass, t.attname), t.attacl::pg_catalog.text FROM "
     "pg_catalog.pg_attribute t WHERE t.attacl IS NOT NULL AND t.attnum > 0 AND NOT t.attisdropped AND " OURS(
         "t.attrelid")},
    {"grants", OF_DATABASE,
     GRANTS_ON("schema", "o.nspname", "o.nspacl", "pg_namespace",
               "o.nspname !~ '^pg_' AND o.nspname <> 'information_schema'")},
    {"grants", OF_DATABASE,
     GRANTS_ON("function", REGPROCEDURE, "o.proacl", "pg_proc", NOT_OF_EXTENSION("pg_proc", "o.oid"))},
    {"grants", OF_DATABASE,
     GRANTS_ON("type", "pg_catalog.format_type(o.oid, NULL)", "o.typacl", "pg_type",
               NOT_OF_EXTENSION("pg_type", "o.oid"))},
    {"grants", OF_DATABASE,
     GRANTS_ON("database", "o.datname", "o.datacl", "pg_database", "o.datname = pg_catalog.current_database()")},
};

/* The OIDs of all that a leftover may belong to. Transfer full. */
static char *list_relations(HfPg *pg, const char *tables, bool selective, GError **error)
{
    g_autofree char *sql = g_strdup_printf(
        "SELECT coalesce(pg_catalog.array_agg(c.oid), '{}') FROM pg_catalog.pg_class c WHERE " OURS(
            "c.oid") " OR (" BELOW ") OR (NOT %s AND c.relkind IN ('v', 'm', 'f', 'S') AND c.relpersistence <> 't' "
                     "AND " NOT_OF_EXTENSION("pg_class", "c.oid") ")",
        selective ? "true" : "false");
    return hf_pg_query_text(pg, sql, (const char *[]){tables, NULL}, error);
}

/* Descriptions begin with the kind, or its last word: "cast from a to b", "server far". Transfer full. */
static char *name_without(const char *name, const char *kind)
{
    const char *last = strrchr(kind, ' ');
    const char *const words[] = {kind, last != NULL ? last + 1 : kind};
    for (size_t i = 0; i < G_N_ELEMENTS(words); i++)
        if (g_str_has_prefix(name, words[i]) && name[strlen(words[i])] == ' ')
            return g_strdup(name + strlen(words[i]) + 1);
    return g_strdup(name);
}

bool hf_postgres_model_read_leftovers(HfPg *pg, const char *tables, bool selective, HfNeutralModel *model,
                                      GError **error)
{
    g_autofree char *relations = list_relations(pg, tables, selective, error);
    if (relations == NULL)
        return false;
    for (size_t k = 0; k < G_N_ELEMENTS(leftovers); k++) {
        const Leftover *kind = &leftovers[k];
        const char *of = kind->owner == OF_RELATIONS ? relations : tables;
        if (selective && kind->owner == OF_DATABASE)
            continue;
        g_autofree char *sql = g_strconcat(kind->sql, " ORDER BY 1", NULL);
        g_autoptr(HfPgRows) rows = hf_pg_query(pg, sql, (const char *[]){of, NULL}, error);
        if (rows == NULL)
            return false;
        for (size_t i = 0; i < hf_pg_rows_count(rows); i++) {
            HfNeutralLeftover *leftover = hf_neutral_add_leftover(model);
            leftover->kind = g_strdup(kind->kind);
            leftover->name = name_without(hf_pg_rows_text(rows, i, 0), kind->kind);
            leftover->source = g_strdup(hf_pg_rows_text(rows, i, 1) != NULL ? hf_pg_rows_text(rows, i, 1) : "");
        }
    }
    return true;
}
