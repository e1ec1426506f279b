import { createAPI, type Reader, Writer } from '@platformatic/kafka';

/** StreamsGroupHeartbeat, version 1 (KIP-1071). Null means: as last time. */
export interface HeartbeatRequest {
  readonly group: string;
  readonly memberId: string;
  /** 0 joins, -1 leaves. */
  readonly memberEpoch: number;
  readonly rebalanceTimeoutMs: number | null;
  readonly subtopologies: readonly SubtopologyInfo[] | null;
  readonly activeTasks: readonly TaskIds[] | null;
  readonly processId: string | null;
  readonly endpoint: { readonly host: string; readonly port: number } | null;
}

export interface SubtopologyInfo {
  readonly id: string;
  readonly sources: readonly string[];
  readonly changelogs: readonly InternalTopic[];
  readonly repartitionSinks: readonly string[];
  readonly repartitionSources: readonly InternalTopic[];
  /** Indexes into the two arrays of sources. */
  readonly copartitioned: readonly {
    readonly sources: readonly number[];
    readonly repartitionSources: readonly number[];
  }[];
}

export interface InternalTopic {
  readonly name: string;
  /** 0 lets the broker choose. */
  readonly partitions: number;
  readonly config: Readonly<Record<string, string>>;
}

export interface TaskIds {
  readonly subtopology: string;
  readonly partitions: readonly number[];
}

export interface HeartbeatResponse {
  readonly errorCode: number;
  readonly errorMessage: string | null;
  readonly memberEpoch: number;
  readonly heartbeatIntervalMs: number;
  readonly statuses: readonly GroupStatus[];
  /** Null: as last time. */
  readonly activeTasks: readonly TaskIds[] | null;
}

export interface GroupStatus {
  readonly code: number;
  /** The broker's own words. */
  readonly detail: string;
}

export const streamsHeartbeatV1 = createAPI<[request: HeartbeatRequest], HeartbeatResponse>(
  88,
  1,
  createRequest,
  parseResponse,
);

export function createRequest(request: HeartbeatRequest): Writer {
  const writer = Writer.create()
    .appendString(request.group)
    .appendString(request.memberId)
    .appendInt32(request.memberEpoch)
    .appendInt32(-1) // Epoch of the endpoint information: none is kept.
    .appendString(null) // No static membership: the member id is kept over restarts.
    .appendString(null) // Rack.
    .appendInt32(request.rebalanceTimeoutMs ?? -1);
  appendTopology(writer, request.subtopologies);
  const joins = request.memberEpoch === 0;
  appendTasks(writer, request.activeTasks);
  // Standbys and warm-ups: none are run. The broker wants all three kinds or none.
  const none = request.activeTasks === null ? null : [];
  appendTasks(writer, none);
  appendTasks(writer, none);
  writer.appendString(request.processId);
  appendEndpoint(writer, request.endpoint);
  return writer
    .appendArray(joins ? [] : null, () => {}) // Client tags.
    .appendArray(null, () => {}) // Task offsets
    .appendArray(null, () => {}) // and end offsets: for warm-ups.
    .appendBoolean(false)
    .appendTaggedFields();
}

function appendTopology(writer: Writer, subtopologies: readonly SubtopologyInfo[] | null): void {
  if (subtopologies === null) {
    writer.appendInt8(-1);
    return;
  }
  writer
    .appendInt8(1)
    .appendInt32(0)
    .appendArray([...subtopologies], appendSubtopology)
    .appendTaggedFields();
}

function appendSubtopology(writer: Writer, subtopology: SubtopologyInfo): void {
  writer.appendString(subtopology.id);
  appendStrings(writer, subtopology.sources);
  appendStrings(writer, []); // Sources by pattern.
  writer.appendArray([...subtopology.changelogs], appendTopic);
  appendStrings(writer, subtopology.repartitionSinks);
  writer.appendArray([...subtopology.repartitionSources], appendTopic);
  writer.appendArray([...subtopology.copartitioned], (inner, { sources, repartitionSources }) => {
    appendInt16s(inner, sources);
    appendInt16s(inner, []);
    appendInt16s(inner, repartitionSources);
  });
}

function appendTopic(writer: Writer, { name, partitions, config }: InternalTopic): void {
  writer
    .appendString(name)
    .appendInt32(partitions)
    .appendInt16(0) // Replicas: the broker's default.
    .appendArray(Object.entries(config), (inner, [key, value]) => {
      inner.appendString(key).appendString(value);
    });
}

function appendTasks(writer: Writer, tasks: readonly TaskIds[] | null): void {
  writer.appendArray(tasks === null ? null : [...tasks], (inner, { subtopology, partitions }) => {
    inner
      .appendString(subtopology)
      .appendArray([...partitions], (item, partition) => item.appendInt32(partition), true, false);
  });
}

function appendEndpoint(writer: Writer, endpoint: HeartbeatRequest['endpoint']): void {
  if (endpoint === null) writer.appendInt8(-1);
  else writer.appendInt8(1).appendString(endpoint.host).appendUnsignedInt16(endpoint.port).appendTaggedFields();
}

function appendStrings(writer: Writer, values: readonly string[]): void {
  writer.appendArray([...values], (inner, value) => inner.appendString(value), true, false);
}

function appendInt16s(writer: Writer, values: readonly number[]): void {
  writer.appendArray([...values], (inner, value) => inner.appendInt16(value), true, false);
}

export function parseResponse(_correlation: number, _key: number, _version: number, reader: Reader): HeartbeatResponse {
  reader.readInt32(); // Throttle time.
  const errorCode = reader.readInt16();
  const errorMessage = reader.readNullableString();
  reader.readString(); // Member id.
  const memberEpoch = reader.readInt32();
  const heartbeatIntervalMs = reader.readInt32();
  reader.readInt32(); // Task offset interval.
  reader.readInt64(); // Acceptable recovery lag.
  const statuses = reader.readArray(() => ({ code: reader.readInt8(), detail: reader.readString() }));
  const activeTasks = reader.readNullableArray(() => ({
    subtopology: reader.readString(),
    partitions: reader.readArray(() => reader.readInt32(), true, false),
  }));
  // Standbys, warm-ups and the members' endpoints follow; nobody asks for them yet.
  return { errorCode, errorMessage, memberEpoch, heartbeatIntervalMs, statuses, activeTasks };
}
