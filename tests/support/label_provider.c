/*
 * A provider of security labels for PostgreSQL 15 that allows every label: stock servers have none. What the server
 * declares is declared here again, so that its headers are not needed.
 */
#include <stddef.h>

typedef struct {
    int length, version, max_arguments, max_keys, name_length, float8_by_value;
    char abi[32];
} Magic;

const Magic *Pg_magic_func(void);
void register_label_provider(const char *name, void (*check)(const void *object, const char *label));
void _PG_init(void);

const Magic *Pg_magic_func(void)
{
    static const Magic magic = {sizeof(Magic), 1500, 100, 32, 64, 1, "PostgreSQL"};
    return &magic;
}

static void allow(const void *object, const char *label)
{
    (void)object, (void)label;
}

void _PG_init(void)
{
    register_label_provider("holdfast", allow);
}
