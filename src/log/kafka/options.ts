import type { ConnectionOptions } from '@platformatic/kafka';

export interface KafkaLogOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly bootstrapServers: readonly string[];
  /** Shown in the broker's logs and quotas. */
  readonly clientId: string;
  /** As for `tls.connect`; `{}` for TLS with the system's authorities. */
  readonly tls?: NonNullable<ConnectionOptions['tls']>;
  readonly sasl?: NonNullable<ConnectionOptions['sasl']>;
  /** How long to look for a broker at start. Default 10 000. */
  readonly connectTimeoutMs?: number;
  /** After it a request without an answer counts as lost. Default 30 000. */
  readonly requestTimeoutMs?: number;
  /** How long one call goes on trying while brokers are away. Default 120 000. */
  readonly retryTimeoutMs?: number;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

const DEFAULT_PORT = 9092;

/** Reads `host:port`, `host` or `[v6]:port`. */
export function parseAddress(text: string): Address {
  const match = /^(?:\[(?<v6>[^\]]+)\]|(?<host>[^:]+))(?::(?<port>\d+))?$/.exec(text.trim());
  const host = match?.groups?.['v6'] ?? match?.groups?.['host'] ?? text;
  return { host, port: Number(match?.groups?.['port'] ?? DEFAULT_PORT) };
}
