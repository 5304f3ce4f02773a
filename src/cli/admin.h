/*
 * What the commands share that administer the service: "holdfast NOUN VERB [OPTION…]". They work on the catalog as the
 * service's own role, by the configuration file, with no service running; every change is in the audit log, by whoever
 * is signed in on this machine.
 */
#ifndef HF_CLI_ADMIN_H
#define HF_CLI_ADMIN_H

#include "base/configuration.h"
#include "catalog/noun.h"
#include "cli/command.h"
#include "cli/report.h"
#include "crypto/seal.h"
#include "queue/queue.h"

typedef struct {
    HfConfiguration *configuration;
    HfPgTarget *target;
    HfCatalog *catalog;
    HfQueue *queue; /* may be away: whoever asks it does not fail for that */
    HfSealer *sealer;
    char *organization;        /* the id of the one that is acted in; NULL for verbs of the installation */
    char *actor;               /* "cli root" */
    GCancellable *cancellable; /* by a signal; borrowed */
} HfAdmin;

typedef struct {
    const char *name;
    bool (*run)(HfAdmin *admin, GError **error);
    bool installation; /* needs no organization */
} HfAdminVerb;

/* Reads the verb and the options, opens everything, and runs it. `verbs` ends with a name NULL; a command without verbs
 * has one, whose name is empty. */
bool hf_admin_run(const HfCommand *command, char **arguments, const GOptionEntry *entries, const HfAdminVerb *verbs,
                  GOptionGroup *group, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "cli <name>", transfer full. */
char *hf_admin_actor(void);

/* ---- Answers -------------------------------------------------------------------------------------------------------
 */

typedef struct {
    const char *heading, *member;
} HfAdminColumn;

/* Lists a noun, as a table or with --json as "items" and "cursor". `filters` as in HfListQuery, `columns` end with a
 * heading NULL. */
bool hf_admin_list(HfAdmin *self, const HfNoun *noun, const char *const *filters, const HfAdminColumn *columns,
                   GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Tells a JSON object: one line for each member, or with --json under the key `name`. */
bool hf_admin_tell(const char *name, const char *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The noun of that id, after a change: "server main: added". A secret (may be NULL) is told with it, this once. */
bool hf_admin_tell_done(HfAdmin *self, const HfNoun *noun, const char *id, const char *done, const char *secret_name,
                        const char *secret, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "server main: removed". */
bool hf_admin_tell_removed(const HfNoun *noun, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- Changes -------------------------------------------------------------------------------------------------------
 */

/* The id of what --name (or another option) names, transfer full. */
char *hf_admin_find(HfAdmin *self, const HfNoun *noun, const char *option, const char *name, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

/* After hf_catalog_begin: with `done` the line of the audit log and the commit, else the rollback. What is before the
 * point of the action is the kind of the object. */
bool hf_admin_end(HfAdmin *self, const char *action, const char *id, const char *name, const char *detail, bool done,
                  GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The whole removal of what --name names. */
bool hf_admin_remove(HfAdmin *self, const HfNoun *noun, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A body for hf_noun_create and hf_noun_change, made of options; one that was not given (NULL) stays out. */
typedef struct {
    GString *text;
    HfJsonWriter json;
} HfAdminBody;
void hf_admin_body_begin(HfAdminBody *self);
void hf_admin_body_text(HfAdminBody *self, const char *member, const char *value);
/* "none" is null. */
bool hf_admin_body_number(HfAdminBody *self, const char *option, const char *member, const char *value, GError **error)
    G_GNUC_WARN_UNUSED_RESULT;
void hf_admin_body_clear(HfAdminBody *self);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(HfAdminBody, hf_admin_body_clear)

/* Creates with `id` NULL, else changes; `settle` (may be NULL) is called in the same transaction. The id, transfer
 * full. */
char *hf_admin_save(HfAdmin *self, const HfNoun *noun, const char *id, const char *name, HfAdminBody *body,
                    bool (*settle)(HfAdmin *self, const char *id, GError **error), GError **error)
    G_GNUC_WARN_UNUSED_RESULT;

#endif
