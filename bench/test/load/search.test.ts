import { describe, expect, it } from "vitest";
import { nextRate, type SearchState } from "../../src/load/search.js";

/** Searches against a system that holds everything up to `limit`. */
function search(limit: number, first: number, ceiling: number): { readonly tried: number[]; readonly found: number } {
  const tried: number[] = [];
  let state: SearchState = { held: 0, failed: undefined };
  for (let rate = nextRate(state, first, ceiling); rate !== undefined; rate = nextRate(state, first, ceiling)) {
    tried.push(rate);
    if (tried.length > 50) throw new Error("The search does not end.");
    state = rate <= limit ? { ...state, held: rate } : { ...state, failed: rate };
  }
  return { tried, found: state.held };
}

describe("the search for the highest rate", () => {
  it.each([0, 1, 2, 3, 7, 19, 20, 21, 55, 99, 113, 150, 159, 160, 500])(
    "comes within 12 % of %d in few trials",
    (limit) => {
      const { tried, found } = search(limit, 20, 160);
      const reachable = Math.min(limit, 160);
      expect(found).toBeLessThanOrEqual(reachable);
      if (limit >= 20) expect(found * 1.13).toBeGreaterThanOrEqual(reachable);
      expect(tried.length).toBeLessThanOrEqual(10);
      expect(Math.max(...tried)).toBeLessThanOrEqual(160);
    },
  );

  it("tries the ceiling once and stops there", () => {
    expect(search(1000, 20, 160).tried).toEqual([20, 40, 80, 160]);
  });
});
