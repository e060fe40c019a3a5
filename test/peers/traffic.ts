/** What two hosts do with each other, whatever is between them. */
import { it } from "node:test";
import { ChecksumWatch } from "./checksums.ts";
import { whyNoPeers } from "./hosts.ts";
import { NAME_PROGRAMS } from "./services.ts";
import type { Stage } from "./stage.ts";

/** Declares the tests. @param stage  gives what was set up before them */
export function itCarriesTraffic(stage: () => Stage): void {
  it("pings", () => stage().services.ping(stage().hosts.client));

  it("names", { skip: whyNoPeers(...NAME_PROGRAMS) }, () => stage().services.resolve(stage().hosts.client));

  it("pages, and streams of TCP and UDP, without a bad checksum on either side", {
    skip: whyNoPeers("tcpdump"),
  }, async () => {
    const { hosts } = stage();
    const watches = [await ChecksumWatch.start(hosts.client), await ChecksumWatch.start(hosts.server)];
    await exchange(stage());
    for (const watch of watches) await watch.finish();
  });
}

export async function exchange({ services, hosts }: Stage): Promise<void> {
  await services.fetch(hosts.client);
  await services.measureTcp(hosts.client);
  await services.measureUdp(hosts.client);
}
