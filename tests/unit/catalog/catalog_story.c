/*
 * For tests/system/test_catalog.py: stories told on a catalog with one organization "a", with the answers that must
 * come.
 *
 *     catalog_story CONNINFO STORY
 */
#include "base/error.h"
#include "catalog/account.h"
#include "catalog/backup_table.h"
#include "catalog/closure_table.h"
#include "catalog/job.h"
#include "catalog/key_table.h"
#include "catalog/restore_table.h"
#include "catalog/schedule_table.h"
#include "catalog/server_table.h"
#include "catalog/setting_table.h"
#include "catalog/storage_table.h"
#include "catalog/upload_table.h"

#include <string.h>

static HfPgTarget *target;
static HfCatalog *catalog;
static char *organization;
static GError *error;

#define DONE(call)                                                                                                     \
    do {                                                                                                               \
        bool done = (call);                                                                                            \
        g_assert_no_error(error);                                                                                      \
        g_assert_true(done);                                                                                           \
    } while (0)
#define REFUSED(call, its_code)                                                                                        \
    do {                                                                                                               \
        g_assert_false(call);                                                                                          \
        g_assert_error(error, HF_ERROR, (int)(its_code));                                                              \
        g_clear_error(&error);                                                                                         \
    } while (0)

static int64_t in_an_hour(void)
{
    return g_get_real_time() + 3600LL * G_USEC_PER_SEC;
}

static char *create(const HfNoun *noun, const char *body)
{
    g_autoptr(HfJson) json = hf_json_parse("body", body, strlen(body), 1000, &error);
    char *id = hf_noun_create(catalog, noun, NULL, organization, "user test", json, 0, &error);
    g_assert_no_error(error);
    return id;
}

static void tell_people(void)
{
    static const uint8_t cookie[32] = {1}, other[32] = {2}, token[32] = {3};
    bool yes = true, no = false;
    HfAccountChange ada = {.name = "Ada", .full_name = "Ada L.", .password = "hash", .role = HF_ROLE_ADMINISTRATOR};
    g_autofree char *id = hf_account_create(catalog, organization, &ada, "command line", &error);
    DONE(id != NULL);
    HfAccountChange twin = {.name = "ADA", .role = HF_ROLE_VIEWER};
    REFUSED(hf_account_create(catalog, organization, &twin, "x", &error) != NULL, HF_ERROR_CONFLICT);

    g_autofree char *found = NULL, *password = NULL, *none = NULL;
    DONE(hf_account_credentials(catalog, "ada", &found, &password, &error));
    g_assert_cmpstr(found, ==, id);
    g_assert_cmpstr(password, ==, "hash");
    g_assert_false(hf_account_credentials(catalog, "bob", &none, &none, &error));
    g_assert_no_error(error);

    g_autofree char *session = hf_session_create(catalog, id, cookie, "csrf", "::1", "test", in_an_hour(), &error);
    DONE(session != NULL);
    g_autofree char *second = hf_session_create(catalog, id, other, "csrf2", "::1", "test", in_an_hour(), &error);
    DONE(second != NULL);
    g_autoptr(HfPrincipal) principal = hf_account_by_session(catalog, cookie, &error);
    DONE(principal != NULL);
    g_assert_cmpstr(principal->actor, ==, "user Ada");
    g_assert_cmpstr(principal->organization, ==, organization);
    g_assert_cmpint(principal->role, ==, HF_ROLE_ADMINISTRATOR);
    g_assert_false(principal->is_owner);
    g_autofree char *me = hf_account_me(catalog, principal, &error);
    DONE(me != NULL && strstr(me, "\"full_name\": \"Ada L.\"") != NULL);

    DONE(hf_session_set_organization(catalog, principal, organization, &error));
    REFUSED(hf_session_set_organization(catalog, principal, id, &error), HF_ERROR_NOT_FOUND);
    g_auto(GStrv) hashes = hf_session_hashes(catalog, id, &error);
    DONE(hashes != NULL && g_strv_length(hashes) == 2);
    DONE(hf_account_set_password(catalog, id, "new", session, &error));
    g_assert_null(hf_account_by_session(catalog, other, &error));
    g_autofree char *now = hf_account_password(catalog, id, &error);
    g_assert_cmpstr(now, ==, "new");
    DONE(hf_session_end(catalog, id, session, &error));
    REFUSED(hf_session_end(catalog, id, session, &error), HF_ERROR_NOT_FOUND);
    DONE(hf_session_expire(catalog, &error));

    REFUSED(hf_account_change(catalog, organization, id, 1, &(HfAccountChange){.full_name = ""}, false, &error),
            HF_ERROR_CONFLICT);
    DONE(hf_account_change(catalog, organization, id, 2, &(HfAccountChange){.full_name = "", .role = HF_ROLE_VIEWER},
                           false, &error));
    REFUSED(hf_account_change(catalog, organization, id, 0, &(HfAccountChange){.is_owner = &yes}, false, &error),
            HF_ERROR_DENIED);
    DONE(hf_account_change(catalog, NULL, id, 0, &(HfAccountChange){.is_owner = &yes}, true, &error));
    REFUSED(hf_account_change(catalog, organization, id, 0, &(HfAccountChange){.password = "x"}, false, &error),
            HF_ERROR_DENIED);
    DONE(hf_catalog_begin(catalog, &error));
    REFUSED(hf_account_change(catalog, NULL, id, 0, &(HfAccountChange){.is_active = &no}, true, &error),
            HF_ERROR_CONFLICT);
    hf_catalog_rollback(catalog);
    HfListQuery all = {0};
    g_autofree char *users = hf_noun_list(catalog, &hf_noun_user, organization, &all, &error);
    DONE(users != NULL && strstr(users, "\"role\": \"viewer\"") != NULL);
    g_autofree char *accounts = hf_noun_list(catalog, &hf_noun_account, NULL, &all, &error);
    DONE(accounts != NULL && strstr(accounts, "\"memberships\": [{") != NULL);

    g_autofree char *token_id =
        hf_token_create(catalog, organization, "nightly", HF_ROLE_OPERATOR, token, "hft_ab", 0, "user Ada", &error);
    DONE(token_id != NULL);
    g_autoptr(HfPrincipal) robot = hf_account_by_token(catalog, token, &error);
    DONE(robot != NULL && robot->role == HF_ROLE_OPERATOR && robot->account_id == NULL);
    g_autofree char *hash = hf_token_hash(catalog, organization, token_id, &error);
    DONE(hash != NULL && g_str_has_prefix(hash, "0300"));
    DONE(hf_noun_remove(catalog, &hf_noun_token, organization, token_id, 0, &error));
    g_assert_null(hf_account_by_token(catalog, token, &error));
    g_assert_no_error(error);
    REFUSED(hf_member_remove(catalog, organization, id, 77, &error), HF_ERROR_CONFLICT);
    DONE(hf_member_remove(catalog, organization, id, 0, &error));
    REFUSED(hf_member_remove(catalog, organization, id, 0, &error), HF_ERROR_NOT_FOUND);
}

static void tell_backups(void)
{
    static const uint8_t link[32] = {9};
    g_autofree char *server = create(&hf_noun_server, "{\"name\":\"s\",\"host\":\"h\",\"username\":\"u\"}");
    unsigned added = 0;
    DONE(hf_database_register(catalog, organization, server, (const char *const[]){"shop", "b \"q\"", NULL}, "t",
                              &added, &error));
    g_assert_cmpuint(added, ==, 2);
    DONE(hf_database_register(catalog, organization, server, (const char *const[]){"shop", "new", NULL}, "t", &added,
                              &error));
    g_assert_cmpuint(added, ==, 1);
    g_autoptr(HfServerRow) tested = hf_server_get(catalog, organization, server, &error);
    DONE(tested != NULL && hf_server_set_check(catalog, tested, "{\"ok\": true}", &error));
    g_autoptr(HfServerRow) row = hf_server_get(catalog, NULL, server, &error);
    DONE(row != NULL && row->password == NULL && strcmp(row->port, "5432") == 0);
    g_autoptr(HfDatabaseRow) database = hf_database_by_name(catalog, server, "shop", &error);
    DONE(database != NULL && strcmp(database->pool, "default") == 0);
    g_autoptr(HfDatabaseRow) same = hf_database_get(catalog, organization, database->id, &error);
    DONE(same != NULL && strcmp(same->server_name, "s") == 0);
    DONE(hf_database_pause_retention(catalog, database->id, "half the size", &error));

    g_autofree char *storage = create(&hf_noun_storage, "{\"name\":\"disk\",\"path\":\"/srv\"}");
    g_autoptr(HfStorageRow) probed = hf_storage_row_get(catalog, organization, storage, &error);
    DONE(probed != NULL && hf_storage_set_check(catalog, probed, "{\"ok\": true}", &error));
    g_autoptr(HfStorageRow) disk = hf_storage_row_get(catalog, organization, storage, &error);
    DONE(disk != NULL && strcmp(disk->path, "/srv") == 0);
    g_autoptr(GPtrArray) disks = hf_storage_all(catalog, NULL, &error);
    DONE(disks != NULL && disks->len == 1);

    g_autoptr(GBytes) secret = g_bytes_new("\0\xff", 2);
    HfKeyRow new_key = {
        .name = (char *)"k", .kind = (char *)"passphrase", .fingerprint = (char *)"f1", .secret = secret};
    g_autofree char *key = hf_key_create(catalog, organization, &new_key, "t", &error);
    DONE(key != NULL);
    g_autoptr(HfKeyRow) kept = hf_key_get(catalog, organization, key, &error);
    DONE(kept != NULL && g_bytes_equal(kept->secret, secret) && kept->recipient == NULL);
    g_autoptr(GPtrArray) keys = hf_key_with_secret(catalog, organization, "f1", &error);
    DONE(keys != NULL && keys->len == 1);
    g_autofree char *schedule_body = g_strdup_printf("{\"name\":\"n\",\"interval_s\":28800,\"storage_id\":\"%s\","
                                                     "\"key_ids\":[\"%s\"],\"database_ids\":[\"%s\"]}",
                                                     storage, key, database->id);
    g_autofree char *schedule = create(&hf_noun_schedule, schedule_body);
    g_autoptr(GPtrArray) recipients = hf_key_of_schedule(catalog, schedule, &error);
    DONE(recipients != NULL && recipients->len == 1);
    g_autoptr(HfScheduleRow) plan = hf_schedule_get(catalog, organization, schedule, &error);
    DONE(plan != NULL && plan->interval_s == 28800 && plan->next_us == -1 && plan->is_active);
    g_assert_cmpstr(plan->options, ==, "{}");
    DONE(hf_schedule_advance(catalog, plan, -1, -1, &error));

    HfBackupRow made = {.name = (char *)"x.hf",
                        .storage_id = storage,
                        .path = (char *)"d/x.hf",
                        .type = (char *)"scheduled",
                        .database_id = database->id,
                        .database_name = (char *)"shop",
                        .schedule_id = schedule,
                        .fingerprints = (char *)"f1 f2",
                        .size_bytes = 7,
                        .created_us = 1700000000123456,
                        .contents = (char *)"[]"};
    g_autofree char *id = hf_backup_insert(catalog, organization, &made, &error);
    DONE(id != NULL);
    REFUSED(hf_backup_insert(catalog, organization, &made, &error) != NULL, HF_ERROR_CONFLICT);
    g_autoptr(HfBackupRow) backup = hf_backup_get(catalog, organization, id, &error);
    DONE(backup != NULL && backup->created_us == made.created_us && backup->size_bytes == 7);
    g_assert_cmpstr(backup->fingerprints, ==, "f1 f2");
    g_assert_cmpstr(backup->state, ==, "good");
    g_autoptr(GPtrArray) good = hf_backup_of_database(catalog, database->id, schedule, &error);
    g_autoptr(GPtrArray) stored = hf_backup_of_storage(catalog, storage, &error);
    DONE(good != NULL && good->len == 1 && stored != NULL && stored->len == 1);
    DONE(hf_backup_set_proof(catalog, id, "restored", &error));
    DONE(hf_backup_set_proof(catalog, id, "verified", &error));
    g_autofree char *shown = hf_noun_get(catalog, &hf_noun_backup, organization, id, NULL, &error);
    DONE(shown != NULL && strstr(shown, "\"restored\"") != NULL);

    g_autofree char *by = NULL, *again = NULL;
    DONE(hf_download_create(catalog, organization, id, link, "user Ada", in_an_hour(), &error));
    g_autoptr(HfBackupRow) linked = hf_download_use(catalog, link, &by, &error);
    DONE(linked != NULL && strcmp(linked->id, id) == 0 && strcmp(by, "user Ada") == 0);
    g_assert_null(hf_download_use(catalog, link, &again, &error));
    g_assert_no_error(error);

    g_autoptr(HfJson) pin = hf_json_parse("pin", "{\"is_pinned\":true}", 18, 10, NULL);
    DONE(hf_noun_change(catalog, &hf_noun_backup, NULL, organization, id, 0, pin, 0, &error));
    REFUSED(hf_backup_set_state(catalog, id, "deleted", &error), HF_ERROR_CONFLICT);
    DONE(hf_backup_set_state(catalog, id, "damaged", &error));
    DONE(hf_catalog_expire(catalog, &error));
}

static void tell_uploads(void)
{
    g_autofree char *storage = create(&hf_noun_storage, "{\"name\":\"disk\",\"path\":\"/srv\"}");
    HfUploadRow upload = {.storage_id = storage,
                          .name = (char *)"x.hf",
                          .size_bytes = 10,
                          .purpose = (char *)"backup",
                          .expires_us = in_an_hour()};
    g_autofree char *id = hf_upload_create(catalog, organization, &upload, &error);
    DONE(id != NULL);
    DONE(hf_upload_advance(catalog, id, 0, 4, in_an_hour(), &error));
    REFUSED(hf_upload_advance(catalog, id, 0, 4, in_an_hour(), &error), HF_ERROR_CONFLICT);
    REFUSED(hf_upload_advance(catalog, id, 4, 11, in_an_hour(), &error), HF_ERROR_USAGE);
    DONE(hf_upload_advance(catalog, id, 4, 10, 1, &error));
    g_autoptr(HfUploadRow) row = hf_upload_get(catalog, organization, id, &error);
    DONE(row != NULL && row->offset_bytes == 10 && row->expires_us == 1);
    g_autoptr(GPtrArray) expired = hf_upload_expired(catalog, &error);
    DONE(expired != NULL && expired->len == 1);
    DONE(hf_upload_finish(catalog, id, "refused", NULL, "no archive", &error));
    REFUSED(hf_upload_finish(catalog, id, "complete", NULL, NULL, &error), HF_ERROR_CONFLICT);
    DONE(hf_upload_remove(catalog, organization, id, &error));
    REFUSED(hf_upload_remove(catalog, organization, id, &error), HF_ERROR_NOT_FOUND);
}

/* Whoever looks in a transaction whether it is taken opens services then: a later attempt waits with halting them. */
static void refuse_while_services_open(const HfHalter *now, const HfHaltParts *parts)
{
    bool taken;
    g_autoptr(HfCatalog) other = hf_catalog_new(target, NULL);
    const HfHalter next = {now->database_id, now->job_id, now->attempt + 1};
    DONE(hf_catalog_do(other, "SET lock_timeout = '100ms'", NULL, &error));
    DONE(hf_catalog_begin(catalog, &error) && hf_halt_is_taken(catalog, now, &taken, &error) && !taken);
    REFUSED(hf_halt_begin(other, organization, &next, parts, 60, &error), HF_ERROR_DATABASE);
    hf_catalog_rollback(catalog);
}

static void tell_restores(void)
{
    g_autofree char *server = create(&hf_noun_server, "{\"name\":\"s\",\"host\":\"h\",\"username\":\"u\"}");
    DONE(hf_database_register(catalog, organization, server, (const char *const[]){"shop", NULL}, "t", NULL, &error));
    g_autoptr(HfDatabaseRow) database = hf_database_by_name(catalog, server, "shop", &error);
    HfNewJob job = {.kind = "restore", .database_id = database->id};
    g_autofree char *first = hf_job_create(catalog, organization, &job, &error);
    g_autofree char *second = hf_job_create(catalog, organization, &job, &error);
    DONE(first != NULL && second != NULL);

    g_autofree char *preflight =
        hf_preflight_create(catalog, organization, first, "{\"backup_id\": 1}", "user Ada", in_an_hour(), &error);
    DONE(preflight != NULL);
    DONE(hf_preflight_set_result(catalog, first, "{\"ok\": true, \"findings\": []}", &error));
    g_autofree char *shown = hf_noun_get(catalog, &hf_noun_preflight, organization, preflight, NULL, &error);
    DONE(shown != NULL && strstr(shown, "\"ok\": true") != NULL);

    g_autoptr(HfJobRow) claimed = hf_job_claim(catalog, "default", "w", HF_CLAIM_ANY, second, &error);
    DONE(claimed != NULL && strcmp(claimed->id, second) == 0);
    const HfHaltParts gate = {.gate = true}, all = {.connections = true, .gate = true, .webhooks = true};
    g_autoptr(HfHaltRow) halt = NULL, other = NULL;
    const HfHalter old = {database->id, second, 1}, now = {database->id, second, 2}, foreign = {database->id, first, 1};
    bool prolonged, taken;
    DONE(hf_halt_get(catalog, database->id, &halt, &error) && halt == NULL);
    DONE(hf_halt_begin(catalog, organization, &old, &gate, 60, &error));
    DONE(hf_halt_prolong(catalog, &old, 65, &prolonged, &error) && prolonged);
    DONE(hf_halt_is_taken(catalog, &old, &taken, &error) && !taken);
    DONE(hf_halt_begin(catalog, organization, &now, &all, 60, &error));
    DONE(hf_halt_prolong(catalog, &now, 65, &prolonged, &error) && prolonged);
    REFUSED(hf_halt_begin(catalog, organization, &foreign, &gate, 60, &error), HF_ERROR_CONFLICT);
    /* An attempt that was thought dead touches nothing of the next one's. */
    DONE(hf_halt_prolong(catalog, &old, 86400, &prolonged, &error) && !prolonged);
    DONE(hf_halt_is_taken(catalog, &old, &taken, &error) && taken);
    DONE(hf_halt_end(catalog, &old, &error));
    REFUSED(hf_halt_begin(catalog, organization, &old, &gate, 60, &error), HF_ERROR_CONFLICT);
    DONE(hf_halt_is_taken(catalog, &now, &taken, &error) && !taken);
    refuse_while_services_open(&now, &all);
    DONE(hf_halt_get(catalog, database->id, &halt, &error) && strcmp(halt->job_id, second) == 0);
    DONE(halt->parts.connections && halt->parts.gate && halt->parts.webhooks);
    g_autoptr(GPtrArray) none = hf_halt_orphans(catalog, 60, &error);
    DONE(none != NULL && none->len == 0);
    /* A clock was a day ahead, and is set back. */
    DONE(hf_halt_prolong(catalog, &now, 86400, &prolonged, &error));
    g_autoptr(GPtrArray) still = hf_halt_orphans(catalog, 60, &error);
    g_autoptr(HfHaltRow) back = NULL;
    DONE(still != NULL && still->len == 0 && hf_halt_get(catalog, database->id, &back, &error));
    DONE(back->until_us <= g_get_real_time() + 60 * G_USEC_PER_SEC);
    DONE(hf_halt_prolong(catalog, &now, 0, &prolonged, &error));
    g_autoptr(GPtrArray) orphans = hf_halt_orphans(catalog, 60, &error);
    DONE(orphans != NULL && orphans->len == 1);
    g_autoptr(GPtrArray) asked = hf_halt_orphans(catalog, 60, &error);
    DONE(asked != NULL && asked->len == 0);
    DONE(hf_catalog_do(catalog, "UPDATE halt SET asked_at = now() + interval '1 day'", NULL, &error));
    g_autoptr(GPtrArray) again = hf_halt_orphans(catalog, 60, &error);
    DONE(again != NULL && again->len == 1);
    DONE(hf_halt_end(catalog, &now, &error));
    DONE(hf_halt_end(catalog, &now, &error));
    /* Of a job that does not run. */
    DONE(hf_halt_begin(catalog, organization, &foreign, &gate, 60, &error));
    g_autoptr(GPtrArray) over = hf_halt_orphans(catalog, 60, &error);
    DONE(over != NULL && over->len == 1 && !((HfHaltRow *)over->pdata[0])->parts.webhooks);
    DONE(hf_halt_get(catalog, database->id, &other, &error) && other == NULL);

    g_autoptr(HfJobRow) owned = hf_job_owned(catalog, second, claimed->attempt, &error);
    DONE(owned != NULL && strcmp(owned->server_id, server) == 0);
    DONE(hf_job_hand_over(catalog, second, claimed->attempt, &error));
    REFUSED(hf_job_owned(catalog, second, claimed->attempt, &error) != NULL, HF_ERROR_CONFLICT);
}

/* Of a source that a migration has closed: only who owns its job writes, and each attempt goes on with it. */
static void tell_closures(void)
{
    g_autofree char *server = create(&hf_noun_server, "{\"name\":\"s\",\"host\":\"h\",\"username\":\"u\"}");
    DONE(hf_database_register(catalog, organization, server, (const char *const[]){"shop", NULL}, "t", NULL, &error));
    g_autoptr(HfDatabaseRow) database = hf_database_by_name(catalog, server, "shop", &error);
    HfNewJob job = {.kind = "migrate", .database_id = database->id};
    g_autofree char *id = hf_job_create(catalog, organization, &job, &error);
    g_autofree char *other = hf_job_create(catalog, organization, &job, &error);
    const HfHalter first = {database->id, id, 1}, next = {database->id, id, 2}, foreign = {database->id, other, 1};
    g_autoptr(HfClosureRow) none = NULL, closed = NULL, taken = NULL, open = NULL;
    REFUSED(hf_closure_begin(catalog, &first, 50, &error), HF_ERROR_CONFLICT); /* it does not run */
    g_autoptr(HfJobRow) claimed = hf_job_claim(catalog, "default", "w", HF_CLAIM_ANY, id, &error);
    g_autoptr(HfJobRow) runs_too = hf_job_claim(catalog, "default", "w", HF_CLAIM_ANY, other, &error);
    DONE(claimed != NULL && strcmp(claimed->id, id) == 0 && runs_too != NULL);
    DONE(hf_closure_get(catalog, database->id, &none, &error) && none == NULL);
    REFUSED(hf_closure_set_moved(catalog, &first, true, &error), HF_ERROR_CONFLICT); /* it is not closed */
    DONE(hf_closure_begin(catalog, &first, 50, &error));
    REFUSED(hf_closure_begin(catalog, &foreign, -1, &error), HF_ERROR_CONFLICT);
    DONE(hf_closure_set_moved(catalog, &first, true, &error));
    DONE(hf_closure_get(catalog, database->id, &closed, &error) && closed->is_moved);
    DONE(closed->connection_limit == 50 && closed->attempt == 1 && strcmp(closed->job_state, "running") == 0);

    DONE(hf_job_hand_over(catalog, id, 1, &error));
    REFUSED(hf_closure_set_moved(catalog, &first, false, &error), HF_ERROR_CONFLICT);
    g_autoptr(GPtrArray) moved = hf_closure_orphans(catalog, &error);
    DONE(moved != NULL && moved->len == 0);
    g_autoptr(HfJobRow) again = hf_job_claim(catalog, "default", "w", HF_CLAIM_ANY, id, &error);
    DONE(again != NULL && again->attempt == 2);
    REFUSED(hf_closure_begin(catalog, &first, 7, &error), HF_ERROR_CONFLICT);
    DONE(hf_closure_begin(catalog, &next, 50, &error));
    DONE(hf_closure_get(catalog, database->id, &taken, &error) && taken->attempt == 2 && taken->is_moved);
    DONE(hf_closure_set_moved(catalog, &next, false, &error));
    g_autoptr(GPtrArray) runs = hf_closure_orphans(catalog, &error);
    DONE(runs != NULL && runs->len == 0);

    DONE(hf_job_hand_over(catalog, id, 2, &error));
    g_autoptr(GPtrArray) dead = hf_closure_orphans(catalog, &error), asked = hf_closure_orphans(catalog, &error);
    DONE(dead != NULL && dead->len == 1 && asked != NULL && asked->len == 0);
    DONE(hf_catalog_do(catalog, "UPDATE closure SET asked_at = now() + interval '1 day'", NULL, &error));
    g_autoptr(GPtrArray) nothing_came = hf_closure_orphans(catalog, &error);
    DONE(nothing_came != NULL && nothing_came->len == 1);
    g_autoptr(GPtrArray) all = hf_closure_list(catalog, &error);
    DONE(all != NULL && all->len == 1 && strcmp(((HfClosureRow *)all->pdata[0])->job_id, id) == 0);

    /* Who opens it holds it: its gate is not closed meanwhile. */
    g_autoptr(HfCatalog) leader = hf_catalog_new(target, NULL);
    g_autoptr(HfClosureRow) held = NULL;
    DONE(hf_catalog_begin(catalog, &error) && hf_closure_get(catalog, database->id, &held, &error));
    g_autoptr(GPtrArray) others = hf_closure_list(leader, &error);
    DONE(others != NULL && others->len == 0);
    DONE(hf_closure_end(catalog, database->id, &error) && hf_catalog_commit(catalog, &error));
    DONE(hf_closure_get(catalog, database->id, &open, &error) && open == NULL);
}

static void tell_answers(void)
{
    static const uint8_t asked[32] = {1}, other[32] = {2};
    int status = -1;
    g_autofree char *answer = NULL, *again = NULL, *differs = NULL;
    DONE(hf_catalog_begin(catalog, &error));
    DONE(hf_idempotency_begin(catalog, organization, "user Ada", "k1", asked, &status, &answer, &error));
    g_assert_cmpint(status, ==, 0);
    DONE(hf_idempotency_finish(catalog, organization, "user Ada", "k1", 202, "{}", &error));
    DONE(hf_catalog_commit(catalog, &error));
    DONE(hf_idempotency_begin(catalog, organization, "user Ada", "k1", asked, &status, &again, &error));
    g_assert_cmpint(status, ==, 202);
    g_assert_cmpstr(again, ==, "{}");
    REFUSED(hf_idempotency_begin(catalog, organization, "user Ada", "k1", other, &status, &differs, &error),
            HF_ERROR_CONFLICT);

    DONE(hf_setting_set(catalog, NULL, "theme", "\"dark\"", &error));
    g_autofree char *theirs = hf_setting_get(catalog, organization, "theme", &error);
    g_assert_cmpstr(theirs, ==, "\"dark\"");
    DONE(hf_setting_set(catalog, organization, "theme", "\"light\"", &error));
    DONE(hf_setting_set(catalog, organization, "theme", "\"pale\"", &error));
    g_autofree char *ours = hf_setting_get(catalog, organization, "theme", &error);
    g_assert_cmpstr(ours, ==, "\"pale\"");
    DONE(hf_setting_begin_change(catalog, organization, 1, &error));
    REFUSED(hf_setting_begin_change(catalog, organization, 1, &error), HF_ERROR_CONFLICT);
    g_autofree char *all = hf_noun_get(catalog, &hf_noun_setting, organization, organization, &status, &error);
    g_assert_cmpstr(all, ==, "{\"theme\": \"pale\", \"version\": 2}");
    g_assert_cmpint(status, ==, 2);
    DONE(hf_setting_set(catalog, organization, "theme", NULL, &error));
    DONE(hf_setting_set(catalog, NULL, "theme", NULL, &error));
    g_assert_null(hf_setting_get(catalog, organization, "theme", &error));
    g_assert_no_error(error);

    g_autofree char *webhook = create(&hf_noun_webhook, "{\"name\":\"w\",\"url\":\"https://example.org/\"}");
    g_autoptr(GPtrArray) active = hf_webhook_active(catalog, organization, &error);
    DONE(active != NULL && active->len == 1);

    bool leader = false;
    DONE(hf_catalog_lead(catalog, &leader, &error) && leader);
    DONE(hf_catalog_lead(catalog, &leader, &error) && leader);
    DONE(hf_catalog_begin(catalog, &error));
    REFUSED(hf_noun_find(catalog, &hf_noun_server, organization, "nobody", &error) != NULL, HF_ERROR_NOT_FOUND);
    g_autofree char *bad = hf_catalog_text(catalog, "SELECT 1 / 0", NULL, &error);
    g_clear_error(&error);
    REFUSED(hf_catalog_commit(catalog, &error), HF_ERROR_DATABASE);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*tell)(void);
    } stories[] = {{"people", tell_people},     {"backups", tell_backups},   {"uploads", tell_uploads},
                   {"restores", tell_restores}, {"closures", tell_closures}, {"answers", tell_answers}};
    g_assert_cmpint(argc, ==, 3);
    target = hf_pg_target_new(argv[1], NULL, &error);
    catalog = hf_catalog_new(target, NULL);
    organization = hf_noun_find(catalog, &hf_noun_organization, NULL, "a", &error);
    g_assert_no_error(error);
    for (size_t i = 0; i < G_N_ELEMENTS(stories); i++)
        if (strcmp(stories[i].name, argv[2]) == 0)
            stories[i].tell();
    hf_catalog_free(catalog);
    hf_pg_target_free(target);
    g_free(organization);
    return 0;
}
