export interface KafkaPorts {
  readonly broker: number;
  readonly controller: number;
}

/** server.properties of a one-node Kafka: broker and controller in one process, on 127.0.0.1. */
export function serverProperties(
  dataDir: string,
  ports: KafkaPorts,
  more: Readonly<Record<string, string | number>>,
): string {
  const all = { ...listeners(ports), 'log.dirs': dataDir, ...oneNode, ...small, ...quick, ...more };
  return `${Object.entries(all)
    .map(([name, value]) => `${name}=${value}`)
    .join('\n')}\n`;
}

function listeners({ broker, controller }: KafkaPorts): Record<string, string | number> {
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controller}`,
    'controller.listener.names': 'CONTROLLER',
    listeners: `PLAINTEXT://127.0.0.1:${broker},CONTROLLER://127.0.0.1:${controller}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${broker}`,
    'listener.security.protocol.map': 'CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
  };
}

/** Internal topics cannot have three replicas on one node. */
const oneNode = {
  'auto.create.topics.enable': 'false',
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 1,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 3,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
};

/** Beside other work on a small machine. */
const small = {
  'num.network.threads': 2,
  'num.io.threads': 2,
  'log.cleaner.dedupe.buffer.size': 8_388_608,
  'log.cleaner.backoff.ms': 500,
  'log.segment.bytes': 16_777_216,
};

/** Waiting times for trying things out: nothing waits for members that never come. */
const quick = {
  'group.initial.rebalance.delay.ms': 0,
  'group.min.session.timeout.ms': 1000,
  'group.streams.min.session.timeout.ms': 1000,
  'group.streams.session.timeout.ms': 6000,
  'group.streams.min.heartbeat.interval.ms': 100,
  'group.streams.heartbeat.interval.ms': 500,
  // After a kill the broker comes back only when its own earlier registration has expired.
  'broker.session.timeout.ms': 3000,
  'broker.heartbeat.interval.ms': 500,
  'transaction.max.timeout.ms': 900_000,
  'transaction.abort.timed.out.transaction.cleanup.interval.ms': 1000,
};
