"""build-aux/check-layers.py finds each kind of breach on a made-up tree, and nothing in a good one."""
import subprocess
import sys

import pytest

from support.majors import REPOSITORY


def check(tree, files):
    for name, text in {"src/base/io.h": "", "src/pg/connection.h": "", "src/storage/storage.h": "",
                       "src/engine/plan.h": "", "src/engine/ends/postgres.h": "", **files}.items():
        path = tree / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    script = REPOSITORY / "build-aux/check-layers.py"
    return subprocess.run([sys.executable, script, tree], capture_output=True, text=True)


GOOD = {
    "src/pg/connection.c": '#include "pg/connection.h"\n#include "base/io.h"\n#include <libpq-fe.h>\n',
    "src/archive/writer.c": '#include "storage/storage.h"\n#include <zstd.h>\n',
    "src/engine/ends/postgres.c": '#include "engine/plan.h"\n#include "config.h"\n',
    "src/cli/main.c": '#include <glib.h>\n#include "engine/ends/postgres.h"\n/* strcpy(a, b) */ // free(x)\n'
                      'const char *s = "system(1)";\nvoid f(void)\n{\n    ops->free(x);\n    g_free(x);\n}\n',
    "worker/loop.c": '#include "engine/plan.h"\n',
    "src/base/memory.c": "void *p = malloc(1);\n",
}


def test_a_good_tree_passes(tmp_path):
    done = check(tmp_path, GOOD)
    assert (done.returncode, done.stdout) == (0, "layers, calls and sizes are as they should be\n")


@pytest.mark.parametrize("name, text, message", [
    ("src/base/log.c", '\n#include "pg/connection.h"', "src/base/log.c:2: base must not include pg/connection.h: pg is up"),
    ("src/crypto/age.c", '#include "pg/connection.h"', "crypto must not include pg/connection.h: pg is sideways"),
    ("src/engine/job.c", '#include "ends/postgres.h"', "engine must not include ends/postgres.h: engine/ends is up"),
    ("worker/loop.c", '#include "api/request.h"', "worker must not include api/request.h: api is sideways"),
    ("src/api/job.c", '#include "engine/plan.h"', "api must not include engine/plan.h: it never uses engine"),
    ("src/engine/job.c", "#include <libpq-fe.h>", "libpq-fe.h is for pg alone"),
    ("src/archive/seal.c", "# include <openssl/evp.h>", "openssl/evp.h is for crypto alone"),
    ("src/cli/json.c", '#include "jsmn.h"', "jsmn.h is for base alone"),
    ("src/pg/text.c", "int a;\nint b = atoi(s);", "src/pg/text.c:2: atoi is not used here"),
    ("src/pg/text.c", "/* two\n lines */ strcpy (a, b);", "src/pg/text.c:2: strcpy is not used here"),
    ("src/base/shell.c", "system(s);", "system is not used here: use GSubprocess"),
    ("src/pg/text.c", "free(p);", "free is not used here: use GLib"),
    ("src/pg/long.c", "int f(void)\n{\n" + "    x();\n" * 79 + "}\n", "src/pg/long.c:2: the function has 81 lines"),
    ("src/pg/long.h", "int x;\n" * 801, "the file has 801 lines"),
    ("src/helpers/x.c", "", "src/helpers/x.c:1: the folder is no module"),
])
def test_a_breach_is_named_with_its_place(tmp_path, name, text, message):
    done = check(tmp_path, {"src/api/request.h": "", **GOOD, name: text})
    assert done.returncode == 1
    assert message in done.stdout and done.stdout.count("\n") == 1


def test_the_limits_themselves_are_allowed(tmp_path):
    files = {"src/pg/a.c": "int f(void)\n{\n" + "    x();\n" * 78 + "}\n", "src/pg/b.h": "int x;\n" * 800}
    assert check(tmp_path, files).returncode == 0
