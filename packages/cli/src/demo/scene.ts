import type { Check, Step } from "./telling.js";

/** A step whose time is measured from outside. */
export type Scene = Omit<Step, "seconds">;

/** Something that must hold. */
export const check = (what: string, holds: boolean): Check => ({ what, holds });
