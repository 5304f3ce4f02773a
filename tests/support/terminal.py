"""Runs a program on a terminal of its own, types into it, and tells what stands on the screen in the end."""
import fcntl
import os
import pty
import re
import select
import struct
import termios
import time

_PART = re.compile(r"\x1b\[(\d*)([A-Z])|([\r\n])|([^\x1b\r\n]+)")


class Terminal:
    """`Terminal([program, …], env)`; the program has it as controlling terminal and on all three standard streams."""

    def __init__(self, command, env, columns=80, rows=24):
        self.output = ""
        self.returncode = None
        self.pid, self._fd = pty.fork()
        if self.pid == 0:
            os.execve(command[0], command, {**env, "TERM": "xterm"})
        fcntl.ioctl(self._fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def wait_for(self, pattern, seconds=30):
        """Reads until the output has the pattern."""
        until = time.monotonic() + seconds
        while not re.search(pattern, self.output):
            assert time.monotonic() < until, f"no {pattern!r} after {seconds} s in {self.output!r}"
            assert self._read(0.2) is not None, f"the program ended without {pattern!r}: {self.output!r}"

    def type(self, text):
        os.write(self._fd, text.encode())

    def finish(self, seconds=180):
        """Reads to the end; the exit status is in returncode."""
        until = time.monotonic() + seconds
        while self._read(0.2) is not None:
            assert time.monotonic() < until, f"the program has not ended after {seconds} s: {self.output!r}"
        self.returncode = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
        os.close(self._fd)
        return self

    def _read(self, seconds):
        if not select.select([self._fd], [], [], seconds)[0]:
            return ""
        try:
            text = os.read(self._fd, 65536).decode(errors="replace")
        except OSError:  # how Linux tells that the other side is closed
            return None
        self.output += text
        return text or None

    def screen(self):
        """The lines that stand there when everything has been printed; knows the sequences that the product uses."""
        lines, row, column = [""], 0, 0
        for count, sequence, control, text in _PART.findall(self.output):
            if sequence == "A":
                row = max(0, row - int(count or 1))
            elif sequence == "K":
                lines[row] = lines[row][:column]
            elif sequence == "J":
                lines[row:] = [lines[row][:column]]
            elif control == "\r":
                column = 0
            elif control == "\n":
                row += 1
                lines += [""] * (row + 1 - len(lines))
            else:
                assert not sequence, f"a sequence that is not known: {sequence!r}"
                lines[row] = lines[row][:column].ljust(column) + text + lines[row][column + len(text):]
                column += len(text)
        return [line.rstrip() for line in lines if line.strip()]
