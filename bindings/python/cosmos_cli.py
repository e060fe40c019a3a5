#!/usr/bin/env python3
"""A command line for the cosmos daemon, on its generated client, as ClickOS had one."""

import argparse
import json
import os
import sys

import urllib3
from cosmos_client import ApiException, DomainDescription, StartRequest, VifDescription
from cosmos_connection import connect, console, follow, read_handler, write_handler

DEFAULT_SOCKET = "/run/cosmos.sock"
FAILED, NOT_FOUND, UNREACHABLE = 1, 3, 4


def list_domains(api, _options):
    rows = [(str(one.id), one.name, one.state, str(one.elements), str(one.memory)) for one in api.list_domains()]
    print_table([("ID", "NAME", "STATE", "ELEMENTS", "MEMORY"), *rows])


def create(api, options):
    description = DomainDescription(
        name=options.name,
        config=options.config and read_file(options.config),
        config_file=options.config,
        memory=options.memory,
        vifs=[VifDescription(attach=attach) for attach in options.vif] or None,
    )
    print_state(api.create_domain(description, paused=options.paused))


def start(api, options):
    request = StartRequest(config=options.config and read_file(options.config), config_file=options.config)
    print_state(api.start_domain(options.domain, request))


def stop(api, options):
    print_state(api.stop_domain(options.domain))


def pause(api, options):
    print_state(api.pause_domain(options.domain))


def unpause(api, options):
    print_state(api.unpause_domain(options.domain))


def destroy(api, options):
    api.destroy_domain(options.domain)


def info(api, options):
    domain = api.api_client.sanitize_for_serialization(api.get_domain(options.domain))
    print(json.dumps(domain, indent=2))


def read(api, options):
    put(read_handler(api, options.domain, handler_name(options)))


def write(api, options):
    # What the command line got as bytes goes to the guest as the same bytes.
    value = os.fsencode(options.value).decode("latin-1")
    write_handler(api, options.domain, handler_name(options), value)


def show_console(api, options):
    put(console(api, options.domain))
    if options.follow:
        for text in follow(api.follow_console(options.domain, _preload_content=False)):
            put(text)


def handler_name(options):
    return f"{options.element}.{options.handler}" if options.element else options.handler


def read_file(name):
    with open(name, encoding="utf-8") as file:
        return file.read()


def put(text):
    """Prints text of which each character is a byte."""
    sys.stdout.buffer.write(text.encode("latin-1"))
    sys.stdout.buffer.flush()


def print_state(domain):
    print(f"{domain.name}: {domain.state}")


def print_table(rows):
    widths = [max(map(len, column)) for column in zip(*rows)]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def command_line():
    parser = argparse.ArgumentParser(prog="cosmos_cli", description=__doc__)
    socket = os.environ.get("COSMOS_SOCKET") or DEFAULT_SOCKET
    parser.add_argument(
        "--url", default=os.environ.get("COSMOS_URL") or f"unix:{socket}", help="unix:PATH or http(s)://HOST:PORT"
    )
    parser.add_argument("--ca", metavar="FILE", help="authority that signed the daemon's certificate, in PEM")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def command(name, action, help, *arguments):
        one = commands.add_parser(name, help=help, description=help)
        one.set_defaults(action=action)
        for argument in arguments:
            one.add_argument(argument)
        return one

    command("list", list_domains, "list all domains")
    new = command("create", create, "create a domain; it boots if it has a configuration", "name")
    new.add_argument("config", nargs="?", help="Click configuration")
    new.add_argument("--memory", type=int, help="MiB that the guest may take")
    new.add_argument("--vif", action="append", default=[], metavar="ATTACH", help="switch:NAME, wire:NAME or a device")
    new.add_argument("--paused", action="store_true", help="boot it, but do not run it")
    begin = command("start", start, "start a domain, with a new configuration where one is given", "domain")
    begin.add_argument("config", nargs="?", help="Click configuration")
    command("stop", stop, "stop a domain", "domain")
    command("pause", pause, "pause a domain", "domain")
    command("unpause", unpause, "let a paused domain go on", "domain")
    command("destroy", destroy, "stop a domain and forget it", "domain")
    command("info", info, "tell all about a domain, as JSON", "domain")
    command("read", read, "read a handler; the element '' has the global ones", "domain", "element", "handler")
    command("write", write, "write a handler", "domain", "element", "handler", "value")
    say = command("console", show_console, "print what the guest has said", "domain")
    say.add_argument("-f", "--follow", action="store_true", help="go on with what it says from now on")
    return parser


def messages_of(error):
    """The daemon's own words, or those of whoever answered in its place."""
    try:
        return json.loads(error.body)["messages"]
    except (TypeError, ValueError, KeyError):
        return [f"no cosmos daemon answered: {error.reason}"]


def main():
    options = command_line().parse_args()
    try:
        options.action(connect(options.url, os.environ.get("COSMOS_TOKEN") or None, options.ca), options)
    except ApiException as error:
        return fail(NOT_FOUND if error.status == 404 else FAILED, *messages_of(error))
    except urllib3.exceptions.HTTPError as error:
        return fail(UNREACHABLE, f"no daemon answers at {options.url}: start one with 'cosmos daemon' ({error})")
    except BrokenPipeError:
        # Whoever reads has seen enough; Python would complain once more when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except (OSError, ValueError) as error:
        return fail(FAILED, error)
    return 0


def fail(status, *messages):
    for message in messages:
        print(f"cosmos_cli: {message}", file=sys.stderr)
    return status


if __name__ == "__main__":
    sys.exit(main())
