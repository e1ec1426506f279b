import { Batches } from './batches.ts';
import { CommittedOffsets } from './committed-offsets.ts';
import type { LogFile } from './log-file.ts';
import { Members } from './members.ts';
import { Producers } from './producers.ts';
import { Topics } from './topics.ts';

/** All that is kept in the file, each with its own statements. */
export class Tables {
  readonly file: LogFile;
  readonly topics: Topics;
  readonly batches: Batches;
  readonly committed: CommittedOffsets;
  readonly producers: Producers;
  readonly members: Members;
  /** Told the bytes of each commit. */
  readonly appended: (bytes: number) => void;

  constructor(file: LogFile, appended: (bytes: number) => void) {
    this.file = file;
    this.topics = new Topics(file);
    this.batches = new Batches(file, this.topics);
    this.committed = new CommittedOffsets(file);
    this.producers = new Producers(file);
    this.members = new Members(file);
    this.appended = appended;
  }
}
