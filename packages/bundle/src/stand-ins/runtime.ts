// Goes into bundles, as the module that all stand-ins use.

/** A resource class: its type token, and whether a resource is one. */
export function resource(name: string, token: string, instance?: string, statics: object = {}): object {
  const made = {
    [name]: class {
      constructor() {
        throw new Error(`${name} can't be made in a policy pack: policies only look at resources.`);
      }
      static get() {
        throw new Error(`${name}.get can't be called in a policy pack: policies only look at resources.`);
      }
      static isInstance(value: { __pulumiType?: unknown } | null | undefined): boolean {
        return value !== undefined && value !== null && instance !== undefined && value.__pulumiType === instance;
      }
    },
  }[name] as object;
  return Object.assign(made, { __pulumiType: token }, statics);
}

/** Many resource classes, each made when it is first asked for. */
export function resources(exports: object, tokens: Record<string, string>): void {
  for (const [name, token] of Object.entries(tokens)) lazy(exports, name, () => resource(name, token, token));
}

export function lazy(exports: object, name: string, make: () => unknown): void {
  let value: unknown;
  let made = false;
  define(exports, name, () => {
    if (!made) value = make();
    made = true;
    return value;
  });
}

/** A function of a provider's package, or a class without a type. They need a running program, or code that is not carried. */
export function helper(name: string, path: string, statics: object = {}): object {
  // Not an arrow, because it may be a class that something is compared with, or extends.
  function stand() {
    throw new Error(
      `${path} was called, and a bundled policy pack does not carry the functions of providers. Publish the pack with --no-bundle, or do without it.`,
    );
  }
  return Object.assign(Object.defineProperty(stand, "name", { value: name }), statics);
}

export function broken(exports: object, name: string, message: string): void {
  define(exports, name, () => {
    throw new Error(message);
  });
}

interface ConfigRead {
  bag: string;
  key: string;
  method: string;
  env: string[];
  otherwise?: unknown;
  truthy?: boolean;
}

/** A value of the provider's configuration, which the engine gives to packs in the environment. */
export function config(exports: object, name: string, { bag, key, method, env, otherwise, truthy }: ConfigRead): void {
  define(exports, name, () => {
    const all = JSON.parse(process.env.PULUMI_CONFIG || "{}") as Record<string, string>;
    const text = all[`${bag}:${key}`];
    const configured: unknown = text === undefined || method === "get" ? text : JSON.parse(text);
    if (truthy ? configured : configured !== undefined) return configured;
    const given = env.map((variable) => process.env[variable]).find(Boolean);
    if (given === undefined) return otherwise;
    if (method === "getBoolean") return given === "true" || given === "1";
    return method === "getNumber" ? Number(given) : given;
  });
}

function define(exports: object, name: string, get: () => unknown): void {
  Object.defineProperty(exports, name, { enumerable: true, configurable: true, get });
}
