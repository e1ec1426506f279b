import { type ErrorCode, failure, isMillraceError } from '../errors.ts';
import { causeHeaders, reasonOf } from '../log/cause-headers.ts';
import type { ShopTopic } from '../orders/events.ts';
import { shopEvents } from '../orders/shop-events.ts';
import type { Output } from './command.ts';
import type { EventWriter } from './event-writer.ts';
import { showProgress } from './progress.ts';
import { fileSize, type Line, readLines } from './read-lines.ts';

export interface FileImport {
  readonly topic: ShopTopic;
  readonly path: string;
  readonly writer: EventWriter;
  readonly stderr: Output;
  readonly signal: AbortSignal;
  readonly onError: 'stop' | 'skip' | 'dead-letter';
  readonly deadLetterTopic: string | undefined;
}

const FAULTS_OF_LINES: readonly ErrorCode[] = ['EVENT_INVALID', 'VALUE_INVALID', 'RECORD_TOO_LARGE'];

/** So many bad lines of a file are shown; the others are only counted. */
const MOST_SHOWN = 100;

/** Writes the events of a file. Gives the number of bad lines; throws LINE_REJECTED at the first where it must stop. */
export async function importFile(job: FileImport): Promise<number> {
  const { path, writer, stderr, signal } = job;
  const progress = showProgress(stderr, path.split('/').at(-1) ?? path, fileSize(path));
  let number = 0;
  let bad = 0;
  try {
    for await (const { lines, bytesRead } of readLines(path)) {
      if (signal.aborted) throw failure('INTERRUPTED', { what: `the import of ${path}`, done: writer.committed });
      for (const line of lines) {
        number++;
        if (line === '') continue;
        const fault = takeLine(job, line, number);
        if (fault !== undefined) await tell(job, fault, ++bad);
        await writer.commitFull();
      }
      progress.update(bytesRead, `${number} lines`);
    }
  } finally {
    progress.stop();
  }
  if (bad > MOST_SHOWN) await stderr.write(`${path}: ${bad - MOST_SHOWN} more bad lines\n`);
  return bad;
}

/** Writes the event of a line; gives what is wrong with it where it has none. */
function takeLine(
  { topic, path, writer, onError, deadLetterTopic }: FileImport,
  line: Line,
  number: number,
): string | undefined {
  try {
    writer.write(topic, shopEvents[topic].parse(asText(line)));
    return undefined;
  } catch (error) {
    if (!isMillraceError(error) || !FAULTS_OF_LINES.includes(error.code)) throw error;
    const reason = reasonOf(error).replace(/\.$/, '');
    if (onError === 'stop')
      throw failure('LINE_REJECTED', { path, line: number, reason, done: writer.committed }, error);
    if (deadLetterTopic !== undefined)
      writer.writeRaw(deadLetterTopic, Buffer.from(line), causeHeaders(error, { file: path, line: number }));
    return `${path}:${number}: ${reason}`;
  }
}

function asText(line: Line): string {
  if (typeof line === 'string') return line;
  throw failure('EVENT_INVALID', { reason: 'it is not UTF-8' });
}

async function tell({ stderr }: FileImport, fault: string, bad: number): Promise<void> {
  if (bad <= MOST_SHOWN) await stderr.write(`${fault}\n`);
}
