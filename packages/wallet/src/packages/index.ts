export type * from "./types.js";
export { listPackages, openPackage, sharePackage } from "./list.js";
export { preparePackageTransfer, prepareRelease, prepareSeal, type PackageOptions } from "./move.js";
export { prepareRepack } from "./repack.js";
