import type { ConnectionOptions } from 'node:tls';

/** A text, or what gives it whenever a connection is made. */
export type Credential = string | (() => string | Promise<string>);

/** Who to be for the brokers. OAUTHBEARER takes a token, the others a name and a password. */
export interface Sasl {
  readonly mechanism: 'PLAIN' | 'SCRAM-SHA-256' | 'SCRAM-SHA-512' | 'OAUTHBEARER';
  readonly username?: Credential;
  readonly password?: Credential;
  readonly token?: Credential;
  /** Sent along with the token. */
  readonly oauthBearerExtensions?: Record<string, string>;
}

export interface KafkaLogOptions {
  /** `host:port` of some brokers; the others are learnt from them. */
  readonly bootstrapServers: readonly string[];
  /** Shown in the broker's logs and quotas. */
  readonly clientId: string;
  /** As for `tls.connect`; `{}` for TLS with the system's authorities. */
  readonly tls?: ConnectionOptions;
  readonly sasl?: Sasl;
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
