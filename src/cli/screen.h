/*
 * Standard error: lines, and on a terminal a footer below them that is painted again in place (the live bar). Lines
 * appear above the footer, so neither garbles the other. Thread-safe.
 */
#ifndef HF_CLI_SCREEN_H
#define HF_CLI_SCREEN_H

#include <stdbool.h>

/* Whether a footer can be painted: a terminal that knows how to move its cursor. */
bool hf_screen_is_live(void);

/* As of now; 80 by 24 where it is not known. */
void hf_screen_size(unsigned *columns, unsigned *rows);

/* Prints a text, made printable, and a line break. */
void hf_screen_print(const char *text);

/* Replaces the footer: lines that each end in a line break, none wider than the terminal, fewer than its rows. "" takes
 * it away. */
void hf_screen_set_footer(const char *footer);

#endif
