import { expect } from "vitest";
import type { Hex, Machine } from "./machine.js";
import type { Scenario } from "./steps.js";

/** Runs every step on both and holds all that they did against each other. */
export const expectEqual = async (scenario: Scenario, ours: Machine, reference: Machine): Promise<void> => {
  const senders = new Set<Hex>();
  const made: string[] = [];
  for (const step of scenario.script.steps) {
    senders.add(step.from);
    const [mine, theirs] = [await ours.run(step), await reference.run(step)];
    expect(mine, step.name).toEqual(theirs);
    if (mine.created !== undefined) made.push(mine.created);
  }
  for (const address of [...scenario.watched, ...made])
    expect(await ours.account(address), address).toEqual(await reference.account(address));
  for (const sender of senders)
    expect((await ours.account(sender)).nonce, sender).toBe((await reference.account(sender)).nonce);
};
