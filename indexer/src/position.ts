type Hex = `0x${string}`;

/** Where an event stands, as Ponder tells it. */
export interface PositionedEvent {
  block: { number: bigint; timestamp: bigint };
  transaction: { hash: Hex };
  log: { logIndex: number };
}

/** The same as the tables have it. */
export function position({ block, transaction, log }: PositionedEvent) {
  return {
    blockNumber: block.number,
    blockTime: Number(block.timestamp),
    transactionHash: transaction.hash,
    logIndex: log.logIndex,
  };
}

/** Which event last changed a row, and when. */
export function changeOf({ block, transaction, log }: PositionedEvent) {
  return {
    updatedAt: Number(block.timestamp),
    transactionHash: transaction.hash,
    logIndex: log.logIndex,
  };
}
