/** The stand-in's memory on disk: one JSON file, replaced whole, written soon after a change. */
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";

const DELAY_MS = 100;

export class State {
  #file;
  #take;
  #timer;

  /** @param {() => object} take gives the snapshot to write */
  constructor(file, take) {
    this.#file = file;
    this.#take = take;
  }

  /** What was saved, or undefined when nothing ever was. Throws when the file cannot be read. */
  read() {
    if (!existsSync(this.#file)) return undefined;
    try {
      const saved = JSON.parse(readFileSync(this.#file, "utf8"));
      if (!saved?.collections) throw new Error("it holds no snapshot");
      return saved;
    } catch (error) {
      throw new Error(`${this.#file} cannot be read (${error.message}): put a copy back, or remove it to start with nothing.`);
    }
  }

  changed() {
    this.#timer ??= setTimeout(() => this.flush(), DELAY_MS);
  }

  flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const next = `${this.#file}.next`;
    const handle = openSync(next, "w", 0o600);
    try {
      writeSync(handle, JSON.stringify(this.#take()));
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(next, this.#file);
  }
}
