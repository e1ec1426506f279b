import type { StreamFor } from '../topology/fitting.ts';
import type { KStream } from '../topology/k-stream.ts';
import { forEach } from './for-each.ts';

export interface PrintOptions {
  /** Where each line goes. Default: the standard output. */
  readonly write?: (line: string) => void;
}

/**
 * Prints each record as a line, `[label]: key, value`, to look at a topology at work; the stream ends here.
 *
 * @example
 * orders.pipe(print('orders')); // [orders]: o1, {"user_id":"ann",…}
 */
export function print<In>(label: string, options?: PrintOptions): (source: StreamFor<In, 'print'>) => void;
export function print(label: string, options: PrintOptions = {}): (source: KStream<unknown, unknown>) => void {
  const { write = (line) => process.stdout.write(`${line}\n`) } = options;
  return forEach<KStream<unknown, unknown>>((value, key) => write(`[${label}]: ${printed(key)}, ${printed(value)}`));
}

/** Text as it is, other values as JSON; bytes by their number. */
function printed(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  return JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}n` : part)) ?? 'undefined';
}
