import { failure, isMillraceError, type MillraceError } from '../errors.ts';
import { causeHeaders, reasonOf } from '../log/cause-headers.ts';
import type { Headers } from '../log/port.ts';
import { type FetchedRecord, keyBytes, valueBytes } from '../log/records/fetched-record.ts';
import type { PunctuationType } from '../topology/task-scope.ts';
import { keyText } from './key-text.ts';
import type { RecordQueue } from './record-queue.ts';
import type { ResolvedSettings } from './settings.ts';

/** Production: what came of a record is larger than its topic takes. */
export type Stage = 'deserialization' | 'processing' | 'production' | 'punctuation';

type Outcome = 'skip' | 'dead-letter';

export type ErrorSettings = Pick<ResolvedSettings, 'deserializationErrors' | 'processingErrors' | 'productionErrors'>;

interface DeadLetter {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly timestamp: number;
  readonly headers: Headers;
}

/** Writes one record to the dead-letter topic, in the transaction that also passes it over. */
export type SendDeadLetter = (record: DeadLetter) => void;

export interface ErrorPolicyOptions {
  readonly settings: ErrorSettings;
  readonly deadLetter: SendDeadLetter;
  readonly count: (stage: Stage, outcome: Outcome, topic: string) => void;
}

/** A record that was read, and whence. */
export interface Source {
  readonly queue: Pick<RecordQueue, 'topic' | 'partition'>;
  readonly record: FetchedRecord;
}

/** Decides what becomes of a record that fails: the worker, the record, or a dead letter. Nothing is lost silently. */
export class ErrorPolicy {
  readonly #options: ErrorPolicyOptions;
  #queue: Source['queue'] | undefined;
  #record: FetchedRecord | undefined;

  constructor(options: ErrorPolicyOptions) {
    this.#options = options;
  }

  /** From here to `end` all that is written comes of this record. */
  begin(queue: Source['queue'], record: FetchedRecord): void {
    this.#queue = queue;
    this.#record = record;
  }

  end(): void {
    this.#record = undefined;
  }

  /**
   * Does as the settings say, or as `given` does: throws where that is `fail`; the error names topic, partition and offset.
   */
  handle(stage: 'deserialization' | 'processing', error: unknown, { queue, record }: Source, given?: Outcome): void {
    const { topic, partition } = queue;
    const place = { topic, partition, offset: record.offset };
    const policy = this.#policyFor(stage, error, given);
    if (policy === 'fail') throw rejection(stage, error, place);
    if (policy === 'dead-letter') {
      const headers = [...record.headers, ...causeHeaders(error, place)];
      const letter = { key: keyBytes(record), value: valueBytes(record), timestamp: record.timestamp, headers };
      this.#send(letter, nameOf(place));
    }
    this.#count(stage, policy, { error, topic });
  }

  /**
   * The error of a record that a topic does not take. Where it comes of a record that is being processed, that one's other
   * outputs go on; else it is thrown, to whoever knows what it comes of.
   */
  unwritten(error: unknown): void {
    if (!isTooLarge(error)) throw error;
    const { productionErrors: policy } = this.#options.settings;
    const [queue, record] = [this.#queue, this.#record];
    if (queue !== undefined && record !== undefined) this.handle('processing', error, { queue, record });
    else if (policy === 'skip') this.#count('production', policy, { error, topic: '' });
    else throw error;
  }

  /** The error of a step behind a table, met when the row's change came out. Its dead letter is the row. */
  row(error: unknown, { store, key, timestamp, bytes }: FailedRow): void {
    const policy = this.#policyFor('processing', error);
    const row = `row ${keyText(key)} of ${store}`;
    if (policy === 'fail') {
      if (isTooLarge(error)) throw failure('PRODUCTION_FAILED', { of: row, reason: error.message }, error);
      throw failure('ROW_FAILED', { store, key: keyText(key), reason: reasonOf(error) }, error);
    }
    if (policy === 'dead-letter')
      this.#send({ key: bytes.key(), value: bytes.value(), timestamp, headers: causeHeaders(error, { store }) }, row);
    this.#count('processing', policy, { error, topic: store });
  }

  /** The error of a punctuator. It has no record that could be a dead letter, so other policies than `fail` count it. */
  punctuation(type: PunctuationType, error: unknown): void {
    const policy = this.#policyFor('processing', error);
    if (policy !== 'fail') this.#count('punctuation', 'skip', { error, topic: type });
    else if (isTooLarge(error))
      throw failure('PRODUCTION_FAILED', { of: `a ${type} punctuator`, reason: error.message }, error);
    else throw failure('PUNCTUATION_FAILED', { type, reason: reasonOf(error) }, error);
  }

  #policyFor(stage: Stage, error: unknown, given?: Outcome): 'fail' | Outcome {
    // A broken disk or log is not the record's fault.
    if (isMillraceError(error) && error.fatal) throw error;
    const { deserializationErrors, processingErrors, productionErrors } = this.#options.settings;
    if (isTooLarge(error)) return productionErrors;
    return given ?? (stage === 'deserialization' ? deserializationErrors : processingErrors);
  }

  #send(letter: DeadLetter, of: string): void {
    try {
      this.#options.deadLetter(letter);
    } catch (error) {
      if (!isTooLarge(error)) throw error;
      throw failure('DEAD_LETTER_TOO_LARGE', { ...error.context, of }, error);
    }
  }

  #count(stage: Stage, outcome: Outcome, { error, topic }: { error: unknown; topic: string }): void {
    if (isTooLarge(error)) this.#options.count('production', outcome, String(error.context['topic']));
    else this.#options.count(stage, outcome, topic);
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

function isTooLarge(error: unknown): error is MillraceError {
  return isMillraceError(error, 'RECORD_TOO_LARGE');
}

function rejection(stage: 'deserialization' | 'processing', error: unknown, place: Place): MillraceError {
  if (isTooLarge(error)) return failure('PRODUCTION_FAILED', { of: nameOf(place), reason: error.message }, error);
  const code = stage === 'deserialization' ? 'RECORD_REJECTED' : 'PROCESSING_FAILED';
  return failure(code, { ...place, reason: reasonOf(error) }, error);
}

function nameOf({ topic, partition, offset }: Place): string {
  return `the record at offset ${offset} of ${topic}-${partition}`;
}
