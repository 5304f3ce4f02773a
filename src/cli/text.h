/*
 * Text for people: what is safe to print, how wide it is, and tables of it. Names of a database may hold anything, also
 * what moves a terminal's cursor.
 */
#ifndef HF_CLI_TEXT_H
#define HF_CLI_TEXT_H

#include <glib.h>

/* Valid UTF-8 without control characters, but for line breaks and tabs. Transfer full. */
char *hf_text_printable(const char *text);

/* The columns of a terminal that a printable text takes. */
unsigned hf_text_width(const char *text);

/* The text without line breaks, cut to `columns`; what was cut ends in "...". Transfer full. */
char *hf_text_fit(const char *text, unsigned columns);

/* A table: a heading, rows, columns as wide as they must be. `alignment` has an 'l' or 'r' for each column. */
typedef struct HfTextTable HfTextTable;
HfTextTable *hf_text_table_new(const char *alignment);
void hf_text_table_free(HfTextTable *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTextTable, hf_text_table_free)
/* One cell for each column, copied; a NULL is empty. */
void hf_text_table_add(HfTextTable *self, const char *const *cells);
void hf_text_table_print(const HfTextTable *self, GString *to);

#endif
