/** Whether a block parameter means the newest state: only there the user's own balance is known. */
export const isNewest = (tag: unknown): boolean =>
  tag === undefined || tag === null || tag === "latest" || tag === "pending";
