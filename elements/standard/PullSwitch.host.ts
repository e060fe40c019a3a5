/** PullSwitch: as all pull switches. */
export { pullSwitchHalf as hostHalf } from "./pullSwitching.host.ts";
