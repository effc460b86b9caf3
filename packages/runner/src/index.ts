export type { AnalyzerInfo } from "@quillon/proto";
export { Analyzer } from "./analyzer.ts";
export { atEnd } from "./at-end.ts";
export { startChild } from "./child.ts";
export { type Description, descriptionOf, initialConfigOf } from "./description.ts";
export { nodeCommand } from "./node.ts";
export { PackFailed } from "./pack-failed.ts";
export { environmentOf, pythonCommand, systemPython } from "./python.ts";
export { type RunningPack, startPack } from "./start.ts";
