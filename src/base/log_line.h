/*
 * Lines of logs as the programs of the service write them: key=value, with a space between. No value ends its quotes or
 * its line, whoever has written it: a line says what the program said, and no more.
 */
#ifndef HF_BASE_LOG_LINE_H
#define HF_BASE_LOG_LINE_H

#include <glib.h>

/* Appends key=value, after a space unless the line is empty. A value of letters, digits and "._:-" alone stands as it
 * is; all others in quotes, with \", \\, \n … and octal escapes as C has them. What is no UTF-8 is replaced. */
void hf_log_line_add(GString *line, const char *key, const char *value);

#endif
