"""Requests made from www/openapi.yaml alone, so that a new route or a new member is attacked without being named."""
import copy
import json

WORD = "attack"  # a text that nothing refuses for itself


class Attacks:
    """`things` are ids as Service.furnish gives them, with "organization", "user" and "account"; and what members of
    other names need to be let through."""

    def __init__(self, description, things):
        self.description = description
        self.things = things

    def operations(self):
        """(method, path with ids filled in, operation), in a steady order; without the one that ends our session."""
        for (method, path), operation in sorted(self.description.operations().items(), key=str):
            if (method, path) not in (("DELETE", "/api/v1/session"), ("OPTIONS", "/api/v1/uploads")):
                yield method, self.path(path), operation

    def path(self, path):
        parts = path.split("/")
        for i, part in enumerate(parts):
            if part.startswith("{"):
                noun = part.strip("{}").removesuffix("_id") if part != "{id}" else parts[i - 1].removesuffix("s")
                parts[i] = self.things.get(noun, WORD)
        return "/" + "/".join(parts)  # as Client takes what is not below /api/v1

    def body(self, operation):
        """The schema of an operation's JSON; None: it takes none."""
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        return self.description.resolve(content["schema"]) if content else None

    # ---- Values ----------------------------------------------------------------------------------------------------

    def value(self, schema, name=""):
        schema = self.description.resolve(schema)
        kinds = schema.get("type", "object")
        kind = kinds if isinstance(kinds, str) else kinds[0]
        if kind == "object":
            return {key: self.value(each, key) for key, each in schema.get("properties", {}).items()
                    if key in schema.get("required", [])}
        if kind == "array":
            return [self.value(schema["items"], name.removesuffix("s"))]
        return {"string": self.text, "boolean": lambda *_: False}.get(kind, self.number)(schema, name)

    def text(self, schema, name):
        if "enum" in schema:
            return schema["enum"][0]
        if schema.get("format") == "date-time":
            return "2040-01-01T00:00:00Z"
        if name in self.things:
            return self.things[name]
        if noun := self.noun(name):
            return self.things[noun]
        return WORD.ljust(schema.get("minLength", 0), "x")

    @staticmethod
    def number(schema, _name):
        return schema.get("default") or schema.get("minimum") or 1

    # ---- Places ----------------------------------------------------------------------------------------------------

    def texts(self, schema, name=""):
        """Where a value of the schema has texts, absent ones too: (steps, name), a step is a key or [0]."""
        schema = self.description.resolve(schema)
        kinds = schema.get("type", "object")
        if "string" in kinds:
            yield (), name
        for key, each in schema.get("properties", {}).items():
            for steps, found in self.texts(each, key):
                yield (key, *steps), found
        if isinstance(schema.get("items"), dict):
            for steps, found in self.texts(schema["items"], name.removesuffix("s")):
                yield (0, *steps), found
        if schema.get("additionalProperties", False) is not False:
            yield (WORD,), WORD

    def with_text(self, schema, steps, text):
        """A whole body in which one place is the text."""
        whole = value = self.value(schema)
        for step, after in zip(steps, (*steps[1:], None)):
            new = text if after is None else [] if after == 0 else {}
            if isinstance(value, list):
                value[:] = [new]
            elif after is None or not isinstance(value.get(step), type(new)):
                value[step] = new
            value = value[step]
        return whole

    def bodies(self):
        """(method, path, body) with no more than must be in it."""
        for method, path, operation in self.operations():
            if schema := self.body(operation):
                yield method, path, self.value(schema)

    def bodies_with(self, text_of):
        """(method, path, body) of every place of every body that has a text by its name; None: leave it out."""
        for method, path, operation in self.operations():
            schema = self.body(operation)
            for steps, name in self.texts(schema) if schema else ():
                if (text := text_of(name)) is not None:
                    yield method, path, self.with_text(schema, steps, text)

    def queries(self):
        """(path, name) of every parameter of every GET's query."""
        for method, path, operation in self.operations():
            for parameter in map(self.description.resolve, operation.get("parameters", [])):
                if parameter["in"] == "query" and method == "GET":
                    yield path, parameter["name"]

    def noun(self, name):
        """What an id of that name is of: "against_database_id" of a database."""
        last = name.removesuffix("_id").split("_")[-1] if name.endswith("_id") else None
        return last if last in self.things else None


# ---- Bytes ----------------------------------------------------------------------------------------------------------

PIECES = (b"", b"\0", b"\xff\xfe", b"\xc0\x80", b"\xed\xa0\x80", b"{", b"}", b"[", b"]", b'"', b",", b":", b"\\", b"\\u",
          b"\\ud800", b"\\u0000", b"9" * 30, b"-", b"1e999", b"null", b"true", b"[" * 80, b'{"a":' * 80,
          b'"a":1,"a":2,')


def mutate(dice, body):
    """The JSON of a value with some bytes of it cut out, replaced or repeated."""
    data = bytearray(json.dumps(copy.copy(body), ensure_ascii=dice.random() < 0.5).encode())
    for _ in range(dice.randint(1, 4)):
        at, length = dice.randrange(len(data) + 1), dice.choice((0, 0, 1, 1, 2, 5, 20))
        random_byte = bytes([dice.randrange(256)])
        again = bytes(data[at:at + dice.randrange(30)])
        data[at:at + length] = dice.choice((*PIECES, random_byte, random_byte, again, again))
    return bytes(data)
