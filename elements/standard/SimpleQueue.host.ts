/** SimpleQueue: as all queues. */
export { storageHalf as hostHalf } from "./storage.host.ts";
