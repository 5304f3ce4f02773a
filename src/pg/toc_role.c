/*
 * Roles stand in few places of what pg_dump writes, each after words that can be nothing else there, since they are
 * reserved or pg_dump quotes them as names:
 *
 *   GRANT … TO r [, …]      REVOKE … FROM r      GRANTED BY r      SET SESSION AUTHORIZATION r      CREATE POLICY … TO
 * r, r ALTER DEFAULT PRIVILEGES FOR ROLE r          CREATE USER MAPPING FOR r
 *
 * So it is enough to cut the text into tokens as the server does, to pass over everything in parentheses (arguments,
 * columns, expressions, options), and to look at the last three words. Quoted names and literals are tokens by
 * themselves: what they hold is never taken for a word.
 */
#include "pg/toc_role.h"

#include <string.h>

typedef enum {
    TOKEN_END,
    TOKEN_WORD,    /* a keyword or an unquoted name */
    TOKEN_QUOTED,  /* "name" */
    TOKEN_LITERAL, /* 'text' */
    TOKEN_OTHER,   /* one character, a number, an E'' or a dollar-quoted literal */
} TokenType;

typedef struct {
    TokenType type;
    size_t start, end;
} Token;

bool hf_toc_entry_names_roles(const HfTocEntry *entry)
{
    static const char *const kinds[] = {"ACL", "ACL LANGUAGE", "DEFAULT ACL", "POLICY", "USER MAPPING", NULL};
    return g_strv_contains(kinds, entry->kind);
}

static bool starts_word(char c)
{
    return g_ascii_isalpha(c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool continues_word(char c)
{
    return starts_word(c) || g_ascii_isdigit(c) || c == '$';
}

/* The end of the comment that starts at `text`; `text` itself if none does. Block comments nest. */
static const char *after_comment(const char *text)
{
    if (text[0] == '-' && text[1] == '-')
        return text + strcspn(text, "\n");
    unsigned depth = 0;
    do {
        if (text[0] == '/' && text[1] == '*') {
            depth++;
            text += 2;
        } else if (depth > 0 && text[0] == '*' && text[1] == '/') {
            depth--;
            text += 2;
        } else if (depth > 0 && *text != '\0') {
            text++;
        }
    } while (depth > 0 && *text != '\0');
    return text;
}

static const char *after_space_and_comments(const char *text)
{
    const char *before;
    do {
        before = text;
        while (g_ascii_isspace(*text))
            text++;
        text = after_comment(text);
    } while (text != before);
    return text;
}

/* `text` starts with a quote, which is doubled where it is meant; with `backslash`, it escapes too. */
static const char *after_quotes(const char *text, bool backslash)
{
    const char quote = *text++;
    for (; *text != '\0'; text++) {
        if (text[0] == quote && text[1] != quote)
            return text + 1;
        if ((text[0] == quote || (backslash && text[0] == '\\')) && text[1] != '\0')
            text++;
    }
    return text;
}

/* `text` starts with a dollar: $tag$ … $tag$ or, if it is not that, the dollar alone. */
static const char *after_dollar_quotes(const char *text)
{
    const char *end = text + 1;
    while (continues_word(*end) && *end != '$')
        end++;
    if (*end != '$' || g_ascii_isdigit(text[1]))
        return text + 1;
    g_autofree char *tag = g_strndup(text, (size_t)(end + 1 - text));
    const char *close = strstr(end + 1, tag);
    return close != NULL ? close + strlen(tag) : end + strlen(end);
}

static const char *after_word(const char *text)
{
    while (continues_word(*text))
        text++;
    return text;
}

static Token next_token(HfRoleScan *self)
{
    const char *text = after_space_and_comments(self->sql + self->at);
    const char *end = text + 1;
    TokenType type = TOKEN_OTHER;
    if (*text == '\0') {
        type = TOKEN_END;
        end = text;
    } else if ((*text == 'E' || *text == 'e') && text[1] == '\'') {
        end = after_quotes(text + 1, true);
    } else if (starts_word(*text)) {
        type = TOKEN_WORD;
        end = after_word(text);
    } else if (g_ascii_isdigit(*text)) {
        end = after_word(text);
    } else if (*text == '"' || *text == '\'') {
        type = *text == '"' ? TOKEN_QUOTED : TOKEN_LITERAL;
        end = after_quotes(text, false);
    } else if (*text == '$') {
        end = after_dollar_quotes(text);
    }
    self->at = (size_t)(end - self->sql);
    return (Token){type, (size_t)(text - self->sql), self->at};
}

static bool is_char(const HfRoleScan *self, Token token, char c)
{
    return token.type == TOKEN_OTHER && self->sql[token.start] == c;
}

static bool is_keyword(const HfRoleScan *self, size_t start, size_t end, const char *keyword)
{
    return end - start == strlen(keyword) && g_ascii_strncasecmp(self->sql + start, keyword, end - start) == 0;
}

static void remember_token(HfRoleScan *self, Token token)
{
    bool word = token.type == TOKEN_WORD;
    self->word_start[0] = word ? self->word_start[1] : 0;
    self->word_end[0] = word ? self->word_end[1] : 0;
    self->word_start[1] = word ? token.start : 0;
    self->word_end[1] = word ? token.end : 0;
}

/* Whether a role follows the word. */
static bool introduces_role(const HfRoleScan *self, Token word)
{
    static const char *const leads[][3] = {
        {NULL, NULL, "to"},         {NULL, NULL, "from"},    {NULL, "for", "role"},
        {"user", "mapping", "for"}, {NULL, "granted", "by"}, {NULL, "session", "authorization"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(leads); i++) {
        if (!is_keyword(self, word.start, word.end, leads[i][2]))
            continue;
        bool matches = true;
        for (size_t j = 0; j < 2; j++)
            matches &= leads[i][j] == NULL || is_keyword(self, self->word_start[j], self->word_end[j], leads[i][j]);
        if (matches)
            return true;
    }
    return false;
}

static void take_name(HfRoleScan *self, Token token)
{
    bool quoted = token.type != TOKEN_WORD;
    self->start = token.start;
    self->end = token.end;
    g_string_truncate(self->name, 0);
    for (size_t i = token.start + quoted; i < token.end - quoted; i++) {
        char c = self->sql[i];
        g_string_append_c(self->name, quoted ? c : g_ascii_tolower(c));
        if (quoted && c == self->sql[token.start])
            i++; /* the second of a doubled quote */
    }
}

bool hf_role_scan_next(HfRoleScan *self)
{
    for (Token token = next_token(self); token.type != TOKEN_END; token = next_token(self)) {
        bool is_role = self->expects_role && token.type != TOKEN_OTHER;
        self->expects_role = self->after_role && is_char(self, token, ',');
        self->after_role = is_role;
        if (is_role) {
            remember_token(self, (Token){0});
            take_name(self, token);
            if (strcmp(self->name->str, "public") != 0)
                return true;
            continue;
        }
        if (is_char(self, token, '('))
            self->depth++;
        else if (is_char(self, token, ')') && self->depth > 0)
            self->depth--;
        if (token.type == TOKEN_WORD && self->depth == 0)
            self->expects_role = introduces_role(self, token);
        remember_token(self, token);
    }
    return false;
}

void hf_role_scan_clear(HfRoleScan *self)
{
    if (self->name != NULL)
        g_string_free(self->name, TRUE);
    self->name = NULL;
}

static void collect_role(GHashTable *roles, const char *name)
{
    if (*name != '\0' && !g_str_has_prefix(name, "pg_"))
        g_hash_table_add(roles, g_strdup(name));
}

static void collect_named_roles(GHashTable *roles, const HfTocEntry *entry)
{
    if (!hf_toc_entry_names_roles(entry))
        return;
    g_auto(HfRoleScan) scan = HF_ROLE_SCAN_INIT(entry->definition);
    while (hf_role_scan_next(&scan))
        collect_role(roles, scan.name->str);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Empties the set. */
static char **sorted_names(GHashTable *roles)
{
    guint count;
    char **names = (char **)g_hash_table_get_keys_as_array(roles, &count);
    g_hash_table_steal_all(roles);
    qsort(names, count, sizeof *names, compare_names);
    return names;
}

char **hf_dump_toc_roles(const HfDumpToc *self)
{
    g_autoptr(GHashTable) roles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (size_t i = 0; i < hf_dump_toc_size(self); i++) {
        const HfTocEntry *entry = hf_dump_toc_get(self, i);
        collect_role(roles, entry->owner);
        collect_named_roles(roles, entry);
    }
    return sorted_names(roles);
}

char **hf_toc_entry_roles(const HfTocEntry *entry)
{
    g_autoptr(GHashTable) roles = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    collect_named_roles(roles, entry);
    return sorted_names(roles);
}
