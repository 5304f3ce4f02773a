/*
 * Cuts SQL that arrives in pieces, a statement a line, into its statements. A newline inside quotes, as a name may have
 * one, ends no statement. Strings are read as standard_conforming_strings has them, and E'' with its quotes doubled.
 */
#ifndef HF_PG_SQL_LINES_H
#define HF_PG_SQL_LINES_H

#include "base/io.h"

typedef struct HfSqlLines HfSqlLines;

/* Takes one statement, without its newline; never an empty one or a comment. */
typedef bool (*HfSqlLineFunc)(const char *statement, gpointer data, GError **error);

/* A statement over 1 GiB is HF_ERROR_LIMIT. Transfer full. */
HfSqlLines *hf_sql_lines_new(HfSqlLineFunc func, gpointer data);
void hf_sql_lines_free(HfSqlLines *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfSqlLines, hf_sql_lines_free)
HfOutput *hf_sql_lines_output(HfSqlLines *self); /* where the text goes in; borrowed */
/* The text is at its end: gives what stands after the last newline, if anything. */
bool hf_sql_lines_end(HfSqlLines *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
