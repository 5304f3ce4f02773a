/* The null mode's scanner: takes packets of a bulk load apart, counts the rows and forgets them.
 *
 * bulk.py calls it through ctypes. Bytes of a token that is not yet complete wait in `rest` for the next packet.
 * Nothing is checked but what is needed to find the end of each row. */
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMNS = 0x81, ROW = 0xD1, COMPRESSED_ROW = 0xD2, DONE = 0xFD };
enum { DONE_SIZE = 13, HEADER = 8, MOST_COLUMNS = 1024 };
enum { SHORT = -1, WRONG = -2 };
enum framing { FIXED, BYTE_LENGTH, SHORT_LENGTH, CHUNKS };

struct column {
    enum framing framing;
    int size; /* of FIXED */
};

struct tds_null {
    struct column columns[MOST_COLUMNS];
    int count;
    bool declared, done;
    long long rows;
    uint8_t *rest;
    size_t rest_size, rest_room;
};

struct reader {
    const uint8_t *at, *end;
};

static bool skip(struct reader *in, uint64_t size)
{
    if ((uint64_t)(in->end - in->at) < size)
        return false;
    in->at += size;
    return true;
}

static bool number(struct reader *in, int size, uint64_t *value)
{
    const uint8_t *at = in->at;
    if (!skip(in, (uint64_t)size))
        return false;
    *value = 0;
    for (int i = 0; i < size; i++)
        *value |= (uint64_t)at[i] << 8 * i;
    return true;
}

/* 0, SHORT or WRONG. */
static int read_type(struct reader *in, struct column *column)
{
    uint64_t token, size = 0;
    if (!number(in, 1, &token))
        return SHORT;
    switch (token) {
    case 0x30:
    case 0x32:
        *column = (struct column){FIXED, 1};
        return 0;
    case 0x34:
        *column = (struct column){FIXED, 2};
        return 0;
    case 0x38:
    case 0x3B:
    case 0x7A:
    case 0x3A:
        *column = (struct column){FIXED, 4};
        return 0;
    case 0x7F:
    case 0x3E:
    case 0x3C:
    case 0x3D:
        *column = (struct column){FIXED, 8};
        return 0;
    case 0x28:
        *column = (struct column){BYTE_LENGTH, 0};
        return 0;
    case 0x24:
    case 0x26:
    case 0x68:
    case 0x6D:
    case 0x6E:
    case 0x6F:
    case 0x29:
    case 0x2A:
    case 0x2B:
        *column = (struct column){BYTE_LENGTH, 0};
        return skip(in, 1) ? 0 : SHORT;
    case 0x6A:
    case 0x6C:
        *column = (struct column){BYTE_LENGTH, 0};
        return skip(in, 3) ? 0 : SHORT;
    case 0xF1:
        *column = (struct column){CHUNKS, 0};
        return skip(in, 1) ? 0 : SHORT;
    case 0xA5:
    case 0xAD:
    case 0xA7:
    case 0xAF:
    case 0xE7:
    case 0xEF:
        if (!number(in, 2, &size) || !skip(in, token == 0xA5 || token == 0xAD ? 0 : 5))
            return SHORT;
        *column = (struct column){size == 0xFFFF ? CHUNKS : SHORT_LENGTH, 0};
        return 0;
    default:
        return WRONG;
    }
}

static int read_columns(struct tds_null *self, struct reader *in)
{
    uint64_t count, length;
    if (!number(in, 2, &count))
        return SHORT;
    if (count > MOST_COLUMNS)
        return WRONG;
    for (uint64_t i = 0; i < count; i++) {
        if (!skip(in, 6))
            return SHORT;
        int outcome = read_type(in, &self->columns[i]);
        if (outcome)
            return outcome;
        if (!number(in, 1, &length) || !skip(in, 2 * length))
            return SHORT;
    }
    self->count = (int)count;
    self->declared = true;
    return 0;
}

static bool skip_chunks(struct reader *in)
{
    uint64_t size;
    if (!number(in, 8, &size))
        return false;
    if (size == UINT64_MAX)
        return true;
    do {
        if (!number(in, 4, &size) || !skip(in, size))
            return false;
    } while (size);
    return true;
}

static bool skip_value(struct reader *in, const struct column *column)
{
    uint64_t size;
    switch (column->framing) {
    case FIXED:
        return skip(in, (uint64_t)column->size);
    case BYTE_LENGTH:
        return number(in, 1, &size) && skip(in, size);
    case SHORT_LENGTH:
        return number(in, 2, &size) && skip(in, size == 0xFFFF ? 0 : size);
    default:
        return skip_chunks(in);
    }
}

static int read_row(struct tds_null *self, struct reader *in, bool compressed)
{
    const uint8_t *nulls = in->at;
    if (compressed && !skip(in, (uint64_t)(self->count + 7) / 8))
        return SHORT;
    for (int i = 0; i < self->count; i++) {
        if (compressed && nulls[i / 8] >> i % 8 & 1)
            continue;
        if (!skip_value(in, &self->columns[i]))
            return SHORT;
    }
    self->rows++;
    return 0;
}

static int read_token(struct tds_null *self, struct reader *in)
{
    uint64_t token;
    if (!number(in, 1, &token))
        return SHORT;
    if (token == COLUMNS)
        return read_columns(self, in);
    if ((token == ROW || token == COMPRESSED_ROW) && self->declared)
        return read_row(self, in, token == COMPRESSED_ROW);
    if (token != DONE || self->done)
        return WRONG;
    if (!skip(in, DONE_SIZE - 1))
        return SHORT;
    self->done = true;
    return 0;
}

static bool keep(struct tds_null *self, const uint8_t *data, size_t size)
{
    if (self->rest_size + size > self->rest_room) {
        size_t room = 2 * (self->rest_size + size);
        uint8_t *grown = realloc(self->rest, room);
        if (!grown)
            return false;
        self->rest = grown;
        self->rest_room = room;
    }
    memcpy(self->rest + self->rest_size, data, size);
    self->rest_size += size;
    return true;
}

/* 0, or -1 if this is no bulk load that we understand. */
int tds_null_feed(struct tds_null *self, const uint8_t *data, size_t size)
{
    bool waited = self->rest_size > 0;
    if (waited) {
        if (!keep(self, data, size))
            return -1;
        data = self->rest;
        size = self->rest_size;
    }
    struct reader in = {data, data + size};
    const uint8_t *start = in.at;
    int outcome = 0;
    while (in.at < in.end && outcome == 0) {
        start = in.at;
        outcome = read_token(self, &in);
    }
    if (outcome == WRONG)
        return -1;
    size_t left = outcome == SHORT ? (size_t)(in.end - start) : 0;
    if (waited) {
        memmove(self->rest, start, left);
        self->rest_size = left;
    } else if (left) {
        return keep(self, start, left) ? 0 : -1;
    }
    return 0;
}

/* Whole packets of `data`; *used tells how many bytes they are. 1 after the message's last, 0 before, -1 if wrong. */
int tds_null_packets(struct tds_null *self, const uint8_t *data, size_t size, size_t *used)
{
    *used = 0;
    while (size - *used >= HEADER) {
        const uint8_t *packet = data + *used;
        size_t length = (size_t)packet[2] << 8 | packet[3];
        if (length < HEADER || packet[0] != 7)
            return -1;
        if (size - *used < length)
            return 0;
        if (tds_null_feed(self, packet + HEADER, length - HEADER))
            return -1;
        *used += length;
        if (packet[1] & 1)
            return 1;
    }
    return 0;
}

struct tds_null *tds_null_new(void)
{
    return calloc(1, sizeof(struct tds_null));
}

void tds_null_free(struct tds_null *self)
{
    free(self->rest);
    free(self);
}

long long tds_null_count(const struct tds_null *self)
{
    return self->rows;
}

int tds_null_is_whole(const struct tds_null *self)
{
    return self->declared && self->rest_size == 0;
}
