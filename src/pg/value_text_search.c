#include "pg/value.h"

/* A lexeme in quotes, with quotes and backslashes doubled. */
static void append_lexeme(GString *text, const char *lexeme)
{
    g_string_append_c(text, '\'');
    for (; *lexeme != '\0'; lexeme++) {
        if (*lexeme == '\'' || *lexeme == '\\')
            g_string_append_c(text, *lexeme);
        g_string_append_c(text, *lexeme);
    }
    g_string_append_c(text, '\'');
}

/* 14 bits of position, 2 bits of weight; the weight D is not shown. */
static void append_positions(HfValueInput *in, GString *text)
{
    static const char weights[] = {'\0', 'C', 'B', 'A'};
    uint16_t count = hf_value_take_u16(in);
    for (uint16_t i = 0; i < count && !in->malformed; i++) {
        uint16_t position = hf_value_take_u16(in);
        g_string_append_c(text, i == 0 ? ':' : ',');
        hf_value_append_number(text, position & 0x3FFF, 1);
        if (position >> 14 != 0)
            g_string_append_c(text, weights[position >> 14]);
    }
}

void hf_value_tsvector(HfValueInput *in, GString *text)
{
    uint32_t count = hf_value_take_count(in, 1 + sizeof(uint16_t));
    for (uint32_t i = 0; i < count && !in->malformed; i++) {
        if (i > 0)
            g_string_append_c(text, ' ');
        append_lexeme(text, hf_value_take_cstring(in));
        append_positions(in, text);
    }
}
