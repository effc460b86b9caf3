// What the built package's one file holds: its public face, and what its own other entries need of the same instance.
export { Call } from "@quillon/proto";
export { boot } from "./boot.ts";
export * from "./index.ts";
export { divertPacks } from "./pack.ts";
export { analyzerService } from "./service.ts";
