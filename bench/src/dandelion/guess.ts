import type { Course, Sighting } from "./spread.js";

/** How spies, who share everything that they saw, guess where a transaction began. */
export interface Guesser {
  readonly name: string;
  readonly guess: (course: Course) => number | undefined;
}

const earliest = (sightings: readonly Sighting[], time: (sighting: Sighting) => number): number | undefined =>
  sightings.reduce<Sighting | undefined>((best, one) => (!best || time(one) < time(best) ? one : best), undefined)
    ?.from;

/** The guesses that are made. All name a node that itself gave them the transaction. */
export const GUESSERS: readonly Guesser[] = [
  {
    name: "first-seen",
    guess: ({ sightings }) =>
      earliest(
        sightings.filter(({ kind }) => kind === "gossip"),
        ({ at }) => at,
      ),
  },
  { name: "first-seen, stems too", guess: ({ sightings }) => earliest(sightings, ({ at }) => at) },
  // Spies know how slow their links are.
  { name: "first-sent, stems too", guess: ({ sightings }) => earliest(sightings, ({ sentAt }) => sentAt) },
];

/** How well a guesser did. */
export interface Score {
  /** Share of all transactions whose origin was named. */
  readonly recall: number;
  /** Share of guesses that were right, averaged over the nodes that were named at all. */
  readonly precision: number;
}

/** Holds a guesser's answers against the truth, as the Dandelion papers do. */
export function scoreOf({ guess }: Guesser, courses: readonly Course[]): Score {
  const named = new Map<number, { right: number; all: number }>();
  let right = 0;
  for (const course of courses) {
    const answer = guess(course);
    if (answer === undefined) continue;
    const entry = named.get(answer) ?? { right: 0, all: 0 };
    named.set(answer, entry);
    entry.all++;
    if (answer !== course.origin) continue;
    entry.right++;
    right++;
  }
  const shares = [...named.values()].map((entry) => entry.right / entry.all);
  return {
    recall: right / courses.length,
    precision: shares.reduce((sum, share) => sum + share, 0) / Math.max(1, shares.length),
  };
}
