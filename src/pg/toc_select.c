/*
 * Blocked are the entries that are excluded and, as far as dependencies reach, those that need them; nothing blocked is
 * looked at again. Chosen are first the entries that are wanted, with all that they need. Then, until nothing changes,
 * each entry that has no life of its own is looked at:
 *   - a part of a chosen relation (a column's default; the real definition of a view that pg_dump had to create as a
 *     dummy first, to break a loop) is taken with all that it needs;
 *   - anything else that hangs on something chosen is taken if no further relation has to come with it.
 */
#include "pg/dump_toc.h"

#include <string.h>

/* Entries that exist for the sake of the entries that they depend on. */
static const char *const attached_kinds[] = {
    "ACL",
    "CHECK CONSTRAINT",
    "COMMENT",
    "CONSTRAINT",
    "FK CONSTRAINT",
    "INDEX",
    "INDEX ATTACH",
    "MATERIALIZED VIEW DATA",
    "POLICY",
    "ROW SECURITY",
    "RULE",
    "SECURITY LABEL",
    "SEQUENCE OWNED BY",
    "STATISTICS",
    "TABLE ATTACH",
    "TRIGGER",
    NULL,
};

static const char *const setting_kinds[] = {"ENCODING", "STDSTRINGS", "SEARCHPATH", NULL};

typedef struct {
    const HfDumpToc *toc;
    GHashTable *wanted;  /* keys of the entries that are wanted, and of partitions of these */
    GHashTable *blocked; /* keys of the entries that cannot be in the result */
    GHashTable *chosen;  /* keys of the entries of the result */
    GHashTable *schemas; /* name -> HfTocEntry* */
} Selection;

static gpointer key_of(const HfTocEntry *entry)
{
    return GINT_TO_POINTER(entry->dump_id);
}

static bool has(GHashTable *set, const HfTocEntry *entry)
{
    return g_hash_table_contains(set, key_of(entry));
}

static bool has_kind(const HfTocEntry *entry, const char *kind)
{
    return strcmp(entry->kind, kind) == 0;
}

/* Those that hold or show rows. */
static bool is_relation(const HfTocEntry *entry)
{
    static const char *const kinds[] = {"TABLE", "VIEW", "MATERIALIZED VIEW", "FOREIGN TABLE", NULL};
    return g_strv_contains(kinds, entry->kind);
}

typedef bool (*EntryTest)(const HfTocEntry *entry, const HfTocEntry *needed);

/* The first entry in `set` on which `entry` depends and that passes the test; NULL if there is none. */
static const HfTocEntry *find_needed(const Selection *self, const HfTocEntry *entry, GHashTable *set, EntryTest test)
{
    for (size_t i = 0; i < entry->dependency_count; i++) {
        const HfTocEntry *needed = hf_dump_toc_find(self->toc, entry->dependencies[i]);
        if (needed != NULL && has(set, needed) && test(entry, needed))
            return needed;
    }
    return NULL;
}

static bool is_any(const HfTocEntry *entry, const HfTocEntry *needed)
{
    (void)entry;
    (void)needed;
    return true;
}

static bool is_needed_relation(const HfTocEntry *entry, const HfTocEntry *needed)
{
    (void)entry;
    return is_relation(needed);
}

bool hf_toc_entry_is_of_relation(const HfTocEntry *self, const HfTocEntry *relation)
{
    size_t length = strlen(relation->tag);
    return is_relation(relation) && g_strcmp0(self->schema, relation->schema) == 0 &&
           strncmp(self->tag, relation->tag, length) == 0 && self->tag[length] == ' ';
}

const HfTocEntry *hf_dump_toc_attached(const HfDumpToc *toc, const HfTocEntry *entry)
{
    if (is_relation(entry))
        return strstr(entry->definition, " ATTACH PARTITION ") != NULL ? entry : NULL;
    if (!has_kind(entry, "TABLE ATTACH"))
        return NULL;
    for (size_t i = 0; i < entry->dependency_count; i++) {
        const HfTocEntry *needed = hf_dump_toc_find(toc, entry->dependencies[i]);
        if (needed != NULL && is_relation(needed) && strcmp(needed->tag, entry->tag) == 0 &&
            g_strcmp0(needed->schema, entry->schema) == 0)
            return needed;
    }
    return NULL;
}

/* Adds the partitions of what is in the set; one level of them; whether there were any. */
static bool add_partitions(Selection *self, GHashTable *set)
{
    bool changed = false;
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        const HfTocEntry *partition = hf_dump_toc_attached(self->toc, entry);
        if (partition != NULL && !has(set, partition) && find_needed(self, entry, set, is_needed_relation) != NULL)
            changed |= g_hash_table_add(set, key_of(partition));
    }
    return changed;
}

/* What hangs on the attachment of a partition or its index goes on without the partition. */
static bool is_indispensable(const HfTocEntry *entry, const HfTocEntry *needed)
{
    (void)entry;
    return !has_kind(needed, "INDEX ATTACH") && !has_kind(needed, "TABLE ATTACH");
}

/* One round; whether anything was added. Dependencies stand mostly before what needs them, so that rounds are few. */
static bool block_needing(Selection *self)
{
    bool changed = false;
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        if (!has(self->blocked, entry) && find_needed(self, entry, self->blocked, is_indispensable) != NULL)
            changed |= g_hash_table_add(self->blocked, key_of(entry));
    }
    return changed;
}

static void take(Selection *self, GArray *taken, const HfTocEntry *entry)
{
    if (g_hash_table_add(self->chosen, key_of(entry)))
        g_array_append_val(taken, entry);
}

/* Takes what one entry needs directly. False if that is a relation which is not chosen, and `relations` is false. */
static bool take_needs(Selection *self, GArray *taken, const HfTocEntry *entry, bool relations)
{
    for (size_t i = 0; i < entry->dependency_count; i++) {
        const HfTocEntry *needed = hf_dump_toc_find(self->toc, entry->dependencies[i]);
        if (needed == NULL || has(self->chosen, needed) || has(self->blocked, needed))
            continue;
        if (!relations && is_relation(needed))
            return false;
        take(self, taken, needed);
    }
    /* What a backup of some tables has added is no dependency of theirs. */
    const HfTocEntry *schema = entry->schema != NULL ? g_hash_table_lookup(self->schemas, entry->schema) : NULL;
    if (schema != NULL && !has(self->blocked, schema))
        take(self, taken, schema);
    return true;
}

/* Chooses an entry with all that it needs. Without `relations`, false and nothing is chosen if that takes another
 * relation. */
static bool choose(Selection *self, const HfTocEntry *entry, bool relations)
{
    g_autoptr(GArray) taken = g_array_new(FALSE, FALSE, sizeof entry);
    bool complete = true;
    take(self, taken, entry);
    for (guint i = 0; i < taken->len && complete; i++)
        complete = take_needs(self, taken, g_array_index(taken, const HfTocEntry *, i), relations);
    for (guint i = 0; i < taken->len && !complete; i++)
        g_hash_table_remove(self->chosen, key_of(g_array_index(taken, const HfTocEntry *, i)));
    return complete;
}

static bool is_part(const Selection *self, const HfTocEntry *entry)
{
    bool view_definition = has_kind(entry, "RULE") && g_str_has_suffix(entry->tag, " _RETURN");
    return (view_definition || has_kind(entry, "DEFAULT")) &&
           find_needed(self, entry, self->chosen, hf_toc_entry_is_of_relation) != NULL;
}

/* pg_dump notes no dependency of a user mapping; its tag is "USER MAPPING <role> SERVER <server>". */
static bool maps_to_chosen_server(const Selection *self, const HfTocEntry *entry)
{
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *server = hf_dump_toc_get(self->toc, i);
        if (!has_kind(server, "SERVER") || !has(self->chosen, server))
            continue;
        g_autofree char *suffix = g_strconcat(" SERVER ", server->tag, NULL);
        if (g_str_has_suffix(entry->tag, suffix))
            return true;
    }
    return false;
}

static bool is_attached(const Selection *self, const HfTocEntry *entry)
{
    if (has_kind(entry, "USER MAPPING"))
        return maps_to_chosen_server(self, entry);
    if (has_kind(entry, "SEQUENCE")) /* owned by a column */
        return find_needed(self, entry, self->chosen, is_needed_relation) != NULL;
    return g_strv_contains(attached_kinds, entry->kind) && find_needed(self, entry, self->chosen, is_any) != NULL;
}

/* One round; whether anything was added. */
static bool choose_belongings(Selection *self)
{
    bool changed = false;
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        if (has(self->chosen, entry) || has(self->blocked, entry))
            continue;
        if (is_part(self, entry))
            changed |= choose(self, entry, true);
        else if (is_attached(self, entry))
            changed |= choose(self, entry, false);
    }
    return changed;
}

static void choose_wanted(Selection *self)
{
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        if ((has(self->wanted, entry) && !has(self->blocked, entry)) || g_strv_contains(setting_kinds, entry->kind))
            choose(self, entry, true);
    }
}

/* Those that a chosen relation takes values from by a default. */
static void choose_sequences_of_defaults(Selection *self)
{
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        bool of_chosen = is_relation(entry) ? has(self->chosen, entry) : is_part(self, entry);
        for (size_t d = 0; of_chosen && d < entry->dependency_count; d++) {
            const HfTocEntry *needed = hf_dump_toc_find(self->toc, entry->dependencies[d]);
            if (needed != NULL && has_kind(needed, "SEQUENCE") && !has(self->blocked, needed))
                g_hash_table_add(self->chosen, key_of(needed));
        }
    }
}

/* A sequence goes with the table that owns it. */
static void choose_for_rows(Selection *self)
{
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        if (has(self->wanted, entry) && is_relation(entry))
            g_hash_table_add(self->chosen, key_of(entry));
    }
    choose_sequences_of_defaults(self);
    for (size_t i = 0; i < hf_dump_toc_size(self->toc); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self->toc, i);
        if (!has_kind(entry, "SEQUENCE") || has(self->blocked, entry) ||
            find_needed(self, entry, self->blocked, is_needed_relation) != NULL)
            continue;
        if (has(self->wanted, entry) || find_needed(self, entry, self->chosen, is_needed_relation) != NULL)
            g_hash_table_add(self->chosen, key_of(entry));
    }
}

static void choose_for_schema(Selection *self)
{
    while (block_needing(self))
        ;
    choose_wanted(self);
    while (choose_belongings(self))
        ;
}

static bool *select_by(const HfDumpToc *self, HfTocJudge judge, gpointer data, void (*select)(Selection *selection))
{
    g_autoptr(GHashTable) wanted = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) blocked = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) chosen = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) schemas = g_hash_table_new(g_str_hash, g_str_equal);
    Selection selection = {self, wanted, blocked, chosen, schemas};
    size_t size = hf_dump_toc_size(self);
    for (size_t i = 0; i < size; i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self, i);
        HfPatternVerdict verdict = judge(entry, data);
        if (verdict != HF_PATTERN_UNTOLD)
            g_hash_table_add(verdict == HF_PATTERN_WANTED ? wanted : blocked, key_of(entry));
        if (has_kind(entry, "SCHEMA"))
            g_hash_table_insert(schemas, (gpointer)entry->tag, (gpointer)entry);
    }
    while (add_partitions(&selection, wanted) || add_partitions(&selection, blocked))
        ;
    select(&selection);
    bool *result = g_new0(bool, MAX(size, 1));
    for (size_t i = 0; i < size; i++)
        result[i] = has(chosen, hf_dump_toc_get(self, i));
    return result;
}

bool *hf_dump_toc_select(const HfDumpToc *self, HfTocJudge judge, gpointer data)
{
    return select_by(self, judge, data, choose_for_schema);
}

bool *hf_dump_toc_select_for_rows(const HfDumpToc *self, HfTocJudge judge, gpointer data)
{
    return select_by(self, judge, data, choose_for_rows);
}

/* ---- By a filter ---------------------------------------------------------------------------------------------------
 */

static bool is_part_by_kind(const HfTocEntry *entry)
{
    return g_strv_contains(attached_kinds, entry->kind) || has_kind(entry, "DEFAULT") ||
           g_str_has_prefix(entry->kind, "PUBLICATION ");
}

bool hf_toc_entry_is_nameable(const HfTocEntry *self)
{
    return is_relation(self) || has_kind(self, "SEQUENCE");
}

HfPatternVerdict hf_toc_entry_judge(const HfTocEntry *self, HfPatternFilter *filter)
{
    const char *schema = has_kind(self, "SCHEMA") ? self->tag : self->schema;
    HfPatternVerdict verdict =
        hf_pattern_filter_judge(filter, schema, hf_toc_entry_is_nameable(self) ? self->tag : NULL);
    bool all = !hf_pattern_filter_is_selective(filter);
    return verdict == HF_PATTERN_WANTED && !all && is_part_by_kind(self) ? HF_PATTERN_UNTOLD : verdict;
}

/* Whether a part is lost without the relation that it is a part of; others have a life of their own. */
static bool is_lost_itself(const HfDumpToc *toc, const bool *chosen, const HfTocEntry *entry)
{
    bool own_life = !is_part_by_kind(entry) && !has_kind(entry, "RULE") && !has_kind(entry, "SEQUENCE");
    if (own_life || (!has_kind(entry, "FK CONSTRAINT") && !has_kind(entry, "DEFAULT")))
        return own_life;
    for (size_t i = 0; i < hf_dump_toc_size(toc); i++)
        if (chosen[i] && hf_toc_entry_is_of_relation(entry, hf_dump_toc_get(toc, i)))
            return true;
    return false;
}

char *hf_dump_toc_describe_lost(const HfDumpToc *self, const bool *chosen, HfPatternFilter *filter)
{
    enum { SHOWN = 20 };
    size_t count = 0;
    g_autoptr(GString) text = g_string_new(NULL);
    for (size_t i = 0; i < hf_dump_toc_size(self); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self, i);
        if (chosen[i] || hf_toc_entry_judge(entry, filter) != HF_PATTERN_WANTED || !is_lost_itself(self, chosen, entry))
            continue;
        if (count++ < SHOWN)
            g_string_append_printf(text, "%s%s %s%s%s", text->len > 0 ? ", " : "", entry->kind,
                                   entry->schema != NULL ? entry->schema : "", entry->schema != NULL ? "." : "",
                                   entry->tag);
    }
    if (count > SHOWN)
        g_string_append_printf(text, " and %zu more", count - SHOWN);
    return count > 0 ? g_string_free(g_steal_pointer(&text), FALSE) : NULL;
}
