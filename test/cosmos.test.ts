/** The `cosmos` command as its users see it: words in, text and status out. The daemon is a toolstack in memory. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { after, describe, it } from "node:test";
import { MemoryToolstack } from "../src/api/toolstack.fixture.ts";
import { run, withDomains } from "../src/cosmos/run.fixture.ts";
import { ToolstackError } from "../src/domain/toolstack.ts";

const directory = mkdtempSync(path.join(tmpdir(), "cosmos-test-"));
after(() => rmSync(directory, { recursive: true }));

// Whoever runs the tests may have set these.
for (const name of ["COSMOS_SOCKET", "COSMOS_STATE", "COSMOS_URL", "COSMOS_TOKEN", "NO_COLOR"])
  delete process.env[name];

function file(name: string, text: string): string {
  const place = path.join(directory, name);
  writeFileSync(place, text);
  return place;
}

describe("cosmos create", () => {
  it("makes a domain of options", async () => {
    const toolstack = new MemoryToolstack();
    const config = file("fw.click", "c :: Counter");
    const words = ["--name", "fw", "--config", config, "--memory", "8", "--vif", "attach=switch:lan,vlan=10"];
    const limits = ["--on-crash", "restart", "--cpu", "0.5", "--rate", "1000", "--param", "X=1", "--param", "Y=2"];
    const { status, out } = await run(toolstack, ["create", ...words, ...limits]);
    assert.deepEqual([status, out], [0, "fw (1): running, 1 element, booted in 0.5 ms\n"]);
    assert.deepEqual((await toolstack.information("fw")).description, {
      name: "fw",
      config: "c :: Counter",
      configFile: config,
      parameters: { X: "1", Y: "2" },
      memory: 8,
      vifs: [{ attach: "switch:lan", vlan: 10 }],
      on_crash: "restart",
      cpuShare: 0.5,
      packetRate: 1000,
    });
  });

  it("makes a domain of a description, which options correct", async () => {
    const toolstack = new MemoryToolstack();
    file("nat.click", "n :: Counter");
    const description = file(
      "nat.toml",
      'name = "nat"\nconfig = "nat.click"\nmemory = 4\n[[vif]]\nattach = "switch:lan"\n',
    );
    assert.equal((await run(toolstack, ["create", description, "--name", "nat2", "--paused"])).status, 0);
    const { state, description: made } = await toolstack.information("nat2");
    assert.deepEqual([state, made.config, made.memory], ["paused", "n :: Counter", 4]);
  });

  it("makes a domain of an image, which takes the place of the description's configuration", async () => {
    const toolstack = new MemoryToolstack();
    const image = file("fw.image", "bytes");
    const { status, out } = await run(toolstack, ["create", "--name", "fw", "--image", image]);
    assert.deepEqual([status, out], [0, "fw (1): running, 1 element, booted in 0.5 ms\n"]);
    const description = file("config.toml", 'name = "other"\nconfig = "c :: Counter"\nmemory = 4\n');
    assert.equal((await run(toolstack, ["create", description, "--image", image])).status, 0);
    const made = { image: Buffer.from("bytes").toString("base64"), configFile: image };
    assert.deepEqual((await toolstack.information("fw")).description, { name: "fw", ...made });
    assert.deepEqual((await toolstack.information("other")).description, { name: "other", memory: 4, ...made });
    const both = await run(toolstack, ["create", "--name", "x", "--image", image, "--config", image]);
    assert.deepEqual([both.status, (await toolstack.list()).length], [2, 2]);
  });

  it("takes the configuration from standard input, and may leave it to be started", async () => {
    const toolstack = new MemoryToolstack();
    const input = Readable.from([Buffer.from("c :: Counter")]);
    const { out } = await run(toolstack, ["create", "--name", "x", "--config", "-", "--no-start"], { input });
    assert.equal(out, "x (1): stopped, 1 element\n");
    assert.equal((await toolstack.information("x")).description.configFile, "<stdin>");
  });

  it("tells where a description or a configuration has a fault, and makes nothing", async () => {
    const toolstack = new MemoryToolstack();
    const description = file("bad.toml", 'name = "bad"\nmemoy = 4\n');
    const faulty = await run(toolstack, ["create", description]);
    assert.equal(faulty.status, 1);
    assert.match(faulty.errors, /^cosmos: .*bad\.toml:2: .*memoy/);
    const config = file("bad.click", "Nonsense");
    const refused = await run(toolstack, ["create", "--name", "x", "--config", config]);
    assert.deepEqual([refused.status, refused.errors], [1, `cosmos: ${config}:1: unknown element class 'Nonsense'\n`]);
    assert.deepEqual(await toolstack.list(), []);
  });

  for (const [words, fault] of [
    [[], /^cosmos: which domain\? Give the file of a description, or --name\n/],
    [["--name", "x", "--memory", "lots"], /'--memory <MiB>' argument 'lots' is invalid/],
    [["--name", "x", "--vif", "vlan=x"], /'vlan=' needs a whole number/],
    [["--name", "x", "--on-crash", "cry"], /Allowed choices are destroy, restart, preserve/],
    [["--name", "x", "--paused", "--no-start"], /cannot be used with/],
    [["a.toml", "b.toml"], /too many arguments/],
    [["--nmae", "x"], /unknown option '--nmae'\n\(Did you mean --name\?\)/],
  ] as const)
    it(`refuses '${words.join(" ")}'`, async () => {
      const { status, out, errors } = await run(new MemoryToolstack(), ["create", ...words]);
      assert.deepEqual([status, out], [2, ""]);
      assert.match(errors, fault);
    });
});

describe("cosmos list and info", () => {
  it("are tables for people", async () => {
    const toolstack = await withDomains("web", "dns");
    await toolstack.stop("dns");
    const { out } = await run(toolstack, ["list"]);
    assert.match(out, /^ID {2}NAME {2}STATE +VIFS {2}ELEMENTS +MEMORY +UP {2}RESTARTS\n/);
    assert.match(out, /\n 1 {2}web +running +0 +1 {2}64\.0 KiB +\d+d\d+h +0\n/);
    assert.match(out, /\n 2 {2}dns +stopped +0 +1 {2}64\.0 KiB +- +0\n$/);
    await toolstack.attachVif("web", { name: "lan0", attach: "switch:lan" });
    const info = (await run(toolstack, ["info", "1"])).out;
    assert.match(info, /^Name +web\nId +1\nState +running\nConfiguration +web\.click, 1 element, stock library\n/);
    assert.match(info, /0 {2}lan0 {2}02:00:00:00:00:01 {2}switch:lan {3}3 packets, 180 B, 1 dropped \(ring full\)/);
  });

  it("are JSON for programs", async () => {
    const toolstack = await withDomains("web");
    const list: unknown = JSON.parse((await run(toolstack, ["list", "--json"])).out);
    assert.deepEqual(list, await toolstack.list());
    assert.deepEqual(
      JSON.parse((await run(toolstack, ["--json", "info", "web"])).out),
      await toolstack.information("web"),
    );
    assert.equal((await run(new MemoryToolstack(), ["list", "--json"])).out, "[]\n");
  });

  it("have colours only on a terminal, and where they are wanted", async () => {
    const toolstack = await withDomains("web");
    const terminal = { rows: 24, columns: 80 };
    const coloured = "\x1b[32mrunning\x1b[39m";
    assert.ok((await run(toolstack, ["list"], { terminal })).out.includes(coloured));
    process.env.NO_COLOR = "1";
    try {
      assert.ok(!(await run(toolstack, ["list"], { terminal })).out.includes("\x1b"));
    } finally {
      delete process.env.NO_COLOR;
    }
    assert.ok(!(await run(toolstack, ["list"])).out.includes("\x1b"));
  });
});

describe("cosmos start, stop, pause, unpause, reboot and destroy", () => {
  it("tell what became of the domain", async () => {
    const toolstack = await withDomains("web");
    const state = async (...words: readonly string[]): Promise<string> => (await run(toolstack, words)).out;
    assert.equal(await state("pause", "web"), "web (1): paused, 1 element\n");
    assert.match(await state("unpause", "1"), /running/);
    assert.match(await state("reboot", "web"), /running/);
    assert.match(await state("stop", "web"), /stopped/);
    assert.match(await state("start", "web", file("new.click", "n :: Counter")), /running/);
    assert.equal((await toolstack.information("web")).description.config, "n :: Counter");
    assert.equal(await state("destroy", "web"), "");
    assert.deepEqual(await toolstack.list(), []);
  });

  it("go on with the others when there is no such domain, and exit with 3", async () => {
    const toolstack = await withDomains("web", "dns");
    const { status, errors } = await run(toolstack, ["destroy", "none", "web", "7", "dns"]);
    assert.deepEqual([status, errors], [3, "cosmos: no domain 'none'\ncosmos: no domain '7'\n"]);
    assert.deepEqual(await toolstack.list(), []);
  });
});

describe("exit statuses", () => {
  it("tell a failure from wrong usage, a missing thing, and a daemon that does not answer", async () => {
    const toolstack = await withDomains("web");
    await toolstack.stop("web");
    const gone = new MemoryToolstack();
    gone.list = () => Promise.reject(new ToolstackError("UNREACHABLE", "no daemon listens at unix:/run/cosmos.sock"));
    const statuses = [
      await run(toolstack, ["list"]),
      await run(toolstack, ["pause", "web"]),
      await run(toolstack, ["lsit"]),
      await run(toolstack, ["info", "none"]),
      await run(gone, ["list"]),
      await run(toolstack, ["create", path.join(directory, "none.toml")]),
      await run(toolstack, ["--help"]),
      await run(toolstack, []),
    ].map(({ status }) => status);
    assert.deepEqual(statuses, [0, 1, 2, 3, 4, 1, 0, 2]);
  });
});

describe("where the daemon is", () => {
  it("is said by options, else by the environment, else it is the usual place", async () => {
    const asked = async (...words: readonly string[]) =>
      (await run(new MemoryToolstack(), [...words, "list"])).endpoints;
    assert.deepEqual(await asked(), [{ url: "unix:/run/cosmos.sock", token: undefined }]);
    process.env.COSMOS_URL = "https://other:7070";
    process.env.COSMOS_TOKEN = "secret";
    try {
      assert.deepEqual(await asked(), [{ url: "https://other:7070", token: "secret" }]);
      assert.deepEqual(await asked("--socket", "/tmp/s"), [{ url: "unix:/tmp/s", token: "secret" }]);
      assert.deepEqual(await asked("--url", "http://x:1", "--token", "t"), [{ url: "http://x:1", token: "t" }]);
    } finally {
      delete process.env.COSMOS_URL;
      delete process.env.COSMOS_TOKEN;
    }
    assert.equal((await run(new MemoryToolstack(), ["list", "--socket", "/x", "--url", "http://x:1"])).status, 2);
  });

  it("is what the daemon gets", async () => {
    const words = [
      "--socket",
      "/tmp/s",
      "--state",
      "/tmp/d",
      "--tcp",
      "[::1]:7070",
      "--token-file",
      "t",
      "--workers",
      "2",
      "--files",
      "/srv",
      "--busy-polling",
    ];
    const { daemons } = await run(new MemoryToolstack(), ["daemon", ...words, "--log-level", "warn"]);
    assert.deepEqual(daemons, [
      {
        socket: "/tmp/s",
        stateDirectory: "/tmp/d",
        tcp: { host: "::1", port: 7070, tokenFile: "t" },
        workers: 2,
        files: ["/srv"],
        busyPolling: true,
        logLevel: "warn",
      },
    ]);
    const half = await run(new MemoryToolstack(), ["daemon", "--tcp", "a:1", "--tls-key", "k"]);
    assert.deepEqual([half.status, half.errors], [2, "cosmos: TLS needs both --tls-cert and --tls-key\n"]);
    assert.equal((await run(new MemoryToolstack(), ["daemon", "--token-file", "t"])).status, 2);
  });
});

describe("cosmos read, write and handlers", () => {
  it("know Click's form and that of ClickOS", async () => {
    const toolstack = await withDomains("web");
    await run(toolstack, ["write", "web", "c", "rate", "10", "20"]);
    assert.equal((await run(toolstack, ["read", "web", "c.rate"])).out, "10 20\n");
    await run(toolstack, ["write", "web", "c.rate", "30"]);
    assert.equal((await run(toolstack, ["read", "web", "c", "rate"])).out, "30\n");
    await run(toolstack, ["write", "web", "--", "c.rate", "-5"]);
    assert.equal(
      (await run(toolstack, ["read", "web", "c", "rate", "--json"])).out,
      `${JSON.stringify({ domain: "web", handler: "c.rate", value: "-5" }, null, 2)}\n`,
    );
    assert.match((await run(toolstack, ["handlers", "web", "c"])).out, /^HANDLER {2}CLASS {2}FLAGS\nc\.rate/);
  });

  it("carry bytes as they are", async () => {
    const toolstack = await withDomains("web");
    const bytes = Buffer.from([0, 0xff, 0x1b, 0x0a]);
    await run(toolstack, ["write", "web", "c.data", "-"], { input: Readable.from([bytes]) });
    assert.equal(await toolstack.readHandler("web", "c.data"), bytes.toString("latin1"));
    assert.equal((await run(toolstack, ["read", "web", "c.data"])).out, bytes.toString("latin1"));
    await run(toolstack, ["write", "web", "c.text", "Grüße"]);
    assert.equal(await toolstack.readHandler("web", "c.text"), Buffer.from("Grüße").toString("latin1"));
  });

  it("exit with 3 where there is no such handler or element", async () => {
    const toolstack = await withDomains("web");
    assert.equal((await run(toolstack, ["read", "web", "c.none"])).status, 3);
    assert.deepEqual(
      (await run(toolstack, ["handlers", "web", "none"])).errors,
      "cosmos: domain 'web' has no element 'none'\n",
    );
  });
});

describe("cosmos save, restore, migrate, swap, attach and detach", () => {
  it("move domains", async () => {
    const toolstack = await withDomains("web");
    const place = path.join(directory, "web.state");
    assert.equal((await run(toolstack, ["save", "web", place])).status, 0);
    assert.match((await run(toolstack, ["restore", place, "--name", "copy", "--paused"])).out, /^copy \(2\): paused/);
    assert.match(
      (await run(toolstack, ["restore", "-"], { input: Readable.from(["junk"]) })).errors,
      /not a file that/,
    );
    assert.equal((await run(toolstack, ["migrate", "web", "unix:/elsewhere"])).status, 0);
    assert.equal((await run(toolstack, ["migrate", "copy", "unix:/nowhere"])).status, 1);
    assert.equal((await run(toolstack, ["save", "web", path.join(directory, "gone")])).status, 3);
    assert.ok(!existsSync(path.join(directory, "gone")));
  });

  it("change running domains", async () => {
    const toolstack = await withDomains("web");
    const config = file("swap.click", "s :: Counter");
    assert.equal((await run(toolstack, ["swap", "web", config, "--param", "A=1"])).status, 0);
    await run(toolstack, ["attach", "web", "--vif", "name=lan0,attach=switch:lan"]);
    const { description } = await toolstack.information("web");
    assert.deepEqual([description.config, description.parameters], ["s :: Counter", { A: "1" }]);
    assert.deepEqual(description.vifs, [{ name: "lan0", attach: "switch:lan" }]);
    await run(toolstack, ["detach", "web", "lan0"]);
    assert.deepEqual((await toolstack.information("web")).vifs, []);
    assert.equal((await run(toolstack, ["detach", "web", "lan0"])).status, 3);
  });
});

describe("cosmos network and chain", () => {
  it("make, list and remove switches", async () => {
    const toolstack = new MemoryToolstack();
    const words = [
      "network",
      "define",
      "lan",
      "--device",
      "packet:eth0,vlan=10",
      "--ageing",
      "60",
      "--storm-limit",
      "100",
    ];
    assert.equal((await run(toolstack, words)).status, 0);
    const [network] = await toolstack.networks();
    const devices = [{ device: "packet:eth0", vlan: 10 }];
    assert.deepEqual(network?.description, { name: "lan", devices, ageing: 60, stormLimit: 100 });
    assert.match((await run(toolstack, ["network", "list"])).out, /\nlan +switch +0 +0\n$/);
    assert.equal((await run(toolstack, ["network", "info", "lan"])).status, 0);
    assert.equal((await run(toolstack, ["network", "remove", "lan"])).status, 0);
    assert.equal((await run(toolstack, ["network", "info", "lan"])).status, 3);
    const described = file("office.toml", 'name = "office"\nageing = 5\n');
    assert.match(
      (await run(toolstack, ["network", "define", "--file", described])).out,
      /^office: a switch with 0 ports/,
    );
    assert.equal((await run(toolstack, ["network", "define"])).status, 2);
  });

  it("bring chains up and down", async () => {
    const toolstack = new MemoryToolstack();
    const described = file("shop.toml", 'name = "shop"\n[[domain]]\nname = "fw"\nconfig = "c :: Counter"\n');
    assert.equal(
      (await run(toolstack, ["chain", "up", described])).out,
      "KIND    NAME  STATE\ndomain  fw    running\n",
    );
    assert.match((await run(toolstack, ["chain", "list"])).out, /\nshop {2}1 of 1 running +0\n$/);
    assert.equal(JSON.parse((await run(toolstack, ["chain", "status", "shop", "--json"])).out).name, "shop");
    assert.equal((await run(toolstack, ["chain", "down", "shop"])).status, 0);
    assert.equal((await run(toolstack, ["chain", "status", "shop"])).status, 3);
    assert.match((await run(toolstack, ["chain", "up", file("no.toml", "name = 7")])).errors, /no\.toml:1: /);
  });
});
