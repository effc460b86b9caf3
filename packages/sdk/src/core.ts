// What the built package's one file holds: its public face, and what its own other entries need of the same instance.
export { Call } from "@quillon/proto";
export { useAssetClasses } from "./assets.ts";
export { boot } from "./boot.ts";
export { resolveConfig } from "./config.ts";
export type { PackState } from "./definition.ts";
export * from "./index.ts";
export { definePack, interceptPacks } from "./pack.ts";
export { toWireValue } from "./wire-value.ts";

/** Not a plain export, because loading this file would then load it. */
export const loadService = () => import("./service.ts");
