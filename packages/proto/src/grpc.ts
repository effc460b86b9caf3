// What speaks gRPC: the descriptions of all messages, and the server. They have an entry of their own, because they take longer to load than all
// else, and a pack that audits a state speaks with nobody.
export * from "../gen/pulumi/analyzer_pb.js";
export { PluginInfoSchema } from "../gen/pulumi/plugin_pb.js";
export { type Listening, MAX_MESSAGE_BYTES, type ServeOptions, serve } from "./serve.ts";
export { type BytesMethod, bindService, type Implementation, type MethodHandler } from "./service.ts";
