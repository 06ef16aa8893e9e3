import { SeroError } from "@sero/protocol";

/** A whole number written in decimal, from `least` to `most`. @throws SeroError `cli/number` */
export const wholeOf = (
  text: string | undefined,
  otherwise: number,
  name: string,
  least: number,
  most: number,
): number => {
  if (text === undefined) return otherwise;
  const value = /^\d{1,15}$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw new SeroError(
      "cli/number",
      `${name} must be a whole number from ${least} to ${most}; it is "${text.slice(0, 40)}".`,
    );
  }
  return value;
};

/** A TCP port; 0 lets the system choose. @throws SeroError `cli/number` */
export const portOf = (text: string | undefined, otherwise: number): number =>
  wholeOf(text, otherwise, "A port", 0, 65_535);
