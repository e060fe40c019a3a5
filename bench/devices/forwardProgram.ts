/**
 * `forwardProgram.ts switch|guest packet|xdp polling|sleeping INTERFACE INTERFACE`: forwards between two interfaces, through the L2 switch or through a guest, until its
 * standard input ends. Says `ready` when it does.
 */
import { openToolstack } from "../../src/domain/localToolstack.ts";
import { startHypervisor } from "../../src/hypervisor/start.ts";

const WIRE = "FromDevice(0) -> ToDevice(1); FromDevice(1) -> ToDevice(0);";

const [means, kind, idle, ...interfaces] = process.argv.slice(2);
const devices = interfaces.map((name) => `${kind}:${name}`);
const options = { busyPolling: idle === "polling", notice: (text: string) => void process.stderr.write(`${text}\n`) };
const toolstack = await openToolstack({
  startHypervisor: async (_worker, events) => startHypervisor("here", options, events),
});
if (means === "switch") await toolstack.defineNetwork({ name: "lan", devices: devices.map((device) => ({ device })) });
else await toolstack.create({ name: "wire", config: WIRE, vifs: devices.map((attach) => ({ attach })) });
process.stdout.write("ready\n");
process.stdin.on("end", async () => {
  await toolstack.close();
  process.exit();
});
process.stdin.resume();
