import { POOL_ABI } from "@sero/contracts";
import { toHex } from "@sero/protocol";
import { toEventSelector } from "viem";
import { describe, expect, it } from "vitest";
import { POOL_EVENTS } from "../../src/store/events.js";

describe("the Pool's events", () => {
  it("are read by the topics that its contract emits", () => {
    const selectors = Object.fromEntries(
      POOL_ABI.filter((entry) => entry.type === "event").map((event) => [event.name, toEventSelector(event)]),
    );
    expect(Object.fromEntries(Object.entries(POOL_EVENTS).map(([name, { topic }]) => [name, toHex(topic)]))).toEqual({
      registered: selectors["AssetRegistered"],
      created: selectors["PackageCreated"],
      transferred: selectors["PackageTransferred"],
      released: selectors["PackageReleased"],
      repacked: selectors["PackageRepacked"],
      sealed: selectors["PackageSealed"],
    });
  });
});
