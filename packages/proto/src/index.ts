export type * from "../gen/pulumi/analyzer_pb.js";
export type { PluginInfo } from "../gen/pulumi/plugin_pb.js";
export {
  readAnalyzeRequest,
  readAnalyzeStackRequest,
  type WireOptions,
  type WireProvider,
  type WireResource,
} from "./analyzer-read.ts";
export { AUDIT_ANSWER, type AuditedPack, type AuditedPolicy, type AuditJob } from "./audit.ts";
export { AuditCount } from "./audit-count.ts";
export { Call } from "./call.ts";
export { EnforcementLevel, PolicySeverity, PolicyType } from "./enums.ts";
export { type ExportedState, readState, type StateResource, StateUnreadable } from "./exported-state.ts";
export { ARCHIVE, ASSET, SECRET, SIGNATURE, UNKNOWN, type UnknownType, unknownType } from "./signature.ts";
export { RpcError, Status, type StatusCode } from "./status.ts";
export { decodeStruct, MAX_DEPTH, type PropertyMap, type Revive } from "./struct-read.ts";
export { encodeStruct } from "./struct-write.ts";
