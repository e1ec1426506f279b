import type { Connection, ConnectionOptions } from '@platformatic/kafka';
import { failure } from '../../errors.ts';
import { Contact } from './contact.ts';
import { HeardConnection } from './heard-connection.ts';
import type { Address, KafkaLogOptions } from './options.ts';

/**
 * One connection for each broker and lane. Lanes keep slow requests apart: a broker answers the requests of one
 * connection in turn, so a fetch that waits for records would hold up everything behind it.
 */
export class Connections {
  readonly #options: KafkaLogOptions;
  readonly contact = new Contact();
  readonly #open = new Map<string, Promise<Connection>>();
  #closed = false;

  constructor(options: KafkaLogOptions) {
    this.#options = options;
  }

  get closed(): boolean {
    return this.#closed;
  }

  /** Connects if need be. A connection that was lost is made anew by the next call. */
  to(address: Address, lane: string): Promise<Connection> {
    if (this.#closed) return Promise.reject(failure('LOG_CLOSED', { path: this.#options.bootstrapServers.join(',') }));
    const key = `${lane}@${address.host}:${address.port}`;
    const known = this.#open.get(key);
    if (known !== undefined) return known;
    const opening = this.#connect(address, () => {
      if (this.#open.get(key) === opening) this.#open.delete(key);
    });
    this.#open.set(key, opening);
    return opening;
  }

  /** Closes the lane's connections to all brokers. */
  async release(lane: string): Promise<void> {
    const keys = [...this.#open.keys()].filter((key) => key.startsWith(`${lane}@`));
    await Promise.all(keys.map((key) => this.#close(key)));
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#open.keys()].map((key) => this.#close(key)));
  }

  async #close(key: string): Promise<void> {
    const opening = this.#open.get(key);
    this.#open.delete(key);
    await opening?.then((connection) => connection.close()).catch(() => {});
  }

  async #connect({ host, port }: Address, lost: () => void): Promise<Connection> {
    const connection = new HeardConnection(this.contact, this.#options.clientId, connectionOptions(this.#options));
    // Requests under way fail by themselves; without a listener the event would end the process.
    connection.on('error', lost);
    connection.on('close', lost);
    try {
      await connection.connect(host, port);
    } catch (error) {
      lost();
      if (error instanceof Error) this.contact.lost(error);
      throw error;
    }
    return connection;
  }
}

const CONNECT_MS = 5000;

function connectionOptions(options: KafkaLogOptions): ConnectionOptions {
  const { tls, sasl, requestTimeoutMs = 30_000, connectTimeoutMs = CONNECT_MS } = options;
  return {
    connectTimeout: Math.min(CONNECT_MS, connectTimeoutMs),
    requestTimeout: requestTimeoutMs,
    ...(tls === undefined ? {} : { tls }),
    ...(sasl === undefined ? {} : { sasl }),
  };
}
