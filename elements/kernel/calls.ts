/** Handler calls that elements ask for, such as `COUNT_CALL 100 x.stop`. The host knows the text behind each number and makes the call after the current task. */
import { kernel, yieldToHost } from "./state";
import { Stream } from "./stream";

/** Asks the host to make handler call `number`; 0 = none was configured. */
export function callHandler(number: u32): void {
  if (number == 0) return;
  store<u32>(scratch, number);
  changetype<Stream>(kernel.calls).write(scratch, sizeof<u32>());
  yieldToHost();
}

const scratch: usize = memory.data(8);
