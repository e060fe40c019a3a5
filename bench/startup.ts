/** Start-up times and sizes: all of them. */
import { coldStart } from "./coldStart.ts";
import { measureInTurn } from "./figure.ts";
import { hotSwap } from "./hotSwap.ts";
import type { Section } from "./section.ts";
import { guestMemory, imageBoot, linkTime, textToPacket, thousandRules } from "./warmStart.ts";

export const STARTUP: Section = {
  name: "startup",
  title: "start and size",
  async measure({ library, directory, quick }) {
    const options = {
      library,
      directory,
      processRuns: quick ? 5 : 20,
      rounds: quick ? 50 : 300,
      click: process.env.CLICK,
    };
    const measurements = [coldStart, textToPacket, thousandRules, guestMemory, linkTime, imageBoot, hotSwap];
    const figures = await measureInTurn(
      measurements.map((measure) => ({ what: measure.name, measure: () => measure(options) })),
    );
    return { figures, charts: [] };
  },
};
