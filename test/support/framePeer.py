"""The other end of a link, for tests of devices: a raw socket. Reads frames in hexadecimal, a line each, and sends them; prints those that come."""
import os
import selectors
import socket
import sys

ETH_P_ALL = 3  # linux/if_ether.h
PACKET_OUTGOING = 4  # linux/if_packet.h
LONGEST = 65536

link = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
link.setsockopt(socket.SOL_SOCKET, 33, 1 << 23)  # SO_RCVBUFFORCE, asm-generic/socket.h
link.bind((sys.argv[1], ETH_P_ALL))
print("ready", flush=True)

selector = selectors.DefaultSelector()
selector.register(link, selectors.EVENT_READ)
selector.register(sys.stdin, selectors.EVENT_READ)
text = b""
while True:
    for key, _ in selector.select():
        if key.fileobj is link:
            try:
                frame, address = link.recvfrom(LONGEST)
            except OSError:
                sys.exit()  # the interface is gone
            if address[2] != PACKET_OUTGOING:
                print(frame.hex(), flush=True)
            continue
        chunk = os.read(sys.stdin.fileno(), LONGEST)
        if not chunk:
            sys.exit()
        *lines, text = (text + chunk).split(b"\n")
        for line in lines:
            link.send(bytes.fromhex(line.decode()))
