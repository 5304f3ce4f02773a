#include "base/units.h"
#include "service/migrate_mssql.h"

static void write_digest(HfJsonWriter *json, const char *key, const HfRowDigest *digest)
{
    char hex[HF_DIGEST_HEX_SIZE];
    hf_digest_to_hex(digest->sum, hex);
    hf_json_writer_begin_object(json, key);
    hf_json_writer_uint64(json, "rows", digest->rows);
    hf_json_writer_string(json, "digest", hex);
    hf_json_writer_end_object(json);
}

static bool is_equal(const HfMigratedTable *table)
{
    return table->compared && hf_row_digest_equal(&table->source, &table->target);
}

static void write_table(HfJsonWriter *json, const HfMigratedTable *table)
{
    g_autofree char *name = g_strconcat(table->table->schema, ".", table->table->name, NULL);
    hf_json_writer_begin_object(json, NULL);
    hf_json_writer_string(json, "table", name);
    hf_json_writer_string(json, "to", table->there);
    write_digest(json, "source", &table->source);
    write_digest(json, "target", &table->target);
    hf_json_writer_bool(json, "compared", table->compared);
    hf_json_writer_bool(json, "equal", is_equal(table));
    hf_json_writer_string(json, "difference", table->difference);
    hf_json_writer_end_object(json);
}

void hf_migrate_mssql_write(const HfMigrateMssqlResult *self, HfJsonWriter *json)
{
    g_autofree char *now = hf_format_time(g_get_real_time());
    hf_json_writer_string(json, "into", self->into);
    hf_json_writer_string(json, "written_at", now);
    hf_json_writer_bool(json, "proved", self->proved);
    hf_json_writer_string(json, "line", self->line);
    hf_json_writer_string(json, "warning", self->warning);
    if (self->detail != NULL)
        hf_json_writer_string(json, "detail", self->detail);
    hf_json_writer_uint64(json, "refused", self->refused);
    hf_json_writer_uint64(json, "refused_before", self->refused_before);
    hf_json_writer_uint64(json, "parts_kept", self->parts_kept);
    hf_json_writer_uint64(json, "steps", self->steps);
    hf_json_writer_uint64(json, "steps_done", self->steps_done);
    hf_json_writer_begin_array(json, "moved");
    for (guint i = 0; self->tables != NULL && i < self->tables->len; i++)
        write_table(json, self->tables->pdata[i]);
    hf_json_writer_end_array(json);
    if (self->assessment.plan == NULL)
        return;
    hf_json_writer_begin_object(json, "assessment");
    hf_assessment_write(&self->assessment, json);
    hf_json_writer_end_object(json);
}

/* Two digests of a table that is equal are one; else both are told, and how many rows either has. */
static void append_table(GString *html, const HfMigratedTable *table)
{
    bool equal = is_equal(table);
    char source[HF_DIGEST_HEX_SIZE], target[HF_DIGEST_HEX_SIZE];
    g_autofree char *name = g_strconcat(table->table->schema, ".", table->table->name, NULL);
    g_autofree char *rows = hf_format_count(table->source.rows), *there = hf_format_count(table->target.rows);
    hf_digest_to_hex(table->source.sum, source);
    hf_digest_to_hex(table->target.sum, target);
    g_string_append(html, "<tr><td>");
    hf_html_append_text(html, name);
    g_string_append(html, "</td><td>");
    hf_html_append_text(html, table->there);
    g_string_append_printf(html, "</td><td class=\"number\">%s", rows);
    if (table->compared && table->source.rows != table->target.rows)
        g_string_append_printf(html, ",<br>%s there", there);
    g_string_append_printf(html, "</td><td class=\"digest\">%s", source);
    if (table->compared && !equal)
        g_string_append_printf(html, ",<br>%s there", target);
    g_string_append_printf(html, "</td><td class=\"%s\">%s</td></tr>\n", equal ? "same" : "left",
                           equal             ? "equal"
                           : table->compared ? "differs"
                                             : "not read");
}

char *hf_migrate_mssql_html(const HfMigrateMssqlResult *self)
{
    g_autofree char *now = hf_format_time(g_get_real_time());
    g_autoptr(GString) html = g_string_new("<p>Into ");
    hf_html_append_text(html, self->into);
    g_string_append_printf(html, ". This report is of %s.</p>\n<h2>Proof</h2>\n<p>", now);
    hf_html_append_text(html, self->line);
    g_string_append(html, "</p>\n<table><thead><tr><th>Table</th><th>In SQL Server</th><th class=\"number\">Rows</th>"
                          "<th>Digest</th><th>Compared</th></tr></thead><tbody>\n");
    for (guint i = 0; i < self->tables->len; i++)
        append_table(html, self->tables->pdata[i]);
    g_string_append(html, "</tbody></table>\n");
    if (self->detail != NULL) {
        g_string_append(html, "<p class=\"left\">");
        hf_html_append_text(html, self->detail);
        g_string_append(html, "</p>\n");
    }
    for (guint i = 0; i < self->tables->len; i++) {
        const HfMigratedTable *table = self->tables->pdata[i];
        if (table->difference == NULL)
            continue;
        g_autofree char *line =
            g_strdup_printf("%s.%s: %s", table->table->schema, table->table->name, table->difference);
        g_string_append(html, "<p class=\"left\">");
        hf_html_append_text(html, line);
        g_string_append(html, "</p>\n");
    }
    return hf_assessment_html_with(&self->assessment, html->str);
}
