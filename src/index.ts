/** The public API of Millrace. */

export { type ErrorCode, type ErrorContext, isMillraceError, MillraceError } from './errors.ts';
export type { Headers, Log } from './log/port.ts';
export { calendar } from './operators/calendar.ts';
export { count } from './operators/count.ts';
export { countWindows } from './operators/count-windows.ts';
export { filter } from './operators/filter.ts';
export { filterNot } from './operators/filter-not.ts';
export { flatMap } from './operators/flat-map.ts';
export { flatMapValues } from './operators/flat-map-values.ts';
export { forEach } from './operators/for-each.ts';
export { forEachAsync } from './operators/for-each-async.ts';
export { foreignKeyJoin, foreignKeyLeftJoin, foreignKeyOuterJoin } from './operators/foreign-key-join.ts';
export { groupBy } from './operators/group-by.ts';
export { groupByKey } from './operators/group-by-key.ts';
export { hopping } from './operators/hopping.ts';
export type { AsyncCall, AsyncOptions } from './operators/internal/async-step.ts';
export type { ProcessorStore } from './operators/internal/processor-store.ts';
export { join } from './operators/join.ts';
export { keyValueStore } from './operators/key-value-store.ts';
export { leftJoin } from './operators/left-join.ts';
export { map } from './operators/map.ts';
export { mapAsync } from './operators/map-async.ts';
export { mapValues } from './operators/map-values.ts';
export { merge } from './operators/merge.ts';
export { outerJoin } from './operators/outer-join.ts';
export { peek } from './operators/peek.ts';
export { print } from './operators/print.ts';
export { type Processor, type ProcessorContext, process } from './operators/process.ts';
export { processValues, type ValuesProcessor, type ValuesProcessorContext } from './operators/process-values.ts';
export { reduce } from './operators/reduce.ts';
export { repartition } from './operators/repartition.ts';
export { rowsOf, type TableRows } from './operators/rows-of.ts';
export { rx } from './operators/rx.ts';
export { selectKey } from './operators/select-key.ts';
export { session } from './operators/session.ts';
export { type SessionStore, sessionStore } from './operators/session-store.ts';
export { sliding } from './operators/sliding.ts';
export { split } from './operators/split.ts';
export { type Store, store } from './operators/store.ts';
export { suppress, untilTimeLimit, untilWindowCloses } from './operators/suppress.ts';
export { to } from './operators/to.ts';
export { toStream } from './operators/to-stream.ts';
export { toTable } from './operators/to-table.ts';
export { transformValues, type ValueTransformer } from './operators/transform-values.ts';
export { tumbling } from './operators/tumbling.ts';
export { unlimited } from './operators/unlimited.ts';
export { type ProcessorVersionedStore, versionedStore } from './operators/versioned-store.ts';
export { type WindowStore, windowStore } from './operators/window-store.ts';
export { windowedBy } from './operators/windowed-by.ts';
export { type Connection, connectKafka, openEmbedded } from './runtime/connect.ts';
export type { Settings } from './runtime/settings.ts';
export { createWorker, type StatePlace, type Worker, type WorkerOptions } from './runtime/worker.ts';
export { avro } from './serde/avro/avro.ts';
export { decimal } from './serde/avro/decimal.ts';
export type { Infer } from './serde/avro/infer.ts';
export { bytes } from './serde/bytes.ts';
export { integer } from './serde/integer.ts';
export { json } from './serde/json.ts';
export { nullable } from './serde/nullable.ts';
export type { Codec, Column, Columns, Serde, SqlValue } from './serde/serde.ts';
export { string } from './serde/string.ts';
export { sessionWindowed, type Windowed, windowed } from './serde/windowed.ts';
export { handleEvents } from './service/event-handler.ts';
export { type Publication, publication } from './service/publication.ts';
export { createPublisher, type Publisher } from './service/publisher.ts';
export { stopOnSignals } from './service/stop-on-signals.ts';
export { MemoryBackend } from './state/memory/memory-backend.ts';
export type {
  Change,
  Checkpoint,
  CommittedTable,
  Entry,
  Identity,
  RangeQuery,
  Row,
  StateBackend,
  StoreSpec,
} from './state/store.ts';
export { describe, describeAsJson } from './topology/describe.ts';
export type { Flow } from './topology/flow.ts';
export type { GlobalKTable, GlobalRows, GlobalTableOptions } from './topology/global-table.ts';
export type { OffsetReset, StoreSettings } from './topology/graph.ts';
export type { KGroupedStream, KGroupedTable } from './topology/k-grouped.ts';
export type { KStream } from './topology/k-stream.ts';
export type { KTable } from './topology/k-table.ts';
export type { KWindowedStream, WindowOptions } from './topology/k-windowed-stream.ts';
export type { StreamRecord, TableChange } from './topology/records.ts';
export type { StreamPartitioner, TopicNameExtractor } from './topology/task-scope.ts';
export type { SessionRow, WindowRow } from './topology/timed-views.ts';
export {
  type ExtractionPoint,
  failOnInvalidTimestamp,
  logAndSkipOnInvalidTimestamp,
  type TimestampExtractor,
  usePartitionTimeOnInvalidTimestamp,
  wallclockTimestamp,
} from './topology/timestamps.ts';
export { type Topology, type TopologyOptions, topology } from './topology/topology.ts';
