"""A TCP connection that lives as long as it is wanted: 'listen PORT' sends back what comes, 'connect ADDRESS PORT' sends lines of standard
input and prints what comes back."""

import socket
import sys
import threading


def listen(port):
    listener = socket.create_server(("", port))
    print("listening", flush=True)
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=echo, args=[connection], daemon=True).start()


def echo(connection):
    while data := connection.recv(65536):
        connection.sendall(data)


def connect(address, port):
    connection = socket.create_connection((address, port))
    print("connected", flush=True)
    threading.Thread(target=send_input, args=[connection], daemon=True).start()
    while data := connection.recv(65536):
        sys.stdout.buffer.write(data)
        sys.stdout.flush()


def send_input(connection):
    for line in sys.stdin.buffer:
        connection.sendall(line)


if sys.argv[1] == "listen":
    listen(int(sys.argv[2]))
else:
    connect(sys.argv[2], int(sys.argv[3]))
