/*
 * What can be seen of a SQL Server before anybody logs in: its addresses, its port, and the first words of TDS, after
 * which TLS is spoken within packets. One step after the other, each at most once. No threads; every wait ends after
 * seconds with HF_ERROR_NETWORK, which all failures here are.
 */
#ifndef HF_TDS_PROBE_H
#define HF_TDS_PROBE_H

#include "tds/target.h"

#include <stddef.h>
#include <stdint.h>

typedef struct HfTdsProbe HfTdsProbe;

/* The target is borrowed. Transfer full. */
HfTdsProbe *hf_tds_probe_new(const HfTdsTarget *target);
void hf_tds_probe_free(HfTdsProbe *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(HfTdsProbe, hf_tds_probe_free)

bool hf_tds_probe_resolve(HfTdsProbe *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL at its end; borrowed. */
const char *const *hf_tds_probe_addresses(const HfTdsProbe *self);

/* Of a named instance its Browser is asked, on UDP 1434. */
bool hf_tds_probe_find_port(HfTdsProbe *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;
unsigned hf_tds_probe_port(const HfTdsProbe *self);

/* To the first address that answers: *address is borrowed. */
bool hf_tds_probe_connect(HfTdsProbe *self, const char **address, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Asks for encryption. */
bool hf_tds_probe_ask_tls(HfTdsProbe *self, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The bytes of the handshake; `self` is a HfTdsProbe. What comes is appended, and is at least one byte. */
bool hf_tds_probe_send(gpointer self, const uint8_t *data, size_t length, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool hf_tds_probe_receive(gpointer self, GByteArray *data, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
