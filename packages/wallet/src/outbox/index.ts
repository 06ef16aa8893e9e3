export { dueForRebroadcast, mayStillBeMined, reservedNotes, statusOf } from "./status.js";
export type { OutboxEntry, OutboxInput, OutboxPayment } from "./types.js";
