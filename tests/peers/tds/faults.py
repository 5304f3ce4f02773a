"""What a test asks to go wrong: files in a folder, one for each time.

A fault is {"at": phase, "do": "cut" | "error" | "slow" | "hang" | "hold" (until the test takes it away), and: "matching": a regular expression that the batch's
text must contain, "row": of a batch of a bulk load, from 1, "number" and "details": of the error, "seconds",
"always": true}.
Phases: accept, prelogin, tls, login, batch, bulk (the INSERT BULK is answered), row, bulk end, commit.
"""
import json
import re
import time
from pathlib import Path

from .errors import SqlError


class Faults:
    def __init__(self, folder):
        self._folder = Path(folder)

    def planned(self, at):
        """[(path, fault)] of those of a phase."""
        found = []
        for path in sorted(self._folder.glob("*.json")):
            try:
                fault = json.loads(path.read_text())
            except (FileNotFoundError, ValueError):  # taken by another session, or just being written
                continue
            if fault["at"] == at:
                found.append((path, fault))
        return found

    def meet(self, at, wire, text="", row=None):
        for path, fault in self.planned(at):
            if not re.search(fault.get("matching", ""), text) or fault.get("row", row) != row:
                continue
            if not fault.get("always") and fault["do"] != "hold":
                try:
                    path.unlink()
                except FileNotFoundError:  # another session has met it
                    continue
            self._do(fault, wire, path)

    @staticmethod
    def _do(fault, wire, path):
        if fault["do"] == "cut":
            wire.cut()
        elif fault["do"] == "error":
            raise SqlError(fault["number"], *fault.get("details", []))
        elif fault["do"] == "hold":
            while path.exists():
                time.sleep(0.02)
        else:
            time.sleep(fault.get("seconds", 3600))
