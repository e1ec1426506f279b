/**
 * Every operational error of Millrace: one row a code. A message says what happened, with the actual value, and then
 * what to do. Errors of the programmer (a broken invariant) are `assert` and `unreachable` in `util/assert.ts`.
 */
interface ErrorRow {
  readonly message: (context: ErrorContext) => string;
  /** The same call may succeed later, with nothing changed. */
  readonly retryable?: boolean;
  /** The worker cannot go on: its work is dropped and its tasks are closed. */
  readonly fatal?: boolean;
}

/** The values that a message is made of; also fields of the error, for logs. */
export type ErrorContext = Readonly<Record<string, unknown>>;

const TABLE = {
  TOPIC_UNKNOWN: {
    message: (c) => `Topic ${c['topic']} does not exist. ${c['hint'] ?? 'Create it, or correct the name.'}`,
  },
  RECORD_BATCH_CORRUPT: {
    message: (c) =>
      `The record batch at offset ${c['offset']} of ${c['topic']}-${c['partition']} is damaged: ${c['reason']}. Check the disk of the log.`,
    fatal: true,
  },
  COMPRESSION_UNSUPPORTED: {
    message: (c) =>
      `The record batch at offset ${c['offset']} of ${c['topic']}-${c['partition']} is packed with ${c['codec']}, which this log cannot unpack. Write the topic with gzip, zstd or no compression.`,
    fatal: true,
  },
  FENCED: {
    message: (c) =>
      `${c['who']} was fenced by a newer one of the same identity (${c['reason']}). Its uncommitted work is dropped; it joins again.`,
  },
  NAME_TAKEN: {
    message: (c) =>
      `The name '${c['name']}' is used twice: by ${c['other']} and by ${c['kind']}. Names own tables and topics; give one of them another name.`,
  },
  NAME_INVALID: {
    message: (c) =>
      `The name '${c['name']}' of ${c['kind']} cannot be part of a topic's name. Use 1 to 200 letters, digits, '.', '_' and '-'.`,
  },
  NAME_MISSING: {
    message: (c) =>
      `${c['step']} follows ${c['after']}, which may change the key, so it needs a repartition topic, and that needs a name that stays. Give it one: { name: '…' }.`,
  },
  SERDE_MISSING: {
    message: (c) =>
      `${c['step']} needs a serde for the ${c['part']}: an operator before it made new ones. Pass { ${c['part']}: … }.`,
  },
  INPUT_MISSING: {
    message: (c) => `${c['step']} has no input. Give it at least one grouped stream.`,
  },
  NOT_COPARTITIONED: {
    message: (c) =>
      `${c['step']} needs its inputs partitioned alike, but ${c['counts']}. Give the topics the same number of partitions, or put a groupBy in front of one side.`,
  },
  TOPOLOGY_EMPTY: {
    message: (c) => `Topology '${c['topology']}' reads no topic. Start it with flow.stream(…) or flow.table(…).`,
  },
  RECORD_UNREADABLE: {
    message: (c) => `The bytes of the record cannot be read: ${c['reason']}.`,
  },
} satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof TABLE;

const BRAND = Symbol.for('millrace.error');

/** Thrown for everything that can go wrong in operation. `code` is stable, `context` holds the values of the message. */
export class MillraceError extends Error {
  readonly [BRAND] = true;
  readonly code: ErrorCode;
  readonly context: ErrorContext;
  readonly retryable: boolean;
  readonly fatal: boolean;

  constructor(code: ErrorCode, context: ErrorContext, options?: ErrorOptions) {
    const row: ErrorRow = TABLE[code];
    super(row.message(context), options);
    this.name = 'MillraceError';
    this.code = code;
    this.context = context;
    this.retryable = row.retryable ?? false;
    this.fatal = row.fatal ?? false;
  }
}

/** Makes the error of a code. `cause` is kept. */
export function failure(code: ErrorCode, context: ErrorContext = {}, cause?: unknown): MillraceError {
  return new MillraceError(code, context, cause === undefined ? undefined : { cause });
}

/** True for an error of Millrace, from whichever copy of the package; with `code`, for that one only. */
export function isMillraceError(error: unknown, code?: ErrorCode): error is MillraceError {
  return error instanceof Error && BRAND in error && (code === undefined || (error as MillraceError).code === code);
}

export const errorCodes: readonly string[] = Object.keys(TABLE);
