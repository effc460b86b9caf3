export type { AnalyzerInfo } from "@quillon/proto";
export { Analyzer } from "./analyzer.ts";
export { atEnd } from "./at-end.ts";
export { startChild } from "./child.ts";
export { type Description, descriptionOf, initialConfigOf } from "./description.ts";
export { installCommands, type PackRuntime, systemPython } from "./install-commands.ts";
export { nodeCommand } from "./node.ts";
export { environmentOf, pythonCommand } from "./python.ts";
export { PackFailed, type RunningPack, startPack } from "./start.ts";
