import type {
  AnalyzerProviderResource,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzerResourceOptions_CustomTimeouts,
} from "../gen/pulumi/analyzer_pb.js";
import { type PropertyMap, WireStruct } from "./struct-read.ts";
import { WireReader } from "./wire-read.ts";

// Reads the two requests that describe resources, without message objects: the engine sends one request for each resource,
// and at the end one for all of them. Fields are compared by tag (number × 8 + wire type) with analyzer.proto. A message
// field that is sent twice is not merged, although protobuf allows it: no engine sends one twice.

/**
 * An `AnalyzerResource`. An `AnalyzeRequest` is the same without the last three fields. Resources of one request share
 * providers and options that are the same, and may share lists.
 */
export interface WireResource extends Pick<AnalyzerResource, "type" | "urn" | "name" | "parent"> {
  properties: PropertyMap | undefined;
  options: WireOptions | undefined;
  provider: WireProvider | undefined;
  dependencies: readonly string[];
  propertyDependencies: readonly WirePropertyDependencies[];
}

export interface WireProvider extends Pick<AnalyzerProviderResource, "type" | "urn" | "name"> {
  properties: PropertyMap | undefined;
}

type OptionLists = "ignoreChanges" | "additionalSecretOutputs" | "aliases";

export interface WireOptions
  extends Omit<AnalyzerResourceOptions, "$typeName" | "customTimeouts" | OptionLists>,
    Record<OptionLists, readonly string[]> {
  customTimeouts: Omit<AnalyzerResourceOptions_CustomTimeouts, "$typeName">;
}

export interface WirePropertyDependencies {
  property: string;
  urns: readonly string[];
}

/** @throws `RpcError` (INVALID_ARGUMENT) when the bytes are not an `AnalyzeRequest`. */
export function readAnalyzeRequest(bytes: Uint8Array): WireResource {
  const wire = new WireReader(bytes, "The request");
  return new ResourceReader(wire).read(wire.length);
}

/** @throws `RpcError` (INVALID_ARGUMENT) when the bytes are not an `AnalyzeStackRequest`. */
export function readAnalyzeStackRequest(bytes: Uint8Array): WireResource[] {
  const wire = new WireReader(bytes, "The request");
  const reader = new ResourceReader(wire);
  const resources: WireResource[] = [];
  while (wire.at < wire.length) {
    const tag = wire.varint(wire.length);
    if (tag === 0x0a) resources.push(reader.read(wire.limit(wire.length)));
    else wire.skip(tag, wire.length);
  }
  return resources;
}

class ResourceReader {
  readonly #wire: WireReader;
  readonly #providers: Recent<WireProvider>;
  readonly #options: Recent<WireOptions>;

  constructor(wire: WireReader) {
    this.#wire = wire;
    this.#providers = new Recent(wire, readProvider);
    this.#options = new Recent(wire, readOptions);
  }

  read(end: number): WireResource {
    const resource: WireResource = {
      type: "",
      urn: "",
      name: "",
      parent: "",
      properties: undefined,
      options: undefined,
      provider: undefined,
      dependencies: NONE,
      propertyDependencies: NONE,
    };
    const wire = this.#wire;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === 0x0a) resource.type = wire.string(end);
      else if (tag === 0x12) resource.properties = readStruct(wire, wire.limit(end));
      else if (tag === 0x1a) resource.urn = wire.string(end);
      else if (tag === 0x22) resource.name = wire.string(end);
      else if (tag === 0x2a) resource.options = this.#options.read(wire.limit(end));
      else if (tag === 0x32) resource.provider = this.#providers.read(wire.limit(end));
      else this.#readLinks(resource, tag, end);
    }
    return resource;
  }

  #readLinks(resource: WireResource, tag: number, end: number): void {
    const wire = this.#wire;
    if (tag === 0x3a) resource.parent = wire.string(end);
    else if (tag === 0x42) resource.dependencies = append(resource.dependencies, wire.string(end));
    else if (tag === 0x4a) {
      const dependencies = readPropertyDependencies(wire, wire.limit(end));
      resource.propertyDependencies = append(resource.propertyDependencies, dependencies);
    } else wire.skip(tag, end);
  }
}

const REMEMBERED = 8;

/** Reads a message that is equal in thousands of resources. It keeps the last few different ones, to read each once. */
class Recent<Message> {
  readonly #wire: WireReader;
  readonly #readMessage: (wire: WireReader, end: number) => Message;
  readonly #known: { from: number; end: number; message: Message }[] = [];

  constructor(wire: WireReader, readMessage: (wire: WireReader, end: number) => Message) {
    this.#wire = wire;
    this.#readMessage = readMessage;
  }

  read(end: number): Message {
    const wire = this.#wire;
    const from = wire.at;
    for (const known of this.#known) {
      if (!wire.equals(known.from, known.end, from, end)) continue;
      wire.at = end;
      return known.message;
    }
    const message = this.#readMessage(wire, end);
    this.#known.unshift({ from, end, message });
    if (this.#known.length > REMEMBERED) this.#known.pop();
    return message;
  }
}

function readOptions(wire: WireReader, end: number): WireOptions {
  const options: WireOptions = {
    protect: false,
    ignoreChanges: NONE,
    deleteBeforeReplace: false,
    deleteBeforeReplaceDefined: false,
    additionalSecretOutputs: NONE,
    aliases: NONE,
    customTimeouts: { create: 0, update: 0, delete: 0 },
    parent: "",
  };
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 0x08) options.protect = wire.varint(end) !== 0;
    else if (tag === 0x12) options.ignoreChanges = append(options.ignoreChanges, wire.string(end));
    else if (tag === 0x18) options.deleteBeforeReplace = wire.varint(end) !== 0;
    else if (tag === 0x20) options.deleteBeforeReplaceDefined = wire.varint(end) !== 0;
    else if (tag === 0x2a) options.additionalSecretOutputs = append(options.additionalSecretOutputs, wire.string(end));
    else if (tag === 0x32) options.aliases = append(options.aliases, wire.string(end));
    else if (tag === 0x3a) readTimeouts(wire, wire.limit(end), options.customTimeouts);
    else if (tag === 0x42) options.parent = wire.string(end);
    else wire.skip(tag, end);
  }
  return options;
}

function readTimeouts(wire: WireReader, end: number, timeouts: WireOptions["customTimeouts"]): void {
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 0x09) timeouts.create = wire.double(end);
    else if (tag === 0x11) timeouts.update = wire.double(end);
    else if (tag === 0x19) timeouts.delete = wire.double(end);
    else wire.skip(tag, end);
  }
}

function readProvider(wire: WireReader, end: number): WireProvider {
  const provider: WireProvider = { type: "", urn: "", name: "", properties: undefined };
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 0x0a) provider.type = wire.string(end);
    else if (tag === 0x12) provider.properties = readStruct(wire, wire.limit(end));
    else if (tag === 0x1a) provider.urn = wire.string(end);
    else if (tag === 0x22) provider.name = wire.string(end);
    else wire.skip(tag, end);
  }
  return provider;
}

/** `string key = 1; AnalyzerPropertyDependencies value = 2` */
function readPropertyDependencies(wire: WireReader, end: number): WirePropertyDependencies {
  let property = "";
  let urns: readonly string[] = NONE;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 0x0a) property = wire.string(end);
    else if (tag === 0x12) urns = readUrns(wire, wire.limit(end));
    else wire.skip(tag, end);
  }
  return { property, urns };
}

/** `repeated string urns = 1` */
function readUrns(wire: WireReader, end: number): readonly string[] {
  let urns: readonly string[] = NONE;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 0x0a) urns = append(urns, wire.string(end));
    else wire.skip(tag, end);
  }
  return urns;
}

function readStruct(wire: WireReader, end: number): WireStruct {
  const struct = new WireStruct(wire, wire.at, end);
  wire.at = end;
  return struct;
}

const NONE: readonly never[] = [];

/** Most lists have one item or none. A list literal of one item is much smaller in memory than a list that grew by `push`. */
function append<Item>(list: readonly Item[], item: Item): readonly Item[] {
  if (list.length === 0) return [item];
  (list as Item[]).push(item);
  return list;
}
