/** What devices need of WebAssembly: between the kernel's tables of messages or descriptors and those of the switch. */
export {
  RECEIVE_SLOTS,
  TRANSMIT_SLOTS,
  VIRTIO_HEADER,
  framesIn,
  gather,
  prepareReceive,
  receiveBytes,
  receiveMessages,
  receiveVectors,
  received,
  transmitBytes,
  transmitMessages,
  transmitVectors,
} from "./deviceMessages";
export { fillFrom, listChunks, takeDescriptors, writeDescriptors } from "./deviceDescriptors";
