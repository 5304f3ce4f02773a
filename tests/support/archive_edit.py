"""Makes archives that lie: takes an unencrypted one apart, and puts it together again with what a test changed."""
import json
import subprocess

BLOCK = 512


def digest(data):
    """XXH3-128 as the format writes it."""
    done = subprocess.run(["xxhsum", "-H2"], input=data, stdout=subprocess.PIPE, check=True)
    return done.stdout.split()[0].decode()


class Archive:
    """`members` is {name: bytes} in the archive's order, `manifest` the JSON value without its tail. After `settle` the
    manifest is right about the members, and what a test changes then is a lie; `build` gives the bytes of it all."""

    def __init__(self, path):
        content = path.read_bytes()
        self._header = content[:BLOCK]
        self.members = {}
        at = 0
        while content[at]:
            name = content[at:at + 100].rstrip(b"\0").decode()
            size = int(content[at + 124:at + 135], 8)
            self.members[name] = content[at + BLOCK:at + BLOCK + size]
            at += BLOCK + size + -size % BLOCK
        self.manifest = json.loads(self.members.pop("manifest.json"))
        del self.manifest["digest"], self.manifest["manifest_bytes"]

    def table(self, name):
        return next(each for each in self.manifest["tables"] if each["name"] == name)

    def part(self, table, number=0):
        """The name of a data member of a table."""
        return self.manifest["members"][self.table(table)["parts"][number]["member"]]["name"]

    def member(self, name):
        """What the manifest says of a member."""
        return next(each for each in self.manifest["members"] if each["name"] == name)

    def settle(self):
        """Makes the manifest say of each member what is so."""
        at = 0
        for each in self.manifest["members"]:
            data = self.members[each["name"]]
            each.update(offset=at + BLOCK, size_bytes=len(data), digest=digest(data))
            at += BLOCK + len(data) + -len(data) % BLOCK
        return self

    def build(self):
        members = {**self.members, "manifest.json": self._manifest_text()}
        return b"".join(self._tar_member(name, data) for name, data in members.items()) + bytes(2 * BLOCK)

    def write(self, path):
        path.write_bytes(self.build())
        return path

    def _manifest_text(self):
        body = json.dumps(self.manifest).encode()[:-1]
        length = len(body) + 86
        return body + b',\n"digest":"%s",\n"manifest_bytes":%20d}\n' % (digest(body).encode(), length)

    def _tar_member(self, name, data):
        header = bytearray(self._header)
        header[:100] = name.encode().ljust(100, b"\0")
        header[100:107] = b"0000755" if name.endswith(".sh") else b"0000644"
        header[124:135] = b"%011o" % len(data)
        header[148:156] = b" " * 8
        header[148:155] = b"%06o\0" % sum(header)
        return bytes(header) + data + bytes(-len(data) % BLOCK)
