/*
 * Floating point numbers as PostgreSQL prints them since version 12: the shortest decimal that reads back as the same
 * number, of those the nearest to it, and never one that lies exactly half way to the neighbouring number (reading that
 * back would lean on a reader that rounds half to even).
 *
 * The C library prints exactly rounded digits, and any decimal of up to 15 digits survives the way through a normal
 * double (6 for a float). So one try with 15 digits finds every shorter answer too, and only 16 or 17 remain. Subnormal
 * numbers have less precision and start from one digit. At a power of two the gap below is half of the gap above: there
 * the nearest decimal may lie below, outside, while the next one above still reads back.
 *
 * Decimals are handled as integer digits and exponent, never with a point, so the process's locale does not matter.
 */
#include "pg/value.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int precision_bits;
    int least_exponent; /* of the last bit of a subnormal number */
    int sure_digits;    /* so many always survive; also where the exponent form starts */
    int enough_digits;  /* so many always identify the number */
    double least_normal;
    bool (*reads_as)(const char *decimal, double number);
} Format;

static bool reads_as_double(const char *decimal, double number)
{
    return strtod(decimal, NULL) == number;
}

static bool reads_as_float(const char *decimal, double number)
{
    return (double)strtof(decimal, NULL) == number;
}

static const Format float8_format = {DBL_MANT_DIG, -1074, DBL_DIG, 17, DBL_MIN, reads_as_double};
static const Format float4_format = {FLT_MANT_DIG, -149, FLT_DIG, 9, FLT_MIN, reads_as_float};

/* digits × 10^exponent */
typedef struct {
    uint64_t digits;
    int exponent;
} Decimal;

/* The nearest decimal of `count` digits. */
static Decimal round_to_digits(double number, int count)
{
    char printed[64];
    snprintf(printed, sizeof printed, "%.*e", count - 1, number);
    Decimal decimal = {0};
    const char *at = printed;
    for (; *at != 'e'; at++)
        if (g_ascii_isdigit(*at))
            decimal.digits = decimal.digits * 10 + (uint64_t)(*at - '0');
    decimal.exponent = (int)strtol(at + 1, NULL, 10) - (count - 1);
    return decimal;
}

/* The exponent of the last bit set in the decimal. False if it has no last bit, or more bits than matter here. */
static bool find_last_bit(Decimal decimal, int *last_bit)
{
    int zeros = __builtin_ctzll(decimal.digits);
    uint64_t odd = decimal.digits >> zeros;
    for (int e = decimal.exponent; e > 0; e--) {
        if (odd > UINT64_MAX / 5)
            return false;
        odd *= 5;
    }
    for (int e = decimal.exponent; e < 0; e++) {
        if (odd % 5 != 0)
            return false;
        odd /= 5;
    }
    *last_bit = decimal.exponent + zeros; /* 10^e is 5^e × 2^e, and powers of five are odd */
    return true;
}

/* For a decimal that reads back as the number: whether it lies exactly half way to a neighbour. (The half way into the
 * smaller gap below a power of two need not be looked for: of all powers of two none has so short a decimal there.) */
static bool is_half_way(Decimal decimal, double number, const Format *format)
{
    int exponent, last_bit;
    frexp(number, &exponent);
    int last_bit_of_number = MAX(exponent - format->precision_bits, format->least_exponent);
    return find_last_bit(decimal, &last_bit) && last_bit == last_bit_of_number - 1;
}

static bool identifies(Decimal decimal, double number, const Format *format)
{
    char printed[40];
    snprintf(printed, sizeof printed, "%" PRIu64 "e%d", decimal.digits, decimal.exponent);
    return format->reads_as(printed, number) && !is_half_way(decimal, number, format);
}

/* Of a positive finite number. */
static Decimal shortest(double number, const Format *format)
{
    int exponent;
    bool power_of_two = frexp(number, &exponent) == 0.5;
    int count = number >= format->least_normal ? format->sure_digits : 1;
    for (; count < format->enough_digits; count++) {
        Decimal decimal = round_to_digits(number, count);
        if (identifies(decimal, number, format))
            return decimal;
        decimal.digits++;
        if (power_of_two && identifies(decimal, number, format))
            return decimal;
    }
    return round_to_digits(number, format->enough_digits);
}

static void append_exponent_form(GString *text, const char *digits, int exponent)
{
    g_string_append_c(text, digits[0]);
    if (digits[1] != '\0')
        g_string_append_printf(text, ".%s", digits + 1);
    g_string_append_printf(text, "e%+03d", exponent);
}

/* `exponent` is that of the first digit. */
static void append_fixed_form(GString *text, const char *digits, int exponent)
{
    int count = (int)strlen(digits);
    if (exponent < 0) {
        g_string_append(text, "0.");
        for (int i = -1; i > exponent; i--)
            g_string_append_c(text, '0');
        g_string_append(text, digits);
        return;
    }
    for (int i = 0; i <= exponent || i < count; i++) {
        if (i == exponent + 1)
            g_string_append_c(text, '.');
        g_string_append_c(text, i < count ? digits[i] : '0');
    }
}

static void append_finite(GString *text, double number, const Format *format)
{
    Decimal decimal = number == 0 ? (Decimal){0} : shortest(number, format);
    while (decimal.digits != 0 && decimal.digits % 10 == 0) {
        decimal.digits /= 10;
        decimal.exponent++;
    }
    char digits[24];
    int exponent = decimal.exponent + snprintf(digits, sizeof digits, "%" PRIu64, decimal.digits) - 1;
    if (exponent >= -4 && exponent < format->sure_digits)
        append_fixed_form(text, digits, exponent);
    else
        append_exponent_form(text, digits, exponent);
}

static void append_float(GString *text, double number, const Format *format)
{
    if (isnan(number)) {
        g_string_append(text, "NaN");
        return;
    }
    if (signbit(number))
        g_string_append_c(text, '-');
    if (isinf(number))
        g_string_append(text, "Infinity");
    else
        append_finite(text, fabs(number), format);
}

void hf_value_append_double(GString *text, double number)
{
    append_float(text, number, &float8_format);
}

void hf_value_float8(HfValueInput *in, GString *text)
{
    uint64_t bits = hf_value_take_u64(in);
    double number;
    memcpy(&number, &bits, sizeof number);
    append_float(text, number, &float8_format);
}

void hf_value_float4(HfValueInput *in, GString *text)
{
    uint32_t bits = hf_value_take_u32(in);
    float number;
    memcpy(&number, &bits, sizeof number);
    append_float(text, number, &float4_format);
}
