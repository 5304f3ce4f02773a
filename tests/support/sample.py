"""What ./dev up registers over the API, as a person would: the server and its shop, a storage, a key, a schedule.

    sample.py UP.JSON PORT PASSWORD_FILE STORAGE      what is there already is left as it is
"""
import json
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path


class Api:
    """Signed in as the user of up.json; waits for the API, which may be on its way up."""

    def __init__(self, up):
        self.base = f"{up['url']}/api/v1"
        self.headers = {"Content-Type": "application/json"}
        for pause in [0.2] * 50 + [None]:
            try:
                with self.open("POST", "/session", {"user": up["user"], "password": up["password"]}) as answer:
                    self.headers["Cookie"] = answer.headers["Set-Cookie"].split(";")[0]
                    self.headers["X-CSRF-Token"] = json.load(answer)["csrf"]
                return
            except urllib.error.HTTPError as error:
                if error.code < 500 or pause is None:
                    raise SystemExit(f"cannot sign in: {error.read().decode(errors='replace')}") from error
            except urllib.error.URLError:
                if pause is None:
                    raise
            time.sleep(pause)

    def open(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        return urllib.request.urlopen(urllib.request.Request(self.base + path, data, self.headers, method=method))

    def call(self, method, path, body=None):
        try:
            with self.open(method, path, body) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            raise SystemExit(f"{method} {path}: {error.read().decode(errors='replace')}") from error

    def settle(self, noun, name, **body):
        """The id of the one with that name, made if there is none."""
        found = self.call("GET", f"/{noun}?name={name}")["items"]
        return (found[0] if found else self.call("POST", f"/{noun}", {"name": name, **body}))["id"]


def main(up, port, password_file, storage):
    api = Api(json.loads(Path(up).read_text()))
    server = api.settle("servers", "local", host="127.0.0.1", port=int(port), username="postgres",
                        password=Path(password_file).read_text().strip())
    found = api.call("POST", f"/servers/{server}/databases", {"names": ["shop"]})["items"]
    shop = next(each["database_id"] for each in found if each["name"] == "shop")
    disk = api.settle("storages", "disk", kind="local", path=storage)
    key = api.settle("keys", "main", kind="identity")
    api.settle("schedules", "shop", description="The sample shop, three times a day", interval_s=8 * 3600,
               database_ids=[shop], storage_id=disk, key_ids=[key], prefix="shop-", keep_count=7)


main(*sys.argv[1:])
