"""Measures the engine against the tools that people use today: every pair in one run, in turns, medians and ratios."""
import json
import os
import re
import shutil
import subprocess
import threading
import time
from pathlib import Path

import psycopg
from common import SETTINGS, Measures
from support.postgres import Server


class EngineBench(Measures):
    NAMES = ["backup", "one_table", "text", "restores", "migrate", "memory", "many", "downtime", "limit"]

    def __init__(self, options, report):
        super().__init__(options, report)
        self.jobs = min(os.cpu_count(), 8)
        self.made = set()
        self.target = None  # the server that a migration goes to

    def close(self):
        if self.target:
            self.target.remove()
        super().close()

    # ---- databases ---------------------------------------------------------------------------------------------------

    def database(self, name):
        """One of the databases to measure on, made when first asked for."""
        if name not in self.made:
            getattr(self, f"_make_{name}")(name)
            self.made.add(name)
        return name

    def _make_shop(self, name):
        self.make_shop(name, self.scale)

    def _make_small(self, name):
        self.make_shop(name, max(1, self.scale // 10))

    def _make_one(self, name):
        """The shop's rows, all of them in one table."""
        self.make_shop(name, self.scale)
        self.server.psql("""
            CREATE TABLE public.everything (kind text, id bigint, at timestamptz, customer_id bigint, name text, number int,
                                     price numeric(12, 2), address inet, body jsonb, content bytea);
            ALTER TABLE public.everything ALTER content SET STORAGE EXTERNAL;
            INSERT INTO public.everything SELECT * FROM (
                SELECT 'customer' AS kind, id, created, NULL::bigint, name, NULL::int, NULL::numeric, NULL::inet, addresses,
                    NULL::bytea FROM shop.customers
                UNION ALL SELECT 'order', id, placed, customer_id, note, invoice, NULL, NULL, NULL, NULL FROM shop.orders
                UNION ALL SELECT 'item', order_id, placed, NULL, NULL, quantity, price, NULL, NULL, NULL FROM shop.order_items
                UNION ALL SELECT 'event', id, at, customer_id, NULL, NULL, NULL, address, body, NULL FROM shop.events
                UNION ALL SELECT 'document', id, NULL, customer_id, name, NULL, NULL, NULL, NULL, content FROM shop.documents
                ) rows ORDER BY hashint8extended(id, ascii(kind)); -- as time would mix them
            DROP SCHEMA shop CASCADE;
            CREATE INDEX ON public.everything (kind, id);
            """, name)
        self.server.psql("SELECT lo_unlink(oid) FROM pg_largeobject_metadata", name)
        self.settle(name)

    def _make_many(self, name):
        """20,000 small tables, a hundred to a transaction."""
        self.note(f"making the database {name}")
        self.server.createdb(name)
        for first in range(0, 20000, 100):
            self.server.psql(f"""DO $$ BEGIN FOR i IN {first}..{first + 99} LOOP
                EXECUTE format('CREATE TABLE t%s (id int PRIMARY KEY, name text)', i);
                EXECUTE format('INSERT INTO t%s SELECT i, md5(i::text) FROM generate_series(1, 5) i', i);
                END LOOP; END $$""", name)
        self.settle(name)

    # ---- the commands ------------------------------------------------------------------------------------------------

    def ours(self, name, *more, jobs=None):
        return self.run(self.backup_command(self.server.dsn(name), f"{name}.hf", "--jobs", str(jobs or self.jobs), *more))

    def pipe(self, name):
        return self.run(f"set -e; '{self.server.bin('pg_dump')}' -Fc -Z0 -d \"{self.server.dsn(name)}\" | "
                        f"zstd -q -1 -T{self.jobs} | age -r {self.recipient} >'{self.folder}/{name}.pipe'")[0]

    def dump(self, name):
        return self.run([self.server.bin("pg_dump"), "-Fc", "-d", self.server.dsn(name), "-f",
                         self.folder / f"{name}.dump"])[0]

    def base(self):
        target = self.folder / "base"
        shutil.rmtree(target, ignore_errors=True)
        seconds = self.run([self.server.bin("pg_basebackup"), "-d", self.server.dsn(), "-D", target, "-Ft", "-c", "fast",
                            "-X", "none", "--compress=server-zstd:1"])[0]
        shutil.rmtree(target)
        return seconds

    def restore(self, name, proof):
        seconds = self.run([self.holdfast, "restore", "--from", self.folder / f"{name}.hf", "--to", self.server.dsn("back"),
                            "--mode", "new", "--identity", self.key, "--proof", proof, "--quiet", "--jobs",
                            str(self.jobs)])[0]
        self.server.dropdb("back")
        return seconds

    def pg_restore(self, name):
        self.server.createdb("back", template="template0")
        seconds = self.run([self.server.bin("pg_restore"), "-Fd", f"-j{self.jobs}", "-d", self.server.dsn("back"),
                            self.folder / f"{name}.dir"])[0]
        self.server.dropdb("back")
        return seconds

    def migration(self, name, proof):
        seconds, peak = self.run([self.holdfast, "migrate", "--from", self.server.dsn(name), "--to", self.target.dsn("moved"),
                                  "--mode", "new", "--no-backup", "--proof", proof, "--quiet", "--jobs", "2"])
        self.peaks.append(peak)
        self.target.dropdb("moved")
        return seconds

    def pgcopydb(self, name):
        self.target.createdb("moved", template="template0")
        # It copies no settings of the database, without which it does not find the types of its indexes.
        self.target.psql("ALTER DATABASE moved SET search_path = shop, public")
        folder = self.folder / "pgcopydb"
        shutil.rmtree(folder, ignore_errors=True)
        seconds = self.run(["pgcopydb", "clone", "--source", self.server.dsn(name), "--target", self.target.dsn("moved"),
                            "--table-jobs", "2", "--index-jobs", "2", "--dir", folder],
                           start_new_session=True)[0]  # when it fails it ends its whole process group
        self.target.dropdb("moved")
        return seconds

    def say(self, what, ours, theirs, least):
        self.report.pair(what, f"{ours:.1f} s", f"{theirs:.1f} s", theirs / ours, f"at least {least}")

    # ---- what is measured --------------------------------------------------------------------------------------------

    def backup(self):
        name = self.database("shop")
        ours, pipe, base = self.turns(lambda: self.ours(name)[0], lambda: self.pipe(name), self.base)
        self.say("backup against pg_dump | zstd | age", ours, pipe, "1.7")
        self.say("backup against pg_basebackup --compress=server-zstd:1", ours, base, "1")
        self.say("backup against pg_dump -Fc", ours, self.dump(name), "8")

    def one_table(self):
        name = self.database("one")
        ours, pipe = self.turns(lambda: self.ours(name)[0], lambda: self.pipe(name))
        self.say("backup of one table against pg_dump | zstd | age", ours, pipe, "1.7")
        self.say("backup of one table against pg_dump -Fc", ours, self.dump(name), "8")

    def text(self):
        name = self.database("shop")
        ours, pipe = self.turns(lambda: self.ours(name, "--data-format", "text")[0], lambda: self.pipe(name))
        self.say("backup in COPY text against pg_dump | zstd | age", ours, pipe, "1.15")

    def restores(self):
        name = self.database("shop")
        self.ours(name)
        shutil.rmtree(self.folder / f"{name}.dir", ignore_errors=True)
        self.run([self.server.bin("pg_dump"), "-Fd", f"-j{self.jobs}", "-Z1", "-d", self.server.dsn(name), "-f",
                  self.folder / f"{name}.dir"])
        without, proved, theirs = self.turns(lambda: self.restore(name, "none"), lambda: self.restore(name, "digest"),
                                             lambda: self.pg_restore(name))
        self.say("restore without proof against pg_restore -Fd", without, theirs, "1.4")
        self.say("restore with proof against pg_restore -Fd", proved, theirs, "1.2")

    def migrate(self):
        name = self.database("shop")
        self.target, self.peaks = Server(15, **SETTINGS), []
        self.target.psql("CREATE ROLE shop_owner; CREATE ROLE shop_app")
        without, proved, theirs = self.turns(lambda: self.migration(name, "none"), lambda: self.migration(name, "digest"),
                                             lambda: self.pgcopydb(name))
        self.say("migration without proof against pgcopydb clone", without, theirs, "1.6")
        self.say("migration with proof against pgcopydb clone", proved, theirs, "1.3")
        self.fact("peak memory of a migration with 2 jobs", f"{max(self.peaks):.0f} MiB", "192 MiB")

    def memory(self):
        for name in (self.database("small"), self.database("shop")):
            size = int(self.server.psql(f"SELECT pg_database_size('{name}')")) / 1e9
            peak = self.ours(name, jobs=2)[1]
            self.fact(f"peak memory of a backup with 2 jobs, database of {size:.1f} GB", f"{peak:.0f} MiB", "128 MiB, flat")

    def many(self):
        name = self.database("many")
        ours, theirs = self.turns(lambda: self.ours(name)[0], lambda: self.dump(name))
        self.say("backup of 20,000 small tables against pg_dump -Fc", ours, theirs, "1")

    def downtime(self):
        for name in (self.database("small"), self.database("shop")):
            self.ours(name)
            size = int(self.server.psql(f"SELECT pg_database_size('{name}')")) / 1e9
            polls = Poller(self.server.dsn(name))
            self.run([self.holdfast, "restore", "--from", self.folder / f"{name}.hf", "--to", self.server.dsn(name), "--mode",
                      "swap", "--identity", self.key, "--proof", "none", "--quiet"])
            self.fact(f"downtime of a swap as a client sees it, database of {size:.1f} GB", f"{polls.stop() * 1000:.0f} ms",
                      "under 2 s")

    def limit(self):
        """The processor seconds without which no such backup can be: the server's COPY to nowhere, zstd, the cipher."""
        for name in (self.database("shop"), self.database("one")):
            server, raw = self._server_cost(name)
            zstd, stored = self._zstd_cost(name, raw)
            cipher = stored / self._cipher_rate()
            floor = (server + zstd + cipher) / os.cpu_count()
            ours = self.turns(lambda: self.ours(name)[0])[0]
            self.fact(f"limit of a backup ({name}): COPY {server:.1f} s + zstd {zstd:.1f} s + cipher {cipher:.1f} s of processor, "
                      f"over {os.cpu_count()} cores", f"{floor:.1f} s; ours {ours:.1f} s is {ours / floor:.2f} times that", "")

    def _server_cost(self, name):
        """Processor seconds of a backend that copies every table to /dev/null, and the bytes that it would send."""
        formats = {row["schema"] + "." + row["name"]: row for row in self._tables(name)}
        with self.server.connect(name) as connection:
            before = _processor_seconds(connection.info.backend_pid)
            for table in formats.values():
                options = "(FORMAT binary)" if table["format"] == "binary" else ""
                connection.execute(f'COPY "{table["schema"]}"."{table["name"]}" TO \'/dev/null\' {options}')
            return _processor_seconds(connection.info.backend_pid) - before, sum(t["raw_bytes"] for t in formats.values())

    def _tables(self, name):
        self.ours(name)
        done = subprocess.run([self.holdfast, "inspect", "--json", "--from", self.folder / f"{name}.hf", "--identity",
                               self.key], check=True, capture_output=True, text=True)
        return [table for table in json.loads(done.stdout)["tables"] if table["rows"] and table["name"] != "pg_largeobject"]

    def _zstd_cost(self, name, raw):
        """Processor seconds of zstd -1 for the same rows, from a sample of them, and the bytes that it makes of them."""
        parts = self.folder / "parts"
        shutil.rmtree(parts, ignore_errors=True)
        subprocess.run([self.holdfast, "extract", "--from", self.folder / f"{name}.hf", "--identity", self.key, "--to", parts,
                        "--quiet"], check=True)
        stored = sum(f.stat().st_size for f in parts.glob("data/*/*"))
        subprocess.run(f"cat '{parts}'/data/*/*.zst | zstd -dcq >'{parts}/raw'", shell=True, check=True)
        start = os.times()
        subprocess.run(["zstd", "-q", "-1", "-T1", "--single-thread", "-c", parts / "raw"], stdout=subprocess.DEVNULL, check=True)
        end = os.times()
        shutil.rmtree(parts)
        return end.children_user - start.children_user, stored

    @staticmethod
    def _cipher_rate():
        """Bytes a second of ChaCha20-Poly1305 in one core."""
        done = subprocess.run(["openssl", "speed", "-mr", "-seconds", "1", "-bytes", "65536", "-evp", "chacha20-poly1305"],
                              capture_output=True, text=True, check=True)
        return float(done.stdout.strip().split("\n")[-1].split(":")[-1])


class Poller(threading.Thread):
    """A client that asks the database for something again and again, and notes for how long it gets no answer."""

    def __init__(self, dsn):
        super().__init__(daemon=True)
        self.dsn, self.longest, self.going = dsn, 0.0, True
        self.start()

    def run(self):
        connection, last = None, time.monotonic()
        while self.going:
            try:
                connection = connection or psycopg.connect(self.dsn, autocommit=True, connect_timeout=5)
                connection.execute("SELECT 1")
                now = time.monotonic()
                self.longest, last = max(self.longest, now - last), now
                time.sleep(0.002)
            except psycopg.Error:
                connection = None

    def stop(self):
        time.sleep(0.5)
        self.going = False
        self.join()
        return self.longest


def _processor_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
