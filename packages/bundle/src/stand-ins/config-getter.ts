import type { ConfigRead } from "./stand-ins.ts";

let reads: ConfigRead[] | undefined;
let env: string[] = [];

/** Makes the `Config` that a provider's package uses tell what is read of it, for `readConfigGetter`. */
export function recordConfig(require: NodeJS.Require): void {
  const { Config } = require("@pulumi/pulumi") as { Config: { prototype: Record<string, (key: string) => unknown> } };
  for (const method of ["get", "getObject", "getBoolean", "getNumber"]) {
    const original = Config.prototype[method];
    Config.prototype[method] = function (this: { name: string }, key: string) {
      if (!reads) return original?.call(this, key);
      reads.push({ bag: this.name, key, method, env: [] });
      return undefined;
    };
  }
  const { env: real } = process;
  process.env = new Proxy(real, {
    get(target, name) {
      if (reads && typeof name === "string") env.push(name);
      return reads ? undefined : Reflect.get(target, name);
    },
  });
}

/** @returns what a getter reads of the configuration, if that is what it does. */
export function readConfigGetter(exports: object, key: string): ConfigRead | undefined {
  const getter = Object.getOwnPropertyDescriptor(exports, key)?.get;
  if (!getter) return undefined;
  reads = [];
  env = [];
  try {
    const otherwise: unknown = getter.call(exports);
    const [first] = reads;
    const truthy = /\) \|\| /.test(String(getter));
    return (
      first && { ...first, env: [...new Set(env)], ...(isText(otherwise) && { otherwise }), ...(truthy && { truthy }) }
    );
  } catch {
    return undefined;
  } finally {
    reads = undefined;
  }
}

const isText = (value: unknown): boolean => ["string", "number", "boolean"].includes(typeof value);
