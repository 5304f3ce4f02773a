"""The server's side of NTLM: a challenge, and the check of version 2's answer to it."""
import hmac
import os
import struct

SIGNATURE = b"NTLMSSP\0"
UNICODE, REQUEST_TARGET, NTLM, ALWAYS_SIGN, EXTENDED, TARGET_DOMAIN, TARGET_INFO = \
    0x1, 0x4, 0x200, 0x8000, 0x80000, 0x10000, 0x800000


def md4(data):
    """OpenSSL 3 no longer has it by default."""
    def rotate(value, bits):
        value &= 0xFFFFFFFF
        return value << bits | value >> (32 - bits)

    rounds = [(lambda x, y, z: x & y | ~x & z, 0, range(16), (3, 7, 11, 19)),
              (lambda x, y, z: x & y | x & z | y & z, 0x5A827999,
               (0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15), (3, 5, 9, 13)),
              (lambda x, y, z: x ^ y ^ z, 0x6ED9EBA1,
               (0, 8, 4, 12, 2, 10, 6, 14, 1, 9, 5, 13, 3, 11, 7, 15), (3, 9, 11, 15))]
    state = [0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476]
    padded = data + b"\x80" + bytes((55 - len(data)) % 64) + struct.pack("<Q", 8 * len(data))
    for at in range(0, len(padded), 64):
        words = struct.unpack_from("<16I", padded, at)
        a, b, c, d = state
        for mix, constant, order, shifts in rounds:
            for step, word in enumerate(order):
                mixed = rotate(a + mix(b, c, d) + words[word] + constant, shifts[step % 4])
                a, b, c, d = d, mixed & 0xFFFFFFFF, b, c
        state = [(old + new) & 0xFFFFFFFF for old, new in zip(state, (a, b, c, d))]
    return struct.pack("<4I", *state)


class Exchange:
    """`challenge(negotiate)`, then `user(authenticate)`: who it is, if the answer proves it."""

    def __init__(self, domain):
        self._domain = domain
        self._challenge = os.urandom(8)

    def challenge(self, negotiate):
        """None if this is no NTLM."""
        if not negotiate.startswith(SIGNATURE + struct.pack("<I", 1)):
            return None
        name = self._domain.encode("utf-16-le")
        pairs = b"".join(struct.pack("<HH", kind, len(name)) + name for kind in (2, 1, 4, 3)) + bytes(4)
        flags = UNICODE | REQUEST_TARGET | NTLM | ALWAYS_SIGN | EXTENDED | TARGET_DOMAIN | TARGET_INFO
        head = 56
        return SIGNATURE + struct.pack("<IHHII", 2, len(name), len(name), head, flags) + self._challenge + bytes(8) + \
            struct.pack("<HHI", len(pairs), len(pairs), head + len(name)) + bytes(8) + name + pairs

    def user(self, answer, passwords):
        r"""`DOMAIN\user` whose password of `passwords` gives this answer; None if there is none."""
        if not answer.startswith(SIGNATURE + struct.pack("<I", 3)):
            return None

        def field(at):
            length, _, offset = struct.unpack_from("<HHI", answer, at)
            return answer[offset:offset + length]

        older, proof, domain, user = field(12), field(20), field(28).decode("utf-16-le"), field(36).decode("utf-16-le")
        name = f"{domain}\\{user}"
        known = next((each for each in passwords if each.lower() == name.lower()), None)
        if known is None:
            return None
        key = hmac.digest(md4(passwords[known].encode("utf-16-le")), (user.upper() + domain).encode("utf-16-le"), "md5")
        # NTLMv2, or the LMv2 beside it that Windows takes too (tedious gives its proof's length wrongly). Never NTLMv1.
        return known if any(self._is_answer(key, each) for each in (proof, older) if len(each) >= 24) else None

    def _is_answer(self, key, answer):
        return hmac.compare_digest(hmac.digest(key, self._challenge + answer[16:], "md5"), answer[:16])
