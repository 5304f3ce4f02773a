#!/usr/bin/env python3
"""Checks what no compiler checks: who includes whom, which calls are not ours, and sizes. See docs/architecture.md.

    build-aux/check-layers.py [TREE]      prints each breach as file:line: message, and exits 1 if there is one
"""
import re
import sys
from pathlib import Path

# Low to high. A file includes its own module or one of a lower row; SIDEWAYS and NEVER are the exceptions.
ROWS = [["base"], ["pg", "tds", "http", "crypto", "neutral", "sheet"], ["storage", "queue", "catalog", "archive"], ["engine"], ["engine/ends"],
        ["service"], ["api", "cli", "worker"]]
ROW = {module: row for row, modules in enumerate(ROWS) for module in modules}
SIDEWAYS = {("archive", "storage")}
NEVER = {("api", "engine"), ("api", "engine/ends")}

# The one module that may see a third-party header; the others use what it offers.
OWNERS = {r"libpq-fe\.h|libpq/.*|postgres_ext\.h": "pg", r"openssl/.*": "crypto", r"jsmn.*": "base",
          r"xxh(ash|3).*": "base", r"z(std|dict).*": "archive", r"archive(_entry)?\.h": "archive",
          r"hiredis.*": "queue", r"curl/.*": "http", r"fcgi.*": "api", r"sybdb\.h|sybfront\.h": "tds",
          r"xlsxwriter.*|expat\.h|zip\.h": "sheet"}

BANNED = {r"strcpy|strcat|strncat|stpcpy": "g_strlcpy, g_strconcat or GString",
          r"v?sprintf": "g_snprintf or g_strdup_printf",
          r"atoi|atol|atoll|atof": "g_ascii_string_to_signed or g_ascii_string_to_unsigned",
          r"gets": "GDataInputStream or getline", r"strtok(_r)?": "g_strsplit",
          r"system|popen": "GSubprocess, which needs no shell"}
ALLOCATION = r"malloc|calloc|realloc|reallocarray|free|strdup|strndup|asprintf|vasprintf"
FUNCTION_LINES, FILE_LINES = 80, 800

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)
NOISE = re.compile(r'//[^\n]*|/\*.*?\*/|"(?:\\.|[^"\\\n])*"|\'(?:\\.|[^\'\\\n])*\'', re.DOTALL)


def without_comments_and_strings(text):
    return NOISE.sub(lambda match: "\n" * match.group().count("\n"), text)


def line_of(text, match):
    return text.count("\n", 0, match.start()) + 1


def module_of(path, tree):
    """The module of a file: its folder below src; the longest one known. None outside of all modules."""
    folder = path.parent.relative_to(tree).as_posix()
    folder = folder.removeprefix("src/")
    return next((name for name in sorted(ROW, key=len, reverse=True) if f"{folder}/".startswith(f"{name}/")), None)


def check_include(module, target, name):
    if (module, target) in NEVER:
        return f"{module} must not include {name}: it never uses {target}"
    if target == module or ROW[target] < ROW[module] or (module, target) in SIDEWAYS:
        return None
    where = "sideways" if ROW[target] == ROW[module] else "up"
    return f"{module} must not include {name}: {target} is {where} from it"


def check_includes(path, text, module, tree):
    for match in INCLUDE.finditer(text):
        quote, name = match.groups()
        near = next((file for file in (path.parent / name, tree / "src" / name, tree / name) if file.is_file()), None)
        target = module_of(near.resolve(), tree) if quote == '"' and near else None
        if target:
            message = check_include(module, target, name)
        else:
            owner = next((owner for pattern, owner in OWNERS.items() if re.fullmatch(pattern, name)), module)
            message = None if owner == module else f"{name} is for {owner} alone: use that module from {module}"
        if message:
            yield line_of(text, match), message


def check_calls(code, module):
    rules = dict(BANNED)
    if module != "base":
        rules[ALLOCATION] = "GLib's g_new, g_free, g_strdup … and g_autofree"
    for names, instead in rules.items():
        for match in re.finditer(rf"(?<![\w.>])({names})[ \t]*\(", code):
            yield line_of(code, match), f"{match.group(1)} is not used here: use {instead}"


def check_sizes(code):
    lines = code.split("\n")
    if len(lines) - 1 > FILE_LINES:
        yield FILE_LINES + 1, f"the file has {len(lines) - 1} lines, more than {FILE_LINES}: cut it"
    start = None
    for number, line in enumerate(lines, 1):
        if line.rstrip() == "{":
            start = number
        elif line.startswith("}") and start:
            if number - start + 1 > FUNCTION_LINES:
                yield start, f"the function has {number - start + 1} lines, more than {FUNCTION_LINES}: cut it"
            start = None


def breaches(tree):
    tree = tree.resolve()
    for path in sorted(file for folder in ("src", "worker") for file in (tree / folder).rglob("*.[ch]")):
        module, text = module_of(path, tree), path.read_text()
        code = without_comments_and_strings(text)
        found = [(1, "the folder is no module: name it in build-aux/check-layers.py")] if module is None else [
            *check_includes(path, text, module, tree), *check_calls(code, module), *check_sizes(code)]
        yield from (f"{path.relative_to(tree)}:{line}: {message}" for line, message in sorted(found))


if __name__ == "__main__":
    messages = list(breaches(Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parents[1]))
    print("\n".join(messages) or "layers, calls and sizes are as they should be")
    sys.exit(bool(messages))
