export * from "./package-id.js";
export * from "./slots.js";
export { frontierFromSlots, frontierWrites, type SlotWrite } from "./frontier.js";
