export type * from "./types.js";
export { prepareCall, type PreparedCall } from "./prepare.js";
export { sendCall, type SendCallOptions } from "./send.js";
export { callOutcome } from "./outcome.js";
export { leftovers } from "./leftovers.js";
export { prepareSweep, unseenSentences } from "./sweep.js";
export { newReceiveSlot } from "./slots.js";
export { pendingCalls, type PendingCall } from "./pending.js";
