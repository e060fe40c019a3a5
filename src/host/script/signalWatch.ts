/** Waits for signals of the process on behalf of SIGNAL scripts. */
import { constants } from "node:os";

export class SignalWatch {
  readonly #onSignal: () => void;
  #stop: () => void = () => undefined;

  constructor(onSignal: () => void) {
    this.#onSignal = onSignal;
  }

  /** Calls back once, when one of the signals arrives. Numbers that are no signals are never received. */
  watch(numbers: readonly number[]): void {
    this.#stop();
    const names = Object.entries(constants.signals).flatMap(([name, number]) =>
      numbers.includes(number) ? [name as NodeJS.Signals] : [],
    );
    const received = (): void => {
      this.#stop();
      this.#onSignal();
    };
    for (const name of names) process.on(name, received);
    this.#stop = () => {
      for (const name of names) process.off(name, received);
      this.#stop = () => undefined;
    };
  }

  close(): void {
    this.#stop();
  }
}
