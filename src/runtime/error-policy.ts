import { failure, isMillraceError, type MillraceError } from '../errors.ts';
import { causeHeaders, reasonOf } from '../log/cause-headers.ts';
import type { Headers } from '../log/port.ts';
import { type FetchedRecord, keyBytes, valueBytes } from '../log/records/fetched-record.ts';
import type { PunctuationType } from '../topology/task-scope.ts';
import type { RecordQueue } from './record-queue.ts';
import type { ResolvedSettings } from './settings.ts';

export type Stage = 'deserialization' | 'processing' | 'punctuation';

/** Writes one record to the dead-letter topic, in the transaction that also passes it over. */
export type SendDeadLetter = (record: {
  key: Buffer | null;
  value: Buffer | null;
  timestamp: number;
  headers: Headers;
}) => void;

/** Decides what becomes of a record that fails: the worker, the record, or a dead letter. Nothing is lost silently. */
export class ErrorPolicy {
  readonly #settings: Pick<ResolvedSettings, 'deserializationErrors' | 'processingErrors'>;
  readonly #deadLetter: SendDeadLetter;
  readonly #count: (stage: Stage, outcome: 'skip' | 'dead-letter', topic: string) => void;

  constructor(options: {
    settings: Pick<ResolvedSettings, 'deserializationErrors' | 'processingErrors'>;
    deadLetter: SendDeadLetter;
    count: (stage: Stage, outcome: 'skip' | 'dead-letter', topic: string) => void;
  }) {
    this.#settings = options.settings;
    this.#deadLetter = options.deadLetter;
    this.#count = options.count;
  }

  /**
   * Does as the settings say, or as `given` does: throws where that is `fail`; the error names topic, partition and offset.
   */
  handle(
    stage: Exclude<Stage, 'punctuation'>,
    error: unknown,
    { queue, record }: { queue: Pick<RecordQueue, 'topic' | 'partition'>; record: FetchedRecord },
    given?: 'skip' | 'dead-letter',
  ): void {
    const { deserializationErrors, processingErrors } = this.#settings;
    const policy = given ?? (stage === 'deserialization' ? deserializationErrors : processingErrors);
    const { topic, partition } = queue;
    // A broken disk or log is not the record's fault.
    if (isMillraceError(error) && error.fatal) throw error;
    if (policy === 'fail') throw rejection(stage, error, { topic, partition, offset: record.offset });
    if (policy === 'dead-letter') {
      this.#deadLetter({
        key: keyBytes(record),
        value: valueBytes(record),
        timestamp: record.timestamp,
        headers: [...record.headers, ...causeHeaders(error, { topic, partition, offset: record.offset })],
      });
    }
    this.#count(stage, policy, topic);
  }

  /** The error of a step behind a table, met when the row's change came out. Its dead letter is the row. */
  row(error: unknown, at: FailedRow): void {
    const policy = this.#settings.processingErrors;
    if (isMillraceError(error) && error.fatal) throw error;
    const { store, key, timestamp, bytes } = at;
    if (policy === 'fail')
      throw failure('ROW_FAILED', { store, key: JSON.stringify(key), reason: reasonOf(error) }, error);
    if (policy === 'dead-letter')
      this.#deadLetter({ key: bytes.key(), value: bytes.value(), timestamp, headers: causeHeaders(error, { store }) });
    this.#count('processing', policy, store);
  }

  /** The error of a punctuator. It has no record that could be a dead letter, so other policies than `fail` count it. */
  punctuation(type: PunctuationType, error: unknown): void {
    if (isMillraceError(error) && error.fatal) throw error;
    if (this.#settings.processingErrors === 'fail')
      throw failure('PUNCTUATION_FAILED', { type, reason: reasonOf(error) }, error);
    this.#count('punctuation', 'skip', type);
  }
}

/** A row of a table's store, and its bytes as its changelog has them. */
interface FailedRow {
  readonly store: string;
  readonly key: unknown;
  readonly timestamp: number;
  readonly bytes: { readonly key: () => Buffer | null; readonly value: () => Buffer | null };
}

interface Place {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
}

function rejection(stage: Exclude<Stage, 'punctuation'>, error: unknown, place: Place): MillraceError {
  const reason = reasonOf(error);
  return stage === 'deserialization'
    ? failure('RECORD_REJECTED', { ...place, reason }, error)
    : failure('PROCESSING_FAILED', { ...place, reason }, error);
}
