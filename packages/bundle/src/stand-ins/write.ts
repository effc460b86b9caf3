import type { Member, ResourceClass, StandIns } from "./stand-ins.ts";

/** How the names of their modules begin. */
export const STAND_IN = "quillon:stand-in:";
/** The module that all stand-ins use. */
export const RUNTIME = `${STAND_IN}runtime`;

/**
 * Writes a module of a package's stand-ins as CommonJS, which esbuild loads when it is first asked for.
 *
 * @param of the package's name and version, to begin the names of its other modules
 */
export function writeModule(of: string, { modules }: StandIns, name: string): string {
  const classes: Record<string, string> = {};
  const lines: string[] = [];
  const described = modules[name];
  if (!described) throw new Error(`${of} has no module ${name}`);
  for (const [key, member] of Object.entries(described)) {
    if ("resource" in member && isUsual(key, member.resource)) classes[key] = member.resource.token;
    else lines.push(`${writeMember(of, name, key, member)};`);
  }
  return [
    `const q = require(${quoted(RUNTIME)});`,
    'Object.defineProperty(exports, "__esModule", { value: true });',
    `q.resources(exports, ${JSON.stringify(classes)});`,
    ...lines,
  ].join("\n");
}

function isUsual(key: string, { name, token, instance, statics }: ResourceClass): boolean {
  return name === key && instance === token && !statics;
}

function writeMember(of: string, module: string, key: string, member: Member): string {
  const to = `exports[${quoted(key)}]`;
  const lazy = (expression: string) => `q.lazy(exports, ${quoted(key)}, () => ${expression})`;
  if ("value" in member) return `${to} = ${JSON.stringify(member.value)}`;
  if ("missing" in member) return `${to} = undefined`;
  if ("module" in member) return lazy(`require(${quoted(moduleId(of, member.module))})`);
  if ("same" in member) {
    const [from, name] = member.same;
    return lazy(`require(${quoted(moduleId(of, from))})[${quoted(name)}]`);
  }
  if ("config" in member) return `q.config(exports, ${quoted(key)}, ${JSON.stringify(member.config)})`;
  const path = [of.replace(/@[^@]*$/, ""), module, key].filter(Boolean).join(".");
  if ("throws" in member) return `q.broken(exports, ${quoted(key)}, ${quoted(member.throws)})`;
  if ("helper" in member)
    return `${to} = q.helper(${[member.helper.name, path, member.helper.statics ?? {}].map((part) => JSON.stringify(part)).join(", ")})`;
  const { name, token, instance, statics } = member.resource;
  return `${to} = q.resource(${[name, token, instance, statics].map((part) => JSON.stringify(part) ?? "undefined").join(", ")})`;
}

export function moduleId(of: string, module: string): string {
  return `${STAND_IN}${of}:${module}`;
}

function quoted(text: string): string {
  return JSON.stringify(text);
}
