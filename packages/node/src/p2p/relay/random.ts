import { randomBytes } from "node:crypto";
import type { Random } from "./settings.js";

/** 48 random bits as a fraction: whoever could foresee routes, coins or embargoes could undo what they hide. */
export const secureRandom: Random = () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48;
