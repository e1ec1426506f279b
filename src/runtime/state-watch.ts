import { stat } from 'node:fs/promises';

const LOOK_MS = 1000;

/**
 * Notices that the state file was removed, or another one put in its place, while it is open: what is written then goes
 * nowhere, and nothing keeps a second worker from the new one.
 */
export class StateWatch {
  readonly #path: string;
  readonly #onGone: () => void;
  #timer: NodeJS.Timeout | undefined;
  #inode: number | undefined;

  constructor(path: string, onGone: () => void) {
    this.#path = path;
    this.#onGone = onGone;
  }

  /** To be called while the file is there. */
  async start(): Promise<void> {
    this.#inode = await this.#look();
    this.#timer = setInterval(() => void this.#check(), LOOK_MS).unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  async #check(): Promise<void> {
    const inode = await this.#look();
    if (inode === this.#inode || this.#timer === undefined) return;
    this.stop();
    this.#onGone();
  }

  /** Undefined where there is none. A folder that cannot be looked into for now says nothing. */
  async #look(): Promise<number | undefined> {
    try {
      return (await stat(this.#path)).ino;
    } catch (error) {
      return error instanceof Error && 'code' in error && error.code === 'ENOENT' ? undefined : this.#inode;
    }
  }
}
