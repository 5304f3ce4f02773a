"""www/openapi.yaml as something that answers can be held to: a small validator over python3-jsonschema."""
import json
import re
import uuid
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, FormatChecker, RefResolver

PATH = Path(__file__).resolve().parents[2] / "www/openapi.yaml"
METHODS = ("get", "post", "put", "patch", "delete", "options")
formats = FormatChecker(formats=())


@formats.checks("uuid")
def _is_uuid(value):
    return not isinstance(value, str) or str(uuid.UUID(value)) == value.lower()


@formats.checks("date-time")
def _is_time(value):
    return not isinstance(value, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", value))


class Description:
    def __init__(self):
        self.document = yaml.safe_load(PATH.read_text())
        self._resolver = RefResolver.from_schema(self.document)
        self._patterns = [(re.compile(re.sub(r"\{\w+\}", "[^/]+", path) + r"(\?.*)?"), path)
                          for path in self.document["paths"]]

    def operations(self):
        """{(method, path): operation}"""
        return {(method.upper(), path): item[method] for path, item in self.document["paths"].items()
                for method in METHODS if method in item}

    def find(self, method, path):
        """The path of the description that a request's path is one of; None."""
        found = next((name for pattern, name in self._patterns if pattern.fullmatch(path)), None)
        return found if found and method.lower() in self.document["paths"][found] else None

    def resolve(self, value):
        while "$ref" in value:
            value = self._resolver.resolve(value["$ref"])[1]
        return value

    def breaches(self, schema, value):
        validator = Draft202012Validator(schema, resolver=self._resolver, format_checker=formats)
        return [f"{'/'.join(map(str, each.absolute_path))}: {each.message}" for each in validator.iter_errors(value)]

    def check_answer(self, method, path, answer):
        """Raises if the answer is not one that the description tells of this request."""
        name = self.find(method, path)
        assert name or answer.status == 404, f"{method} {path} is not described: {answer}"
        described = self.document["paths"][name][method.lower()]["responses"] if name else {}
        response = self.resolve(described.get(str(answer.status)) or self.document["components"]["responses"]["Problem"])
        assert str(answer.status) in described or answer.status >= 400, f"{method} {path}: {answer} is not described"
        content = response.get("content", {})
        if not content:
            assert answer.body == b"", f"{method} {path}: {answer} has a body"
            return
        media = answer.headers["content-type"].split(";")[0]
        assert media in content, f"{method} {path}: {media} is not described"
        if media.endswith("json"):
            found = self.breaches(content[media]["schema"], answer.json)
            assert not found, f"{method} {path}: {answer}\n" + "\n".join(found)
        for header in response.get("headers", {}):
            assert header.lower() in answer.headers, f"{method} {path}: {header} is missing"

    def check_request(self, method, path, body):
        """Raises if the body of a request that was done is not as described."""
        described = self.document["paths"][self.find(method, path)][method.lower()].get("requestBody")
        if described is None:
            assert body in (None, b"{}"), f"{method} {path} takes no body"
            return
        content = described["content"].get("application/json")
        found = self.breaches(content["schema"], json.loads(body or b"{}")) if content else []
        assert not found, f"{method} {path}: {body}\n" + "\n".join(found)
