import { createAPI, endTxnV4, type Reader, txnOffsetCommitV4 } from '@platformatic/kafka';
import { requireOk } from './broker-error.ts';

/** A producer as the broker knows it. The epoch rises with every transaction of protocol 2. */
export interface ProducerIdentity {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

/** EndTxn, version 5: the request of version 4; the answer holds the identity for the next transaction. */
export const endTxnV5 = createAPI<Parameters<typeof endTxnV4.createRequest>, ProducerIdentity>(
  26,
  5,
  endTxnV4.createRequest,
  parseEndTxn,
);

/** TxnOffsetCommit, version 5: the bytes of version 4, but it adds the offsets to the transaction by itself. */
export const txnOffsetCommitV5 = createAPI<
  Parameters<typeof txnOffsetCommitV4.createRequest>,
  ReturnType<typeof txnOffsetCommitV4.parseResponse>
>(28, 5, txnOffsetCommitV4.createRequest, txnOffsetCommitV4.parseResponse);

export function parseEndTxn(_correlation: number, _key: number, _version: number, reader: Reader): ProducerIdentity {
  reader.readInt32(); // Throttle time.
  requireOk('EndTxn', reader.readInt16());
  return { producerId: reader.readInt64(), producerEpoch: reader.readInt16() };
}
