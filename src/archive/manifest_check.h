/* Internal to archive: what a manifest must hold to be believed. */
#ifndef HF_ARCHIVE_MANIFEST_CHECK_H
#define HF_ARCHIVE_MANIFEST_CHECK_H

#include "archive/manifest.h"

/*
 * Whether a manifest is true to itself and to an archive whose manifest.json has its tar header at `end`: members lie
 * in order without overlap before `end`, their names are unique and in form, each data member is a part of exactly one
 * table and bears its oid, the sums over parts are the table's. HF_ERROR_CORRUPT if not.
 */
bool hf_manifest_check(const HfManifest *self, uint64_t end, GError **error) G_GNUC_WARN_UNUSED_RESULT;

#endif
