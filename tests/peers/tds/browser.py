"""SQL Server Browser: tells a named instance's port on UDP 1434."""
import os
import socket

ONE_INSTANCE, ANSWER = 4, 5


def start(instance, host, port):
    """In a process of its own, which ends with ours."""
    with_us = os.getpid()
    listener = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    listener.bind((host, 1434))
    if os.fork():
        listener.close()
        return
    listener.settimeout(1)
    while os.getppid() == with_us:
        try:
            asked, client = listener.recvfrom(1024)
        except TimeoutError:
            continue
        name = asked[1:].rstrip(b"\0").decode(errors="replace")
        if asked[:1] == bytes([ONE_INSTANCE]) and name.lower() == instance.lower():
            text = f"ServerName;PEER;InstanceName;{instance};IsClustered;No;Version;15.0.2000.5;tcp;{port};;".encode()
            listener.sendto(bytes([ANSWER]) + len(text).to_bytes(2, "little") + text, client)
    os._exit(0)
