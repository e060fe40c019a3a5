"""Connects the generated client to a cosmos daemon: over its Unix socket, or TCP with a token."""

import json
import re
import socket

import urllib3
from urllib3.connection import HTTPConnection
from urllib3.connectionpool import HTTPConnectionPool

from cosmos_client import ApiClient, ApiException, Configuration
from cosmos_client.api.cosmos_api import CosmosApi


def connect(url, token=None, authority=None):
    """Returns a CosmosApi.

    url: unix:PATH or http(s)://HOST:PORT
    token: what the daemon on TCP asks for
    authority: file in PEM with the authority that signed the daemon's certificate
    """
    local = re.fullmatch(r"unix:(?://)?(.+)", url)
    configuration = Configuration(host="http://localhost" if local else url)
    configuration.access_token = token
    configuration.ssl_ca_cert = authority
    configuration.retries = False
    client = ApiClient(configuration)
    if local:
        client.rest_client.pool_manager = _socket_pools(local.group(1))
    return CosmosApi(client)


def read_handler(api, domain, handler):
    """Returns a handler's value, one character a byte. The generated method takes values such as 1e3 for JSON."""
    return api.read_handler(domain, handler, _preload_content=False).data.decode("latin-1")


def write_handler(api, domain, handler, value):
    """Calls a write handler; value has one character a byte."""
    api.write_handler(domain, handler, value.encode("latin-1"))


def console(api, domain):
    """Returns what the guest has said, one character a byte."""
    return api.get_console(domain, _preload_content=False).data.decode("latin-1")


def follow(response):
    """Yields what the server-sent events of a response carry, for instance of api.follow_events(_preload_content=False)."""
    name = "message"
    for line in _lines(response):
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data" and name == "fault":
            raise ApiException(status=500, reason="\n".join(json.loads(value)["messages"]))
        elif field == "data":
            yield json.loads(value)


def _lines(response):
    rest = b""
    for piece in response.stream(None):
        *lines, rest = (rest + piece).split(b"\n")
        for line in lines:
            yield line.decode()


def _socket_pools(path):
    """Connection pools that have one server, at a Unix socket."""

    class SocketConnection(HTTPConnection):
        def _new_conn(self):
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            try:
                connection.connect(path)
            except OSError:
                connection.close()
                raise
            return connection

    class SocketPool(HTTPConnectionPool):
        ConnectionCls = SocketConnection

    pools = urllib3.PoolManager(retries=False)
    pools.pool_classes_by_scheme = {"http": SocketPool}
    return pools
