"""An independent reader: the records of topics under read_committed, values decoded by Confluent's own Avro deserializer.

read_topics.py BOOTSTRAP REGISTRY TOPIC... prints one JSON line a record, in order of offsets within a partition.
"""

import json
import sys
from datetime import datetime, timezone

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka.schema_registry import SchemaRegistryClient
from confluent_kafka.schema_registry.avro import AvroDeserializer
from confluent_kafka.serialization import MessageField, SerializationContext

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)


def plain(value):
    """A timestamp-millis comes as a datetime."""
    if not isinstance(value, datetime):
        raise TypeError(repr(value))
    delta = value - EPOCH
    return delta.days * 86_400_000 + delta.seconds * 1000 + delta.microseconds // 1000


bootstrap, registry, *topics = sys.argv[1:]
deserialize = AvroDeserializer(SchemaRegistryClient({"url": registry}))
consumer = Consumer({
    "bootstrap.servers": bootstrap, "group.id": "independent", "isolation.level": "read_committed",
    "enable.auto.commit": False, "enable.partition.eof": True, "auto.offset.reset": "earliest",
})
for topic in topics:
    partitions = consumer.list_topics(topic, timeout=10).topics[topic].partitions
    consumer.assign([TopicPartition(topic, partition, 0) for partition in partitions])
    left = len(partitions)
    while left:
        message = consumer.poll(10)
        if message is None:
            sys.exit(f"nothing more of {topic} within 10 s")
        if message.error():
            left -= 1
            continue
        value = deserialize(message.value(), SerializationContext(topic, MessageField.VALUE))
        record = {"topic": topic, "key": message.key().decode(), "value": value}
        print(json.dumps(record, default=plain))
consumer.close()
