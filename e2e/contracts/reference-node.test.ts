import { afterEach, describe, expect, it } from "vitest";
import { SETTING } from "./helpers/machine.js";
import { overNode } from "./helpers/over-node.js";
import { openReference, type Reference } from "./helpers/reference.js";
import { openZeppelinSteps, probeSteps, uniswapSteps } from "./helpers/steps.js";
import { openWorld, type World } from "./helpers/world.js";

describe("the same over a real node, from the wallet's provider", () => {
  let world: World | undefined;
  let reference: Reference | undefined;
  afterEach(async () => {
    await reference?.close();
    await world?.close();
  });

  it.each([
    ["what a transaction decides around its call", probeSteps],
    ["OpenZeppelin", openZeppelinSteps],
    ["Uniswap V2 as published", uniswapSteps],
  ])("%s", async (_name, scenario) => {
    world = await openWorld({ users: 1, accounts: 3, keep: "all", intervalMs: 0 });
    reference = await openReference(SETTING);
    const [person] = world.people;
    const [ann, ben, cem] = person?.accounts ?? [];
    if (person === undefined || ann === undefined || ben === undefined || cem === undefined) throw new Error("nobody");
    const ours = overNode(world, person);
    const { script, watched } = scenario([ann, ben, cem]);
    let taken = 0;
    for (const step of script.steps) {
      const done = await ours.run(step);
      if (done === undefined) {
        // Not sent, so that no nonce is used up: the reference must refuse it too.
        expect(await reference.fails(step), step.name).toBe(true);
        continue;
      }
      taken++;
      expect(done.outcome, step.name).toEqual(await reference.run(step, done.place));
    }
    expect(taken).toBeGreaterThan(script.steps.length / 2);
    for (const address of watched)
      expect(await ours.account(address), address).toEqual(await reference.account(address));
    for (const sender of [ann, ben, cem])
      expect((await ours.account(sender)).nonce).toBe((await reference.account(sender)).nonce);
    expect(world.problems).toEqual([]);
  });
});
