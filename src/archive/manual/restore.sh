#!/bin/sh
# Restores this backup into a new database with psql, pg_restore and zstd alone. README.txt says how to come here.
#
#     sh restore.sh --dbname NAME
#
# The server is chosen by PGHOST, PGPORT, PGUSER, PGSERVICE and the like, the database by NAME alone. Exit status:
# 0 restored, 1 failed, 2 wrong usage.
set -eu

create_database=@CREATE_DATABASE@
data_encoding=@ENCODING@

usage() {
    echo "usage: sh restore.sh --dbname NAME      (a database that does not exist yet)" >&2
    exit 2
}

fail() {
    echo "restore.sh: $*" >&2
    exit 1
}

if [ $# -ne 2 ] || [ "$1" != --dbname ]; then
    usage
fi
dbname=$2
case $dbname in
'' | *=* | *://*) usage ;; # a connection string, most likely: --dbname takes a name
esac

created=
finish() {
    status=$?
    if [ $status -ne 0 ] && [ -n "$created" ]; then
        echo "restore.sh: the database $dbname is not complete: drop it before you try again" >&2
    fi
    [ $status -eq 0 ] || exit 1
}
trap finish EXIT

cd "$(dirname "$0")"
for program in psql pg_restore zstd; do
    command -v "$program" >/dev/null || fail "$program is not installed: apt-get install postgresql-client zstd"
done
for file in globals.sql schema.dump load.sh manifest.json; do
    [ -f "$file" ] || fail "$file is missing: the backup was not unpacked whole"
done

# Over all that the server, the database or a role may have set.
settings="${PGOPTIONS-} -c search_path= -c role=none -c row_security=off -c default_transaction_read_only=off \
-c statement_timeout=0 -c lock_timeout=0 -c idle_in_transaction_session_timeout=0 -c standard_conforming_strings=on \
-c DateStyle=ISO -c IntervalStyle=postgres -c lc_monetary=C -c xmloption=content -c client_min_messages=warning"
PGCLIENTENCODING=UTF8 # or psql at a terminal would choose one itself
export PGCLIENTENCODING

quote() { # VALUE, for a connection string
    printf "'%s'" "$(printf '%s' "$1" | LC_ALL=C sed "s/[\\\\']/\\\\&/g")"
}

# What a connection string says holds. What is in the environment alone does not: a service (PGSERVICE) overrides it.
connection() { # DATABASE ENCODING
    printf 'dbname=%s client_encoding=%s options=%s' "$(quote "$1")" "$(quote "$2")" "$(quote "$settings")"
}

maintenance=$(connection postgres UTF8)
target=$(connection "$dbname" UTF8)
target_for_rows=$(connection "$dbname" "$data_encoding") # bytes go as they are

run_sql() { # CONNECTION [OPTION...]: statements come from standard input unless an option says otherwise
    to=$1
    shift
    psql -X -v ON_ERROR_STOP=1 -v dbname="$dbname" -d "$to" "$@"
}

run_file() { # CONNECTION FILE
    [ -f "$2" ] || return 0
    echo "$2"
    run_sql "$1" -q -o /dev/null -f "$2"
}

run_files() { # CONNECTION NAME: the file NAME.sql and those that continue it
    run_file "$1" "$2.sql"
    for file in "$2".*.sql; do
        run_file "$1" "$file"
    done
}

check_answer() { # FILE EXPECTED FOUND
    [ "$2" = "$3" ] || fail "$1: psql answered '$3' where '$2' was expected"
}

load_table() { # FILE ROWS STATEMENT
    echo "$1"
    answer=$({
        printf '%s;\n' "$3"
        zstd -dcq "$1"
    } | run_sql "$target_for_rows")
    check_answer "$1" "COPY $2" "$answer"
}

load_large_objects() { # FILE ROWS FORMAT
    echo "$1"
    answer=$(zstd -dcq "$1" | run_sql "$target" -At \
        -c 'CREATE TEMP TABLE piece (loid oid, "position" bigint, data bytea)' \
        -c "COPY piece FROM STDIN (FORMAT $3)" \
        -c 'SELECT count(lo_put(loid, "position", data)) FROM piece')
    check_answer "$1" "$(printf 'CREATE TABLE\nCOPY %s\n%s' "$2" "$2")" "$answer"
}

printf '%s;\n' "$create_database" | run_sql "$maintenance" -q
created=yes
reached=$(run_sql "$target_for_rows" -At -c 'SELECT current_database()')
[ "$reached" = "$dbname" ] || fail "the server connects to the database $reached instead of $dbname: nothing was loaded"

run_file "$maintenance" globals.sql
echo "schema.dump, tables"
pg_restore --exit-on-error --section=pre-data --dbname="$target" schema.dump
run_files "$target" blobs/create
# shellcheck source=/dev/null
. ./load.sh
run_files "$target" blobs/owners
run_file "$target" sequences.sql
echo "schema.dump, indexes and constraints"
pg_restore --exit-on-error --section=post-data --dbname="$target" schema.dump
echo "statistics"
run_sql "$target" -Atq -v ON_ERROR_STOP=0 <<'END' # table by table, for one that is on another server too may fail
SELECT format('ANALYZE %s', oid::regclass) FROM pg_class WHERE relkind IN ('r', 'm') AND relpersistence <> 't' \gexec
END

echo "Restored into $dbname. Every file had as many rows as was written down for it."
echo "To compare a table again:  SELECT count(*) FROM the_table;  against its \"rows\" in manifest.json."
