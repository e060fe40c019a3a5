// debian.mjs: installs Debian's packages of the programs that tests and demo have as peers, where that may be done: as root, on a Debian. Elsewhere, and
// when it fails, whoever needs a program says "skipped: why".
import { spawnSync } from "node:child_process";

/** Programs, and the package that each comes with. */
const PROGRAMS = {
  demo: { ip: "iproute2", ping: "iputils-ping", curl: "curl", tcpdump: "tcpdump" },
  test: {
    ip: "iproute2",
    ping: "iputils-ping",
    curl: "curl",
    tcpdump: "tcpdump",
    iperf3: "iperf3",
    dnsmasq: "dnsmasq-base",
    dig: "bind9-dnsutils",
    openssl: "openssl",
    sysctl: "procps",
    setpriv: "util-linux",
    python3: "python3",
    zsh: "zsh",
    fish: "fish",
  },
};

/** Modules that the Python client needs. */
const PYTHON_MODULES = {
  urllib3: "python3-urllib3",
  six: "python3-six",
  certifi: "python3-certifi",
  dateutil: "python3-dateutil",
};

const succeeds = (command, ...args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;
const isThere = (program) => succeeds("sh", "-c", `command -v ${program}`);

/** Debian's own Python: the packages are for that one. */
const hasModule = (module) =>
  succeeds("python3", "-c", `import ${module}`) || succeeds("/usr/bin/python3", "-c", `import ${module}`);

function missingPackages(task) {
  const programs = Object.entries(PROGRAMS[task]).filter(([program]) => !isThere(program));
  const modules = task === "test" ? Object.entries(PYTHON_MODULES).filter(([module]) => !hasModule(module)) : [];
  return [...new Set([...programs, ...modules].map(([, name]) => name))];
}

function install(packages) {
  const options = { stdio: ["ignore", 2, 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } };
  const get = (...args) => spawnSync("apt-get", ["-q", "-y", ...args], options).status === 0;
  const take = () => get("install", "--no-install-recommends", ...packages);
  return take() || (get("update") && take());
}

/**
 * @param task  "test" or "demo"
 * @param tell  told what happens, a line each
 */
export function installPrograms(task, tell) {
  const packages = missingPackages(task);
  if (packages.length === 0 || process.getuid?.() !== 0 || !isThere("apt-get")) return;
  tell(`installing Debian's ${packages.join(", ")}`);
  if (!install(packages)) tell("that failed: what needs them will be skipped");
}
