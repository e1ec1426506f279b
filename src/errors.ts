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

/**
 * The values that a message is made of; also fields of the error, for logs.
 *
 * @see `MillraceError`
 */
export type ErrorContext = Readonly<Record<string, unknown>>;

/** A sentence, ended; a question is already. */
const ended = (text: unknown): string => `${text}${`${text}`.endsWith('?') ? '' : '.'}`;

const TABLE = {
  TOPIC_UNKNOWN: {
    message: (c) => `Topic ${c['topic']} does not exist. ${c['hint'] ?? 'Create it, or correct the name.'}`,
  },
  RECORD_BATCH_CORRUPT: {
    message: (c) =>
      `The record batch at offset ${c['offset']} of ${c['topic']}-${c['partition']} is damaged: ${c['reason']}. Check the disk of the log.`,
    fatal: true,
  },
  INTERNAL_TOPIC_GONE: {
    message: (c) =>
      `Topic ${c['topic']}, which the application made for itself, was deleted while the worker ran. Nothing was committed since. Restore it from a copy, or run under another application id to begin anew from the sources: started again as it is, the worker makes an empty one, and what only the old one held is missing in the results.`,
    fatal: true,
  },
  COMPRESSION_UNSUPPORTED: {
    message: (c) =>
      `The record batch at offset ${c['offset']} of ${c['topic']}-${c['partition']} is packed with ${c['codec']}, which this log cannot unpack. Write the topic with gzip, zstd or no compression.`,
    fatal: true,
  },
  PARTITION_UNKNOWN: {
    message: (c) =>
      `Topic ${c['topic']} has no partition ${c['partition']}: it has ${c['partitions']}. Write to one that is there.`,
  },
  TOPIC_INVALID: {
    message: (c) => `Topic '${c['topic']}' cannot be made: ${c['reason']}.`,
  },
  TOPIC_PARTITIONS_DIFFER: {
    message: (c) =>
      `Topic ${c['topic']} has ${c['found']} partitions, but the topology needs ${c['needed']}. Delete the topic, or run under another application id.`,
    fatal: true,
  },
  OFFSET_OUT_OF_RANGE: {
    message: (c) =>
      `Offset ${c['offset']} of ${c['topic']}-${c['partition']} is not in the log, which holds ${c['earliest']} up to before ${c['end']}. Begin at one of these.`,
  },
  GROUP_TOPOLOGY_DIFFERS: {
    message: (c) =>
      `Member ${c['member']} came to group ${c['group']} with another topology than the members that run (${c['running']}): ${c['reason']}. Stop them first, or run under another application id.`,
    fatal: true,
  },
  LOG_BUSY: {
    message: (c) =>
      `The log ${c['path']} stayed locked for ${c['waitedMs']} ms. Another program holds a write transaction on it: end that one.`,
    retryable: true,
  },
  LOG_DISK_FULL: {
    message: (c) =>
      `The disk of the log ${c['path']} is full. Nothing was half-written; free some space and start again.`,
    fatal: true,
  },
  LOG_NOT_WRITABLE: {
    message: (c) =>
      `The log ${c['path']} cannot be written (${c['reason']}). Check that its folder is one, and that both may be written to by this user.`,
    fatal: true,
  },
  LOG_DAMAGED: {
    message: (c) =>
      `The log ${c['path']} is damaged (${c['reason']}). Check the disk and restore the file from a copy.`,
    fatal: true,
  },
  LOG_FOREIGN: {
    message: (c) => `The file ${c['path']} is not a log of Millrace (${c['reason']}). Choose another data directory.`,
    fatal: true,
  },
  LOG_NEWER: {
    message: (c) =>
      `The log ${c['path']} has format ${c['found']}; this version reads up to ${c['known']}. Upgrade Millrace.`,
    fatal: true,
  },
  LOG_MISSING: {
    message: (c) => `There is no log ${c['path']}. Correct the data directory, or import something first.`,
  },
  LOG_CLOSED: {
    message: (c) => `The log ${c['path']} is closed. Open it again.`,
  },
  LOG_FAILED: {
    message: (c) =>
      `The log ${c['path']} failed: ${c['reason']}. Nothing was half-written. Check its disk: health, space and quotas.`,
    fatal: true,
  },
  BROKER_UNREACHABLE: {
    message: (c) =>
      `No Kafka broker answered at ${c['addresses']} within ${c['waitedMs']} ms (${c['reason']}). Check the address, and that Kafka runs.`,
    retryable: true,
  },
  LOG_SILENT: {
    message: (c) =>
      `${c['log']} has not answered for ${c['seconds']} s (${c['reason']}). Nothing is lost: all goes on by itself when it does. Check that the brokers run and can be reached.`,
    retryable: true,
  },
  BROKER_TOO_OLD: {
    message: (c) =>
      `The Kafka cluster has ${c['feature']} ${c['found']}, but ${c['need']} needs ${c['level']} (${c['since']} or later). Upgrade the brokers; if they are new enough, switch it on: kafka-features.sh --bootstrap-server HOST:PORT upgrade --feature ${c['feature']}=${c['level']}`,
    fatal: true,
  },
  KAFKA_REFUSED: {
    message: (c) =>
      `Kafka refused to ${c['what']}: ${c['reason']}. Check rights, settings and names; the same call fails again.`,
    fatal: true,
  },
  KAFKA_TIMED_OUT: {
    message: (c) =>
      `Kafka could not ${c['what']} within ${c['waitedMs']} ms: ${c['reason']}. Check that the brokers run; the call may be repeated.`,
    retryable: true,
  },
  TRANSACTION_TIMED_OUT: {
    message: (c) =>
      `The transaction of ${c['transactionalId']} was open longer than ${c['timeoutMs']} ms and was aborted by the broker. Its work is dropped and done again; if this repeats, commit more often or raise the transaction time-out.`,
    retryable: true,
  },
  TRANSACTION_ABORTED: {
    message: (c) => `The transaction was aborted: ${c['reason']}. Its work is dropped and done again.`,
    retryable: true,
  },
  PRODUCER_CLOSED: {
    message: () => 'The producer has been closed. Open a new one.',
  },
  RECORD_TOO_LARGE: {
    message: (c) =>
      `A record of ${c['bytes']} bytes is larger than topic ${c['topic']} takes: its max.message.bytes is ${c['limit']}. Write smaller records, or raise that of the topic.`,
  },
  BATCH_TOO_LARGE: {
    message: (c) =>
      `The broker does not take a batch of ${c['bytes']} bytes for ${c['topic']}-${c['partition']}, and this program may not ask how much it takes, or it takes less since. Give it the right to describe the topic's settings and start again, or raise max.message.bytes of the topic.`,
    fatal: true,
  },
  ROW_TOO_LARGE: {
    message: (c) =>
      `Row ${c['key']} of store ${c['store']} cannot be kept: it needs ${c['bytes']} bytes in its changelog ${c['topic']}, whose max.message.bytes is ${c['limit']}. Nothing of it was committed, and no policy passes over it, since the store would not be whole. Keep less in a row, or raise max.message.bytes of that topic.`,
    fatal: true,
  },
  DEAD_LETTER_TOO_LARGE: {
    message: (c) =>
      `The dead letter of ${c['of']} has ${c['bytes']} bytes, but topic ${c['topic']} takes ${c['limit']}. Nothing of it was committed. Raise max.message.bytes of that topic.`,
    fatal: true,
  },
  PRODUCTION_FAILED: {
    message: (c) =>
      `What came of ${c['of']} cannot be written: ${c['reason']} Nothing of it was committed. Or set productionErrors to 'skip' or 'dead-letter'.`,
    fatal: true,
  },
  SOURCE_TOPICS_MISSING: {
    message: (c) =>
      `Group ${c['group']} cannot run, source topics are missing: ${c['reason']}. Create them, then start again.`,
  },
  TOPICS_WRONGLY_PARTITIONED: {
    message: (c) =>
      `Group ${c['group']} cannot run, topics are wrongly partitioned: ${c['reason']}. Give topics that are read together the same number of partitions.`,
    fatal: true,
  },
  INTERNAL_TOPICS_MISSING: {
    message: (c) =>
      `Group ${c['group']} waited ${c['waitedMs']} ms for its internal topics: ${c['reason']}. Check that the broker may create topics.`,
    retryable: true,
  },
  GROUP_REFUSED: {
    message: (c) =>
      `Group ${c['group']} refused member ${c['member']}: ${c['reason']}. Check the group's id, settings and rights.`,
    fatal: true,
  },
  STATE_FILE_FOREIGN: {
    message: (c) =>
      `The state file ${c['path']} belongs to ${c['found']}, not to ${c['expected']}. Use another state directory, or the application id that it was made with.`,
    fatal: true,
  },
  STATE_FILE_NEWER: {
    message: (c) =>
      `The state file ${c['path']} has format ${c['found']}; this version of Millrace reads formats up to ${c['supported']}. Upgrade Millrace, or move the file away: it is then restored from the changelogs.`,
    fatal: true,
  },
  STATE_FILE_LOCKED: {
    message: (c) =>
      `The state file ${c['path']} is in use by ${c['holder']}. Stop that one, or use another state directory.`,
    fatal: true,
  },
  STATE_FILE_DAMAGED: {
    message: (c) =>
      `The state file ${c['path']} cannot be read: ${c['reason']}. Move it away, with its -wal and -shm files: it is then restored from the changelogs.`,
    fatal: true,
  },
  STATE_FILE_UNOPENABLE: {
    message: (c) =>
      `The state file ${c['path']} cannot be opened: ${c['reason']}. Check that its directory may be written to by this user, and that the disk has space.`,
    fatal: true,
  },
  STATE_FILE_GONE: {
    message: (c) =>
      `The state file ${c['path']} was removed or replaced while the worker ran. Nothing is lost: start it again, and the file is restored from the changelogs.`,
    fatal: true,
  },
  STATE_FILE_MISSING: {
    message: (c) => `There is no state file at ${c['path']}. Run a worker first, or correct the path.`,
  },
  STATE_FILE_WRITE_FAILED: {
    message: (c) =>
      `The state file ${c['path']} cannot be written: ${c['reason']}. Nothing was half-written. ${c['advice']}`,
    retryable: true,
  },
  STATE_STORE_CHANGED: {
    message: (c) =>
      `Store ${c['store']} of the state file ${c['path']} has ${c['field']} as ${c['found']}, but the topology has it as ${c['wanted']}. Give the store a new name, or move the file away: it is then restored from the changelogs.`,
    fatal: true,
  },
  STORE_NAME_INVALID: {
    message: (c) => `A store cannot be named '${c['store']}': ${c['reason']}. Give it another name.`,
    fatal: true,
  },
  STORE_KEY_NULL: {
    message: (c) =>
      `Store ${c['store']} cannot hold a key whose ${c['column']} is null. Filter such records out, or use a key without it.`,
  },
  STORE_KEY_INVALID: {
    message: (c) => `'${c['key']}' is no key of store ${c['store']}: ${c['reason']}.`,
  },
  STORE_PREFIX_INVALID: {
    message: (c) =>
      `Store ${c['store']} cannot be searched by the prefix '${c['prefix']}', since its key has no text. Use from and to.`,
  },
  STORE_UNKNOWN: {
    message: (c) => `There is no store '${c['store']}'. ${c['hint']}`,
  },
  STORE_KIND_DIFFERS: {
    message: (c) => `Store ${c['store']} ${c['reason']}. ${c['hint']}`,
  },
  SQL_INVALID: {
    message: (c) => `The SQL cannot be run: ${c['reason']}. ${c['hint']}`,
  },
  FENCED: {
    message: (c) =>
      `${c['who']} was fenced by a newer one of the same identity (${c['reason']}). Its uncommitted work is dropped; it joins again.`,
  },
  NAME_TAKEN: {
    message: (c) =>
      `The name '${c['name']}' is used twice: by ${c['other']} and by ${c['kind']}. Names own tables and topics; give one of them another name.`,
  },
  NAME_ABSENT: {
    message: (c) =>
      `A step of kind ${c['kind']} has no name. Its rows or records are in a table or topic of that name, which must stay the same from one version of the program to the next: give it one.`,
  },
  RESET_DIFFERS: {
    message: (c) =>
      `Topic ${c['topic']} is read several times, with reset ${c['one']} and with ${c['other']}. An application has one place in a topic: give all of them the same.`,
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
  WINDOW_INVALID: {
    message: (c) => `${c['of']} cannot have ${c['name']} ${c['actual']}. Give ${c['expected']}.`,
  },
  TIME_TO_LIVE_INVALID: {
    message: (c) =>
      `${c['step']} cannot have the timeToLive ${c['timeToLive']}. Give a whole number of ms from 1, or Infinity for rows that live for ever.`,
  },
  TIME_TO_LIVE_UNFIT: {
    message: (c) => `${c['step']} cannot have the timeToLive ${c['timeToLive']}: ${c['reason']}.`,
  },
  TIME_TO_LIVE_UNDECLARED: {
    message: (c) =>
      `A row of store '${c['store']}' cannot have the timeToLive ${c['timeToLive']}: the store has none, so it does not know when its rows end. Declare it with { timeToLive: … }; with Infinity, the rows without one of their own live for ever.`,
    fatal: true,
  },
  TABLE_VERSIONED: {
    message: (c) =>
      `${c['step']} follows a versioned table, whose rows must all be passed on. Leave one of the two out, or put a mapValues with a store of its own between them.`,
  },
  TABLE_NOT_VERSIONED: {
    message: (c) =>
      `${c['step']} has a grace period, but its table keeps no history. Make the table versioned, or leave the grace out.`,
  },
  TABLE_WITHOUT_STORE: {
    message: (c) =>
      `${c['step']} needs the rows of a table in a store by key, and this table has none: it is computed row by row, or held back, or of windows. Give the step that makes the table a store of its own, or put a toTable behind it.`,
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
  VALUE_INVALID: {
    message: (c) =>
      `A value does not fit ${c['serde']}: ${c['path']} is ${c['actual']}, but must be ${c['expected']}. Mend the value, or the schema.`,
  },
  SCHEMA_INVALID: {
    message: (c) => `The Avro schema ${c['schema']} cannot be used: ${c['reason']}. Correct the schema.`,
    fatal: true,
  },
  SCHEMA_INCOMPATIBLE: {
    message: (c) =>
      `The schema ${c['schema']} cannot read the data written with the latest schema of subject ${c['subject']}: ${c['reason']}. Undo the change, or give added fields a default; for another kind of data use another topic.`,
    fatal: true,
  },
  SCHEMA_UNREGISTERED: {
    message: (c) =>
      `The schema ${c['schema']} is not registered under subject ${c['subject']}, so nothing can be written with it. Register it first: start a worker or a producer that may register schemas.`,
  },
  REGISTRY_UNREACHABLE: {
    message: (c) =>
      `The schema registry at ${c['url']} did not answer (${c['reason']}, ${c['attempts']} attempts). Check the URL, and that the registry runs.`,
    retryable: true,
  },
  REGISTRY_REFUSED: {
    message: (c) =>
      `The schema registry at ${c['url']} refused to ${c['what']}: ${c['reason']} (status ${c['status']}). Check the URL, the credentials and their rights.`,
    fatal: true,
  },
  REGISTRY_FOREIGN: {
    message: (c) =>
      `${c['url']} answers, but not as a Confluent-compatible registry (asked to ${c['what']}). Is a path missing, such as /apis/ccompat/v7?`,
    fatal: true,
  },
  SETTING_INVALID: {
    message: (c) => `Wrong settings: ${ended(c['problems'])}`,
  },
  RECORD_REJECTED: {
    message: (c) =>
      `The record at offset ${c['offset']} of ${c['topic']}-${c['partition']} cannot be read: ${c['reason']}. Nothing of it was processed. Mend its producer, or set deserializationErrors to 'skip' or 'dead-letter'.`,
    fatal: true,
  },
  PROCESSING_FAILED: {
    message: (c) =>
      `Processing the record at offset ${c['offset']} of ${c['topic']}-${c['partition']} failed: ${c['reason']}. Nothing of it was committed. Mend the topology, or set processingErrors to 'skip' or 'dead-letter'.`,
    fatal: true,
  },
  PUNCTUATION_FAILED: {
    message: (c) =>
      `A ${c['type']} punctuator failed: ${c['reason']}. Nothing of it was committed. Mend the processor, or set processingErrors to 'skip'.`,
    fatal: true,
  },
  PUNCTUATION_INVALID: {
    message: (c) => `A punctuator cannot be called every ${c['everyMs']} ms. Give it a positive time.`,
    fatal: true,
  },
  TIMESTAMP_INVALID: {
    message: (c) =>
      `The record at offset ${c['offset']} of ${c['topic']}-${c['partition']} has the timestamp ${c['timestamp']}, which is no time. Mend its producer, or give the source a timestampExtractor that skips such records or finds their time.`,
    fatal: true,
  },
  OFFSET_MISSING: {
    message: (c) =>
      `The group has no offset for ${c['topic']}, and the source's reset is 'none'. Set the offset first, or choose another reset.`,
    fatal: true,
  },
  PATTERN_UNMATCHED: {
    message: (c) => `No topic has a name that is wholly ${c['pattern']}. Create one, or correct the pattern.`,
  },
  SUPPRESS_FULL: {
    message: (c) =>
      `suppress '${c['name']}' holds back ${c['rows']} rows${c['bytes'] ? ` of ${c['bytes']} bytes` : ''}, more than its limits (maxRecords ${c['maxRecords'] ?? 'none'}, maxBytes ${c['maxBytes'] ?? 'none'}). Nothing of the record was committed. Raise the limits, or shorten the windows' grace.`,
    fatal: true,
  },
  SUPPRESS_WITHOUT_WINDOWS: {
    message: (c) =>
      `suppress '${c['name']}' waits until windows close, but its table comes from no aggregation by windows. Put windowedBy before the aggregation, or use untilTimeLimit.`,
  },
  STATE_VOLATILE: {
    message: (c) =>
      `Topology ${c['topology']} is to run exactly once, but what ${c['steps']} remembers is in memory only and lost in a restart. Keep it in a store (process), or say that this is meant: { volatile: true }; { volatile: false } if it remembers nothing.`,
    fatal: true,
  },
  OPTION_INVALID: {
    message: (c) => `${c['step']} has ${c['option']} = ${c['given']}. Give a whole number, ${c['minimum']} or more.`,
  },
  ASYNC_FAILED: {
    message: (c) =>
      `${c['step']} failed for the record at offset ${c['offset']} of ${c['topic']}-${c['partition']}, after ${c['attempts']} attempts: ${c['reason']}. Its offset was not committed. Mend the function or what it calls, or set onError to 'skip' or 'dead-letter'.`,
    fatal: true,
  },
  ASYNC_TIMED_OUT: {
    message: (c) =>
      `${c['step']} got no answer within ${c['timeoutMs']} ms. Raise timeoutMs, or look at what it calls.`,
    retryable: true,
  },
  FORWARD_WITHOUT_RECORD: {
    message: (c) =>
      `The processor of ${c['step']} forwarded a value while it had no record, so there is no key for it. Forward only while a record is processed, or use process, where each result names its key.`,
  },
  ROW_FAILED: {
    message: (c) =>
      `Processing the change of row ${c['key']} of ${c['store']} failed: ${c['reason']}. Nothing of it was committed. Mend the topology, or set processingErrors to 'skip' or 'dead-letter'.`,
    fatal: true,
  },
  STATE_FILE_UNREADABLE: {
    message: (c) =>
      `The state file ${c['path']} cannot be read: ${c['reason']}. Check memory, disk and who else has it open; nothing is lost.`,
    fatal: true,
  },
  SIMULATION_FAILED: {
    message: (c) =>
      `The simulation of ${c['topology']} failed with seed ${c['seed']} on a log like ${c['log']}: ${c['problem']}\n\nWhat happened before, the last lines of it:\n${c['trace']}\n\n${c['replays'] === true ? `Run it again with the same options and seed ${c['seed']}: it goes exactly the same way.` : `The same seed did not fail the same way again, so the topology takes something from outside: a clock, a random number, or state that its functions keep. Mend that first.`}`,
  },
  MOCK_TOO_SMALL: {
    message: (c) =>
      `MockProcessor cannot run ${c['step']}, which writes to a topic or waits for something. Leave it out of the step, or use TopologyTestDriver.`,
  },
  CHANGELOG_LOST: {
    message: (c) =>
      `The rows of store ${c['store']} (partition ${c['partition']}) are in the state file only: its changelog ${c['topic']} is empty, but the file stands at its offset ${c['stored']}, and the group has gone on. That topic was deleted and made anew. Restore it from a copy; or run under another application id to begin anew from the sources; or move the state file away to go on without the rows.`,
    fatal: true,
  },
  RESTORE_FAILED: {
    message: (c) =>
      `Store ${c['store']} cannot be restored from offset ${c['offset']} of ${c['topic']}-${c['partition']}: ${c['reason']}.`,
    fatal: true,
  },
  EVENT_UNREADABLE: {
    message: (c) =>
      `The record at offset ${c['offset']} of ${c['topic']}-${c['partition']} cannot be read: ${c['reason']}. It was not handled. Mend its producer, or give a deadLetterTopic to go on past such records.`,
    fatal: true,
  },
  HANDLER_FAILED: {
    message: (c) =>
      `The handler failed for the record at offset ${c['offset']} of ${c['topic']}-${c['partition']}, after ${c['attempts']} attempts: ${c['reason']}. Mend the handler, or give a deadLetterTopic to go on past such records.`,
    fatal: true,
  },
  REQUEST_INVALID: {
    message: (c) => `The request cannot be answered: ${c['reason']}`,
  },
  KEY_UNKNOWN: {
    message: (c) => `Store ${c['store']} has no key '${c['key']}'.`,
  },
  PATH_UNKNOWN: {
    message: (c) => `There is no ${c['path']}. Try /stores, /metrics, /health/live or /health/ready.`,
  },
  NAME_UNKNOWN: {
    message: (c) => `There is no ${c['kind']} '${c['name']}'. ${c['hint']}`,
  },
  FILE_UNREADABLE: {
    message: (c) => `The file ${c['path']} cannot be read: ${c['reason']}. Correct the path, or the file.`,
  },
  LINE_REJECTED: {
    message: (c) =>
      `${c['path']}:${c['line']}: ${c['reason']}. The import stopped here, with ${c['done']} events in the log. Mend the line, or use --on-error skip or dead-letter.`,
  },
  INTERRUPTED: {
    message: (c) => `A signal ended ${c['what']}, with ${c['done']} events in the log.`,
  },
  PORT_TAKEN: {
    message: (c) => `Port ${c['port']} is in use by another program. Choose another one with --http.`,
  },
  HTTP_UNAVAILABLE: {
    message: (c) => `HTTP cannot be served on ${c['host']}:${c['port']}: ${c['reason']}. ${c['advice']}`,
  },
  SYSTEM_REFUSED: {
    message: (c) => `Cannot ${c['what']}: ${c['reason']}. ${c['advice']}`,
  },
  TOPOLOGY_UNLOADABLE: {
    message: (c) => `The topology file ${c['path']} cannot be loaded: ${c['reason']}. ${c['hint'] ?? 'Mend the file.'}`,
  },
  EVENT_INVALID: {
    message: (c) => `The line is no event that can be taken: ${c['reason']}. Mend the line.`,
  },
} satisfies Record<string, ErrorRow>;

/**
 * The stable codes of errors: their names do not change, their messages may.
 *
 * @see `isMillraceError`
 */
export type ErrorCode = keyof typeof TABLE;

const BRAND = Symbol.for('millrace.error');

/**
 * Thrown for everything that can go wrong in operation. `code` is stable, `context` holds the values of the message.
 *
 * @example
 * try {
 *   tumbling(-1);
 * } catch (error) {
 *   if (!isMillraceError(error)) throw error;
 *   error.code; // → 'WINDOW_INVALID'
 *   error.fatal; // → false
 *   error.message; // → 'tumbling cannot have size -1. Give a whole number of ms from 1.'
 * }
 */
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

/**
 * True for an error of Millrace, from whichever copy of the package; with `code`, for that one only.
 *
 * @example
 * try {
 *   topology('empty', () => {});
 * } catch (error) {
 *   isMillraceError(error, 'TOPOLOGY_EMPTY'); // → true
 * }
 * isMillraceError(new Error('no')); // → false
 */
export function isMillraceError(error: unknown, code?: ErrorCode): error is MillraceError {
  return error instanceof Error && BRAND in error && (code === undefined || (error as MillraceError).code === code);
}

export const errorCodes: readonly string[] = Object.keys(TABLE);
