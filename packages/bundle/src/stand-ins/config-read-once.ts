import type { ConfigRead } from "./stand-ins.ts";

const BAG = /\bnew pulumi\.Config\("([^"]+)"\)/;
const READ = /^exports\.(\w+) = \(*__config\.(get\w*)\("(\w+)"\)(.*);$/gm;

/**
 * What older providers read of the configuration once, while they load, as their generator writes it.
 *
 * @param code the text of a file
 * @param exports what it gives where nothing is configured
 */
export function configReadOnce(code: string, exports: object): Record<string, ConfigRead> {
  const [, bag] = BAG.exec(code) ?? [];
  if (bag === undefined) return {};
  return Object.fromEntries(
    [...code.matchAll(READ)].map(([, name = "", method = "", key = "", rest = ""]): [string, ConfigRead] => {
      const [, variables = ""] = /getEnv\w*\(([^)]*)\)/.exec(rest) ?? [];
      const env = [...variables.matchAll(/"([^"]+)"/g)].map(([, variable = ""]) => variable);
      const otherwise = (exports as Record<string, unknown>)[name];
      const truthy = rest.startsWith(" ||");
      return [
        name,
        { bag, key, method, env, ...(otherwise !== undefined && { otherwise }), ...(truthy && { truthy }) },
      ];
    }),
  );
}
