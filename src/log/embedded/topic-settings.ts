/** What the settings of a topic mean to the embedded log. Names and values are Kafka's. */
export interface TopicSettings {
  /** `cleanup.policy` names it. */
  readonly compact: boolean;
  /** Records older than this go, in ms; infinite unless both the policy and `retention.ms` say so. */
  readonly retentionMs: number;
  /** Younger records are left out of compaction. */
  readonly minCompactionLagMs: number;
  /** How long a tombstone stays after compaction first passed it. */
  readonly deleteRetentionMs: number;
  /** A record is refused whose batch would be larger; infinite unless `max.message.bytes` says so. */
  readonly maxMessageBytes: number;
}

const DAY_MS = 86_400_000;

/**
 * Reads the settings; what the embedded log does not know is kept and ignored. Without `retention.ms` records stay for
 * ever: Kafka's week would delete imported history at once. Returns what is wrong as text.
 */
export function topicSettings(config: Readonly<Record<string, string>>): TopicSettings | string {
  const policies = (config['cleanup.policy'] ?? 'delete').split(',').map((policy) => policy.trim());
  const unknown = policies.find((policy) => policy !== 'compact' && policy !== 'delete');
  if (unknown !== undefined) return `cleanup.policy '${unknown}' is neither 'compact' nor 'delete'`;
  const retention = milliseconds(config, 'retention.ms', -1);
  const minCompactionLagMs = milliseconds(config, 'min.compaction.lag.ms', 0);
  const deleteRetentionMs = milliseconds(config, 'delete.retention.ms', DAY_MS);
  const maxMessageBytes = bytes(config, 'max.message.bytes');
  for (const value of [retention, minCompactionLagMs, deleteRetentionMs, maxMessageBytes])
    if (typeof value === 'string') return value;
  const forever = !policies.includes('delete') || Number(retention) < 0;
  return {
    compact: policies.includes('compact'),
    retentionMs: forever ? Number.POSITIVE_INFINITY : Number(retention),
    minCompactionLagMs: Number(minCompactionLagMs),
    deleteRetentionMs: Number(deleteRetentionMs),
    maxMessageBytes: Number(maxMessageBytes),
  };
}

function bytes(config: Readonly<Record<string, string>>, name: string): number | string {
  const text = config[name];
  if (text === undefined) return Number.POSITIVE_INFINITY;
  const value = Number(text);
  return Number.isInteger(value) && value >= 0 ? value : `${name} '${text}' is not a number of bytes`;
}

function milliseconds(config: Readonly<Record<string, string>>, name: string, otherwise: number): number | string {
  const text = config[name];
  if (text === undefined) return otherwise;
  const value = Number(text);
  return Number.isInteger(value) && value >= -1 ? value : `${name} '${text}' is not a number of milliseconds`;
}
